//! The history of one pair as a file that anybody can check without this server: every signed action of it, the keys of the
//! stations, and the audit chain from the pair's first entry on, ending in a head that the server has signed.
//!
//! [`check`] knows nothing of the store. It reads the file alone: it hashes every action and checks its signature, finds each
//! of them in the chain, follows the chain link by link to its head, and checks the server's signature on that. Whoever kept
//! a checkpoint, on paper or in a station, compares the head at that number.

mod check;
mod export;

use cordwainer_domain::{ActionId, SiteId, StationId, WorkOrderId};
use serde::{Deserialize, Serialize};

pub use self::check::{Checked, check};
use crate::store::Checkpoint;

/// Version of the file's form.
const FORMAT: u32 = 1;

/// The file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Trace {
    /// Version of the file's form.
    pub format: u32,
    /// Site.
    pub site: SiteId,
    /// The pair.
    pub work_order: WorkOrderId,
    /// Its number, as on the traveller.
    pub number: String,
    /// What happened to it, in the order of the chain.
    pub actions: Vec<TracedAction>,
    /// The chain, from the first entry about the pair to the newest. Its entries name hashes and identifiers, no contents.
    pub chain: Vec<TracedLink>,
    /// Hash before the first of them, hexadecimal.
    pub before: String,
    /// The head, signed by the server.
    pub head: Checkpoint,
}

/// A signed action.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TracedAction {
    /// Identifier.
    pub id: ActionId,
    /// Station that signed it.
    pub station: StationId,
    /// The station's key, hexadecimal.
    pub public_key: String,
    /// The bytes that were signed.
    pub body: String,
    /// The signature, hexadecimal.
    pub sig: String,
    /// The audit entry that tells of it.
    pub audit_seq: i64,
}

/// An entry of the audit chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TracedLink {
    /// Number.
    pub audit_seq: i64,
    /// The bytes that the link covers.
    pub bytes: String,
}
