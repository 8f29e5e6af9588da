//! A job's life: open → running ⇄ paused → done; beside them held and void.
//!
//! `waiting`, `ready` and `blocked` are not stored: they follow from the other jobs and the nonconformances of the pair
//! (see [`super::WorkOrder::standing`]), so they can never disagree with them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::{MeasuredValue, ReleasedJob};
use super::reading::JobMembers;
use crate::code::Code;
use crate::{ActionId, JobId, NonconformanceId, WorkerId, WorkstationId};

/// Why work stopped for a while.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// 缺料.
    Material,
    /// 设备.
    Machine,
    /// 休息.
    Break,
    /// Anything else.
    Other,
}

/// Work under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// The fact that started it.
    pub action: ActionId,
    /// Who works.
    pub worker: Option<WorkerId>,
    /// Where.
    pub workstation: WorkstationId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When the present stretch began; earlier stretches are in `worked_s`.
    pub stretch_at: DateTime<Utc>,
    /// Seconds worked in earlier stretches.
    pub worked_s: u32,
}

impl Run {
    /// Seconds worked until an instant within the present stretch.
    pub fn worked_until_s(&self, at: DateTime<Utc>) -> u32 {
        let stretch = (at - self.stretch_at).max(TimeDelta::zero()).num_seconds();
        self.worked_s.saturating_add(u32::try_from(stretch).unwrap_or(u32::MAX))
    }
}

/// A part of what one pass through a job earns.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CreditShare {
    /// The fact that earns it.
    pub action: ActionId,
    /// Whom it is credited to.
    pub worker: Option<WorkerId>,
    /// How much of the pass, in thousandths.
    pub per_mille: u16,
}

/// The whole of a pass, in thousandths.
pub const WHOLE_PASS: u16 = 1_000;

/// Who finished which job where and when, with parameters and lots.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignOff {
    /// The fact behind it.
    pub action: ActionId,
    /// Pass through the job; 0 is the first, and only that one counts as output.
    pub round: u32,
    /// Who.
    pub worker: Option<WorkerId>,
    /// Where.
    pub workstation: WorkstationId,
    /// Beginning; equals the end when it was never recorded.
    pub started_at: DateTime<Utc>,
    /// End: the instant of the finishing scan.
    pub finished_at: DateTime<Utc>,
    /// Seconds worked, pauses left out.
    pub worked_s: u32,
    /// Whether the start was inferred rather than scanned.
    pub start_inferred: bool,
    /// Kept beside what stands and never counted: a second sign-off of one pass, or a pass that a failure overruled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overruled: bool,
    /// Who had begun it, where that was somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<WorkerId>,
    /// Who is credited, where a supervisor decided so; empty while it is whoever signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<CreditShare>,
    /// Parameters as entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<MeasuredValue>,
    /// Material lots scanned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<Code>,
}

impl SignOff {
    /// Who is counted for it: one worker, or a split that comes to the whole. Nobody while it is overruled.
    pub fn credits(&self) -> Vec<CreditShare> {
        if self.overruled {
            return Vec::new();
        }
        if self.shares.is_empty() {
            return vec![CreditShare { action: self.action, worker: self.worker, per_mille: WHOLE_PASS }];
        }
        self.shares.clone()
    }
}

/// What a job is doing. Each variant holds only what exists then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    /// Not begun.
    Open,
    /// Somebody works on it.
    Running {
        /// The work.
        run: Run,
    },
    /// Work stopped for a while.
    Paused {
        /// The work so far.
        run: Run,
        /// Since when.
        since: DateTime<Utc>,
        /// Why.
        reason: PauseReason,
    },
    /// Signed off.
    Done {
        /// By whom and how.
        sign_off: SignOff,
    },
    /// Stopped by the office.
    Held {
        /// Why.
        reason: String,
    },
    /// No longer part of the routing.
    Void {
        /// Why.
        reason: String,
    },
}

/// The part of a job that moves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// Pass through the job: 0 first, one more after each rework.
    pub round: u32,
    /// What it is doing in this pass.
    #[serde(flatten)]
    pub state: JobState,
    /// Sign-offs of earlier passes, and those that were overruled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<SignOff>,
    /// Version of the work order that brought this state: tells what came after what without asking a clock.
    #[serde(default)]
    pub since_version: u64,
}

impl Progress {
    /// A job that nobody has touched.
    pub const fn untouched() -> Self {
        Self { round: 0, state: JobState::Open, past: Vec::new(), since_version: 0 }
    }
}

