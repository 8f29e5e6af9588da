//! Opening a SQLite file so that it keeps its promises: pragmas set and asserted, damage found, schema brought up to date.

use std::path::Path;
use std::time::Duration;

use cordwainer_sync::controls::{Control, is_off};
use rusqlite::{Connection, OpenFlags};

use super::backup;
use super::disk::Opening;
use super::fault::StoreFault;
use super::folder::Folder;
use super::unwritable::{self, Condition};

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
    /// Whether it could be opened for reading only.
    pub read_only: bool,
}

/// SQLite before this can damage a WAL file.
const LEAST_SQLITE: i32 = 3_051_003;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const WAL_LIMIT_BYTES: i64 = 16 * 1024 * 1024;

/// Opens, asserts, checks and migrates. A file that is there and cannot be read is damaged; one that can only be read is
/// opened for that.
pub(super) fn open(
    folder: &Folder,
    file: &str,
    durability: Durability,
    migrations: &[Migration],
) -> Result<Opened, StoreFault> {
    if rusqlite::version_number() < LEAST_SQLITE {
        return Err(StoreFault::OldSqlite { version: rusqlite::version() });
    }
    let fault = match open_to_write(folder, file, durability, migrations) {
        Err(fault) if unwritable::is_refusal(&fault) => fault,
        other => return other,
    };
    let path = folder.file(file);
    match unwritable::condition(folder, &path) {
        Condition::Missing | Condition::Elsewhere => Err(fault),
        Condition::Unreadable => {
            Err(StoreFault::Damaged { file: path.display().to_string(), detail: format!("it cannot be read: {fault}") })
        }
        Condition::Readable => {
            tracing::error!(%fault, path = %path.display(), "a database can only be read");
            let conn = unwritable::open(&path)?;
            backup::must_be_sound(&conn, &path)?;
            let (at, newest) = (version(&conn)?, newest(migrations));
            // An older schema cannot be brought up to date now, and an empty one has nothing to show.
            if at < newest { Err(fault) } else { Ok(Opened { conn, newer: at > newest, read_only: true }) }
        }
    }
}

fn open_to_write(
    folder: &Folder,
    file: &str,
    durability: Durability,
    migrations: &[Migration],
) -> Result<Opened, StoreFault> {
    let mut conn = connect(folder, file, durability)?;
    backup::must_be_sound(&conn, &folder.file(file))?;
    if durability == Durability::EveryCommit && (1..newest(migrations)).contains(&version(&conn)?) {
        // Should the change be wrong, the file from before it is still there.
        backup::sound_copy(folder, &conn, file, &format!("{file}.before-{}", version(&conn)? + 1))?;
    }
    let newer = migrate(&mut conn, migrations)?;
    Ok(Opened { conn, newer, read_only: false })
}

fn version(conn: &Connection) -> Result<i64, StoreFault> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn newest(migrations: &[Migration]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
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

/// Runs what is missing, in one transaction. A file of a later version is left as it is.
fn migrate(conn: &mut Connection, migrations: &[Migration]) -> Result<bool, StoreFault> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let at = version(&tx)?;
    for (version, migration) in (1_i64..).zip(migrations).filter(|(version, _)| *version > at) {
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "user_version", version)?;
    }
    tx.commit()?;
    Ok(at > newest(migrations))
}
