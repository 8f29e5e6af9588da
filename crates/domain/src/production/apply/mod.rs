//! The one reducer: a work order and a fact in, a verdict out. Station and server both run it, over the same aggregate.
//!
//! Nothing is ever refused here: a fact that happened is a fact. It is applied, or applied (or kept beside what stands) with
//! a conflict for a supervisor, or parked until what it waits for arrives. One verb, one file.

mod closed_order;
mod dispose;
mod inspect;
mod resolve;
mod revise;
mod sign_off;
mod start;
mod undo;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::{Action, Fact};
use super::authorise::AuthzProblem;
use super::job::{Job, JobState, SignOff, Standing, UndoPoint};
use super::resolution::Decision;
use super::work_order::{ReleaseFault, WorkOrder, WorkOrderLife};
use crate::{ActionId, JobId, NonconformanceId};

/// What a fact comes to.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It changed the work order.
    Applied(WorkOrder),
    /// It stands beside another fact that it contradicts: one state is derived, both facts are kept, a person decides.
    Flagged(WorkOrder, ConflictKind),
    /// It changed nothing yet: it waits.
    Parked(ParkReason),
    /// It is about no work order and needs no judgement.
    Noted,
}

/// How two facts contradict each other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "conflict", rename_all = "snake_case")]
pub enum ConflictKind {
    /// Two sign-offs of the same pass through a job; the first committed one counts.
    SignedTwice {
        /// The one that counts.
        first: ActionId,
    },
    /// Two starts; the first one counts.
    StartedTwice {
        /// The one that counts.
        first: ActionId,
    },
    /// Signed off by another worker than the one who started.
    FinishedByAnother {
        /// The start.
        started: ActionId,
    },
    /// A sign-off of a job that nobody had started.
    FinishWithoutStart,
    /// One inspector passed the pair, another failed it; the failure governs.
    PassAndFail {
        /// The other judgement.
        other: ActionId,
    },
    /// A fact about an earlier pass through the job, or about a move that the job is no longer in.
    OutOfTurn,
    /// Work on an order that is cancelled or scrapped.
    OrderClosed,
    /// Two decisions about one nonconformance; the first one counts.
    DisposedTwice,
    /// The move to take back is no longer the last one.
    UndoTooLate {
        /// The move.
        target: ActionId,
    },
    /// The work order was released before.
    ReleasedTwice,
    /// The worker looked at a routing that has been revised since; the job still exists, and the fact counts meanwhile.
    RoutingRevised,
    /// Two decisions about one question; the first one stands.
    ResolvedTwice {
        /// The decision that stands.
        first: ActionId,
    },
    /// A decision about a fact that later facts have overtaken; nothing was changed by it.
    ResolvedTooLate {
        /// The fact.
        about: ActionId,
    },
    /// Other content came under the identifier of a fact that is stored already; the first one stands.
    SameIdentifier,
    /// A parked fact has waited for so long that a person must look.
    WaitedTooLong,
}

impl ConflictKind {
    /// The other fact in the contradiction, where there is one.
    pub const fn other(&self) -> Option<ActionId> {
        match self {
            Self::SignedTwice { first } | Self::StartedTwice { first } => Some(*first),
            Self::FinishedByAnother { started } => Some(*started),
            Self::PassAndFail { other } => Some(*other),
            Self::UndoTooLate { target } => Some(*target),
            Self::ResolvedTwice { first } => Some(*first),
            Self::ResolvedTooLate { about } => Some(*about),
            Self::FinishWithoutStart
            | Self::OutOfTurn
            | Self::OrderClosed
            | Self::DisposedTwice
            | Self::ReleasedTwice
            | Self::RoutingRevised
            | Self::SameIdentifier
            | Self::WaitedTooLong => None,
        }
    }
}

/// What a parked fact waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ParkReason {
    /// Predecessors are not done, as far as is known here.
    Dependency {
        /// Which.
        jobs: Vec<JobId>,
    },
    /// An undecided nonconformance stands before the job.
    Nonconformance {
        /// Which.
        nonconformance: NonconformanceId,
    },
    /// The job is held by the office.
    Held,
    /// The job is no longer part of the routing.
    JobVoid,
    /// No such work order here yet.
    UnknownWorkOrder,
    /// The work order has no such job, or no such nonconformance.
    UnknownSubject,
    /// The fact does not fit the kind of job, or breaks a rule that no later fact can heal.
    Unfit {
        /// Which rule.
        rule: UnfitRule,
    },
    /// The worker may not do this.
    Authz {
        /// Why.
        problem: AuthzProblem,
    },
    /// An earlier fact about the same job is parked.
    BlockedBy {
        /// Which.
        action: ActionId,
    },
    /// The kind or its version is newer than this program.
    UnknownKind,
    /// The bytes cannot be read as the kind they claim.
    Unreadable,
    /// The signature does not fit the bytes.
    BadSignature,
    /// Judging it failed inside the program.
    ServerError,
    /// The code is valid, but nothing has it.
    UnresolvedCode,
    /// The server's database was restored, and nothing is judged until the stations have offered again what they hold.
    JudgingPaused,
}

