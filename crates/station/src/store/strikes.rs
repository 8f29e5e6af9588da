//! Strikes against the cache. A row that the server sent may be poison to this program: reading it brings the program down,
//! and so does the next start. After two such ends the cache is put aside and asked for again.
//!
//! The count is a hint and is not synced: a lost one costs one more try, and a power cut is no strike.

use std::path::PathBuf;

use super::folder::Folder;

const FILE: &str = "cache.strikes";
/// So many ends in a row, and the cache is to blame.
const OUT: u8 = 2;

/// The strikes of one folder.
#[derive(Debug)]
pub(super) struct Strikes {
    path: PathBuf,
}

impl Strikes {
    pub fn of(folder: &Folder) -> Self {
        Self { path: folder.file(FILE) }
    }

    fn count(&self) -> u8 {
        std::fs::read(&self.path).ok().and_then(|bytes| bytes.first().copied()).unwrap_or(0)
    }

    /// The cache is about to be read, or has just brought the program down: one more, until the contrary is shown.
    pub fn add(&self) {
        if let Err(fault) = std::fs::write(&self.path, [self.count().saturating_add(1)]) {
            tracing::debug!(%fault, "a strike was not noted");
        }
    }

    /// The reading went well: the last one does not count.
    pub fn take_back(&self) {
        match self.count() {
            0 | 1 => self.forgive(),
            count => drop(std::fs::write(&self.path, [count - 1])),
        }
    }

    /// Whether the cache is to blame.
    pub fn are_out(&self) -> bool {
        self.count() >= OUT
    }

    /// All is well, or the cache is another one.
    pub fn forgive(&self) {
        if self.path.exists() {
            drop(std::fs::remove_file(&self.path));
        }
    }
}
