//! Random shifts: facts in any order, from several hands, doubled, stale, undone, with a clock that jumps. Whatever
//! happens, the promises of the reducer hold after every single fact.
//!
//! Long because what a shift may bring and what must hold after it belong together.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{
    Action, ConflictKind, Fact, Job, JobState, Resolution, ResolutionKind, Standing, WHOLE_PASS, WorkOrder,
    WorkOrderLife,
};
use cordwainer_domain::quality::Disposition;
use cordwainer_domain::{ActionId, ConflictId, JobId};
use proptest::prelude::*;

use crate::floor::{
    CHECK, CHECK_UPPER, Floor, Hand, INSPECTOR, JOBS, LI, Verdict, WANG, action, failed, finished, job_id,
    nonconformance_id, passed, pause, repair, rework, scrap, use_as_is,
};
use crate::undoing::as_it_was;

/// One thing that happens on the floor. Indices are taken modulo what there is.
#[derive(Clone, Debug)]
pub enum Step {
    /// The n-th job that is due goes one step on, as it ought to.
    Due(usize),
    /// A fact about any job, of a pass some rounds off the present one.
    Stray { job: usize, fact: usize, rounds_off: i32 },
    /// A failure at an inspection, decided at once or not.
    Fail { job: usize, decision: Option<Decision> },
    /// A decision about the n-th nonconformance.
    Decide { nonconformance: usize, decision: Decision },
    /// The n-th action from the end is taken back.
    Undo(usize),
    /// The fact before once more, recorded anew.
    Again,
    /// The clock moves, possibly back.
    Clock(i64),
    /// A supervisor decides about the n-th contradiction from the end, by one of its choices or by none of them.
    Resolve { conflict: usize, choice: usize },
    /// The office withdraws the order.
    Cancel,
}

#[derive(Clone, Debug)]
pub enum Decision {
    Rework(usize),
    Repair(usize),
    UseAsIs,
    Scrap,
}

impl Decision {
    fn disposition(&self) -> Disposition {
        match self {
            Self::Rework(from) => rework(*from),
            Self::Repair(at) => repair(*at),
            Self::UseAsIs => use_as_is(),
            Self::Scrap => scrap(),
        }
    }
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        8 => (0..JOBS).prop_map(Decision::Rework),
        4 => (0..JOBS).prop_map(Decision::Repair),
        4 => Just(Decision::UseAsIs),
        1 => Just(Decision::Scrap),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        24 => any::<prop::sample::Index>().prop_map(|n| Step::Due(n.index(JOBS))),
        8 => (0..JOBS, 0..6_usize, rounds_off()).prop_map(|(job, fact, rounds_off)| Step::Stray { job, fact, rounds_off }),
        5 => (judged(), proptest::option::of(decision())).prop_map(|(job, decision)| Step::Fail { job, decision }),
        5 => (0..4_usize, decision()).prop_map(|(nonconformance, decision)| Step::Decide { nonconformance, decision }),
        4 => (0..6_usize).prop_map(Step::Undo),
        2 => Just(Step::Again),
        2 => (-100_000..100_000_i64).prop_map(Step::Clock),
        6 => (0..5_usize, 0..5_usize).prop_map(|(conflict, choice)| Step::Resolve { conflict, choice }),
        1 => Just(Step::Cancel),
    ]
}

/// Mostly the present pass or the one before.
fn rounds_off() -> impl Strategy<Value = i32> {
    prop_oneof![4 => Just(0), 4 => Just(-1), 1 => Just(-2), 1 => Just(1)]
}

/// Mostly an inspection.
fn judged() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(CHECK_UPPER), 4 => Just(CHECK), 1 => 0..JOBS]
}

fn hand() -> impl Strategy<Value = Hand> {
    let inspector_without_pin = Hand { worker: 3, auth: AuthLevel::Badge };
    prop_oneof![3 => Just(WANG), 2 => Just(LI), 4 => Just(INSPECTOR), 1 => Just(inspector_without_pin)]
}

pub fn program() -> impl Strategy<Value = Vec<(Hand, Step)>> {
    proptest::collection::vec((hand(), step()), 1..90)
}

/// What a worker would record next about a job that is due.
fn natural(job: &Job) -> Fact {
    let round = job.progress.round;
    match (&job.progress.state, job.spec.inspection) {
        (JobState::Paused { .. }, _) => Fact::JobResumed { round },
        (_, true) => passed(round),
        (JobState::Open, false) => Fact::JobStarted { round },
        (_, false) => finished(round),
    }
}