/// A rule that a fact breaks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum UnfitRule {
    /// Making cannot be inspected, judging cannot be signed off as made.
    WrongKindOfJob,
    /// A failure must name at least one finding.
    NoFinding,
    /// Rework must begin upstream of the inspection.
    NotUpstream,
    /// A decision that answers no such question.
    NoSuchChoice,
    /// The released work order makes no sense.
    Release {
        /// Why.
        fault: ReleaseFault,
    },
}

impl ParkReason {
    pub(super) const fn unfit(rule: UnfitRule) -> Outcome {
        Outcome::Parked(Self::Unfit { rule })
    }
}

/// Judges a fact that happened at `at` against the work order as it stands.
pub fn apply(work_order: Option<&WorkOrder>, action: &Action, at: DateTime<Utc>) -> Outcome {
    if !action.fact.is_about_a_work_order() {
        return Outcome::Noted;
    }
    if let Fact::WorkOrderReleased(released) = &action.fact {
        return match work_order {
            // The server files the fact under the action's own work order; the two must be one.
            _ if action.work_order != Some(released.id) => Outcome::Parked(ParkReason::UnknownSubject),
            Some(standing) => flag(standing.clone(), ConflictKind::ReleasedTwice),
            None => match WorkOrder::release(released, at) {
                Ok(work_order) => Outcome::Applied(work_order),
                Err(fault) => ParkReason::unfit(UnfitRule::Release { fault }),
            },
        };
    }
    let Some(work_order) = work_order else { return Outcome::Parked(ParkReason::UnknownWorkOrder) };
    Judgement { work_order: work_order.clone(), action, at, out_of_order: false }.judge()
}

/// Judges a fact that waited, as a person decided that it should be read. Rights are not asked here; the decision stands for
/// them.
pub fn apply_decided(
    work_order: Option<&WorkOrder>,
    action: &Action,
    at: DateTime<Utc>,
    decision: &Decision,
) -> Outcome {
    let read = decision.read(action, work_order);
    match work_order {
        Some(work_order) if decision.overrides_the_order() => {
            Judgement { work_order: work_order.clone(), action: &read, at, out_of_order: true }.judge()
        }
        _ => apply(work_order, &read, at),
    }
}

fn flag(mut work_order: WorkOrder, conflict: ConflictKind) -> Outcome {
    work_order.version += 1;
    Outcome::Flagged(work_order, conflict)
}

/// A fact being judged: owns the work order's next state.
struct Judgement<'a> {
    work_order: WorkOrder,
    action: &'a Action,
    at: DateTime<Utc>,
    /// A person overrides what is not done before.
    out_of_order: bool,
}

/// What kind of job a fact can be about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is signed off as made.
    Making,
    /// It is passed or failed.
    Judging,
}

/// Where a fact about a job meets it.
enum Turn {
    /// At the pass that the worker saw.
    Fits(usize),
    /// At an earlier pass than the one that stands now.
    Past(usize),
}

