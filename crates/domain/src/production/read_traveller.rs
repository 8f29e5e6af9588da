//! What it means to scan a pair's traveller at a workstation: start, finish, or a refusal that says why and what to do.
//!
//! The app never asks what it can know. Everything is checked before the start, never first at the finish.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::authorise::AuthzProblem;
use super::job::{Job, JobState, Standing};
use super::work_order::{WorkOrder, WorkOrderLife};
use crate::equipment::Workstation;
use crate::people::Worker;
use crate::product::Recording;
use crate::{JobId, NonconformanceId, WorkCentreId, WorkerId, WorkstationId};

/// A finish before this fraction of the standard time asks for the 完成 card or button: a tenth.
const EARLY_FRACTION: u64 = 10;

/// The circumstances in which a traveller is scanned.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Where.
    pub workstation: &'a Workstation,
    /// Who is signed in and active; `None` when the screen is locked or nobody is there.
    pub worker: Option<&'a Worker>,
    /// When the code was read.
    pub now: DateTime<Utc>,
    /// The job that the worker picked, where the choice was shown.
    pub picked: Option<JobId>,
}

/// What the scan does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Move {
    /// Begin the job.
    Start(JobId),
    /// Go on with a paused job.
    Resume(JobId),
    /// Sign the job off, in the name of this worker.
    Finish {
        /// The job.
        job: JobId,
        /// Who signs: the worker who started it, or the active one for a one-scan job.
        worker: WorkerId,
        /// Surprisingly early: ask for the 完成 card or button first.
        early: bool,
    },
    /// Show the inspection under way, so that it can be passed or failed.
    Inspect(JobId),
    /// Two jobs are equally due: two big buttons.
    Choose(Vec<JobId>),
}

/// Why the scan does nothing, with all that the words need.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// Nobody is signed in.
    BadgeNeeded,
    /// The worker may not do it.
    Authz {
        /// Why.
        problem: AuthzProblem,
    },
    /// A predecessor is open: who has it, and where.
    PredecessorOpen {
        /// The job here.
        job: JobId,
        /// The open predecessor.
        predecessor: JobId,
        /// How that one stands.
        standing: Standing,
        /// Where it is in work.
        workstation: Option<WorkstationId>,
        /// Who works on it.
        worker: Option<WorkerId>,
    },
    /// An open nonconformance stands before the job.
    Blocked {
        /// Which.
        nonconformance: NonconformanceId,
    },
    /// Somebody else works on it.
    OtherWorker {
        /// The job.
        job: JobId,
        /// Who.
        worker: Option<WorkerId>,
        /// Where.
        workstation: WorkstationId,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Signed off before: by whom and when.
    AlreadyDone {
        /// The job.
        job: JobId,
        /// Who.
        worker: Option<WorkerId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The pair has nothing to do here; it belongs to another work centre now.
    WrongWorkCentre {
        /// Where it belongs, if anywhere.
        next: Option<WorkCentreId>,
    },
    /// The office holds the job.
    Held {
        /// The job.
        job: JobId,
    },
    /// The order is cancelled or the pair scrapped.
    OrderClosed,
    /// Every job of the pair is done.
    Complete,
}

/// Says what scanning the traveller does at this circumstances.
///
/// # Errors
/// [`Refusal`] when it does nothing.
pub fn read_traveller(work_order: &WorkOrder, circumstances: &Circumstances<'_>) -> Result<Move, Refusal> {
    if !matches!(work_order.life, WorkOrderLife::Open) {
        return Err(Refusal::OrderClosed);
    }
    let here: Vec<&Job> = work_order.jobs.iter().filter(|job| belongs_here(job, circumstances)).collect();
    if let Some((job, starter)) = own_running_job(&here, circumstances) {
        return finish(work_order, job, starter, circumstances);
    }
    let worker = circumstances.worker.ok_or(Refusal::BadgeNeeded)?;
    if !worker.active {
        return Err(Refusal::Authz { problem: AuthzProblem::Revoked });
    }
    let paused_here =
        |job: &&&Job| matches!(&job.progress.state, JobState::Paused { run, .. } if run.worker == Some(worker.id));
    if let Some(job) = here.iter().find(paused_here) {
        return resume(work_order, job, worker);
    }
    let candidates = best(here.iter().copied().filter(|job| work_order.standing(job) == Standing::Ready).collect());
    match candidates.as_slice() {
        [] => paused_or_refused(work_order, &here, worker),
        [job] => begin(job, worker),
        several => Ok(Move::Choose(several.iter().map(|job| job.spec.id).collect())),
    }
}

fn belongs_here(job: &Job, circumstances: &Circumstances<'_>) -> bool {
    circumstances.workstation.work_centre.as_ref() == Some(&job.spec.work_centre)
        && circumstances.picked.is_none_or(|picked| picked == job.spec.id)
}

/// A running job's traveller finishes it for the worker who started it, whether the screen is locked or not.
fn own_running_job<'a>(here: &[&'a Job], circumstances: &Circumstances<'_>) -> Option<(&'a Job, WorkerId)> {
    here.iter().find_map(|job| {
        let JobState::Running { run } = &job.progress.state else { return None };
        let starter = run.worker?;
        let mine = match circumstances.worker {
            Some(worker) => worker.id == starter,
            None => run.workstation == circumstances.workstation.id,
        };
        mine.then_some((*job, starter))
    })
}

