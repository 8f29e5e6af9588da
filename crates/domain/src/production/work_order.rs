//! The work order: one pair to be made, with its jobs, inspections and nonconformances. The unit that is judged, stored
//! and synchronised as a whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::{ReleasedJob, ReleasedWorkOrder};
use super::credit::KeptFact;
use super::job::{Job, JobState, Progress, Standing};
use super::reading::WorkOrderMembers;
use super::resolution::Resolved;
use crate::code::Code;
use crate::order::OrderNode;
use crate::product::PairSize;
use crate::quality::{Inspection, Nonconformance};
use crate::{CustomerOrderNumber, JobId, LocalText, NonconformanceId, OptionId, StyleId, WorkCentreId, WorkOrderId};

/// How urgent a work order is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// In its turn.
    Normal,
    /// 加急.
    Rush,
}

/// One chosen value of an option group, frozen with its name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ChosenOption {
    /// leather, colour, lining, sole…
    pub group: String,
    /// Which value.
    pub id: OptionId,
    /// Its name.
    pub name: LocalText,
    /// Colour for pictures, `#rrggbb`.
    #[serde(default)]
    pub hex: Option<String>,
}

/// The configuration of a pair, frozen at release.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Pair {
    /// Style.
    pub style: StyleId,
    /// Its name.
    pub style_name: LocalText,
    /// Goodyear welt, Blake.
    pub construction: LocalText,
    /// Chosen options.
    pub options: Vec<ChosenOption>,
    /// Both feet.
    pub size: PairSize,
}

/// Whether a work order is still to be made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "life", rename_all = "snake_case")]
pub enum WorkOrderLife {
    /// Being made, or made.
    Open,
    /// The order was cancelled.
    Cancelled {
        /// When.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// The pair was scrapped.
    Scrapped {
        /// When.
        at: DateTime<Utc>,
        /// By which nonconformance.
        nonconformance: NonconformanceId,
    },
}

/// Why a released work order makes no sense.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, Serialize, Deserialize, TS)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum ReleaseFault {
    /// It has no jobs.
    #[error("the work order has no jobs")]
    NoJobs,
    /// Two jobs share an identifier.
    #[error("job {job} is listed twice")]
    TwiceListed {
        /// Which.
        job: JobId,
    },
    /// A job names a predecessor that comes later or does not exist.
    #[error("job {job} follows {after}, which is not listed before it")]
    UnknownPredecessor {
        /// Which job.
        job: JobId,
        /// The predecessor.
        after: JobId,
    },
    /// An inspection with nothing before it could never send anything back.
    #[error("inspection {job} has nothing before it to inspect")]
    InspectionFirst {
        /// Which.
        job: JobId,
    },
}

/// One pair (or one repair) to be made; its configuration and operation versions are frozen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "WorkOrderMembers")]
pub struct WorkOrder {
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
    /// What to make; shared by every state, as it never changes.
    pub pair: Arc<Pair>,
    /// How urgent.
    pub priority: Priority,
    /// When it was promised.
    pub promise_at: DateTime<Utc>,
    /// When the floor got it.
    pub released_at: DateTime<Utc>,
    /// Facts applied so far.
    pub version: u64,
    /// Whether it is still to be made.
    #[serde(flatten)]
    pub life: WorkOrderLife,
    /// Its jobs; every job stands after its predecessors.
    pub jobs: Vec<Job>,
    /// Inspections, oldest first.
    pub inspections: Vec<Inspection>,
    /// Nonconformances, oldest first.
    pub nonconformances: Vec<Nonconformance>,
    /// What was recorded after the order was closed, oldest first: the labour, the materials and the time of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after_close: Vec<KeptFact>,
    /// Decisions about its facts, oldest first. The first one about a question stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved: Vec<Resolved>,
    /// The version that last changed its routing; a fact recorded in ignorance of it is for a supervisor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revised_version: Option<u64>,
}

impl WorkOrder {
    /// Begins a work order's life on the floor.
    ///
    /// # Errors
    /// [`ReleaseFault`] when the jobs are no directed acyclic graph listed in order.
    pub fn release(released: &ReleasedWorkOrder, at: DateTime<Utc>) -> Result<Self, ReleaseFault> {
        check_jobs(released.jobs.iter())?;
        Ok(Self {
            id: released.id,
            code: released.code.clone(),
            number: released.number.clone(),
            customer_order: released.customer_order.clone(),
            customer_name: released.customer_name.clone(),
            pair: Arc::new(released.pair.clone()),
            priority: released.priority,
            promise_at: released.promise_at,
            released_at: at,
            version: 1,
            life: WorkOrderLife::Open,
            jobs: released
                .jobs
                .iter()
                .map(|spec| Job { spec: Arc::new(spec.clone()), progress: Progress::untouched(), undo: None })
                .collect(),
            inspections: Vec::new(),
            nonconformances: Vec::new(),
            after_close: Vec::new(),
            resolved: Vec::new(),
            revised_version: None,
        })
    }

