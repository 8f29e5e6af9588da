//! Opening a SQLite file so that it keeps its promises: pragmas set and asserted, damage found, schema brought up to date.

use std::path::Path;
use std::time::Duration;

use cordwainer_sync::controls::{Control, is_off};
use rusqlite::{Connection, OpenFlags};

use super::disk::Opening;
use super::fault::StoreFault;
use super::folder::Folder;

/// One step of a file's schema; its place in the list is the `user_version` that it leads to.
pub(super) type Migration = &'static str;

/// How much a lost power supply may cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Durability {
    /// Nothing: every commit reaches the disk. `NORMAL` was measured to lose acknowledged scans in a power cut.
    EveryCommit,
    /// The newest commits, never consistency: for what the server can send again.
    Consistency,
}

/// A database that is open and sound.
pub(super) struct Opened {
    /// The connection.
    pub conn: Connection,
    /// Whether a later version of the program has written it.
    pub newer: bool,
}

/// SQLite before this can damage a WAL file.
const LEAST_SQLITE: i32 = 3_051_003;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const WAL_LIMIT_BYTES: i64 = 16 * 1024 * 1024;

/// Opens, asserts, checks and migrates.
pub(super) fn open(
    folder: &Folder,
    file: &str,
    durability: Durability,
    migrations: &[Migration],
) -> Result<Opened, StoreFault> {
    if rusqlite::version_number() < LEAST_SQLITE {
        return Err(StoreFault::OldSqlite { version: rusqlite::version() });
    }
    let mut conn = connect(folder, file, durability)?;
    quick_check(&conn, &folder.file(file))?;
    let newer = migrate(&mut conn, migrations)?;
    Ok(Opened { conn, newer })
}

/// Opens a file that was checked before in this run.
pub(super) fn connect(folder: &Folder, file: &str, durability: Durability) -> Result<Connection, StoreFault> {
    let path = &folder.file(file);
    make_private(folder, path)?;
    let conn = raw(folder, file, OpenFlags::default())?;
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(64);
    let (word, number) = match durability {
        Durability::EveryCommit if !is_off(Control::SyncEveryCommit) => ("FULL", 2),
        Durability::EveryCommit => ("NORMAL", 1),
        Durability::Consistency => ("NORMAL", 1),
    };
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", word)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "journal_size_limit", WAL_LIMIT_BYTES)?;
    expect_pragma(&conn, path, "journal_mode", "wal".to_owned())?;
    for (pragma, expected) in [
        ("synchronous", number),
        ("foreign_keys", 1),
        ("cell_size_check", 1),
        ("trusted_schema", 0),
        ("journal_size_limit", WAL_LIMIT_BYTES),
    ] {
        expect_pragma(&conn, path, pragma, expected)?;
    }
    Ok(conn)
}

/// A connection to a file of the folder as it is, through the disk that the folder is on.
pub(super) fn raw(folder: &Folder, file: &str, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let path = folder.file(file);
    match folder.disk().vfs() {
        None => Connection::open_with_flags(path, flags),
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
    }
}

/// SQLite would make the file readable for everyone; it holds who did what.
fn make_private(folder: &Folder, path: &Path) -> Result<(), StoreFault> {
    if folder.disk().exists(path) {
        return Ok(());
    }
    let made = folder.disk().open(path, Opening::Append);
    made.map(drop).map_err(|fault| StoreFault::of_file("make", path, fault))
}

fn expect_pragma<T>(conn: &Connection, path: &Path, pragma: &str, expected: T) -> Result<(), StoreFault>
where
    T: rusqlite::types::FromSql + PartialEq + std::fmt::Debug,
{
    let found: T = conn.pragma_query_value(None, pragma, |row| row.get(0))?;
    if found == expected {
        return Ok(());
    }
    let what = format!("set {pragma} to {expected:?} (it stays {found:?}) in {}", path.display());
    Err(StoreFault::File { what, source: std::io::ErrorKind::Unsupported.into() })
}

fn quick_check(conn: &Connection, path: &Path) -> Result<(), StoreFault> {
    let said: String = conn.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    Err(StoreFault::Damaged { file: path.display().to_string(), detail: said })
}

/// Runs what is missing, in one transaction. A file of a later version is left as it is.
fn migrate(conn: &mut Connection, migrations: &[Migration]) -> Result<bool, StoreFault> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let at: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let newest = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    for (version, migration) in (1_i64..).zip(migrations).filter(|(version, _)| *version > at) {
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "user_version", version)?;
    }
    tx.commit()?;
    Ok(at > newest)
}
