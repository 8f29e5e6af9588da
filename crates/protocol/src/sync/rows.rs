//! Rows of the feed. What a station holds is exactly these, and nothing about prices, contacts or other people's pay.
//!
//! Long because that claim can be checked only where all of them stand together.

use chrono::{DateTime, Utc};
use cordwainer_domain::code::{Code, CodeAlias};
use cordwainer_domain::equipment::Calendar;
use cordwainer_domain::people::{AuthLevel, Role, Worker};
use cordwainer_domain::production::{ClockClass, ConflictKind, Pair, ParkReason, Priority};
use cordwainer_domain::{
    ActionId, ConflictId, CustomerOrderNumber, GrantId, JobId, LocalText, OperationId, SiteId, SkillId, StationId,
    WorkCentreId, WorkOrderId, WorkerId, WorkstationId,
};
use serde::{Deserialize, Serialize};

use super::AlarmKind;

/// Tables of the feed. The row of each is named beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// [`SiteRow`].
    Site,
    /// [`cordwainer_domain::equipment::WorkCentre`].
    WorkCentre,
    /// [`cordwainer_domain::equipment::Workstation`].
    Workstation,
    /// [`cordwainer_domain::product::Operation`]; key is `id@version`.
    Operation,
    /// `{id, name}` of a skill.
    Skill,
    /// [`cordwainer_domain::quality::Defect`].
    Defect,
    /// [`PictureRow`]; key is the hash.
    Picture,
    /// [`WorkerRow`].
    Worker,
    /// [`cordwainer_domain::production::WorkOrder`], whole; only those in scope.
    WorkOrder,
    /// [`WorkOrderCard`]: every open work order of the site, so that any scan resolves to at least a name.
    WorkOrderCard,
    /// [`OpenConflict`].
    Conflict,
    /// [`AlarmRow`]; key is the kind and the station.
    Alarm,
    /// [`OpenParked`]: a fact that waits for a person; key is the action.
    Parked,
    /// [`ProofRow`]: the newest proof that nothing is lost; key is the site.
    Proof,
    /// [`LabelTemplateRow`]: what the factory has released for a kind of label; key is the kind.
    LabelTemplate,
}

impl Table {
    /// Every table, in the order in which a snapshot is best read.
    pub const ALL: [Self; 15] = [
        Self::Site,
        Self::WorkCentre,
        Self::Workstation,
        Self::Operation,
        Self::Skill,
        Self::Defect,
        Self::Picture,
        Self::Worker,
        Self::WorkOrder,
        Self::WorkOrderCard,
        Self::Conflict,
        Self::Alarm,
        Self::Parked,
        Self::Proof,
        Self::LabelTemplate,
    ];

    /// The name as stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::WorkCentre => "work_centre",
            Self::Workstation => "workstation",
            Self::Operation => "operation",
            Self::Skill => "skill",
            Self::Defect => "defect",
            Self::Picture => "picture",
            Self::Worker => "worker",
            Self::WorkOrder => "work_order",
            Self::WorkOrderCard => "work_order_card",
            Self::Conflict => "conflict",
            Self::Alarm => "alarm",
            Self::Parked => "parked",
            Self::Proof => "proof",
            Self::LabelTemplate => "label_template",
        }
    }

    /// The first protocol version whose programs know the table: to older ones its rows are not sent.
    pub const fn since(self) -> u32 {
        match self {
            Self::Alarm | Self::Parked | Self::Proof => 2,
            Self::LabelTemplate => 3,
            _ => 1,
        }
    }

    /// The table of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// The site.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SiteRow {
    /// Key.
    pub id: SiteId,
    /// Name.
    pub name: LocalText,
    /// When work is done.
    pub calendar: Calendar,
    /// What codes of others are called here: suppliers' labels, GS1 keys, RFID tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<CodeAlias>,
}

/// A picture of an instruction, small enough to travel with the rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PictureRow {
    /// SHA-256 of the bytes, hexadecimal.
    pub hash: String,
    /// `image/svg+xml`, `image/png`.
    pub media_type: String,
    /// The bytes, base 64.
    pub base64: String,
}

/// What a station may be told of a PIN: Argon2id over it. The station binds it to its own device key before it is stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinVerifier {
    /// Salt, hexadecimal.
    pub salt: String,
    /// Argon2id of the PIN, 32 bytes at [`cordwainer_domain::people::PIN_COST`], hexadecimal.
    pub hash: String,
}

impl std::fmt::Debug for PinVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PinVerifier(…)")
    }
}

/// What a worker may do at stations that may be offline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Identifier, recorded in each action.
    pub grant_id: GrantId,
    /// Worker.
    pub worker_id: WorkerId,
    /// Roles.
    pub roles: Vec<Role>,
    /// Qualifications.
    pub skills: Vec<SkillId>,
    /// `*` or a work centre's key.
    pub station_group: String,
    /// End.
    pub not_after: DateTime<Utc>,
}

/// A grant with the server's signature over its canonical JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedGrant {
    /// The grant's canonical JSON, exactly the signed bytes.
    pub body: String,
    /// Ed25519 signature by the server, hexadecimal.
    pub sig: String,
}

/// A worker as a station knows them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct WorkerRow {
    /// The worker.
    pub worker: Worker,
    /// To check a PIN offline; absent when none is set.
    pub pin: Option<PinVerifier>,
    /// What the worker may do; absent once revoked.
    pub grant: Option<SignedGrant>,
}

