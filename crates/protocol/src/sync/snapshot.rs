//! Snapshot: `GET /sync/v1/snapshot?at=…&after=…`. Everything in a station's scope as it was at one head, chunk by chunk.
//!
//! The first request names no moment and is told one; every further request names it, and where the chunk before ended, so
//! that the server remembers nothing between two of them and a snapshot that was cut off goes on where it stopped. Rows that
//! have moved since the moment are left out: the feed, followed from `at`, brings them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::pull::{AuditCheckpoint, Change, VerdictRow};

/// A piece of a snapshot.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SnapshotChunk {
    /// The moment: the cursor with which the feed is followed once the last chunk is here.
    pub at: String,
    /// Life of the server's database.
    pub server_epoch: String,
    /// Rows in scope at that moment, of which some may have moved since.
    pub total_rows: u64,
    /// Rows, by table and key.
    pub rows: Vec<Change>,
    /// SHA-256 over the hashes of the rows, hexadecimal.
    pub sha256: String,
    /// Verdicts on this station's actions, up to the moment; they come after the rows.
    pub verdicts: Vec<VerdictRow>,
    /// Where the next chunk begins; absent from the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Newest checkpoint of the audit chain.
    pub audit_checkpoint: AuditCheckpoint,
    /// Server's clock.
    pub server_time: DateTime<Utc>,
}
