//! What people do: mostly what the screen invites them to, sometimes what it does not.

use cordwainer_domain::NonconformanceId;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Fact, Job, JobState, PauseReason, WorkOrder};
use cordwainer_domain::quality::{Disposition, Finding, Severity, Side, View};
use cordwainer_server::test_support::factory;
use uuid::Uuid;

use super::machine::{Doing, Machine};
use crate::chance::Chance;

/// What somebody does next at a machine; `None` when its screen shows nothing.
pub(super) fn choose(machine: &Machine, chance: &mut Chance) -> Option<Doing> {
    let view = machine.view()?;
    let worker =
        *[factory::maker(), factory::inspector(), factory::inspector(), factory::apprentice()].get(chance.index(4))?;
    let free = |fact| Some(Doing { worker, level: AuthLevel::Badge, work_order: None, job: None, seen: None, fact });
    match chance.below(20) {
        0 => return free(Fact::SessionOpened {}),
        1 => return free(Fact::ScanUnresolved { code: factory::traveller(u32::try_from(chance.below(30)).ok()?) }),
        _ => {}
    }
    let pairs: Vec<&WorkOrder> = view.work_orders.values().collect();
    if pairs.is_empty() {
        return free(Fact::SessionClosed {});
    }
    let pair = pairs[chance.index(pairs.len())];
    let job = &pair.jobs[chance.index(pair.jobs.len())];
    let fact = match chance.below(10) {
        0 => undo(job).unwrap_or(Fact::JobStarted { round: job.progress.round }),
        1 => decide(pair, chance).unwrap_or(Fact::JobStarted { round: 0 }),
        2 => out_of_turn(job, chance),
        _ => next(job, pair, chance),
    };
    let (work_order, job, seen) = (Some(pair.id), Some(job.spec.id), Some(pair.version));
    Some(Doing { worker, level: AuthLevel::Pin, work_order, job, seen, fact })
}

/// What the screen invites to.
fn next(job: &Job, pair: &WorkOrder, chance: &mut Chance) -> Fact {
    let round = job.progress.round;
    if job.spec.inspection {
        return inspect(pair, job, chance);
    }
    match &job.progress.state {
        JobState::Open if chance.one_in(3) => Fact::JobStarted { round },
        JobState::Running { .. } if chance.one_in(4) => Fact::JobPaused { round, reason: PauseReason::Break },
        JobState::Paused { .. } if chance.one_in(2) => Fact::JobResumed { round },
        _ => finish(round),
    }
}

/// A sign-off.
pub(crate) fn finish(round: u32) -> Fact {
    Fact::JobFinished { round, values: Vec::new(), lots: Vec::new(), early_confirmed: false }
}

fn inspect(pair: &WorkOrder, job: &Job, chance: &mut Chance) -> Fact {
    let round = job.progress.round;
    if !chance.one_in(3) {
        return Fact::InspectionPassed { round, results: Vec::new() };
    }
    let finding = Finding {
        defect: "scratch".into(),
        severity: Severity::Major,
        side: Side::Left,
        view: View::Side,
        x: 1,
        y: 1,
        photos: Vec::new(),
    };
    let disposition = chance.one_in(2).then(|| disposition(pair, chance));
    let nonconformance = NonconformanceId(Uuid::from_u128(u128::from(chance.number())));
    Fact::InspectionFailed { round, nonconformance, findings: vec![finding], disposition, results: Vec::new() }
}

fn decide(pair: &WorkOrder, chance: &mut Chance) -> Option<Fact> {
    let open = pair.nonconformances.first()?;
    Some(Fact::NonconformanceDisposed { nonconformance: open.id, disposition: disposition(pair, chance) })
}

fn disposition(pair: &WorkOrder, chance: &mut Chance) -> Disposition {
    let job = pair.jobs[chance.index(pair.jobs.len())].spec.id;
    match chance.below(8) {
        0 => Disposition::ScrapAndRemake { reason: "torn".to_owned() },
        1 | 2 => Disposition::UseAsIs { reason: "hardly to be seen".to_owned() },
        3 | 4 => Disposition::Repair { at: job },
        _ => Disposition::Rework { from: job },
    }
}

fn undo(job: &Job) -> Option<Fact> {
    job.undo.as_ref().map(|undo| Fact::Undone { target: undo.action })
}

/// A fact about another pass through the job than the one that stands now.
fn out_of_turn(job: &Job, chance: &mut Chance) -> Fact {
    let round = job.progress.round.saturating_add(u32::from(chance.one_in(2)));
    if chance.one_in(2) { finish(round) } else { Fact::JobStarted { round } }
}
