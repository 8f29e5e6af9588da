//! An action as canonical bytes: exactly what is hashed, signed, chained and stored, with every column inside.

use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Action, ClockClass, ClockReading, Fact};
use cordwainer_domain::{ActionId, GrantId, JobId, SiteId, StationId, WorkOrderId, WorkerId, WorkstationId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::canonical::{CanonicalFault, canonical_json};

/// Everything in an action but what happened: readable even when the kind is newer than this program.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ActionHeader {
    /// Global idempotency key.
    pub action_id: ActionId,
    /// Kind of fact.
    pub kind: String,
    /// Version of the kind.
    pub kind_version: u32,
    /// Site.
    pub site_id: SiteId,
    /// Station that recorded it.
    pub station_id: StationId,
    /// Workstation.
    pub workstation: WorkstationId,
    /// Worker.
    pub worker_id: Option<WorkerId>,
    /// Grant used.
    pub grant_id: Option<GrantId>,
    /// How the worker was identified.
    pub auth_level: AuthLevel,
    /// Work order.
    pub work_order_id: Option<WorkOrderId>,
    /// Job.
    pub job_id: Option<JobId>,
    /// Version of the work order that the worker saw.
    pub base_version: Option<u64>,
    /// How far the station had followed the feed.
    pub base_cursor: Option<u64>,
    /// Wall clock, Unix milliseconds.
    pub wall_at: i64,
    /// Monotonic clock, milliseconds since boot.
    pub mono_at: i64,
    /// Boot that the monotonic clock belongs to.
    pub boot_id: String,
    /// How far to trust the clock.
    pub clock_class: ClockClass,
    /// Server time minus wall time as last known, milliseconds.
    pub clock_offset_ms: i64,
    /// Program version.
    pub app_version: String,
    /// Version of the station's store.
    pub schema_version: u32,
}

/// What happened, word by word: it is read once its kind is known.
#[derive(Deserialize)]
struct Happened<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Why bytes are not an action that this program can judge.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeFault {
    /// A kind, or a version of it, that this program does not know. The header can be read.
    #[error("unknown kind {kind} version {version}")]
    UnknownKind {
        /// Kind.
        kind: String,
        /// Version.
        version: u32,
    },
    /// The bytes are not an action at all, or not the kind they claim.
    #[error("unreadable action: {0}")]
    Unreadable(String),
}

/// The canonical bytes of an action.
///
/// # Errors
/// [`CanonicalFault`] if a fact held a float, which none of the kinds does.
pub fn encode(action: &Action) -> Result<Vec<u8>, CanonicalFault> {
    let mut fact = serde_json::to_value(&action.fact).map_err(|_| CanonicalFault::Float)?;
    let header = ActionHeader {
        action_id: action.id,
        kind: action.fact.kind().to_owned(),
        kind_version: action.fact.kind_version(),
        site_id: action.site.clone(),
        station_id: action.station,
        workstation: action.workstation.clone(),
        worker_id: action.worker,
        grant_id: action.grant,
        auth_level: action.auth_level,
        work_order_id: action.work_order,
        job_id: action.job,
        base_version: action.base_version,
        base_cursor: action.base_cursor,
        wall_at: action.clock.wall_ms,
        mono_at: action.clock.mono_ms,
        boot_id: action.clock.boot_id.clone(),
        clock_class: action.clock.class,
        clock_offset_ms: action.clock.offset_ms,
        app_version: action.app_version.clone(),
        schema_version: action.schema_version,
    };
    let mut action = serde_json::to_value(header).map_err(|_| CanonicalFault::Float)?;
    action["data"] = fact.get_mut("data").map(Value::take).unwrap_or(Value::Null);
    canonical_json(&action)
}

/// The columns of an action, whatever its kind.
///
/// # Errors
/// [`DecodeFault::Unreadable`] when the bytes are not an action at all.
pub fn read_header(body: &[u8]) -> Result<ActionHeader, DecodeFault> {
    read(body).map(|(header, _)| header)
}

/// Twice over the bytes, which is still faster than once with everything put aside until the last member has been seen.
fn read(body: &[u8]) -> Result<(ActionHeader, &RawValue), DecodeFault> {
    let unreadable = |fault: serde_json::Error| DecodeFault::Unreadable(fault.to_string());
    let header = serde_json::from_slice(body).map_err(unreadable)?;
    let happened: Happened<'_> = serde_json::from_slice(body).map_err(unreadable)?;
    Ok((header, happened.data))
}

/// Reads an action of any version ever written. A new column, like a new member of a fact, is a new kind version.
///
/// # Errors
/// [`DecodeFault`] when the kind is newer than this program, or the bytes are damaged.
pub fn decode(body: &[u8]) -> Result<Action, DecodeFault> {
    let (header, data) = read(body)?;
    let version = header.kind_version;
    let fact = upcast(&header.kind, version, data)?;
    let action = with_fact(header, fact);
    // Members that were added, renamed or doubled would be overlooked by the reader but not by the signature.
    if version == action.fact.kind_version() && encode(&action).ok().as_deref() != Some(body) {
        return Err(DecodeFault::Unreadable(
            "the bytes say more, or otherwise, than their kind and version hold".to_owned(),
        ));
    }
    Ok(action)
}

fn with_fact(header: ActionHeader, fact: Fact) -> Action {
    Action {
        id: header.action_id,
        site: header.site_id,
        station: header.station_id,
        workstation: header.workstation,
        worker: header.worker_id,
        grant: header.grant_id,
        auth_level: header.auth_level,
        work_order: header.work_order_id,
        job: header.job_id,
        base_version: header.base_version,
        base_cursor: header.base_cursor,
        clock: ClockReading {
            wall_ms: header.wall_at,
            mono_ms: header.mono_at,
            boot_id: header.boot_id,
            class: header.clock_class,
            offset_ms: header.clock_offset_ms,
        },
        app_version: header.app_version,
        schema_version: header.schema_version,
        fact,
    }
}

/// Brings the data of any version of a kind to today's shape. The stored bytes stay as they were written.
fn upcast(kind: &str, version: u32, data: &RawValue) -> Result<Fact, DecodeFault> {
    if version != 1 || !Fact::KINDS.contains(&kind) {
        return Err(DecodeFault::UnknownKind { kind: kind.to_owned(), version });
    }
    // The kind is one of ours, so it needs no escaping.
    serde_json::from_str(&format!(r#"{{"kind":"{kind}","data":{data}}}"#))
        .map_err(|fault| DecodeFault::Unreadable(fault.to_string()))
}