fn stray(which: usize, round: u32) -> Fact {
    match which {
        0 => Fact::JobStarted { round },
        1 => pause(round),
        2 => Fact::JobResumed { round },
        3 => passed(round),
        _ => finished(round),
    }
}

/// A shift under way: the floor, what was recorded, and what must be true of it.
pub struct Shift {
    floor: Floor,
    pub recorded: Vec<Action>,
    counted: Vec<(Action, chrono::DateTime<chrono::Utc>)>,
    contradictions: Vec<(Action, ConflictKind)>,
    forward_s: i64,
}

impl Shift {
    /// Works a whole shift, and checks every promise after every fact.
    pub fn work(steps: &[(Hand, Step)]) -> Result<Self, TestCaseError> {
        let mut shift = Self::new();
        for (hand, step) in steps {
            shift.take(*hand, step)?;
        }
        Ok(shift)
    }

    fn new() -> Self {
        Self {
            floor: Floor::open(),
            recorded: Vec::new(),
            counted: Vec::new(),
            contradictions: Vec::new(),
            forward_s: 0,
        }
    }

    fn next(&self, hand: Hand, step: &Step) -> Option<Action> {
        let number = self.recorded.len() as u128;
        let work_order = &self.floor.work_order;
        let due = |n: usize| {
            let due: Vec<usize> = (0..JOBS)
                .filter(|job| {
                    matches!(self.floor.standing(*job), Standing::Ready | Standing::Running | Standing::Paused)
                })
                .collect();
            (!due.is_empty()).then(|| due[n % due.len()])
        };
        let (job, fact) = match step {
            Step::Due(n) => due(*n).map(|job| (job, natural(self.floor.job(job))))?,
            Step::Stray { job, fact, rounds_off } => {
                (*job, stray(*fact, self.floor.round(*job).saturating_add_signed(*rounds_off)))
            }
            Step::Fail { job, decision } => {
                let fact = failed(
                    self.floor.round(*job),
                    nonconformance_id(number),
                    decision.as_ref().map(Decision::disposition),
                );
                (*job, fact)
            }
            Step::Decide { nonconformance, decision } => {
                let found = work_order.nonconformances.iter().rev().nth(*nonconformance)?;
                let job = (0..JOBS).find(|job| job_id(*job) == found.job)?;
                (job, Fact::NonconformanceDisposed { nonconformance: found.id, disposition: decision.disposition() })
            }
            Step::Undo(n) => {
                let target = self.recorded.iter().rev().nth(*n)?;
                let job = (0..JOBS).find(|job| Some(job_id(*job)) == target.job)?;
                (job, Fact::Undone { target: target.id })
            }
            Step::Again => {
                let last = self.recorded.last()?;
                let job = (0..JOBS).find(|job| Some(job_id(*job)) == last.job)?;
                (job, last.fact.clone())
            }
            Step::Resolve { conflict, choice } => self.decision(*conflict, *choice)?,
            Step::Cancel => (0, Fact::WorkOrderCancelled { reason: String::new() }),
            Step::Clock(_) => return None,
        };
        Some(action(number, hand, Some(job), fact))
    }

    /// A decision about a contradiction; one choice too many is one that answers another question.
    fn decision(&self, conflict: usize, choice: usize) -> Option<(usize, Fact)> {
        let (flagged, between) = self.contradictions.iter().rev().nth(conflict)?;
        let job = (0..JOBS).find(|job| Some(job_id(*job)) == flagged.job)?;
        let kinds = between.choices();
        let resolution = match kinds.get(choice % (kinds.len() + 1)) {
            Some(ResolutionKind::CreditFirst) => Resolution::CreditFirst,
            Some(ResolutionKind::CreditSecond) => Resolution::CreditSecond,
            Some(ResolutionKind::Split) => Resolution::Split,
            Some(ResolutionKind::Neither) => Resolution::Neither,
            Some(ResolutionKind::CorrectTimes) => Resolution::CorrectTimes {
                started_at: self.floor.now - TimeDelta::seconds(self.forward_s.min(60)),
                finished_at: Some(self.floor.now),
            },
            Some(ResolutionKind::FailureStands) => Resolution::FailureStands,
            Some(ResolutionKind::PassStands) => Resolution::PassStands,
            Some(ResolutionKind::ScrapWork) => Resolution::ScrapWork,
            Some(ResolutionKind::Reinstate) => Resolution::Reinstate,
            Some(ResolutionKind::ReusePart) => Resolution::ReusePart,
            Some(ResolutionKind::Redo) => Resolution::Redo,
            Some(ResolutionKind::Accept) => Resolution::Accept,
            Some(ResolutionKind::Acknowledge) => Resolution::Acknowledge,
            _ => Resolution::Refuse,
        };
        let fact = Fact::ConflictResolved {
            conflict: ConflictId(uuid::Uuid::nil()),
            flagged: flagged.id,
            between: between.clone(),
            resolution,
            reason: None,
        };
        Some((job, fact))
    }

