//! Backups, restoring, and moving a database from one engine to the other.
//!
//! A backup is a folder of its own, never written over: `rows.jsonl`, every row of one moment in the portable form that either
//! engine reads; beside it the engine's own copy (`cordwainer.db`, or `database.dump` where `pg_dump` is at hand), for whoever
//! must do without this program; and `manifest.json` with the hash of each. A backup counts only once it has been restored
//! into a scratch database and proven there. It holds the server's keys: it is as secret as the database.

mod fault;
mod files;
mod keep;
mod make;
mod move_to;
mod restore;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::fault::BackupFault;
pub use self::keep::Keep;
pub use self::make::{Made, make};
pub use self::move_to::{Moved, move_to};
pub use self::restore::{Restored, restore};
use crate::store::portable::Counts;

/// Version of the folder's form.
const FORMAT: u32 = 1;
/// What every backup's folder is called first.
const PREFIX: &str = "cordwainer-";
const MANIFEST: &str = "manifest.json";
const ROWS: &str = "rows.jsonl";
const SQLITE_COPY: &str = "cordwainer.db";
const POSTGRES_DUMP: &str = "database.dump";
/// Lines that wait between who reads rows and who writes them.
const LINES_WAITING: usize = 1_000;

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the folder's form.
    pub format: u32,
    /// The moment that it holds.
    pub made_at: DateTime<Utc>,
    /// Program that made it.
    pub app_version: String,
    /// Engine that it was made from.
    pub engine: String,
    /// Life of the database.
    pub epoch: String,
    /// Schema step.
    pub schema_step: i64,
    /// Rows of each table.
    pub rows: Counts,
    /// Entries of history that were proven after it was restored into a scratch database.
    pub proven_entries: u64,
    /// The files beside this one.
    pub files: Vec<ManifestFile>,
}

/// A file of a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Its name.
    pub name: String,
    /// How long it is.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}