fn finish(
    work_order: &WorkOrder,
    job: &Job,
    starter: WorkerId,
    circumstances: &Circumstances<'_>,
) -> Result<Move, Refusal> {
    if job.spec.inspection {
        return Ok(Move::Inspect(job.spec.id));
    }
    // A failure that overruled an earlier pass while this job was under way: stop, and bring the pair to whoever decides.
    if let Some(nonconformance) = work_order.blocks(job.spec.id) {
        return Err(Refusal::Blocked { nonconformance });
    }
    let worked_s = job.run().map_or(0, |run| run.worked_until_s(circumstances.now));
    let early = u64::from(worked_s) * EARLY_FRACTION < u64::from(job.spec.standard_time_s);
    Ok(Move::Finish { job: job.spec.id, worker: starter, early })
}

fn resume(work_order: &WorkOrder, job: &Job, worker: &Worker) -> Result<Move, Refusal> {
    if let Some(nonconformance) = work_order.blocks(job.spec.id) {
        return Err(Refusal::Blocked { nonconformance });
    }
    if let Some(skill) = worker.lacks(&job.spec.skills) {
        return Err(Refusal::Authz { problem: AuthzProblem::SkillMissing { skill: skill.clone() } });
    }
    Ok(Move::Resume(job.spec.id))
}

/// The rework before the rest, then the earliest in the routing; only an exact tie is left to the worker.
fn best(mut ready: Vec<&Job>) -> Vec<&Job> {
    let rank = |job: &Job| (!job.is_rework(), job.spec.position);
    if let Some(first) = ready.iter().map(|job| rank(job)).min() {
        ready.retain(|job| rank(job) == first);
    }
    ready
}

fn begin(job: &Job, worker: &Worker) -> Result<Move, Refusal> {
    if let Some(skill) = worker.lacks(&job.spec.skills) {
        return Err(Refusal::Authz { problem: AuthzProblem::SkillMissing { skill: skill.clone() } });
    }
    Ok(match job.spec.recording {
        Recording::OneScan if !job.spec.inspection => {
            Move::Finish { job: job.spec.id, worker: worker.id, early: false }
        }
        Recording::OneScan | Recording::StartFinish => Move::Start(job.spec.id),
    })
}

fn paused_or_refused(work_order: &WorkOrder, here: &[&Job], worker: &Worker) -> Result<Move, Refusal> {
    if let Some(job) = here.iter().find(|job| matches!(job.progress.state, JobState::Paused { .. })) {
        return resume(work_order, job, worker);
    }
    let standings: Vec<(&Job, Standing)> = here.iter().map(|job| (*job, work_order.standing(job))).collect();
    for (job, standing) in &standings {
        match standing {
            Standing::Running => {
                if let Some(run) = job.run() {
                    return Err(Refusal::OtherWorker {
                        job: job.spec.id,
                        worker: run.worker,
                        workstation: run.workstation.clone(),
                        since: run.started_at,
                    });
                }
            }
            Standing::Blocked { nonconformance } => {
                return Err(Refusal::Blocked { nonconformance: *nonconformance });
            }
            Standing::Held => return Err(Refusal::Held { job: job.spec.id }),
            _ => {}
        }
    }
    for (job, standing) in &standings {
        if let Standing::Waiting { for_jobs } = standing {
            return Err(predecessor_open(work_order, job, for_jobs));
        }
    }
    Err(nothing_left(work_order, here))
}

fn predecessor_open(work_order: &WorkOrder, job: &Job, for_jobs: &[JobId]) -> Refusal {
    // Name the one that somebody could act on now rather than one that itself waits.
    let mut chain: Vec<&Job> = for_jobs.iter().filter_map(|id| work_order.job(*id)).collect();
    chain.sort_by_key(|before| matches!(work_order.standing(before), Standing::Waiting { .. }));
    let Some(predecessor) = chain.first() else { return Refusal::WrongWorkCentre { next: None } };
    Refusal::PredecessorOpen {
        job: job.spec.id,
        predecessor: predecessor.spec.id,
        standing: work_order.standing(predecessor),
        workstation: predecessor.run().map(|run| run.workstation.clone()),
        worker: predecessor.run().and_then(|run| run.worker),
    }
}

fn nothing_left(work_order: &WorkOrder, here: &[&Job]) -> Refusal {
    let done = here.iter().rev().find_map(|job| job.sign_off().map(|signed| (job, signed)));
    if let Some((job, signed)) = done {
        return Refusal::AlreadyDone { job: job.spec.id, worker: signed.worker, at: signed.finished_at };
    }
    if work_order.is_complete() {
        return Refusal::Complete;
    }
    let next = work_order
        .jobs
        .iter()
        .find(|job| matches!(work_order.standing(job), Standing::Ready | Standing::Running | Standing::Paused))
        .map(|job| job.spec.work_centre.clone());
    Refusal::WrongWorkCentre { next }
}
