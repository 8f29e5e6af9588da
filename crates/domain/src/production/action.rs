//! Actions: immutable facts as a station recorded them. What they come to is judged by [`super::apply`].

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::apply::{ConflictKind, ParkReason};
use super::job::PauseReason;
use super::resolution::Resolution;
use super::work_order::{Pair, Priority};
use crate::code::Code;
use crate::people::AuthLevel;
use crate::product::{Characteristic, Parameter, Recording};
use crate::quality::{CharacteristicResult, Disposition, Finding};
use crate::{
    ActionId, ConflictId, CustomerOrderNumber, GrantId, JobId, LocalText, NonconformanceId, OperationId, ParameterId,
    SiteId, SkillId, StationId, WorkCentreId, WorkOrderId, WorkerId, WorkstationId,
};

/// How far the station's clock could be trusted when it recorded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ClockClass {
    /// Compared with the server within this boot.
    Synchronised,
    /// Compared with the server before this boot; drift unknown.
    Remembered,
    /// Never compared.
    Unknown,
}

impl ClockClass {
    /// The number stored beside an action.
    pub const fn as_number(self) -> i64 {
        match self {
            Self::Synchronised => 0,
            Self::Remembered => 1,
            Self::Unknown => 2,
        }
    }
}

/// What the station's clocks said when the code was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ClockReading {
    /// Wall clock, Unix milliseconds.
    #[ts(type = "number")]
    pub wall_ms: i64,
    /// Monotonic clock since boot, milliseconds, suspend included.
    #[ts(type = "number")]
    pub mono_ms: i64,
    /// Which boot the monotonic clock belongs to.
    pub boot_id: String,
    /// How far to trust it.
    pub class: ClockClass,
    /// Last estimate of server time minus wall time, milliseconds.
    #[ts(type = "number")]
    pub offset_ms: i64,
}

impl ClockReading {
    /// The best estimate of the instant: wall clock corrected by the last known offset to the server.
    pub fn instant(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.wall_ms.saturating_add(self.offset_ms)).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// A recorded fact with everything that was known when it was recorded. Never changes, is never dropped.
#[derive(Clone, PartialEq, Debug)]
pub struct Action {
    /// Global idempotency key.
    pub id: ActionId,
    /// Site.
    pub site: SiteId,
    /// Which installation recorded it.
    pub station: StationId,
    /// At which place.
    pub workstation: WorkstationId,
    /// Who; `None` for an unresolved scan and for what the server records.
    pub worker: Option<WorkerId>,
    /// The permission used.
    pub grant: Option<GrantId>,
    /// How the worker was identified.
    pub auth_level: AuthLevel,
    /// The pair it is about.
    pub work_order: Option<WorkOrderId>,
    /// The job it is about.
    pub job: Option<JobId>,
    /// Version of the work order that the worker was looking at.
    pub base_version: Option<u64>,
    /// How far the station had followed the server's feed.
    pub base_cursor: Option<u64>,
    /// When, by the station's clocks.
    pub clock: ClockReading,
    /// Which program recorded it.
    pub app_version: String,
    /// Schema version of the station's store.
    pub schema_version: u32,
    /// What happened.
    pub fact: Fact,
}

/// A parameter's value as entered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MeasuredValue {
    /// Which parameter.
    pub parameter: ParameterId,
    /// The value.
    #[ts(type = "string")]
    pub value: Decimal,
    /// Why it is out of tolerance, if it is.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What happened. `round` is the pass through the job that the worker was looking at (0 first, one more after each rework),
/// so that a fact about an earlier pass can never sign off a later one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Fact {
    /// The office released a work order to the floor, with everything frozen that the floor needs.
    WorkOrderReleased(Box<ReleasedWorkOrder>),
    /// A worker began a job.
    JobStarted {
        /// Pass through the job.
        round: u32,
    },
    /// Work stopped for a while.
    JobPaused {
        /// Pass through the job.
        round: u32,
        /// Why.
        reason: PauseReason,
    },
    /// Work went on.
    JobResumed {
        /// Pass through the job.
        round: u32,
    },
    /// The job was signed off.
    JobFinished {
        /// Pass through the job.
        round: u32,
        /// Parameters as entered.
        values: Vec<MeasuredValue>,
        /// Material lots scanned.
        lots: Vec<Code>,
        /// The worker confirmed a surprisingly early finish.
        early_confirmed: bool,
    },
    /// The pair passed an inspection.
    InspectionPassed {
        /// Pass through the job.
        round: u32,
        /// What was checked.
        results: Vec<CharacteristicResult>,
    },
    /// The pair failed an inspection.
    InspectionFailed {
        /// Pass through the job.
        round: u32,
        /// The nonconformance that this opens.
        nonconformance: NonconformanceId,
        /// What was found; at least one.
        findings: Vec<Finding>,
        /// What is to be done, if the inspector knew at once.
        disposition: Option<Disposition>,
        /// What was checked.
        results: Vec<CharacteristicResult>,
    },
    /// Somebody decided about an open nonconformance.
    NonconformanceDisposed {
        /// Which.
        nonconformance: NonconformanceId,
        /// What was decided.
        disposition: Disposition,
    },
    /// The worker took the last move back.
    Undone {
        /// The action taken back.
        target: ActionId,
    },
    /// A valid code of ours was scanned that the station did not know.
    ScanUnresolved {
        /// What was read.
        code: Code,
    },
    /// A badge opened a production session.
    SessionOpened {},
    /// The session ended.
    SessionClosed {},
    /// The office withdrew the order; what is done afterwards is kept and decided about.
    WorkOrderCancelled {
        /// Why.
        reason: String,
    },
    /// The office changed the routing of a pair in work.
    RoutingRevised {
        /// Jobs that nobody does any more.
        removed: Vec<JobId>,
        /// Jobs that are new; each stands after its predecessors.
        added: Vec<ReleasedJob>,
        /// Why.
        reason: String,
    },
    /// A supervisor decided about two facts that contradict each other.
    ConflictResolved {
        /// The conflict as the server named it.
        conflict: ConflictId,
        /// The fact that was flagged. With `between` it names the contradiction for ever, also after a restore of the
        /// server, where the conflict is opened anew under another identifier.
        flagged: ActionId,
        /// What it contradicts, and how.
        between: ConflictKind,
        /// What was decided.
        resolution: Resolution,
        /// Why, where somebody has to answer for it.
        reason: Option<String>,
    },
    /// A supervisor decided about a fact that waits.
    ParkedResolved {
        /// The fact.
        parked: ActionId,
        /// What it waited for when the decision was made.
        waited_for: ParkReason,
        /// What was decided.
        resolution: Resolution,
        /// Why, where somebody has to answer for it.
        reason: Option<String>,
    },
}

