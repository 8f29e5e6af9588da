//! A station's files damaged while it was off, with work on them that the server has not seen: it comes up, says what it mended,
//! and the work arrives once.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;

use cordwainer_tests::server::Engine;

use crate::floor::Floor;

/// A floor whose station is off, with work of which only its own disk knows, and work that both know.
#[track_caller]
fn unsent_and_off(unsent: usize) -> Floor {
    let mut floor = Floor::open(Engine::Sqlite);
    floor.record(2);
    floor.station.drained();
    floor.server.cut_power();
    floor.record(unsent);
    floor.station.cut_power();
    floor
}

#[track_caller]
fn up_again(mut floor: Floor, says: &str, when: &str) {
    floor.station.run(&[]);
    floor.station.event(format_args!("what was mended: {says}"), |event| {
        event["event"] == "recovered" && event["what"].as_str().is_some_and(|what| what.contains(says))
    });
    floor.station.event("the workstation's work", |event| event["event"] == "ready");
    floor.server.start();
    floor.prove(0, when);
}

#[test]
fn a_cleaner_that_deletes_the_write_ahead_log_costs_nothing() {
    let floor = unsent_and_off(4);
    for tail in ["-wal", "-shm"] {
        let file = floor.station.data().join(format!("outbox.db{tail}"));
        fs::remove_file(&file).expect("a killed station leaves its log behind");
    }
    up_again(floor, "ActionsRecovered", "after the log was deleted");
}

#[test]
fn an_outbox_whose_header_was_zeroed_is_made_again_from_the_journal() {
    let floor = unsent_and_off(4);
    // With its log beside it SQLite would not even look at the header.
    fs::remove_file(floor.station.data().join("outbox.db-wal")).expect("a killed station leaves its log behind");
    let file = OpenOptions::new().write(true).open(floor.station.data().join("outbox.db")).expect("the outbox");
    file.write_all_at(&[0; 100], 0).expect("damaged");
    drop(file);
    up_again(floor, "OutboxRebuilt", "after the header was zeroed");
}

#[test]
fn a_row_of_the_cache_that_no_start_survives_is_fetched_again() {
    for poison in ["{\"poison\": ", "{\"id\": 7}"] {
        let floor = unsent_and_off(2);
        let cache = rusqlite::Connection::open(floor.station.data().join("cache.db")).expect("the cache");
        let poisoned = cache.execute(
            "UPDATE held SET row = ?1 WHERE (tbl, pk) IN (SELECT tbl, pk FROM held ORDER BY tbl DESC LIMIT 1)",
            [poison],
        );
        assert_eq!(poisoned.expect("poisoned"), 1, "one row is enough");
        drop(cache);
        let mut floor = floor;
        floor.server.start();
        floor.restart_station();
        floor.record(1);
        floor.prove(0, poison);
    }
}
