//! Pull: `GET /sync/v1/pull?cursor=…&limit=…`. One commit-ordered feed of current rows, and verdicts beside it.
//!
//! Without a cursor the feed begins at nothing: a row that changed twice is sent once. A page ends only at a commit boundary.
//! A station that begins from nothing asks `GET /sync/v1/snapshot` for the rows of one moment, chunk by chunk, and follows
//! the feed from there. `GET /sync/v1/poke` is a data-less event stream that says when to look.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cordwainer_domain::production::{ConflictKind, ParkReason};
use cordwainer_domain::{ActionId, ConflictId, StationId, WorkstationId};
use serde::{Deserialize, Serialize};

use super::push::VerdictStatus;
use super::row_text::RowText;
use super::rows::Table;

/// What happened to a row, seen from one scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeOp {
    /// The row is now this.
    Put,
    /// The row is gone from the site.
    Del,
    /// The row has left this scope; ignored while a pending action refers to it.
    Evict,
}

/// One change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Commit.
    pub commit_seq: u64,
    /// Table.
    pub table: Table,
    /// Key of the row.
    pub pk: String,
    /// What happened.
    pub op: ChangeOp,
    /// The row, for a put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RowText>,
    /// Counts the row's changes.
    pub row_version: u64,
}

/// A verdict as the feed carries it: also one that changed long after the push.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct VerdictRow {
    /// Action.
    pub action_id: ActionId,
    /// Where it stands.
    pub status: VerdictStatus,
    /// Commit that carries it, and its effect.
    pub commit_seq: u64,
    /// What it waits for, if parked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub park_reason: Option<ParkReason>,
    /// What it contradicts, if flagged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<ConflictKind>,
    /// The conflict to be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict_id: Option<ConflictId>,
}

/// A signed statement about the server's audit chain; stations remember it, so that history cannot be rewritten unseen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuditCheckpoint {
    /// Newest entry; also their number.
    pub audit_seq: u64,
    /// Hash there, hexadecimal.
    pub audit_head: String,
    /// Ed25519 signature by the server over `{audit_seq}\n{audit_head}\n{server_epoch}`, hexadecimal.
    pub sig: String,
}

/// How the server sees a station; only sent to stations that lead the floor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StationStatus {
    /// Station.
    pub station_id: StationId,
    /// Where it stands.
    pub workstation: WorkstationId,
    /// When it last asked for or sent anything.
    pub last_contact: Option<DateTime<Utc>>,
    /// Actions that it said were waiting.
    pub outbox_depth: u64,
    /// Age of the oldest of them when it said so, milliseconds.
    pub oldest_pending_age_ms: u64,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Since when it has said that actions wait, without any of them arriving; only when that is too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_progress_since: Option<DateTime<Utc>>,
}

/// A page of the feed. Rows, verdicts and cursor are written in one local transaction.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PullReply {
    /// Where the page begins.
    pub from: u64,
    /// Cursor to present next; opaque.
    pub to: String,
    /// Head of the feed when the page was read.
    pub head: u64,
    /// Whether there is another page.
    pub more: bool,
    /// Life of the server's database.
    pub server_epoch: String,
    /// Rows, in commit order.
    pub changes: Vec<Change>,
    /// Verdicts on this station's actions.
    pub verdicts: Vec<VerdictRow>,
    /// Sum of the hashes of all rows in scope, table by table, if it was asked for and the page ends at the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_digest: Option<BTreeMap<Table, String>>,
    /// Newest checkpoint of the audit chain.
    pub audit_checkpoint: Option<AuditCheckpoint>,
    /// Cursors before this are gone.
    pub tombstone_floor: u64,
    /// Server's clock.
    pub server_time: DateTime<Utc>,
    /// Stations of the site, for those who lead the floor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stations: Vec<StationStatus>,
}
