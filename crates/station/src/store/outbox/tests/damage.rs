//! What a bad disk and busy hands do to the files, and what is left of them.

use cordwainer_domain::ActionId;

use super::{applied, draft, ids_of};
use crate::clock::Clock;
use crate::fixture::Desk;
use crate::store::database::{self, Durability};
use crate::store::folder::Folder;
use crate::store::{Recovery, StationStore, StoreFault, SystemDisk};

const DAY_MS: i64 = 24 * 3_600_000;

fn hold(path: &std::path::Path) -> Folder {
    Folder::hold(std::sync::Arc::new(SystemDisk), path).expect("held")
}

fn overlay_ids(store: &StationStore) -> Vec<ActionId> {
    store.outbox.overlay(0).expect("reads").iter().map(|entry| entry.action.id).collect()
}

fn files(desk: &Desk, beginning: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(desk.folder.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = entries
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(beginning)))
        .collect();
    found.sort();
    found
}

#[test]
fn an_outbox_that_cannot_be_read_is_damaged_and_never_taken_for_a_new_one() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 3);
    let before = draft(&store).incarnation;
    drop(store);
    let path = desk.folder.path().join("outbox.db");
    std::fs::rename(&path, desk.folder.path().join("elsewhere")).expect("moved");
    // What root cannot read either.
    std::fs::create_dir(&path).expect("made");
    let (store, report) = desk.open();
    assert!(
        matches!(&report.recoveries[..], [Recovery::OutboxRebuilt { aside }, Recovery::ActionsRecovered { count: 3 }] if aside.is_dir()),
        "it is kept aside, and the journal has everything: {report:?}"
    );
    assert_eq!(overlay_ids(&store), recorded, "nothing is lost");
    assert_ne!(draft(&store).incarnation, before, "and the new file is a new life");
}

#[test]
fn with_the_outbox_lost_a_journal_cut_anywhere_gives_back_its_intact_part_and_says_how_far_it_goes() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 5);
    drop(store);
    let journal = desk.folder.path().join("outbox.journal");
    let whole = std::fs::read(&journal).expect("reads");
    let frame = whole.len() / recorded.len();
    for cut in (1..whole.len()).step_by(frame / 3) {
        std::fs::write(&journal, &whole[..cut]).expect("writes");
        desk.damage("outbox.db");
        let (store, report) = desk.open();
        let intact = cut / frame;
        assert_eq!(overlay_ids(&store), recorded[..intact], "cut at {cut}");
        let told = report.recoveries.iter().find_map(|recovery| match recovery {
            Recovery::JournalDamaged { skipped_bytes, last_good_seq } => Some((*skipped_bytes, *last_good_seq)),
            _ => None,
        });
        let last_good = (intact > 0).then_some(intact as u64);
        let expected = (cut % frame > 0).then_some((cut % frame, last_good));
        assert_eq!(told, expected, "cut at {cut}: how much is bad, and the last good number");
    }
}

#[test]
fn with_outbox_and_journal_both_damaged_the_daily_copy_gives_back_what_it_has() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let copied = desk.record(&store, 3);
    store.outbox.back_up(desk.clock.wall_ms()).expect("sound").expect("copied");
    let after = desk.record(&store, 2);
    drop(store);
    desk.damage("outbox.db");
    let journal = desk.folder.path().join("outbox.journal");
    let mut bytes = std::fs::read(&journal).expect("reads");
    let frame = bytes.len() / 5;
    bytes[frame + 20] ^= 0x20;
    std::fs::write(&journal, bytes).expect("writes");
    let (store, report) = desk.open();
    assert_eq!(overlay_ids(&store), [copied, after].concat(), "the copy has what the journal lost: {report:?}");
    assert!(
        matches!(report.recoveries[0], Recovery::JournalDamaged { last_good_seq: Some(1), .. }),
        "and the damage is told all the same: {report:?}"
    );
}

