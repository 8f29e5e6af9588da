//! A program's connections may close after its machine has lost its power: on this disk, as on any, that changes nothing.

use rusqlite::{Connection, OpenFlags};

use super::{Loss, SimDisk, vfs};

fn open(disk: &SimDisk) -> Connection {
    let flags = OpenFlags::default();
    let conn = Connection::open_with_flags_and_vfs(disk.folder().join("x.db"), flags, vfs::name()).expect("opens");
    conn.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    conn.pragma_update(None, "synchronous", "FULL").expect("FULL");
    conn
}

#[test]
fn what_was_open_before_a_cut_of_the_power_deletes_nothing_that_was_made_since() {
    let disk = SimDisk::default();
    let before = open(&disk);
    before.execute_batch("CREATE TABLE x (n INTEGER) STRICT; PRAGMA wal_checkpoint(TRUNCATE);").expect("made");
    disk.cut_power(Loss::All);
    let after = open(&disk);
    after.execute("INSERT INTO x VALUES (1)", []).expect("committed");
    // With nothing left to copy into the database, closing the last connection deletes the log.
    drop(before);
    assert!(disk.image().file("x.db-wal").is_some(), "the log of the new life is still there");
    let another = open(&disk);
    let count = |conn: &Connection| conn.query_row("SELECT count(*) FROM x", [], |row| row.get::<_, i64>(0));
    assert_eq!(count(&another).expect("reads"), 1, "and who comes later reads what was committed");
    drop((after, another));
    assert_eq!(count(&open(&SimDisk::of(&disk.image()))).expect("reads"), 1, "as does whoever copies the disk");
}
