//! Recording, whole or not at all.

use cordwainer_domain::production::Fact;

use super::draft;
use crate::clock::Clock;
use crate::fixture::{Desk, signed, worker};
use crate::store::{OutcomeState, Recovery, ScanLine, ScanOutcome, StationStore, StoreFault};

fn line(desk: &Desk) -> ScanLine {
    ScanLine {
        source: "/dev/ttyACM0".to_owned(),
        text: "WAAAAAAA0".to_owned(),
        aim: Some("]C0".to_owned()),
        read_at_ms: desk.clock.wall_ms(),
    }
}

/// A scan that is in the log, and what it comes to.
fn scan(desk: &Desk, store: &StationStore, outcome: &str) -> ScanOutcome {
    let scan = store.outbox.log_scan(&line(desk)).expect("logged");
    ScanOutcome { scan, outcome: outcome.to_owned(), action: None }
}

/// Outcomes in the scan log, oldest first.
fn outcomes(desk: &Desk) -> Vec<String> {
    let conn = desk.raw("outbox.db");
    let mut statement = conn.prepare("SELECT outcome FROM scan_log ORDER BY id").expect("a table");
    let rows = statement.query_map([], |row| row.get(0)).expect("readable");
    rows.collect::<Result<_, _>>().expect("readable")
}

fn count(desk: &Desk, table: &str) -> i64 {
    desk.raw("outbox.db").query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("counts")
}

fn counts(desk: &Desk) -> [i64; 4] {
    ["action", "submission", "outcome", "scan_log"].map(|table| count(desk, table))
}

#[test]
fn what_is_recorded_survives_a_restart_and_recording_it_again_adds_nothing() {
    let desk = Desk::new();
    let action = desk.start();
    let store = desk.open_sound();
    store.outbox.record(std::slice::from_ref(&action), Some(&scan(&desk, &store, "started"))).expect("recorded");
    drop(store);
    let store = desk.open_sound();
    store.outbox.record(std::slice::from_ref(&action), None).expect("a repetition is no fault");
    assert_eq!(counts(&desk), [1, 1, 1, 1], "one fact, one place, one outcome, one scan");
    let overlay = store.outbox.overlay(0).expect("reads");
    assert_eq!(overlay.len(), 1, "it is replayed once");
    assert_eq!(overlay[0].action, action.action, "it is what was recorded");
    assert_eq!(draft(&store).actions[0].body.as_bytes(), action.body, "the very bytes that were signed are sent");
}

#[test]
fn the_same_id_with_other_content_is_refused() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let first = desk.start();
    store.outbox.record(std::slice::from_ref(&first), None).expect("recorded");
    let mut other = signed(Fact::JobStarted { round: 1 }, desk.clock.as_ref(), desk.ids.as_ref());
    other.action.id = first.action.id;
    let refused = store.outbox.record(&[other], None);
    assert!(matches!(refused, Err(StoreFault::NotRecorded { .. })), "a fact never changes: {refused:?}");
    assert_eq!(count(&desk, "action"), 1, "the first one stands");
}

#[test]
fn a_refused_scan_is_logged_without_an_action() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let torn = scan(&desk, &store, "code_torn");
    store.outbox.note_scan(&torn).expect("noted");
    assert_eq!(counts(&desk), [0, 0, 0, 1], "the log has it, nothing else does");
    assert_eq!(outcomes(&desk), ["code_torn"], "and what it came to");
}

#[test]
fn a_scan_is_on_the_disk_before_it_comes_to_anything_and_a_crash_marks_it() {
    let desk = Desk::new();
    let store = desk.open_sound();
    scan(&desk, &store, "never noted");
    assert_eq!(outcomes(&desk), ["read"], "written down, and nothing more is known");
    drop(store);
    let store = desk.open_sound();
    assert_eq!(store.outbox.mark_interrupted_scans().expect("marked"), 1, "the program ended in the middle");
    assert_eq!(outcomes(&desk), ["interrupted"], "nobody has to wonder whether it was seen");
    let logged = desk.raw("outbox.db").query_row("SELECT source, text, aim, read_at FROM scan_log", [], |row| {
        Ok(ScanLine { source: row.get(0)?, text: row.get(1)?, aim: row.get(2)?, read_at_ms: row.get(3)? })
    });
    assert_eq!(logged.expect("the line"), line(&desk), "the whole line");
    assert_eq!(store.outbox.mark_interrupted_scans().expect("marked"), 0, "once");
}