#[test]
fn a_log_that_a_cleaner_deleted_is_noticed_and_its_actions_come_from_the_journal() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let settled = desk.record(&store, 2);
    store.outbox.lock().conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("checkpointed");
    let sent = draft(&store);
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease", 1)).expect("kept");
    let in_the_log = desk.record(&store, 3);
    let wal = desk.folder.path().join("outbox.db-wal");
    let copy = desk.folder.path().join("outbox.db.as-it-was");
    std::fs::copy(desk.folder.path().join("outbox.db"), &copy).expect("copied");
    drop(store);
    // Closing has checkpointed; this is how the file lay there while the log was still needed.
    std::fs::rename(copy, desk.folder.path().join("outbox.db")).expect("back");
    assert!(!wal.exists(), "the cleaner was here");
    let (store, report) = desk.open();
    assert_eq!(report.recoveries, [Recovery::ActionsRecovered { count: 3 }], "the journal is ahead of the outbox");
    assert_eq!(overlay_ids(&store), [settled, in_the_log].concat(), "all of it, in order");
    assert_eq!(draft(&store).first_seq, 1, "what the server was told before is offered again, and answered as known");
}

#[test]
fn a_damaged_outbox_is_not_copied_and_the_good_copies_stay() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let mut good = Vec::new();
    for _ in 0..2 {
        desk.record(&store, 30);
        good.push(store.outbox.back_up(desk.clock.wall_ms()).expect("sound").expect("a day has passed"));
        assert_eq!(store.outbox.back_up(desk.clock.wall_ms()).expect("looks"), None, "once a day");
        desk.clock.pass_ms(DAY_MS);
    }
    store.outbox.lock().conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("checkpointed");
    let path = desk.folder.path().join("outbox.db");
    let sound = std::fs::read(&path).expect("reads");
    // The interior of the file, behind the header that every connection knows by heart.
    let mut bytes = sound.clone();
    bytes[8192..16_384].fill(0xAA);
    std::fs::write(&path, bytes).expect("damaged");
    let refused = store.outbox.back_up(desk.clock.wall_ms());
    assert!(matches!(refused, Err(StoreFault::Damaged { .. })), "{refused:?}");
    assert_eq!(files(&desk, "outbox.db.backup-"), good, "the good copies are kept, and no half of a bad one");
    std::fs::write(&path, sound).expect("mended");
    assert!(store.outbox.back_up(desk.clock.wall_ms()).expect("sound").is_some(), "then it is copied again");
}

#[test]
fn three_daily_copies_are_kept_and_each_is_whole() {
    let desk = Desk::new();
    let store = desk.open_sound();
    for _ in 0..5 {
        desk.record(&store, 2);
        store.keep_house(desk.clock.as_ref()).expect("kept");
        desk.clock.pass_ms(DAY_MS);
    }
    let copies = files(&desk, "outbox.db.backup-");
    assert_eq!(copies.len(), 3, "the oldest have gone");
    let count = |path: &std::path::PathBuf| -> i64 {
        let conn = rusqlite::Connection::open(path).expect("opens");
        conn.query_row("SELECT count(*) FROM action", [], |row| row.get(0)).expect("counts")
    };
    assert_eq!(copies.iter().map(count).collect::<Vec<_>>(), [6, 8, 10], "each with what there was that day");
    #[cfg(unix)]
    for copy in copies {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&copy).expect("is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "as private as the outbox: {mode:o}");
    }
}

