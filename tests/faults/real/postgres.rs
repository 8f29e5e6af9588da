//! PostgreSQL failing under a running server: restarted in the middle of a commit, its answer lost, its transactions refused.
//! The database is made to do so by triggers and by a bad line, never by a stand-in.

use std::process::Command;

use cordwainer_faults::proxy::{Proxy, Weather};
use cordwainer_tests::process::Process;
use cordwainer_tests::server::Engine;
use cordwainer_tests::wait;
use rustix::process::Signal;

use crate::floor::Floor;

/// Makes every commit that stores an action take half a minute.
const SLOW_COMMIT: &str = "
    CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON action_log DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION linger();";

/// Refuses the first transactions that store a place, as PostgreSQL does when transactions meet.
fn refuse_first(count: u32, code: &str) -> String {
    format!(
        "CREATE SEQUENCE attempt;
         CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('attempt') <= {count} THEN RAISE EXCEPTION 'forced' USING ERRCODE = '{code}'; END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON submission FOR EACH STATEMENT EXECUTE FUNCTION refuse();"
    )
}

#[track_caller]
fn commit_under_way(floor: &mut Floor) {
    let postgres = floor.server.postgres();
    let ask = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query ILIKE 'COMMIT%'";
    wait::until("a commit to be under way", || match postgres.sql(ask).trim() {
        "0" => Err("none is".to_owned()),
        _ => Ok(()),
    });
}

fn database_ends_during_a_commit(signal: Signal, how: &str) {
    let mut floor = Floor::open(Engine::Postgres);
    floor.server.postgres().sql(SLOW_COMMIT);
    floor.record(2);
    commit_under_way(&mut floor);
    floor.server.postgres().stop(signal);
    floor.record(1);
    floor.server.postgres().start_again();
    floor.server.postgres().sql("DROP TRIGGER linger ON action_log");
    floor.prove(0, how);
}

#[test]
fn postgresql_that_crashes_during_a_commit_loses_and_doubles_nothing() {
    database_ends_during_a_commit(Signal::QUIT, "after an immediate shutdown");
}

#[test]
fn postgresql_shut_down_by_its_administrator_during_a_commit_loses_and_doubles_nothing() {
    database_ends_during_a_commit(Signal::INT, "after a fast shutdown");
}

fn logged(floor: &mut Floor) -> u64 {
    floor.server.postgres().sql("SELECT count(*) FROM action_log").trim().parse().expect("a count")
}

#[test]
fn a_commit_whose_answer_is_lost_is_resolved_by_the_next_delivery() {
    let mut floor = Floor::open(Engine::Postgres);
    let port = floor.server.postgres().port();
    let line = Proxy::before(&format!("127.0.0.1:{port}"));
    let direct = floor.server.database_url().unwrap_or_default().to_owned();
    floor.server.cut_power();
    floor
        .server
        .reach_database_at(&direct.replace(&port.to_string(), line.socket().rsplit(':').next().unwrap_or_default()));
    floor.server.start();
    for _ in 0..3 {
        let before = logged(&mut floor);
        line.set(Weather::SwallowAnswer { to: b"COMMIT".to_vec() });
        floor.record(1);
        wait::until("the commit to have happened", || {
            let now = logged(&mut floor);
            if now > before { Ok(()) } else { Err(now.to_string()) }
        });
        floor.station.drained();
        line.set(Weather::Clear);
    }
    floor.prove(0, "after answers to commits were lost");
}

#[test]
fn transactions_that_postgresql_refuses_for_their_timing_are_run_again_and_judge_the_same() {
    for (code, what) in [("40001", "serialization failures"), ("40P01", "deadlocks"), ("23505", "keys inserted twice")]
    {
        let mut floor = Floor::open(Engine::Postgres);
        let parked = floor.server.verify().parked;
        floor.server.postgres().sql(&refuse_first(3, code));
        floor.record(2);
        floor.prove(0, what);
        let attempts: u32 = floor.server.postgres().sql("SELECT last_value FROM attempt").trim().parse().unwrap_or(0);
        assert!(attempts > 3, "{what}: PostgreSQL did refuse: {attempts} attempts");
        assert_eq!(floor.server.verify().parked, parked, "{what}: timing is never a verdict");
    }
}

/// A session that takes the head row, waits until the server's push waits for it, and then wants the station's row, which the
/// push holds. It never looks for deadlocks itself, so that it is always the server who is told of one.
const CROSSING: &str = "
SET deadlock_timeout = '600s';
BEGIN;
UPDATE sync_head SET v = v;
SELECT 'holds the head row';
DO $$ BEGIN
    WHILE NOT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted) LOOP PERFORM pg_sleep(0.01); END LOOP;
END $$;
UPDATE station SET workstation = workstation;
SELECT 'crossed';
COMMIT;
";

#[test]
fn a_real_deadlock_ends_as_one_more_attempt() {
    let mut floor = Floor::open(Engine::Postgres);
    let folder = tempfile::tempdir().expect("a folder for the statements");
    let statements = folder.path().join("crossing.sql");
    std::fs::write(&statements, CROSSING).expect("written");
    let url = floor.server.database_url().unwrap_or_default().to_owned();
    let mut session = Command::new("psql");
    session.args(["--dbname", &url, "-X", "-q", "-t", "-A", "-f"]).arg(&statements);
    let mut session = Process::start("a session that crosses the server's way", &session);
    assert_eq!(session.next_line("the session to begin"), "holds the head row", "it begins");
    floor.record(1);
    assert_eq!(session.next_line("the server's transaction to be broken off"), "crossed", "the session went on");
    assert!(session.wait_for_end().success(), "and was not the one that was refused");
    floor.prove(0, "after the deadlock");
    let postgres = floor.server.postgres();
    let ask = "SELECT deadlocks FROM pg_stat_database WHERE datname = 'cordwainer'";
    wait::until("PostgreSQL to have counted it", || match postgres.sql(ask).trim() {
        "0" => Err("no deadlock"),
        _ => Ok(()),
    });
}
