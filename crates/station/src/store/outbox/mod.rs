//! `outbox.db`: actions, their places and outcomes, the scan log, settings and the print queue. Never rebuilt from the server.
//!
//! One writing connection behind a lock; every method blocks, so call from a thread that may.

mod export;
mod open;
mod owner;
mod pin;
mod print;
mod push;
mod read;
mod record;
mod retention;
mod salvage;
mod scan_log;
mod setting;
mod upkeep;
mod verdict;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cordwainer_domain::production::Action;
use cordwainer_domain::{ActionId, WorkOrderId};
use cordwainer_sync::{Hash, Signature};
use rusqlite::Connection;
use uuid::Uuid;

use super::database::Migration;
use super::enrolment::Enrolment;
use super::fault::StoreFault;
use super::folder::Folder;
use super::journal::Journal;
use super::room::Room;
use crate::clock::ServerTime;

pub use owner::Retired;
pub(super) use owner::set_aside_foreign;
pub use print::{Made, PrintDraft, PrintJobRow, PrintWork};
pub use push::PushDraft;
pub use read::{OutcomeRow, OutcomeState, UnresolvedAction, Unsent};
pub use scan_log::{ScanId, ScanLine, ScanOutcome};

const FILE: &str = "outbox.db";
const MIGRATIONS: [Migration; 3] = [
    include_str!("../../../../../migrations/station/outbox-0001.sql"),
    include_str!("../../../../../migrations/station/outbox-0002.sql"),
    include_str!("../../../../../migrations/station/outbox-0003.sql"),
];

/// Version of the station's store; written into every action.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// An action with the canonical bytes that stand for it for ever, and the station's signature over them.
#[derive(Clone, PartialEq, Debug)]
pub struct SignedAction {
    /// The action.
    pub action: Action,
    /// Its canonical bytes.
    pub body: Vec<u8>,
    /// Signature over the bytes.
    pub sig: Signature,
}

/// The precious file.
pub struct Outbox {
    inner: Mutex<Inner>,
    folder: Arc<Folder>,
    device_key: [u8; 32],
    drain_only: bool,
    read_only: bool,
    room: Room,
}

struct Inner {
    conn: Connection,
    /// The connection to the file was closed after a fault and could not be opened again yet.
    adrift: bool,
    journal: Journal,
    enrolment: Option<Enrolment>,
    server_time: Option<ServerTime>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox")
            .field("folder", &self.folder.path())
            .field("drain_only", &self.drain_only)
            .finish_non_exhaustive()
    }
}

impl Outbox {
    /// The secret that binds PIN verifiers to this device.
    pub fn device_key(&self) -> &[u8; 32] {
        &self.device_key
    }

    /// Refuses whatever would be written now.
    fn must_be_writable(&self) -> Result<(), StoreFault> {
        match (self.read_only, self.drain_only) {
            (true, _) => Err(StoreFault::ReadOnly),
            (_, true) => Err(StoreFault::DrainOnly),
            _ => Ok(()),
        }
    }

    /// Does what must go on although the disk is full: a write that finds no room has the reserve given up, once.
    fn at_any_cost<T>(&self, work: impl Fn(&mut Inner) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        let mut inner = self.lock();
        match work(&mut inner) {
            Err(StoreFault::DiskFull) if self.room.give_up_reserve() => work(&mut inner),
            other => other,
        }
    }

    // A panic in another thread leaves no half transaction behind: SQLite rolls it back. So the lock's poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.adrift
            && let Err(fault) = record::reconnect(&mut inner, &self.folder)
        {
            tracing::warn!(%fault, "the outbox cannot be opened again yet");
        }
        inner
    }
}

/// The live incarnation: the one with the highest number.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Life {
    inc: i64,
    id: [u8; 16],
    last_seq: u64,
    last_chain: Hash,
    lease: String,
    offered_through: u64,
    stored_through: u64,
}

impl Life {
    fn name(&self) -> String {
        hex::encode(self.id)
    }
}

fn live(conn: &Connection) -> Result<Option<Life>, StoreFault> {
    let sql = "SELECT inc, id, last_seq, last_chain, lease, offered_through, stored_through
               FROM incarnation ORDER BY inc DESC LIMIT 1";
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let inc: i64 = row.get(0)?;
    let bad = |column| StoreFault::BadRow { table: "incarnation", column, id: inc.to_string() };
    Ok(Some(Life {
        inc,
        id: row.get(1)?,
        last_seq: number(row.get(2)?),
        last_chain: Hash::from_slice(&row.get::<_, Vec<u8>>(3)?).ok_or_else(|| bad("last_chain"))?,
        lease: row.get(4)?,
        offered_through: number(row.get(5)?),
        stored_through: number(row.get(6)?),
    }))
}

/// A count as SQLite keeps it; it holds every count that can occur.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count as SQLite kept it.
fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

fn action_id(bytes: [u8; 16]) -> ActionId {
    ActionId(Uuid::from_bytes(bytes))
}

fn work_order_id(bytes: [u8; 16]) -> WorkOrderId {
    WorkOrderId(Uuid::from_bytes(bytes))
}