#[test]
fn a_schema_that_changes_is_copied_first_and_a_change_that_fails_leaves_the_old_one() {
    const FIRST: &str = "CREATE TABLE fact (n INTEGER NOT NULL) STRICT;";
    const SECOND: &str = "ALTER TABLE fact ADD COLUMN m INTEGER; CREATE TABLE more (n INTEGER) STRICT;";
    const BROKEN: &str = "ALTER TABLE fact ADD COLUMN o INTEGER; UPDATE nowhere SET n = 1;";
    let folder = tempfile::tempdir().expect("a folder");
    let held = hold(folder.path());
    let open = |migrations: &[&'static str]| database::open(&held, "precious.db", Durability::EveryCommit, migrations);
    let first = open(&[FIRST]).expect("new");
    first.conn.execute_batch("BEGIN; INSERT INTO fact WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i FROM n; COMMIT").expect("written");
    drop(first);
    assert!(!folder.path().join("precious.db.before-1").exists(), "a new file has nothing to lose");
    let failed = open(&[FIRST, BROKEN]);
    assert!(failed.is_err(), "the second step cannot be taken");
    let old = open(&[FIRST]).expect("the old program goes on");
    let facts: i64 = old.conn.query_row("SELECT count(*) FROM fact", [], |row| row.get(0)).expect("counts");
    assert_eq!((facts, old.newer), (500, false), "500 facts, in the old schema");
    assert!(old.conn.prepare("SELECT o FROM fact").is_err(), "nothing of the failed step has stayed");
    drop(old);
    let new = open(&[FIRST, SECOND]).expect("the right second step");
    let facts: i64 =
        new.conn.query_row("SELECT count(*) FROM fact WHERE m IS NULL", [], |row| row.get(0)).expect("counts");
    assert_eq!(facts, 500, "nothing is lost");
    drop(new);
    let copy = rusqlite::Connection::open(folder.path().join("precious.db.before-2")).expect("opens");
    let facts: i64 = copy.query_row("SELECT count(*) FROM fact", [], |row| row.get(0)).expect("counts");
    assert_eq!(facts, 500, "and the copy from before is there");
    let old = open(&[FIRST]).expect("the old program meets the new file");
    assert!(old.newer, "it knows, and only sends");
}

#[test]
fn an_outbox_of_the_first_version_with_500_pending_is_brought_up_to_date_and_sends_them() {
    let desk = Desk::new();
    {
        let first = include_str!("../../../../../../migrations/station/outbox-0001.sql");
        database::open(&hold(desk.folder.path()), "outbox.db", Durability::EveryCommit, &[first])
            .expect("as the first version made it");
    }
    let (store, _) = desk.open();
    let recorded = desk.record(&store, 500);
    drop(store);
    let conn = desk.raw("outbox.db");
    conn.execute_batch(
        "ALTER TABLE witness DROP COLUMN sig; DROP TABLE owner; DROP INDEX outcome_by_age; DROP TRIGGER retention_is_for_the_settled;
         CREATE TRIGGER retention_is_for_the_settled BEFORE INSERT ON retention_due BEGIN SELECT RAISE(ABORT, 'no'); END;
         ALTER TABLE outcome DROP COLUMN stored_at; ALTER TABLE pin_failure DROP COLUMN wait_ms;
         ALTER TABLE pin_failure DROP COLUMN since_mono_ms; ALTER TABLE pin_failure DROP COLUMN boot_id;
         ALTER TABLE pin_failure DROP COLUMN total; ALTER TABLE pin_failure DROP COLUMN reported; PRAGMA user_version = 1;",
    )
    .expect("as the first version left it");
    drop(conn);
    let store = desk.open_sound();
    assert_eq!(overlay_ids(&store), recorded, "500 pending before, 500 after");
    assert_eq!(ids_of(&draft(&store)), recorded[..200], "and they are sent");
}

#[test]
fn a_reader_that_holds_on_does_not_stall_the_recording_and_the_log_is_cut_once_it_lets_go() {
    const RECORDED: usize = 10_000;
    let desk = Desk::new();
    let store = desk.open_sound();
    let reader = desk.raw("outbox.db");
    reader.execute_batch("BEGIN; SELECT count(*) FROM action").expect("reads");
    let wal_bytes = || std::fs::metadata(desk.folder.path().join("outbox.db-wal")).expect("a log").len();
    let mut batch = Vec::new();
    for _ in 0..RECORDED / 100 {
        batch.extend((0..100).map(|_| desk.start()));
        store.outbox.record(&batch, None).expect("nobody waits for a reader");
        batch.clear();
    }
    let held = wal_bytes();
    let seen: i64 = reader.query_row("SELECT count(*) FROM action", [], |row| row.get(0)).expect("reads");
    assert_eq!(seen, 0, "the reader still sees its own instant, so the log could not be cut");
    assert!(held < 400 * 1024 * 1024, "it grew by what was written and no more: {held} bytes");
    reader.execute_batch("COMMIT").expect("lets go");
    // The first checkpoint empties the log, the next commit begins it anew and cuts it to its limit.
    for _ in 0..3 {
        desk.record(&store, 1);
    }
    assert!(wal_bytes() <= 17 * 1024 * 1024, "back within its limit: {} bytes", wal_bytes());
    assert_eq!(store.outbox.unsent().expect("reads").count, RECORDED as u64 + 3, "everything is there");
}