impl Fact {
    /// Every kind, as stored beside an action.
    pub const KINDS: [&'static str; 16] = [
        "work_order_released",
        "job_started",
        "job_paused",
        "job_resumed",
        "job_finished",
        "inspection_passed",
        "inspection_failed",
        "nonconformance_disposed",
        "undone",
        "scan_unresolved",
        "session_opened",
        "session_closed",
        "work_order_cancelled",
        "routing_revised",
        "conflict_resolved",
        "parked_resolved",
    ];

    /// The kind as stored beside the action.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::WorkOrderReleased(_) => Self::KINDS[0],
            Self::JobStarted { .. } => Self::KINDS[1],
            Self::JobPaused { .. } => Self::KINDS[2],
            Self::JobResumed { .. } => Self::KINDS[3],
            Self::JobFinished { .. } => Self::KINDS[4],
            Self::InspectionPassed { .. } => Self::KINDS[5],
            Self::InspectionFailed { .. } => Self::KINDS[6],
            Self::NonconformanceDisposed { .. } => Self::KINDS[7],
            Self::Undone { .. } => Self::KINDS[8],
            Self::ScanUnresolved { .. } => Self::KINDS[9],
            Self::SessionOpened {} => Self::KINDS[10],
            Self::SessionClosed {} => Self::KINDS[11],
            Self::WorkOrderCancelled { .. } => Self::KINDS[12],
            Self::RoutingRevised { .. } => Self::KINDS[13],
            Self::ConflictResolved { .. } => Self::KINDS[14],
            Self::ParkedResolved { .. } => Self::KINDS[15],
        }
    }

    /// The version of the kind that this program writes.
    pub const fn kind_version(&self) -> u32 {
        1
    }

    /// Whether only the office records it.
    pub const fn is_of_the_office(&self) -> bool {
        matches!(self, Self::WorkOrderReleased(_) | Self::WorkOrderCancelled { .. } | Self::RoutingRevised { .. })
    }

    /// Whether it decides about other facts, which only a person with the right to may do.
    pub const fn is_a_resolution(&self) -> bool {
        matches!(self, Self::ConflictResolved { .. } | Self::ParkedResolved { .. })
    }

    /// The same fact, about another pass.
    #[must_use]
    pub(crate) fn in_round(mut self, to: u32) -> Self {
        match &mut self {
            Self::JobStarted { round }
            | Self::JobPaused { round, .. }
            | Self::JobResumed { round }
            | Self::JobFinished { round, .. }
            | Self::InspectionPassed { round, .. }
            | Self::InspectionFailed { round, .. } => *round = to,
            _ => {}
        }
        self
    }

    /// Whether new work begins with the fact. It may be refused where there is no room left to record how it ends.
    pub const fn begins_work(&self) -> bool {
        matches!(self, Self::JobStarted { .. })
    }

    /// Whether the fact is about a work order at all; sessions and unresolved scans are not.
    pub const fn is_about_a_work_order(&self) -> bool {
        !matches!(self, Self::ScanUnresolved { .. } | Self::SessionOpened {} | Self::SessionClosed {})
    }
}

/// A job as released: the operation's standard, frozen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReleasedJob {
    /// Identifier.
    pub id: JobId,
    /// Which standard.
    pub operation: OperationId,
    /// Which version of it.
    pub operation_version: u32,
    /// Its name, so that a station can speak of a job it holds no standard for.
    pub name: LocalText,
    /// Its name for narrow places.
    pub short: LocalText,
    /// Where it is done.
    pub work_centre: WorkCentreId,
    /// Place in the routing's list; equal places are a tie that the worker decides.
    pub position: u32,
    /// Jobs that must be done before.
    pub after: Vec<JobId>,
    /// How long a practised worker takes.
    pub standard_time_s: u32,
    /// How it is recorded.
    pub recording: Recording,
    /// Whether it judges rather than makes.
    pub inspection: bool,
    /// What the worker must be qualified for.
    pub skills: Vec<SkillId>,
    /// What to record.
    pub parameters: Vec<Parameter>,
    /// What to check.
    pub characteristics: Vec<Characteristic>,
}

/// A work order as released to the floor.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReleasedWorkOrder {
    /// Identifier.
    pub id: WorkOrderId,
    /// The code on its traveller.
    pub code: Code,
    /// Its number as people say it.
    pub number: String,
    /// The customer's order it fulfils.
    pub customer_order: CustomerOrderNumber,
    /// How the customer is called on the floor; a surname at most.
    pub customer_name: LocalText,
    /// What to make.
    pub pair: Pair,
    /// How urgent.
    pub priority: Priority,
    /// When it was promised.
    pub promise_at: DateTime<Utc>,
    /// Its jobs, in the routing's order.
    pub jobs: Vec<ReleasedJob>,
}