impl Judgement<'_> {
    fn judge(self) -> Outcome {
        let fact = &self.action.fact;
        if !matches!(self.work_order.life, WorkOrderLife::Open) && closed_order::is_kept_after_close(fact) {
            return self.keep_after_close();
        }
        let outdated = self.knew_another_routing() && closed_order::is_kept_after_close(fact);
        match self.judge_fact() {
            Outcome::Applied(work_order) if outdated => Outcome::Flagged(work_order, ConflictKind::RoutingRevised),
            outcome => outcome,
        }
    }

    fn judge_fact(self) -> Outcome {
        match &self.action.fact {
            Fact::JobStarted { round } => self.start(*round),
            Fact::JobPaused { round, reason } => self.pause(*round, *reason),
            Fact::JobResumed { round } => self.resume(*round),
            Fact::JobFinished { round, values, lots, .. } => self.sign_off(*round, values, lots),
            Fact::InspectionPassed { round, results } => self.pass(*round, results),
            Fact::InspectionFailed { round, nonconformance, findings, disposition, results } => {
                self.fail(*round, *nonconformance, findings, disposition.as_ref(), results)
            }
            Fact::NonconformanceDisposed { nonconformance, disposition } => self.decide(*nonconformance, disposition),
            Fact::Undone { target } => self.undo(*target),
            Fact::WorkOrderCancelled { reason } => self.cancel(reason),
            Fact::RoutingRevised { removed, added, reason } => self.revise(removed, added, reason),
            Fact::ConflictResolved { flagged, between, resolution, .. } => self.resolve(*flagged, between, resolution),
            Fact::ParkedResolved { parked, waited_for, resolution, .. } => {
                self.resolve_parked(*parked, waited_for, resolution)
            }
            Fact::WorkOrderReleased(_)
            | Fact::ScanUnresolved { .. }
            | Fact::SessionOpened {}
            | Fact::SessionClosed {} => Outcome::Noted,
        }
    }

    /// Counts the fact and hands the next state over.
    fn applied(mut self) -> Outcome {
        self.work_order.version += 1;
        Outcome::Applied(self.work_order)
    }

    /// Counts the fact, keeps what was derived, and calls a person.
    fn flag(self, conflict: ConflictKind) -> Outcome {
        flag(self.work_order, conflict)
    }

    /// The place of the fact's job in the work order.
    fn turn(&self, round: u32) -> Result<Turn, ParkReason> {
        let index = self
            .action
            .job
            .and_then(|id| self.work_order.jobs.iter().position(|job| job.spec.id == id))
            .ok_or(ParkReason::UnknownSubject)?;
        let now = self.work_order.jobs[index].progress.round;
        match round.cmp(&now) {
            std::cmp::Ordering::Equal => Ok(Turn::Fits(index)),
            std::cmp::Ordering::Less => Ok(Turn::Past(index)),
            // The disposition that began this pass has not arrived yet.
            std::cmp::Ordering::Greater => Err(ParkReason::Dependency { jobs: self.action.job.into_iter().collect() }),
        }
    }

    /// The same, for a fact that fits only one kind of job.
    fn turn_at(&self, round: u32, kind: Kind) -> Result<Turn, ParkReason> {
        let turn = self.turn(round)?;
        let (Turn::Fits(index) | Turn::Past(index)) = turn;
        if self.job(index).spec.inspection != (kind == Kind::Judging) {
            return Err(ParkReason::Unfit { rule: UnfitRule::WrongKindOfJob });
        }
        Ok(turn)
    }

    /// What an open job that may not begin waits for; `None` if it may.
    fn not_yet(&self, index: usize) -> Option<ParkReason> {
        match self.work_order.standing(&self.work_order.jobs[index]) {
            Standing::Waiting { .. } if self.out_of_order => None,
            Standing::Waiting { for_jobs } => Some(ParkReason::Dependency { jobs: for_jobs }),
            Standing::Blocked { nonconformance } => Some(ParkReason::Nonconformance { nonconformance }),
            Standing::Held => Some(ParkReason::Held),
            Standing::Void => Some(ParkReason::JobVoid),
            Standing::Ready | Standing::Running | Standing::Paused | Standing::Done => None,
        }
    }

    /// What work under way waits for before it may go on or be signed off: a failure that overruled an earlier pass, and
    /// that nobody has decided about. A predecessor that was merely reopened does not stop it.
    fn stopped(&self, index: usize) -> Option<ParkReason> {
        let nonconformance = self.work_order.blocks(self.job(index).spec.id)?;
        Some(ParkReason::Nonconformance { nonconformance })
    }

    fn job(&self, index: usize) -> &Job {
        &self.work_order.jobs[index]
    }

    /// Keeps a sign-off beside the one that counts.
    fn put_beside(&mut self, index: usize, signed: SignOff) {
        self.work_order.jobs[index].progress.past.push(SignOff { overruled: true, ..signed });
    }

    /// Moves a job on and remembers how it stood.
    fn advance(&mut self, index: usize, state: JobState) {
        self.remember(index);
        let since_version = self.work_order.version + 1;
        let progress = &mut self.work_order.jobs[index].progress;
        progress.state = state;
        progress.since_version = since_version;
    }

    /// Remembers how a job stood before this fact. One fact may move a job twice; the older state is the one to go back to.
    fn remember(&mut self, index: usize) {
        let (action, by) = (self.action.id, self.action.worker);
        let job = &mut self.work_order.jobs[index];
        if job.undo.as_ref().is_none_or(|undo| undo.action != action) {
            job.undo = Some(UndoPoint { action, by, also: Vec::new(), before: job.progress.clone() });
        }
    }
}