    /// The job with this identifier.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.spec.id == id)
    }

    /// How a job stands, seen together with the rest of the pair.
    pub fn standing(&self, job: &Job) -> Standing {
        match &job.progress.state {
            JobState::Done { .. } => Standing::Done,
            JobState::Void { .. } => Standing::Void,
            // Nobody works on a pair that is cancelled or scrapped, whatever had been begun.
            _ if !matches!(self.life, WorkOrderLife::Open) => Standing::Held,
            JobState::Held { .. } => Standing::Held,
            JobState::Running { .. } => Standing::Running,
            JobState::Paused { .. } => Standing::Paused,
            JobState::Open => self.standing_of_open(job),
        }
    }

    fn standing_of_open(&self, job: &Job) -> Standing {
        if let Some(nonconformance) = self.blocks(job.spec.id) {
            return Standing::Blocked { nonconformance };
        }
        let for_jobs: Vec<JobId> = job
            .spec
            .after
            .iter()
            .copied()
            .filter(|before| self.job(*before).is_none_or(|before| !before.is_out_of_the_way()))
            .collect();
        if for_jobs.is_empty() { Standing::Ready } else { Standing::Waiting { for_jobs } }
    }

    /// The undecided nonconformance that stands before a job: found at the job itself, or anywhere upstream of it.
    pub fn blocks(&self, job: JobId) -> Option<NonconformanceId> {
        let mut open = self.nonconformances.iter().filter(|found| found.is_open()).peekable();
        open.peek()?;
        let upstream = self.upstream(job);
        open.find(|found| found.job == job || upstream.contains(&found.job)).map(|found| found.id)
    }

    /// Every job that must be done before this one.
    pub fn upstream(&self, job: JobId) -> BTreeSet<JobId> {
        let mut found = BTreeSet::new();
        let mut next = vec![job];
        while let Some(id) = next.pop() {
            for before in self.job(id).map_or(&[][..], |job| &job.spec.after) {
                if found.insert(*before) {
                    next.push(*before);
                }
            }
        }
        found
    }

    /// Every job that must come after this one.
    pub fn downstream(&self, job: JobId) -> BTreeSet<JobId> {
        let mut found = BTreeSet::new();
        // Jobs stand after their predecessors, so one pass finds all of them.
        for candidate in &self.jobs {
            if candidate.spec.after.iter().any(|before| *before == job || found.contains(before)) {
                found.insert(candidate.spec.id);
            }
        }
        found
    }

    /// Whether every job is out of the way.
    pub fn is_complete(&self) -> bool {
        self.jobs.iter().all(Job::is_out_of_the_way)
    }

    /// Whether there is still something to do.
    pub fn is_open(&self) -> bool {
        matches!(self.life, WorkOrderLife::Open) && !self.is_complete()
    }

    /// Pairs that this work order has put out: one once complete, however often a job was repeated.
    pub fn output_pairs(&self) -> u32 {
        u32::from(matches!(self.life, WorkOrderLife::Open) && self.is_complete())
    }

    /// The nonconformance with this identifier.
    pub fn nonconformance(&self, id: NonconformanceId) -> Option<&Nonconformance> {
        self.nonconformances.iter().find(|found| found.id == id)
    }

    /// Where the customer sees the pair: the earliest node that still has work, or the last one.
    pub fn node(&self, node_of: impl Fn(&WorkCentreId) -> OrderNode) -> OrderNode {
        self.jobs
            .iter()
            .filter(|job| !job.is_out_of_the_way())
            .map(|job| node_of(&job.spec.work_centre))
            .min()
            .unwrap_or(OrderNode::Shipping)
    }
}

/// Whether jobs are a directed acyclic graph listed in order.
///
/// # Errors
/// [`ReleaseFault`], the first one found.
pub(super) fn check_jobs<'a>(jobs: impl Iterator<Item = &'a ReleasedJob>) -> Result<(), ReleaseFault> {
    let mut seen = BTreeSet::new();
    for job in jobs {
        if let Some(after) = job.after.iter().find(|before| !seen.contains(*before)) {
            return Err(ReleaseFault::UnknownPredecessor { job: job.id, after: *after });
        }
        if job.inspection && job.after.is_empty() {
            return Err(ReleaseFault::InspectionFirst { job: job.id });
        }
        if !seen.insert(job.id) {
            return Err(ReleaseFault::TwiceListed { job: job.id });
        }
    }
    if seen.is_empty() { Err(ReleaseFault::NoJobs) } else { Ok(()) }
}