    fn take(&mut self, hand: Hand, step: &Step) -> Result<(), TestCaseError> {
        self.tick(if let Step::Clock(seconds) = step { *seconds } else { 30 });
        let Some(action) = self.next(hand, step) else { return Ok(()) };
        let before = self.floor.work_order.clone();
        let verdict = self.floor.judge(&action);
        let after = &self.floor.work_order;
        match verdict {
            Verdict::Applied | Verdict::Flagged(_) => {
                prop_assert_eq!(after.version, before.version + 1, "one version for each counted fact");
                self.counted.push((action.clone(), self.floor.now));
            }
            Verdict::Parked(_) | Verdict::Noted => prop_assert_eq!(after, &before, "what waits changes nothing"),
        }
        if let Verdict::Flagged(between) = &verdict {
            self.contradictions.push((action.clone(), between.clone()));
        }
        credits_once(after)?;
        for (was, is) in before.jobs.iter().zip(&after.jobs) {
            moves_by_the_rules(&before, after, was, is, &action.fact)?;
            leaves_what_it_rests_on(&before, after, was, is, &action.fact)?;
            keeps_every_sign_off(was, is, &action)?;
            self.counts_once(is)?;
        }
        prop_assert!(after.output_pairs() <= 1, "a pair is put out at most once");
        if verdict == Verdict::Applied && !matches!(action.fact, Fact::Undone { .. }) && !action.fact.is_a_resolution()
        {
            self.could_be_taken_back(&before, hand, &action)?;
        }
        self.recorded.push(action);
        Ok(())
    }

    fn tick(&mut self, seconds: i64) {
        self.floor.now += TimeDelta::seconds(seconds);
        self.forward_s += seconds.max(0);
    }

    fn counts_once(&self, job: &Job) -> Result<(), TestCaseError> {
        let mut passes: BTreeMap<u32, ActionId> = BTreeMap::new();
        for signed in job.counted_sign_offs() {
            let first = passes.insert(signed.round, signed.action);
            prop_assert_eq!(first, None, "no pass is signed off twice");
            prop_assert!(signed.round <= job.progress.round, "no pass is signed off before it begins");
            prop_assert!(signed.started_at <= signed.finished_at, "work never ends before it begins");
            prop_assert!(i64::from(signed.worked_s) <= self.forward_s, "nobody worked longer than there was time");
        }
        Ok(())
    }

    /// The worker who just moved a job can take exactly that back.
    fn could_be_taken_back(&self, before: &WorkOrder, hand: Hand, action: &Action) -> Result<(), TestCaseError> {
        let moved = before.jobs.iter().zip(&self.floor.work_order.jobs).any(|(was, is)| was.progress != is.progress);
        if !moved || !matches!(self.floor.work_order.life, WorkOrderLife::Open) {
            return Ok(());
        }
        let mut floor = self.floor.clone();
        let undo = crate::floor::action(999_999, hand, None, Fact::Undone { target: action.id });
        prop_assert_eq!(floor.judge(&undo), Verdict::Applied, "nothing was built on it yet");
        prop_assert_eq!(as_it_was(&floor.work_order), as_it_was(before), "undo restores what was");
        Ok(())
    }
}

/// For each pass through a job one worker is counted, or a split that comes to one whole: never two.
fn credits_once(work_order: &WorkOrder) -> Result<(), TestCaseError> {
    let mut passes: BTreeMap<(JobId, u32), u32> = BTreeMap::new();
    for credit in work_order.credits() {
        *passes.entry((credit.job, credit.round)).or_default() += u32::from(credit.share.per_mille);
    }
    for ((job, round), per_mille) in passes {
        prop_assert_eq!(per_mille, u32::from(WHOLE_PASS), "job {} round {}: paid once", job, round);
    }
    Ok(())
}

