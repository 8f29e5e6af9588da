//! A database that cannot be opened as it should be: one that is there and cannot be read is damaged, never new; one that
//! can be read but finds no room for what SQLite keeps beside it is opened for reading, so that the floor at least sees its
//! work.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::fault::StoreFault;
use super::folder::Folder;

/// What a refused file looks like from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Condition {
    /// There is no such file.
    Missing,
    /// It is there, and nothing can be read from it.
    Unreadable,
    /// It can be read; something else is in the way.
    Readable,
    /// It is not on the machine's own disk, so nobody can look.
    Elsewhere,
}

/// Looks at a file that SQLite has refused and nobody has open: to open and close it while somebody has would drop their
/// locks.
pub(super) fn condition(folder: &Folder, path: &Path) -> Condition {
    if folder.disk().vfs().is_some() {
        return Condition::Elsewhere;
    }
    if !path.exists() {
        return Condition::Missing;
    }
    let mut head = [0; 16];
    let is_read = path.is_file() && File::open(path).and_then(|mut file| file.read(&mut head)).is_ok();
    if is_read { Condition::Readable } else { Condition::Unreadable }
}

/// Whether SQLite could not get at its files, as opposed to not liking what is in them.
pub(super) fn is_refusal(fault: &StoreFault) -> bool {
    match fault {
        StoreFault::DiskFull | StoreFault::ReadOnlyFolder { .. } => true,
        StoreFault::Database(fault) => matches!(
            fault.sqlite_error_code(),
            Some(
                ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::PermissionDenied | ErrorCode::ReadOnly
            )
        ),
        _ => false,
    }
}

/// Opens for reading only, without making any file. What waits in an existing `-wal` is seen where that is possible.
pub(super) fn open(path: &Path) -> Result<Connection, StoreFault> {
    let wal = std::fs::metadata(format!("{}-wal", path.display())).is_ok_and(|wal| wal.is_file() && wal.len() > 0);
    if wal && let Ok(conn) = with_wal(path) {
        return Ok(conn);
    }
    let escaped = path.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?)
}

/// With the lock to itself SQLite keeps the index of the log in memory, and needs no `-shm`.
fn with_wal(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}
