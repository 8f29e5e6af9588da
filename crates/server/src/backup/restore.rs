//! Restoring a backup into an empty place. It begins another life of the database: stations notice, keep working, and offer
//! again what they hold.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::mpsc::channel;

use super::fault::first_problem;
use super::{BackupFault, FORMAT, LINES_WAITING, MANIFEST, Manifest, ROWS, files};
use crate::boot::Config;
use crate::store::portable::{self, Counts};
use crate::store::{Place, Store, open_at};
use crate::verify::verify;

/// A database that was restored and proven.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Restored {
    /// The moment that it holds.
    pub holds: DateTime<Utc>,
    /// Its new life.
    pub epoch: String,
    /// The life that it was taken from.
    pub epoch_before: String,
    /// Entries of history that were proven.
    pub proven_entries: u64,
    /// Stations that will come back.
    pub stations: usize,
    /// What happens next, for whoever restores.
    pub next: &'static str,
}

const NEXT: &str = "start the server on this database; each station goes on working, notices the new epoch, offers again \
                    what it recorded since, and fetches everything anew. Keep every station running until its count of \
                    unsent actions is zero";

/// Restores a backup into the empty place of a configuration, proves it, and begins another epoch.
///
/// # Errors
/// [`BackupFault`]; the place is as empty as before, or was not empty and is untouched.
pub async fn restore(config: &Config, from: &Path) -> Result<Restored, BackupFault> {
    let manifest = read_manifest(from)?;
    files::check(from, &manifest)?;
    refuse_a_used_folder(&config.place())?;
    let outcome = fill_and_prove(config, from, &manifest).await;
    if let (Err(_), Place::Folder(folder)) = (&outcome, config.place()) {
        // There was none before; what is half there must not be taken for a database.
        for suffix in ["", "-wal", "-shm"] {
            let file = format!("{}{suffix}", Store::file_in(&folder).display());
            let _ = fs::remove_file(file);
        }
    }
    outcome
}

async fn fill_and_prove(config: &Config, from: &Path, manifest: &Manifest) -> Result<Restored, BackupFault> {
    let counts = fill_from(&config.place(), &from.join(ROWS), manifest.schema_step).await?;
    if counts != manifest.rows {
        return Err(BackupFault::BadBackup("its rows are not those that the manifest counts".to_owned()));
    }
    let store = config.open_store().await?;
    let outcome = prove_and_begin(&store, manifest).await;
    store.close().await;
    outcome
}

async fn prove_and_begin(store: &Store, manifest: &Manifest) -> Result<Restored, BackupFault> {
    let report = verify(store).await?;
    if let Some(detail) = first_problem(&report) {
        return Err(BackupFault::BadBackup(detail));
    }
    let mut stations = 0;
    for site in store.sites().await? {
        stations += store.stations(&site).await?.iter().filter(|station| station.revoked_at.is_none()).count();
    }
    Ok(Restored {
        holds: manifest.made_at,
        epoch: store.begin_epoch().await?,
        epoch_before: manifest.epoch.clone(),
        proven_entries: report.entries(),
        stations,
        next: NEXT,
    })
}

fn read_manifest(from: &Path) -> Result<Manifest, BackupFault> {
    let path = from.join(MANIFEST);
    let bytes = fs::read(&path).map_err(BackupFault::file(&path))?;
    let manifest: Manifest = serde_json::from_slice(&bytes)
        .map_err(|fault| BackupFault::BadBackup(format!("{MANIFEST} cannot be read: {fault}")))?;
    if manifest.format > FORMAT { Err(BackupFault::Newer(manifest.app_version)) } else { Ok(manifest) }
}

/// A folder with a database in it is never restored into, whatever the database holds.
pub(super) fn refuse_a_used_folder(place: &Place) -> Result<(), BackupFault> {
    match place {
        Place::Folder(folder) if Store::file_in(folder).exists() => {
            Err(BackupFault::NotEmpty(folder.display().to_string()))
        }
        _ => Ok(()),
    }
}

/// Fills an empty place with the rows of a file: first the schema of their time, then the rows, then the later steps.
pub(super) async fn fill_from(place: &Place, rows: &Path, schema_step: i64) -> Result<Counts, BackupFault> {
    let db = open_at(place, schema_step).await?;
    let (send, lines) = channel(LINES_WAITING);
    let path = rows.to_owned();
    let reader = tokio::task::spawn_blocking(move || files::read_lines(&path, &send));
    let counts = portable::import(&db, lines).await;
    db.close().await;
    let read = reader.await.map_err(|_| BackupFault::BadBackup("the rows could not be read".to_owned()))?;
    read?;
    Ok(counts?)
}