#[test]
fn the_scan_log_keeps_the_newest_lines_whatever_the_clocks_say() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let newest = "INSERT INTO scan_log (id, source, text, read_at, outcome) VALUES (?1, 's', 't', ?2, 'unknown')";
    for (id, read_at) in [(1_i64, i64::MAX), (200_000, 0), (200_001, 0)] {
        desk.raw("outbox.db").execute(newest, [id, read_at]).expect("a line");
    }
    store.keep_house(desk.clock.as_ref()).expect("kept");
    let kept: i64 = desk.raw("outbox.db").query_row("SELECT min(id) FROM scan_log", [], |row| row.get(0)).expect("ids");
    assert_eq!(kept, 200_000, "two hundred thousand lines and no more; a station without a server is bounded too");
}

#[test]
fn a_commit_that_fails_leaves_nothing_and_a_restart_does_not_bring_it_back() {
    let desk = Desk::new();
    let store = desk.open_sound();
    desk.record(&store, 1);
    desk.raw("outbox.db")
        .execute_batch("CREATE TRIGGER jam BEFORE UPDATE ON scan_log BEGIN SELECT RAISE(ABORT, 'jammed'); END")
        .expect("jams");
    let refused = store.outbox.record(&[desk.start(), desk.start()], Some(&scan(&desk, &store, "started")));
    assert!(matches!(&refused, Err(StoreFault::NotRecorded { detail }) if detail.contains("jammed")), "{refused:?}");
    assert_eq!(counts(&desk), [1, 1, 1, 1], "neither of the two was half recorded");
    desk.raw("outbox.db").execute_batch("DROP TRIGGER jam").expect("mended");
    drop(store);
    let store = desk.open_sound();
    assert_eq!(counts(&desk), [1, 1, 1, 1], "the worker was told no, so the journal must not say yes");
    desk.record(&store, 1);
    assert_eq!(count(&desk, "submission"), 2, "and work goes on");
}

#[test]
fn a_full_disk_is_said_so_and_work_goes_on_when_there_is_room_again() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let limit = |pages: i64| {
        let inner = store.outbox.lock();
        let _: i64 =
            inner.conn.pragma_update_and_check(None, "max_page_count", pages, |row| row.get(0)).expect("limits");
    };
    limit(1);
    let mut recorded = 0;
    let refused = loop {
        match store.outbox.record(&[desk.start()], None) {
            Ok(()) => recorded += 1,
            Err(fault) => break fault,
        }
        assert!(recorded < 10_000, "the limit must bite at some point");
    };
    assert!(matches!(refused, StoreFault::DiskFull), "{refused:?}");
    assert_eq!(counts(&desk)[..3], [recorded; 3], "nothing is half recorded");
    limit(1_000_000);
    desk.record(&store, 1);
    drop(store);
    desk.open_sound();
    assert_eq!(count(&desk, "action"), recorded + 1, "the refused one did not come back");
}

#[test]
fn an_action_and_its_place_can_neither_be_changed_nor_deleted() {
    let desk = Desk::new();
    let store = desk.open_sound();
    desk.record(&store, 1);
    let raw = desk.raw("outbox.db");
    for statement in [
        "UPDATE action SET worker_id = NULL",
        "UPDATE submission SET seq = 7",
        "DELETE FROM action",
        "DELETE FROM submission",
        "DELETE FROM outcome",
        "DELETE FROM incarnation",
        "INSERT INTO retention_due SELECT action_id FROM action",
        "UPDATE print_audit SET to_state = 'queued'",
    ] {
        let refused = raw.execute(statement, []);
        // The audit is empty: there, nothing happens at all.
        assert!(refused.is_err() || refused == Ok(0), "{statement} went through");
    }
    assert_eq!(counts(&desk), [1, 1, 1, 0], "everything is as it was");
}

