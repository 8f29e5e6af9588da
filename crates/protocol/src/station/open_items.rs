//! Open items: what waits for a supervisor, with both facts side by side and what may be decided.

use chrono::{DateTime, Utc};
use cordwainer_domain::code::Code;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{ClockClass, Resolution, ResolutionKind};
use cordwainer_domain::quality::Disposition;
use cordwainer_domain::{ActionId, LocalText};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::answer::{Evidence, JobHead, PairHead, WorkerHead};

/// What kind of item it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OpenItemOf {
    /// Two facts that contradict each other.
    Conflict,
    /// A fact that waits.
    Parked,
}

/// An open item in one line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct OpenItemLine {
    /// The conflict's or the waiting action's identifier.
    pub id: String,
    /// What kind of item it is.
    pub of: OpenItemOf,
    /// `signed_twice`, `grant_expired`…; the UI has a word for each.
    pub kind: String,
    /// Pair.
    pub pair: Option<PairHead>,
    /// Job.
    pub job: Option<JobHead>,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// Whether it has been open for longer than it may.
    pub overdue: bool,
    /// Whether somebody may have tampered.
    pub security: bool,
    /// Whether a decision has been recorded here that the server has not judged yet.
    pub decided_here: bool,
}

/// A parameter as it was entered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FactValue {
    /// Parameter in words.
    pub name: LocalText,
    /// The value.
    pub value: String,
    /// Its unit.
    pub unit: String,
    /// Why it is out of tolerance.
    pub reason: Option<String>,
}

/// One of the facts of an item.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct FactSheet {
    /// The action.
    pub action: ActionId,
    /// Its kind; the UI has a word for each.
    pub kind: String,
    /// Who.
    pub worker: Option<WorkerHead>,
    /// Where.
    pub workstation: Option<LocalText>,
    /// When, as well as the server could tell.
    pub at: DateTime<Utc>,
    /// How sure that time is.
    pub confidence: ClockClass,
    /// When the server got it.
    pub received_at: DateTime<Utc>,
    /// How the worker was identified.
    pub auth_level: AuthLevel,
    /// The version of the work order that the worker saw.
    #[ts(type = "number | null")]
    pub base_version: Option<u64>,
    /// Whether this program can read what happened.
    pub readable: bool,
    /// Parameters as entered.
    pub values: Vec<FactValue>,
    /// Lots scanned.
    pub lots: Vec<Code>,
    /// Defects found, in words.
    pub defects: Vec<LocalText>,
    /// What was decided about a nonconformance.
    pub disposition: Option<Disposition>,
    /// What was decided about another item.
    pub resolution: Option<ResolutionKind>,
}

/// One thing that may be decided.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ResolutionChoice {
    /// The decision as it will be recorded.
    pub resolution: Resolution,
    /// Whether somebody has to say why.
    pub needs_reason: bool,
    /// Who is credited by it.
    pub worker: Option<WorkerHead>,
    /// Who is credited beside.
    pub second_worker: Option<WorkerHead>,
    /// The job that it is mapped to.
    pub job: Option<JobHead>,
}

/// A decision that was recorded here and that the server has not judged yet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct PendingDecision {
    /// What was decided.
    pub kind: ResolutionKind,
    /// By whom.
    pub worker: Option<WorkerHead>,
    /// When.
    pub at: DateTime<Utc>,
    /// How far its record has come.
    pub evidence: Evidence,
}

/// An open item, whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct OpenItem {
    /// The item in one line.
    pub line: OpenItemLine,
    /// The facts: the one that stands first, then the one that was flagged or waits.
    pub facts: Vec<FactSheet>,
    /// What may be decided, the likeliest first.
    pub choices: Vec<ResolutionChoice>,
    /// What was decided here already.
    pub decided: Option<PendingDecision>,
}

/// The newest proof that nothing is lost.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ProofSheet {
    /// When it was made.
    pub proved_at: DateTime<Utc>,
    /// Whether everything adds up.
    pub ok: bool,
    /// Actions stored.
    #[ts(type = "number")]
    pub stored: u64,
    /// Of these, applied.
    #[ts(type = "number")]
    pub applied: u64,
    /// Of these, flagged.
    #[ts(type = "number")]
    pub flagged: u64,
    /// Of these, waiting.
    #[ts(type = "number")]
    pub parked: u64,
    /// Of these, closed.
    #[ts(type = "number")]
    pub closed: u64,
}

/// Everything that waits for a supervisor, security first, then the oldest.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct OpenItems {
    /// When it was read.
    pub now: DateTime<Utc>,
    /// Whether this station leads the floor; others hold no open items.
    pub whole_site: bool,
    /// The items.
    pub items: Vec<OpenItem>,
    /// The newest proof; none before the first night.
    pub proof: Option<ProofSheet>,
    /// Whether this is of now; if not, when the server last answered.
    pub as_of: Option<DateTime<Utc>>,
}
