//! Why a backup, a restore or a move did not happen, with what to do.

use std::path::{Path, PathBuf};

use crate::boot::BootFault;
use crate::store::{OpenFault, StoreFault};
use crate::verify::Report;

/// Why it did not happen. Nothing that was there before has changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// A file or folder.
    #[error("{path}: {detail}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// There is something already.
    #[error("{0} exists already; nothing is ever written over")]
    Exists(PathBuf),
    /// The database is damaged, so that its copy would be.
    #[error("the database is damaged ({detail}); no backup was made and none was removed. Restore the newest good one")]
    Damaged {
        /// What was found.
        detail: String,
    },
    /// The backup is damaged.
    #[error("the backup is damaged: {0}. Take an older one")]
    BadBackup(String),
    /// The backup was made by a later release.
    #[error("the backup was made by release {0}; restore it with that release or a newer one")]
    Newer(String),
    /// The target is in use.
    #[error("{0} is not empty; choose an empty folder or database")]
    NotEmpty(String),
    /// The source has moved before.
    #[error("this database has moved to {0} already")]
    HasMoved(String),
    /// What was copied does not add up.
    #[error("what was copied does not add up: {0}. The old database is in use as before")]
    Differs(String),
    /// Opening the database in use.
    #[error(transparent)]
    Boot(#[from] BootFault),
    /// Opening another one.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl BackupFault {
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |fault| Self::File { path, detail: fault.to_string() }
    }
}

/// The first thing that a proof found, in words.
pub(super) fn first_problem(report: &Report) -> Option<String> {
    report.first_bad.as_ref().map(|first| format!("{} problems, the first: {first}", report.problem_count))
}
