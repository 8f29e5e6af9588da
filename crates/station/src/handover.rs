//! What is done with the stores of a station that does not run: its unsent records are written out, or another station's
//! outbox is put by.

use std::path::{Path, PathBuf};

use crate::clock::Clock;
use crate::ids::IdSource;
use crate::store::{StationStore, StoreFault};

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum HandoverFault {
    /// A mistyped folder must not become a new station.
    #[error("there is no outbox in {0}")]
    NoOutbox(PathBuf),
    /// The stores.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The file that was to be written.
    #[error("the records cannot be written")]
    File(#[from] std::io::Error),
    /// What was to be written.
    #[error("the records cannot be written: {0}")]
    Text(#[from] serde_json::Error),
}

/// Writes what the server has not stored to a file, or to standard output.
///
/// # Errors
/// [`HandoverFault`]; the outbox is as it was.
pub fn export(data: &Path, out: Option<&Path>, clock: &dyn Clock, ids: &dyn IdSource) -> Result<(), HandoverFault> {
    must_have_an_outbox(data)?;
    let (store, _) = StationStore::open(data, clock, ids)?;
    let export = serde_json::to_string_pretty(&store.outbox.export()?)?;
    match out {
        Some(path) => std::fs::write(path, export)?,
        None => println!("{export}"),
    }
    Ok(())
}

/// Puts an outbox aside that another station has recorded in. Answers where it is kept; nothing if it is this station's own.
///
/// # Errors
/// [`HandoverFault`]; the outbox is as it was.
pub fn set_aside(data: &Path) -> Result<Option<PathBuf>, HandoverFault> {
    must_have_an_outbox(data)?;
    Ok(StationStore::set_aside_foreign_outbox(data)?)
}

fn must_have_an_outbox(data: &Path) -> Result<(), HandoverFault> {
    if data.join("outbox.db").exists() { Ok(()) } else { Err(HandoverFault::NoOutbox(data.to_owned())) }
}
