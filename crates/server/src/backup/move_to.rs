//! Moving a database to the other engine, or to another place of the same. It is the same life of the same history: stations
//! notice nothing but that the server was away for a while.

use serde::Serialize;
use tokio::sync::mpsc::channel;

use super::fault::first_problem;
use super::restore::refuse_a_used_folder;
use super::{BackupFault, LINES_WAITING};
use crate::boot::Config;
use crate::store::db::{Db, on};
use crate::store::portable::{self, Counts};
use crate::store::{Place, Store, StoreFault, open_at};
use crate::verify::verify;

/// A database that has moved and was proven where it is now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Moved {
    /// Rows of each table.
    pub rows: Counts,
    /// Life of the database: the one that it had before.
    pub epoch: String,
    /// Entries of history that were proven at the new place.
    pub proven_entries: u64,
}

/// Moves the database of one configuration to the empty place of another. The old one refuses every later write.
///
/// # Errors
/// [`BackupFault`]; the old database is in use as before.
pub async fn move_to(from: &Config, to: &Config) -> Result<Moved, BackupFault> {
    refuse_a_used_folder(&to.place())?;
    let source = from.open_store().await?;
    let outcome = freeze_and_copy(&source, to).await;
    source.close().await;
    outcome
}

async fn freeze_and_copy(source: &Store, to: &Config) -> Result<Moved, BackupFault> {
    if let Some(place) = moved_to(source.db()).await? {
        return Err(BackupFault::HasMoved(place));
    }
    mark(source.db(), Some(&words(&to.place()))).await?;
    let outcome = copy(source, to).await;
    if outcome.is_err() {
        mark(source.db(), None).await?;
    }
    outcome
}

async fn copy(source: &Store, to: &Config) -> Result<Moved, BackupFault> {
    let mut tx = source.db().read().await?;
    let db = open_at(&to.place(), portable::schema_step(&mut tx).await?).await?;
    let (send, lines) = channel(LINES_WAITING);
    let reading = async {
        let counts = portable::export(&mut tx, &send).await;
        drop(send);
        counts
    };
    let (sent, filled) = tokio::join!(reading, portable::import(&db, lines));
    let unmarked = if filled.is_ok() { mark(&db, None).await } else { Ok(()) };
    db.close().await;
    let filled = filled?;
    unmarked?;
    if sent? != filled {
        return Err(BackupFault::Differs("not every row arrived".to_owned()));
    }
    let target = to.open_store().await?;
    let report = verify(&target).await;
    let epoch = target.epoch().await;
    target.close().await;
    let (report, epoch) = (report?, epoch?);
    match first_problem(&report) {
        Some(detail) => Err(BackupFault::Differs(detail)),
        None => Ok(Moved { rows: filled, epoch, proven_entries: report.entries() }),
    }
}

/// Where a database has moved to.
async fn moved_to(db: &Db) -> Result<Option<String>, StoreFault> {
    let mut tx = db.read().await?;
    Ok(on!(&mut tx, c => sqlx::query_scalar("SELECT moved_to FROM server_identity WHERE id = 1").fetch_one(c).await)?)
}

/// Marks a database as moved, or takes the mark away. Whoever holds a head row just now finishes first: the mark waits for
/// them, and a trigger refuses whoever comes later.
async fn mark(db: &Db, place: Option<&str>) -> Result<(), StoreFault> {
    const HOLD: &str = "UPDATE sync_head SET v = v";
    const MARK: &str = "UPDATE server_identity SET moved_to = $1 WHERE id = 1";
    let mut tx = db.write().await?;
    if place.is_some() {
        on!(&mut tx, c => sqlx::query(HOLD).execute(c).await.map(|_| ()))?;
    }
    on!(&mut tx, c => sqlx::query(MARK).bind(place).execute(c).await.map(|_| ()))?;
    tx.commit().await
}

/// A place without its password.
fn words(place: &Place) -> String {
    match place {
        Place::Folder(folder) => folder.display().to_string(),
        Place::Postgres(url) => {
            url.rsplit_once('@').map_or_else(|| "PostgreSQL".to_owned(), |(_, place)| format!("PostgreSQL at {place}"))
        }
    }
}
