//! Push: `POST /sync/v1/push`. One request in flight per station, at most 200 actions or 256 KiB of bodies.

use chrono::{DateTime, Utc};
use cordwainer_domain::production::{ConflictKind, ParkReason};
use cordwainer_domain::{ActionId, ConflictId, StationId, WorkerId};
use serde::{Deserialize, Serialize};

use crate::office::OfficeRefusal;

/// A station's facts, in strict order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PushRequest {
    /// Protocol version.
    pub protocol: u32,
    /// Station.
    pub station_id: StationId,
    /// Life of the station's outbox: 32 hexadecimal digits.
    pub incarnation: String,
    /// The lease from the last reply; empty before the first.
    pub lease: String,
    /// `seq` of the first action.
    pub first_seq: u64,
    /// Chain hash before it.
    pub prev_chain: String,
    /// The facts.
    pub actions: Vec<ActionOffer>,
    /// Program version.
    pub app_version: String,
    /// Version of the station's store.
    pub schema_version: u32,
    /// The station's clocks as it sends.
    pub clock: ClockReport,
    /// Actions that wait at the station, these included.
    pub outbox_depth: u64,
    /// Age of the oldest of them, milliseconds.
    pub oldest_pending_age_ms: u64,
    /// The newest audit checkpoint that the station has seen.
    pub witnessed: Option<Witness>,
    /// The life of the server's database that the station follows; since protocol 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// What went wrong at the station and was mended; since protocol 2.
    #[serde(default)]
    pub health: StationHealth,
    /// PINs that were tried in vain at the station since it last told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pin_tries: Vec<PinTally>,
}

/// What went wrong at a station since it was started, and was mended there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StationHealth {
    /// How often a loop stood still or died and was started again.
    pub loop_restarts: u32,
    /// How often the rows here were not those of the server.
    pub digest_mismatches: u32,
}

/// How often a worker's PIN was tried in vain at a station, ever: a count that only grows, so hearing it twice changes
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PinTally {
    /// Worker.
    pub worker_id: WorkerId,
    /// Wrong tries, ever.
    pub wrong: u64,
}

/// One action with its place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ActionOffer {
    /// Place in the incarnation.
    pub seq: u64,
    /// Global idempotency key; also inside the body.
    pub action_id: ActionId,
    /// Kind; also inside the body.
    pub kind: String,
    /// Version of the kind; also inside the body.
    pub kind_version: u32,
    /// Canonical bytes; they are UTF-8.
    pub body: String,
    /// SHA-256 of the body, hexadecimal.
    pub body_hash: String,
    /// Ed25519 signature by the station that recorded it, hexadecimal.
    pub sig: String,
    /// Chain hash here, hexadecimal.
    pub chain_hash: String,
    /// The incarnation that it was first submitted under, after a fork.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fork_of: Option<String>,
}

/// What the station's clocks say while it sends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClockReport {
    /// Wall clock, Unix milliseconds.
    pub wall_ms: i64,
    /// Monotonic clock since boot, milliseconds.
    pub mono_ms: i64,
    /// Which boot.
    pub boot_id: String,
}

/// What a station remembers of the server's audit chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Witness {
    /// Entry.
    pub audit_seq: u64,
    /// Hash there, hexadecimal.
    pub audit_head: String,
    /// Life of the server's database that it was said in; since protocol 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// The server's signature, as it came: with it the word proves something; since protocol 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
}

/// What a station had not sent, as a file: for a place whose PC was replaced. As trustworthy as the station itself, because
/// every record in it is signed and chained.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OutboxExport {
    /// Station that recorded.
    pub station_id: StationId,
    /// Its public key, hexadecimal.
    pub public_key: String,
    /// The records, in portions and in order.
    pub pushes: Vec<PushRequest>,
}

/// Where a stored action stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictStatus {
    /// It counts.
    Applied,
    /// It is kept beside another fact, and a conflict is open.
    Flagged,
    /// It is stored and waits.
    Parked,
    /// A supervisor has closed it.
    Closed,
}

/// The server's word on one action. A duplicate carries its original verdict.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PushVerdict {
    /// Place in the incarnation.
    pub seq: u64,
    /// Action.
    pub action_id: ActionId,
    /// Where it stands.
    pub status: VerdictStatus,
    /// Whether it had been stored before this push.
    pub duplicate: bool,
    /// Commit that carries its effect.
    pub commit_seq: Option<u64>,
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

/// The answer to a push whose actions are all stored.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PushReply {
    /// Life of the server's database.
    pub server_epoch: String,
    /// Highest `seq` stored durably.
    pub stored_through: u64,
    /// The lease to present next.
    pub lease: String,
    /// One for each action of the push.
    pub verdicts: Vec<PushVerdict>,
    /// Server's clock.
    pub server_time: DateTime<Utc>,
    /// Head of the feed.
    pub head: u64,
    /// Orders to the station; none are defined yet, unknown ones are ignored.
    #[serde(default)]
    pub directives: Vec<serde_json::Value>,
}

/// Why a request as a whole was not carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// 401: unknown or revoked station, or a signature that does not fit.
    Unauthorised,
    /// 401: the nonce is old; a fresh one is in the reply's header.
    StaleNonce,
    /// 401: the connection shows no certificate, or one that has ended; fetch the next one.
    CertificateDue,
    /// 403: nobody has compared this station's fingerprint yet.
    Unconfirmed,
    /// 403: the key fits, but the station may not do this.
    Forbidden,
    /// 409: numbers are missing.
    Gap,
    /// 409: two histories under one incarnation.
    Fork,
    /// 409: the server's database has begun another life.
    Epoch,
    /// 410: the cursor is too old, or of another scope; begin again from nothing.
    CursorGone,
    /// 413: too large; send less at once.
    TooLarge,
    /// 426: this program is too old or too new.
    Version,
    /// 400: not a request of this protocol.
    Malformed,
    /// 429 or 503: later.
    Busy,
    /// 507: the server's disk is full.
    DiskFull,
    /// 404.
    NotFound,
    /// 409: it contradicts what is there.
    Conflict,
    /// 500.
    Internal,
}

/// The body of every answer that is not a success.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub code: ProblemCode,
    /// What to do, for a person who reads logs; screens speak from their own catalogue.
    pub hint: String,
    /// `gap`: the `seq` that is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seq: Option<u64>,
    /// `fork`: the highest `seq` that the server holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<u64>,
    /// `fork`: its chain hash, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain_hash: Option<String>,
    /// The office: why, where its screens have words for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<OfficeRefusal>,
    /// The office: seconds to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// `epoch`: the life of the server's database that is lived now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
}

impl Problem {
    /// A problem without numbers.
    pub fn new(code: ProblemCode, hint: impl Into<String>) -> Self {
        Self {
            code,
            hint: hint.into(),
            expected_seq: None,
            last_seq: None,
            chain_hash: None,
            refusal: None,
            retry_after_s: None,
            epoch: None,
        }
    }
}
