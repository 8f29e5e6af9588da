//! The station's work, in the order in which it is best done.

use std::cmp::Reverse;

use cordwainer_domain::WorkerId;
use cordwainer_domain::production::{Job, JobState, Standing, WorkOrder};
use cordwainer_protocol::station::{Queue, QueueCard};

use super::super::Engine;
use super::super::words::{Names, of_standing};

/// More cards than anybody reads; the rest is found by scan.
const MOST_CARDS: usize = 300;

impl Engine {
    pub(in crate::engine) fn queue(&self) -> Queue {
        let names = self.names();
        let Some(centre) = self.workstation().ok().and_then(|found| found.work_centre.clone()) else {
            return Queue { now: names.now, cards: Vec::new() };
        };
        let active = self.attendance.present().map(|session| session.worker);
        let mut due: Vec<(&WorkOrder, &Job, Standing)> = Vec::new();
        for work_order in self.floor.work_orders().filter(|work_order| work_order.is_open()) {
            for job in work_order.jobs.iter().filter(|job| job.spec.work_centre == centre && !job.is_out_of_the_way()) {
                let standing = work_order.standing(job);
                if is_shown(work_order, &standing) {
                    due.push((work_order, job, standing));
                }
            }
        }
        // Lateness costs a walk through the calendar, so it is asked once for each pair.
        due.sort_by_cached_key(|(work_order, job, standing)| {
            let rank = rank(job, standing, active);
            let late = names.is_late(work_order);
            (rank, Reverse(work_order.priority), !late, work_order.promise_at, job.spec.position, job.spec.id)
        });
        due.truncate(MOST_CARDS);
        let cards =
            due.into_iter().map(|(work_order, job, standing)| card(&names, work_order, job, standing)).collect();
        Queue { now: names.now, cards }
    }
}

/// What is still far off is left out: only what could come next is shown as waiting.
fn is_shown(work_order: &WorkOrder, standing: &Standing) -> bool {
    let Standing::Waiting { for_jobs } = standing else { return !matches!(standing, Standing::Void) };
    for_jobs
        .iter()
        .filter_map(|id| work_order.job(*id))
        .all(|before| matches!(work_order.standing(before), Standing::Ready | Standing::Running | Standing::Paused))
}

fn rank(job: &Job, standing: &Standing, active: Option<WorkerId>) -> u8 {
    match standing {
        Standing::Running if job.run().is_some_and(|run| run.worker == active && active.is_some()) => 0,
        Standing::Running => 1,
        Standing::Paused => 2,
        Standing::Ready if job.is_rework() => 3,
        Standing::Ready => 4,
        Standing::Blocked { .. } | Standing::Held => 5,
        Standing::Waiting { .. } | Standing::Done | Standing::Void => 6,
    }
}

fn card(names: &Names<'_>, work_order: &WorkOrder, job: &Job, standing: Standing) -> QueueCard {
    let run = job.run();
    QueueCard {
        job: names.job(work_order, job),
        pair: names.pair(work_order),
        why: of_standing(names, work_order, job),
        standing,
        worker: run.and_then(|run| run.worker).and_then(|id| names.worker(id)),
        workstation: run.map(|run| names.workstation(&run.workstation)),
        started_at: run.map(|run| run.started_at),
        worked_s: worked_s(job, names),
        pause_reason: pause_reason(job),
    }
}

/// Seconds worked, up to now if it runs.
pub(super) fn worked_s(job: &Job, names: &Names<'_>) -> u32 {
    match &job.progress.state {
        JobState::Running { run } => run.worked_until_s(names.now),
        JobState::Paused { run, .. } => run.worked_s,
        JobState::Done { sign_off } => sign_off.worked_s,
        _ => 0,
    }
}

pub(super) const fn pause_reason(job: &Job) -> Option<cordwainer_domain::production::PauseReason> {
    match &job.progress.state {
        JobState::Paused { reason, .. } => Some(*reason),
        _ => None,
    }
}