/// No job begins or is signed off before its predecessors, or past an undecided nonconformance. An undo is no such move:
/// it goes back to where the rules had led.
fn moves_by_the_rules(
    before: &WorkOrder,
    after: &WorkOrder,
    was: &Job,
    is: &Job,
    fact: &Fact,
) -> Result<(), TestCaseError> {
    // A sign-off that is put beside moves nothing, and a person's decision is bound by no turn.
    if was.progress.state == is.progress.state || matches!(fact, Fact::Undone { .. }) || fact.is_a_resolution() {
        return Ok(());
    }
    let begins = matches!(was.progress.state, JobState::Open) && !matches!(is.progress.state, JobState::Open);
    let ends = !was.is_done() && is.is_done();
    let goes_on = was.run().is_some() && matches!(is.progress.state, JobState::Running { .. });
    let id: JobId = is.spec.id;
    if begins {
        for predecessor in &is.spec.after {
            prop_assert!(
                before.job(*predecessor).unwrap().is_out_of_the_way(),
                "no job begins before its predecessors"
            );
        }
    }
    if begins || ends || goes_on {
        prop_assert_eq!(after.blocks(id), None, "no job goes past an undecided nonconformance");
    }
    // A failure that overrules a pass and is accepted at once signs the inspection anew; nothing else may.
    if was.is_done() && is.is_done() && !matches!(fact, Fact::InspectionFailed { .. }) {
        prop_assert_eq!(was.sign_off(), is.sign_off(), "a sign-off that counts is never replaced");
    }
    if ends {
        let signed = is.sign_off().unwrap().round;
        prop_assert_eq!(signed, is.progress.round, "a fact about an earlier pass never signs off a later one");
    }
    let rounds = is.progress.round - was.progress.round;
    prop_assert!(rounds <= 1, "a fact begins at most one pass");
    prop_assert!(rounds == 0 || matches!(is.progress.state, JobState::Open), "a new pass is open");
    Ok(())
}

/// An undo never pulls the ground from under a job that was begun on it.
fn leaves_what_it_rests_on(
    before: &WorkOrder,
    after: &WorkOrder,
    was: &Job,
    is: &Job,
    fact: &Fact,
) -> Result<(), TestCaseError> {
    if !matches!(fact, Fact::Undone { .. }) || was.progress != is.progress || (is.run().is_none() && !is.is_done()) {
        return Ok(());
    }
    for id in &is.spec.after {
        let (ground, left) = (before.job(*id).unwrap(), after.job(*id).unwrap());
        let rests = ground.is_out_of_the_way() && ground.progress.since_version < is.progress.since_version;
        prop_assert!(!rests || left.is_out_of_the_way(), "a job that was begun keeps what it was begun on");
    }
    Ok(())
}

/// Sign-offs are only ever added; an undo takes away the one it names and no other.
fn keeps_every_sign_off(was: &Job, is: &Job, action: &Action) -> Result<(), TestCaseError> {
    let all = |job: &Job| -> Vec<ActionId> {
        job.progress.past.iter().chain(job.sign_off()).map(|signed| signed.action).collect()
    };
    let (had, has) = (all(was), all(is));
    let lost: Vec<_> = had.iter().filter(|id| !has.contains(id)).collect();
    match &action.fact {
        Fact::Undone { target } => {
            prop_assert!(lost.iter().all(|id| *id == target), "an undo takes back its target only")
        }
        // What was kept is judged at last, undoing included.
        Fact::ConflictResolved { resolution: Resolution::Reinstate, .. } => return Ok(()),
        _ => prop_assert!(lost.is_empty(), "no sign-off is ever lost"),
    }
    prop_assert!(has.len() <= had.len() + 1, "one fact is one sign-off at most");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_promise_holds_after_every_fact_of_a_random_shift(steps in program()) {
        Shift::work(&steps)?;
    }

    #[test]
    fn replaying_what_was_counted_gives_the_same_pair(steps in program()) {
        let shift = Shift::work(&steps)?;
        let mut replay = Floor::open();
        for (action, at) in &shift.counted {
            replay.now = *at;
            let verdict = replay.judge(action);
            prop_assert!(matches!(verdict, Verdict::Applied | Verdict::Flagged(_)), "counted once, counted again: {:?}", verdict);
        }
        prop_assert_eq!(&replay.work_order, &shift.floor.work_order, "the state is what the counted facts come to");
        let stored = serde_json::to_string(&replay.work_order).unwrap();
        let read: WorkOrder = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(read, replay.work_order, "and it survives being stored");
    }
}