/// The thin map: enough to name any pair of the site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WorkOrderCard {
    /// Identifier.
    pub id: WorkOrderId,
    /// Traveller code.
    pub code: Code,
    /// Number as people say it.
    pub number: String,
    /// The customer's order.
    pub customer_order: CustomerOrderNumber,
    /// Style.
    pub style_name: LocalText,
    /// Work centres that have something ready or running for it.
    pub at: Vec<cordwainer_domain::WorkCentreId>,
    /// When it was promised.
    pub promise_at: DateTime<Utc>,
}

/// A conflict, for those who may close it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ConflictRow {
    /// Identifier.
    pub id: ConflictId,
    /// What contradicts what.
    pub conflict: ConflictKind,
    /// The fact that was flagged.
    pub action_id: ActionId,
    /// The fact that it contradicts.
    pub other_action_id: Option<ActionId>,
    /// Pair.
    pub work_order_id: Option<WorkOrderId>,
    /// Job.
    pub job_id: Option<JobId>,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// When a person closed it.
    pub closed_at: Option<DateTime<Utc>>,
}

/// An alarm, for those who lead the floor. One row for each kind and station; when it is raised again it counts on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AlarmRow {
    /// What is wrong.
    pub kind: AlarmKind,
    /// The station that it is about, or that noticed it.
    pub station_id: Option<StationId>,
    /// Where that stands.
    pub workstation: Option<WorkstationId>,
    /// How often it was raised since it was last closed.
    pub times: u64,
    /// Since when.
    pub raised_at: DateTime<Utc>,
    /// When it was last raised.
    pub last_raised_at: DateTime<Utc>,
    /// When a person closed it.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A fact as a person compares it with another: who, where, when, how sure, and with what evidence.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FactCard {
    /// Action.
    pub action_id: ActionId,
    /// Kind, also where this program cannot read the rest.
    pub kind: String,
    /// Who.
    pub worker: Option<WorkerId>,
    /// Installation that recorded it.
    pub station: StationId,
    /// Where.
    pub workstation: Option<WorkstationId>,
    /// When it happened, as well as the server can tell.
    pub occurred_at: DateTime<Utc>,
    /// When the server got it.
    pub received_at: DateTime<Utc>,
    /// How sure the time is.
    pub clock_class: ClockClass,
    /// How the worker was identified.
    pub auth_level: AuthLevel,
    /// Version of the work order that the worker saw.
    pub base_version: Option<u64>,
    /// What happened, as `Fact` writes itself: parameters, lots, findings, decisions. Absent where it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<serde_json::Value>,
}

/// A pair as an open item shows it: also one that is cancelled, and that no station holds any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PairCard {
    /// Work order.
    pub id: WorkOrderId,
    /// Traveller code.
    pub code: Code,
    /// Number as people say it.
    pub number: String,
    /// The customer's order.
    pub customer_order: CustomerOrderNumber,
    /// How the customer is called on the floor.
    pub customer_name: LocalText,
    /// What to make.
    pub pair: Pair,
    /// How urgent.
    pub priority: Priority,
    /// When it was promised.
    pub promise_at: DateTime<Utc>,
    /// Its jobs, so that a fact can be mapped to another one.
    pub jobs: Vec<JobCard>,
}

/// A job as an open item shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JobCard {
    /// Job.
    pub id: JobId,
    /// Operation.
    pub operation: OperationId,
    /// Version of the standard.
    pub operation_version: u32,
    /// Operation in words.
    pub name: LocalText,
    /// Operation in few words.
    pub short: LocalText,
    /// Where it is done.
    pub work_centre: WorkCentreId,
    /// Whether it judges.
    pub inspection: bool,
    /// Standard time.
    pub standard_time_s: u32,
}

/// An open conflict with both facts side by side, so that it can be decided without a network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenConflict {
    /// The conflict.
    #[serde(flatten)]
    pub row: ConflictRow,
    /// The facts: the one that stands first, then the one that was flagged.
    #[serde(default)]
    pub facts: Vec<FactCard>,
    /// The pair.
    #[serde(default)]
    pub pair: Option<PairCard>,
}

/// A fact that waits for a person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenParked {
    /// The fact.
    pub fact: FactCard,
    /// What it waits for.
    pub reason: ParkReason,
    /// The pair.
    pub pair: Option<PairCard>,
    /// The pair's identifier, also where the server does not know the pair.
    pub work_order_id: Option<WorkOrderId>,
    /// The job.
    pub job_id: Option<JobId>,
    /// Since when it waits.
    pub parked_at: DateTime<Utc>,
}

/// The proof that nothing is lost: stored = applied + flagged + parked + closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProofRow {
    /// When it was made.
    pub proved_at: DateTime<Utc>,
    /// Whether everything adds up.
    pub ok: bool,
    /// Actions stored.
    pub stored: u64,
    /// Of these, applied.
    pub applied: u64,
    /// Of these, flagged.
    pub flagged: u64,
    /// Of these, waiting.
    pub parked: u64,
    /// Of these, closed.
    pub closed: u64,
    /// What differs, for those who look after the server.
    #[serde(default)]
    pub differs: Vec<String>,
}

/// What stations print labels of a kind with, in place of the template that ships with the program.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LabelTemplateRow {
    /// The kind's word, as [`crate::LabelKind`] writes itself; a later program may know more of them.
    pub kind: String,
    /// The template, name and version included.
    pub template: serde_json::Value,
}
