//! `cache.db`: what the server has said. May be deleted at any time; the feed fills it again.

mod apply;
mod image;
mod load;
mod pin;
mod sums;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cordwainer_domain::WorkerId;
use cordwainer_protocol::sync::{PictureRow, Table, WorkerRow};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::database::{self, Durability, Migration};
use super::fault::StoreFault;
use super::folder::Folder;
use super::{OpenReport, Recovery};

pub use apply::PageEffect;
pub use image::{CacheImage, Followed};
pub use load::Next;

const FILE: &str = "cache.db";
const MIGRATIONS: [Migration; 3] = [
    include_str!("../../../../../migrations/station/cache-0001.sql"),
    include_str!("../../../../../migrations/station/cache-0002.sql"),
    include_str!("../../../../../migrations/station/cache-0003.sql"),
];

/// The disposable file.
pub struct Cache {
    conn: Mutex<Connection>,
    folder: Arc<Folder>,
    device_key: [u8; 32],
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("folder", &self.folder.path()).finish_non_exhaustive()
    }
}

impl Cache {
    pub(super) fn open(
        folder: &Arc<Folder>,
        device_key: [u8; 32],
        wall_ms: i64,
        poisoned: bool,
        report: &mut OpenReport,
    ) -> Result<Self, StoreFault> {
        let opened = if poisoned { Err(poison(folder)) } else { open_sound(folder, &device_key) };
        let conn = match opened {
            // The file is disposable: whatever is wrong with its content, a new one is the shortest way back to work.
            Err(fault @ (StoreFault::Damaged { .. } | StoreFault::BadRow { .. } | StoreFault::Database(_))) => {
                tracing::error!(%fault, "cache.db is damaged");
                report.recoveries.push(Recovery::CacheRebuilt { aside: folder.put_aside(FILE, wall_ms)? });
                open_sound(folder, &device_key)?
            }
            other => other?,
        };
        Ok(Self { conn: Mutex::new(conn), folder: Arc::clone(folder), device_key })
    }

    /// Everything that a station holds, in memory.
    ///
    /// # Errors
    /// [`StoreFault`] when the cache cannot be read.
    pub fn image(&self) -> Result<CacheImage, StoreFault> {
        image::read(&self.lock())
    }

    /// How far the feed has been followed.
    ///
    /// # Errors
    /// [`StoreFault`] when the cache cannot be read.
    pub fn followed(&self) -> Result<Followed, StoreFault> {
        image::followed(&self.lock())
    }

    /// A picture by its hash.
    ///
    /// # Errors
    /// [`StoreFault`] when the cache cannot be read.
    pub fn picture(&self, hash: &str) -> Result<Option<PictureRow>, StoreFault> {
        Ok(self.row(Table::Picture, hash)?.and_then(|row| serde_json::from_str(&row).ok()))
    }

    /// Whether this is the worker's PIN. Takes a few hundred milliseconds on purpose.
    pub fn verify_pin(&self, worker: WorkerId, pin: &str) -> bool {
        let row = self.row(Table::Worker, &worker.to_string());
        let verifier = match row {
            Ok(row) => row.and_then(|row| serde_json::from_str::<WorkerRow>(&row).ok()).and_then(|row| row.pin),
            Err(fault) => {
                tracing::error!(%fault, "a PIN could not be checked");
                None
            }
        };
        verifier.is_some_and(|verifier| pin::fits(&self.device_key, &verifier, pin))
    }

    /// Everything is asked for again, from the first chunk of a snapshot on. What is there is shown until that is whole.
    ///
    /// # Errors
    /// [`StoreFault`] when it could not be written.
    pub fn reset(&self) -> Result<(), StoreFault> {
        begin_again(&mut self.lock(), Life::Same)
    }

    /// The same because the server has begun another life: its commits are not counted on from the old ones, and what was
    /// recorded here is replayed over the old rows whatever they show.
    ///
    /// # Errors
    /// [`StoreFault`] when it could not be written.
    pub fn outlive(&self) -> Result<(), StoreFault> {
        begin_again(&mut self.lock(), Life::Another)
    }

    /// Puts a file that turned out to be damaged aside and begins a new one, without closing the store.
    ///
    /// # Errors
    /// [`StoreFault`] when that is not possible either; the next start tries again.
    pub fn rebuild(&self, wall_ms: i64) -> Result<(), StoreFault> {
        let mut conn = self.lock();
        // The damaged file must be closed before it is moved.
        *conn = Connection::open_in_memory()?;
        let aside = self.folder.put_aside(FILE, wall_ms)?;
        tracing::error!(aside = %aside.display(), "cache.db is damaged and begins again");
        *conn = open_sound(&self.folder, &self.device_key)?;
        Ok(())
    }

    fn row(&self, table: Table, pk: &str) -> Result<Option<String>, StoreFault> {
        let conn = self.lock();
        let sql = "SELECT row FROM held WHERE life = (SELECT shown FROM followed) AND tbl = ?1 AND pk = ?2";
        let mut statement = conn.prepare_cached(sql)?;
        Ok(statement.query_row([table.name(), pk], |row| row.get(0)).optional()?)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn poison(folder: &Folder) -> StoreFault {
    let detail = "something in it has brought the program down twice".to_owned();
    StoreFault::Damaged { file: folder.file(FILE).display().to_string(), detail }
}

/// Opens the file and makes sure that it is of this program and this device.
fn open_sound(folder: &Folder, device_key: &[u8; 32]) -> Result<Connection, StoreFault> {
    let mut opened = database::open(folder, FILE, Durability::Consistency, &MIGRATIONS)?;
    if opened.newer {
        let detail = "written by a later version of this program".to_owned();
        return Err(StoreFault::Damaged { file: folder.file(FILE).display().to_string(), detail });
    }
    if opened.read_only {
        image::read(&opened.conn)?;
        return Ok(opened.conn);
    }
    let proof = pin::key_proof(device_key);
    let known: Option<Vec<u8>> = opened.conn.query_row("SELECT pin_key FROM followed", [], |row| row.get(0))?;
    if known.as_deref() != Some(&proof[..]) {
        // Verifiers bound to another device's key fit no PIN: ask for the rows again.
        begin_again(&mut opened.conn, Life::Same)?;
        opened.conn.execute("UPDATE followed SET pin_key = ?1", params![&proof[..]])?;
    }
    image::read(&opened.conn)?;
    Ok(opened.conn)
}

/// Of which life of the server the next rows are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Same,
    Another,
}

fn begin_again(conn: &mut Connection, life: Life) -> Result<(), StoreFault> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute("DELETE FROM held WHERE life <> (SELECT shown FROM followed)", [])?;
    tx.execute("UPDATE followed SET cursor = NULL, load_at = NULL, load_after = NULL, load_whole = 0", [])?;
    if life == Life::Another {
        tx.execute("UPDATE followed SET commit_seq = 0", [])?;
    }
    tx.commit()?;
    Ok(())
}
