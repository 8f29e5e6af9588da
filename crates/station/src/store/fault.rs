//! What can go wrong with a station's disk.

use std::io;
use std::path::{Path, PathBuf};

/// Why the store could not do what was asked. Whatever it says, nothing is half recorded.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// Another program holds this folder's lock.
    #[error("the station in {path} is already open")]
    AlreadyOpen {
        /// Folder.
        path: PathBuf,
    },
    /// The folder cannot be written.
    #[error("the data folder {path} cannot be written")]
    ReadOnlyFolder {
        /// Folder.
        path: PathBuf,
    },
    /// No room. What was to be recorded is not.
    #[error("the disk is full; nothing was recorded")]
    DiskFull,
    /// There is so little room that nothing new may begin. What already runs is still recorded.
    #[error("only {free_bytes} bytes are free, and {floor_bytes} are asked for")]
    DiskLow {
        /// Bytes left.
        free_bytes: u64,
        /// Bytes that must be left before work begins.
        floor_bytes: u64,
    },
    /// There was no room, or no right, to open the stores for writing. They are shown, and nothing is recorded.
    #[error("the station's stores can only be read; make room, then start again")]
    ReadOnly,
    /// What was to be recorded is not.
    #[error("not recorded: {detail}")]
    NotRecorded {
        /// Why.
        detail: String,
    },
    /// The outbox was written by a later version: it is sent, but nothing is added.
    #[error("the outbox was written by a later version of this program; it is only being sent")]
    DrainOnly,
    /// The outbox was recorded by another station: it was copied here, or this PC's enrolment was. It is kept.
    #[error("the outbox here is of station {station}, not of this one")]
    OtherStation {
        /// Whose it is.
        station: cordwainer_domain::StationId,
    },
    /// The linked SQLite has a known fault.
    #[error("SQLite {version} is too old; at least 3.51.3 is needed")]
    OldSqlite {
        /// Its version.
        version: &'static str,
    },
    /// A file is not what it should be.
    #[error("{file} is damaged: {detail}")]
    Damaged {
        /// File.
        file: String,
        /// What was found.
        detail: String,
    },
    /// A row that makes no sense.
    #[error("{table}.{column} of {id} is unreadable")]
    BadRow {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        id: String,
    },
    /// A page of the feed that makes no sense; nothing of it was kept.
    #[error("the server's page is unreadable: {detail}")]
    BadPage {
        /// What is wrong.
        detail: String,
    },
    /// A print job that does not exist, or cannot do this now.
    #[error("print job {id}: {detail}")]
    PrintJob {
        /// Which.
        id: String,
        /// Why not.
        detail: String,
    },
    /// The system refused a file.
    #[error("cannot {what}")]
    File {
        /// What was tried.
        what: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The database refused.
    #[error("the station's database refused")]
    Database(#[source] rusqlite::Error),
}

/// `SQLITE_IOERR_SHMSIZE`.
const NO_ROOM_FOR_SHM: std::ffi::c_int = 10 | (19 << 8);

impl StoreFault {
    /// Names the fault of a file operation: a full disk and a read-only folder have words of their own.
    pub(crate) fn of_file(what: &str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnlyFolder { path: path.to_owned() }
            }
            _ => Self::File { what: format!("{what} {}", path.display()), source },
        }
    }

    /// Whether a database file is beyond use, as opposed to busy, full or refused.
    pub(crate) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }
}

impl From<rusqlite::Error> for StoreFault {
    fn from(fault: rusqlite::Error) -> Self {
        use rusqlite::Error as Told;
        // A value of the wrong type in a strict table was put there by no statement of ours.
        if let Told::FromSqlConversionFailure(..) | Told::InvalidColumnType(..) | Told::Utf8Error(..) = &fault {
            return Self::Damaged { file: "database".to_owned(), detail: fault.to_string() };
        }
        match fault.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            // No room for the index of the write-ahead log.
            Some(_) if fault.sqlite_error().is_some_and(|told| told.extended_code == NO_ROOM_FOR_SHM) => Self::DiskFull,
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Damaged { file: "database".to_owned(), detail: fault.to_string() }
            }
            _ => Self::Database(fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_folder_that_cannot_be_written_are_told_apart() {
        let path = Path::new("/data");
        let said = |kind: io::ErrorKind| StoreFault::of_file("write", path, kind.into());
        assert!(matches!(said(io::ErrorKind::StorageFull), StoreFault::DiskFull), "make room");
        for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
            assert!(matches!(said(kind), StoreFault::ReadOnlyFolder { .. }), "{kind:?}: choose another folder");
        }
        assert!(
            matches!(said(io::ErrorKind::BrokenPipe), StoreFault::File { .. }),
            "anything else keeps its own words"
        );
    }
}