#[test]
fn one_folder_is_opened_once() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let second = StationStore::open(desk.folder.path(), desk.clock.as_ref(), desk.ids.as_ref());
    assert!(matches!(second, Err(StoreFault::AlreadyOpen { .. })), "two writers would destroy each other's work");
    drop(store);
    desk.open_sound();
}

#[test]
fn a_folder_that_cannot_be_made_is_a_fault_and_not_a_panic() {
    let desk = Desk::new();
    let inside_a_file = desk.folder.path().join("file").join("data");
    std::fs::write(desk.folder.path().join("file"), b"").expect("writes");
    let opened = StationStore::open(&inside_a_file, desk.clock.as_ref(), desk.ids.as_ref());
    assert!(matches!(opened, Err(StoreFault::File { .. } | StoreFault::ReadOnlyFolder { .. })), "{opened:?}");
}

#[test]
fn an_outbox_of_a_later_version_is_sent_but_not_added_to() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 1);
    drop(store);
    desk.raw("outbox.db").pragma_update(None, "user_version", 99).expect("is written");
    let (store, report) = desk.open();
    assert!(report.drain_only, "the screen must say so");
    let refused = store.outbox.record(&[desk.start()], None);
    assert!(matches!(refused, Err(StoreFault::DrainOnly)), "{refused:?}");
    assert_eq!(super::ids_of(&draft(&store)), recorded, "what is there goes out");
}

#[test]
fn the_enrolment_and_wrong_pins_survive_a_restart_and_no_secret_is_printed() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let enrolment = crate::fixture::enrolment("http://127.0.0.1:1");
    store.outbox.save_enrolment(&enrolment).expect("kept");
    for wrong in 1..=5 {
        assert_eq!(store.outbox.count_pin_try(worker(), desk.clock.as_ref()).expect("kept"), wrong, "in a row");
    }
    let device_key = *store.outbox.device_key();
    drop(store);
    let store = desk.open_sound();
    assert_eq!(store.outbox.enrolment().expect("reads"), Some(enrolment.clone()), "still a station");
    let wait_ms = store.outbox.pin_wait_ms(worker(), desk.clock.as_ref()).expect("reads");
    assert_eq!(wait_ms, 1_000, "a restart forgives nothing");
    assert_eq!(*store.outbox.device_key(), device_key, "made once");
    let printed = format!("{enrolment:?} {store:?}");
    assert!(!printed.contains(&hex::encode(enrolment.key_seed.expose())) && !printed.contains("key_seed"), "{printed}");
}

#[cfg(unix)]
#[test]
fn files_with_secrets_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let store = desk.open_sound();
    store.outbox.save_enrolment(&crate::fixture::enrolment("http://127.0.0.1:1")).expect("kept");
    desk.record(&store, 1);
    for file in ["device.key", "enrolment.json", "outbox.db", "outbox.journal", "cache.db"] {
        let mode = std::fs::metadata(desk.folder.path().join(file)).expect("is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file} is readable for others: {mode:o}");
    }
}

#[test]
fn a_damaged_enrolment_is_kept_aside_and_the_outbox_stays() {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.outbox.save_enrolment(&crate::fixture::enrolment("http://127.0.0.1:1")).expect("kept");
    let recorded = desk.record(&store, 1);
    drop(store);
    desk.damage("enrolment.json");
    let (store, report) = desk.open();
    assert!(matches!(&report.recoveries[..], [Recovery::EnrolmentLost { aside }] if aside.exists()), "{report:?}");
    assert_eq!(store.outbox.enrolment().expect("reads"), None, "to be enrolled again");
    let outcome = store.outbox.outcome(recorded[0]).expect("reads").expect("is there");
    assert_eq!(outcome.state, OutcomeState::Pending, "the work is kept");
}
