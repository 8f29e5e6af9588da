//! What can go wrong in the store, as far as a caller would act on it.

use super::db::MayRetry;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The disk is full; nothing was written.
    #[error("the disk of the database is full")]
    DiskFull,
    /// Somebody else held the database for too long; nothing was written.
    #[error("the database is busy")]
    Busy,
    /// A stored row cannot be read.
    #[error("{table}.{column} of {id} cannot be read: {detail}")]
    BadRow {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        id: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The site has no such thing.
    #[error("there is no {what} {id:?}")]
    Missing {
        /// Kind of thing.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// What the office records makes no sense to the store.
    #[error("{0}")]
    Refused(String),
    /// A station shows another fingerprint than the server holds.
    #[error("the server holds {ours}; if the station's screen shows anything else, somebody is in between: revoke it")]
    FingerprintDiffers {
        /// What the server holds.
        ours: String,
    },
    /// Anything else that the database says.
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    /// A value that should become JSON cannot.
    #[error("a value cannot be stored: {0}")]
    Unstorable(#[from] serde_json::Error),
    /// A certificate cannot be made.
    #[error(transparent)]
    Authority(#[from] cordwainer_channel::AuthorityFault),
    /// A value has no canonical bytes.
    #[error("a value cannot be signed: {0}")]
    Uncanonical(#[from] cordwainer_sync::CanonicalFault),
}

/// PostgreSQL: serialization failure, deadlock, unique violation.
const TIMING_CODES: [&str; 3] = ["40001", "40P01", "23505"];
/// PostgreSQL: disk full. SQLite: `SQLITE_FULL`.
const DISK_FULL_CODES: [&str; 2] = ["53100", "13"];
/// SQLite: `SQLITE_BUSY`, and its snapshot and recovery kinds.
const BUSY_CODES: [&str; 3] = ["5", "517", "261"];

impl From<sqlx::Error> for StoreFault {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        match code.as_deref() {
            Some(code) if DISK_FULL_CODES.contains(&code) => Self::DiskFull,
            Some(code) if BUSY_CODES.contains(&code) => Self::Busy,
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Self::Busy,
            _ => Self::Database(error),
        }
    }
}

impl MayRetry for StoreFault {
    fn may_retry(&self) -> bool {
        let Self::Database(error) = self else { return false };
        let code = error.as_database_error().and_then(|error| error.code());
        code.is_some_and(|code| TIMING_CODES.contains(&code.as_ref()))
    }
}

/// Names the place of a stored value that cannot be read.
pub(crate) fn bad_row(
    table: &'static str,
    column: &'static str,
    id: impl ToString,
    detail: impl ToString,
) -> StoreFault {
    StoreFault::BadRow { table, column, id: id.to_string(), detail: detail.to_string() }
}