/// What the last move did to a job, so that it can be taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UndoPoint {
    /// The move.
    pub action: ActionId,
    /// Who made it.
    pub by: Option<WorkerId>,
    /// The other jobs that the same move touched; they can only be taken back together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<JobId>,
    /// How the job stood before.
    pub before: Progress,
}

/// One operation of one work order: what a worker scans and signs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(from = "JobMembers")]
pub struct Job {
    /// The frozen standard. It never changes, so every state of the pair shares it: each fact makes a new state.
    #[serde(flatten)]
    pub spec: Arc<ReleasedJob>,
    /// How far it is.
    pub progress: Progress,
    /// How to take the last move back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<UndoPoint>,
}

impl Job {
    /// Whether it is signed off.
    pub const fn is_done(&self) -> bool {
        matches!(self.progress.state, JobState::Done { .. })
    }

    /// Whether a successor may begin: done, or no longer part of the routing.
    pub const fn is_out_of_the_way(&self) -> bool {
        matches!(self.progress.state, JobState::Done { .. } | JobState::Void { .. })
    }

    /// The work under way, paused or not.
    pub const fn run(&self) -> Option<&Run> {
        match &self.progress.state {
            JobState::Running { run } | JobState::Paused { run, .. } => Some(run),
            _ => None,
        }
    }

    /// The sign-off of this pass, if there is one.
    pub const fn sign_off(&self) -> Option<&SignOff> {
        match &self.progress.state {
            JobState::Done { sign_off } => Some(sign_off),
            _ => None,
        }
    }

    /// Every sign-off ever put down for it, counted or not.
    pub fn sign_offs(&self) -> impl Iterator<Item = &SignOff> {
        self.progress.past.iter().chain(self.sign_off())
    }

    /// The same, to be changed by a decision.
    pub(super) fn sign_offs_mut(&mut self) -> impl Iterator<Item = &mut SignOff> {
        let now = match &mut self.progress.state {
            JobState::Done { sign_off } => Some(sign_off),
            _ => None,
        };
        self.progress.past.iter_mut().chain(now)
    }

    /// After a decision changed which sign-offs count: the one of this pass that does makes the job done, and without one
    /// it is open again. Work under way is left alone.
    pub(super) fn stand_by_what_counts(&mut self, since_version: u64) {
        let was_done = self.is_done();
        if !was_done && !matches!(self.progress.state, JobState::Open) {
            return;
        }
        if let JobState::Done { sign_off } = std::mem::replace(&mut self.progress.state, JobState::Open) {
            self.progress.past.push(sign_off);
        }
        let round = self.progress.round;
        let counts = self.progress.past.iter().position(|signed| !signed.overruled && signed.round == round);
        if let Some(index) = counts {
            let sign_off = self.progress.past.remove(index);
            self.progress.state = JobState::Done { sign_off };
        }
        self.progress.since_version = since_version;
        // A move that a person has decided about is no longer anybody's to take back.
        self.undo = None;
    }

    /// Goes back to an earlier state. Sign-offs that were put beside since then stay: no fact is lost by an undo.
    pub(super) fn take_back(&mut self, before: Progress) {
        let mut past = std::mem::take(&mut self.progress.past);
        if let JobState::Done { sign_off } = &before.state {
            past.retain(|signed| signed.action != sign_off.action);
        }
        self.progress = Progress { past, ..before };
    }

    /// The sign-offs that stand, oldest first: at most one for each pass. Only that of pass 0 is output.
    pub fn counted_sign_offs(&self) -> impl Iterator<Item = &SignOff> {
        self.progress.past.iter().filter(|signed| !signed.overruled).chain(self.sign_off())
    }

    /// Whether this pass repeats an earlier one.
    pub const fn is_rework(&self) -> bool {
        self.progress.round > 0
    }
}

/// How a job stands, seen together with the rest of its pair.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Predecessors are open.
    Waiting {
        /// Which.
        for_jobs: Vec<JobId>,
    },
    /// An open nonconformance stands before it.
    Blocked {
        /// Which.
        nonconformance: NonconformanceId,
    },
    /// May begin.
    Ready,
    /// Somebody works on it.
    Running,
    /// Work stopped for a while.
    Paused,
    /// Signed off.
    Done,
    /// Stopped by the office, or the whole order is closed.
    Held,
    /// No longer part of the routing.
    Void,
}

impl Standing {
    /// The word stored beside a job for queries.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Blocked { .. } => "blocked",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Held => "held",
            Self::Void => "void",
        }
    }
}
