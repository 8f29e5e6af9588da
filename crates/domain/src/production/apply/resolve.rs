//! A person's decision about facts that contradict each other, carried out on the pair. The first decision about a question
//! stands; another one is a contradiction itself, and so is one that comes after the world has moved on.

use chrono::{DateTime, Utc};

use super::{ConflictKind, Judgement, Outcome, ParkReason, UnfitRule};
use crate::production::job::{CreditShare, Job, JobState, SignOff, WHOLE_PASS};
use crate::production::resolution::{Question, Resolution, Resolved};
use crate::quality::NonconformanceState;
use crate::{ActionId, JobId, WorkerId};

/// Why a decision cannot be carried out.
pub(super) enum Obstacle {
    /// What it is about has been overtaken by later facts.
    TooLate,
    /// It is no decision about such a question.
    NoSuchChoice,
}

impl Judgement<'_> {
    pub(super) fn resolve(mut self, flagged: ActionId, between: &ConflictKind, resolution: &Resolution) -> Outcome {
        let question = Question::Conflict { between: between.clone() };
        let before = self.work_order.decided(flagged, &question);
        if let Some((first, same)) = before.map(|before| (before.by, before.resolution == *resolution)) {
            return self.decided_before(first, same);
        }
        if !between.choices().contains(&resolution.kind()) {
            return ParkReason::unfit(UnfitRule::NoSuchChoice);
        }
        match self.settle_conflict(flagged, between, resolution) {
            Ok(()) => {
                if !self.is_still_kept(flagged) {
                    self.write_decision(flagged, question, resolution);
                }
                self.applied()
            }
            Err(Obstacle::TooLate) => self.flag(ConflictKind::ResolvedTooLate { about: flagged }),
            Err(Obstacle::NoSuchChoice) => ParkReason::unfit(UnfitRule::NoSuchChoice),
        }
    }

    /// A decision about a fact that waits. What lets it count is judged apart, with the fact itself in hand.
    pub(super) fn resolve_parked(
        mut self,
        parked: ActionId,
        waited_for: &ParkReason,
        resolution: &Resolution,
    ) -> Outcome {
        let question = Question::Parked { waited_for: waited_for.clone() };
        let before = self.work_order.decided(parked, &question);
        if let Some((first, same)) = before.map(|before| (before.by, before.resolution == *resolution)) {
            return self.decided_before(first, same);
        }
        if !waited_for.choices().contains(&resolution.kind()) {
            return ParkReason::unfit(UnfitRule::NoSuchChoice);
        }
        // What it waited for came meanwhile, and it counts by itself.
        if self.work_order.counts(parked) && *resolution != Resolution::Accept {
            return self.flag(ConflictKind::ResolvedTooLate { about: parked });
        }
        self.write_decision(parked, question, resolution);
        self.applied()
    }

    /// Two supervisors of one mind are no contradiction.
    fn decided_before(self, first: ActionId, same: bool) -> Outcome {
        if same { self.applied() } else { self.flag(ConflictKind::ResolvedTwice { first }) }
    }

    pub(super) fn write_decision(&mut self, about: ActionId, question: Question, resolution: &Resolution) {
        let by = self.action.id;
        self.work_order.resolved.push(Resolved { about, question, by, resolution: resolution.clone() });
    }

    fn settle_conflict(
        &mut self,
        flagged: ActionId,
        between: &ConflictKind,
        resolution: &Resolution,
    ) -> Result<(), Obstacle> {
        match (between, resolution) {
            (ConflictKind::SignedTwice { first }, _) => self.credit(*first, flagged, resolution),
            (ConflictKind::FinishedByAnother { .. }, _) => self.credit_starter(flagged, resolution),
            (_, Resolution::CorrectTimes { started_at, finished_at }) => self.correct_times(*started_at, *finished_at),
            (ConflictKind::PassAndFail { other }, Resolution::PassStands) => self.let_pass(*other, flagged),
            (ConflictKind::OrderClosed, _) => self.settle_what_was_kept(flagged, resolution),
            (ConflictKind::RoutingRevised, Resolution::Redo) => self.redo(flagged),
            _ => Ok(()),
        }
    }

    /// Which of two sign-offs of one pass counts: one, the other, half of each, or none. Which of them stands meanwhile does
    /// not matter: after a restore of the server it may be either.
    fn credit(&mut self, first: ActionId, second: ActionId, resolution: &Resolution) -> Result<(), Obstacle> {
        let index = self.signed_by(first).or_else(|| self.signed_by(second)).ok_or(Obstacle::TooLate)?;
        let of = |action: ActionId| self.job(index).sign_offs().find(|signed| signed.action == action);
        let (one, other) = (of(first), of(second));
        let counting: Vec<ActionId> =
            [one, other].into_iter().flatten().filter(|signed| !signed.overruled).map(|signed| signed.action).collect();
        let [standing] = counting[..] else { return Err(Obstacle::TooLate) };
        let wanted = match resolution {
            Resolution::CreditFirst => Some(first),
            Resolution::CreditSecond => Some(second),
            Resolution::Split => {
                let (one, other) = one.zip(other).ok_or(Obstacle::NoSuchChoice)?;
                let shares = halves((first, one.worker), (second, other.worker));
                self.share(index, standing, &shares);
                return Ok(());
            }
            _ => None,
        };
        if wanted.is_some_and(|wanted| of(wanted).is_none()) {
            return Err(Obstacle::NoSuchChoice);
        }
        if wanted != Some(standing) {
            self.change(index, |signed| {
                if signed.action == first || signed.action == second {
                    signed.overruled = Some(signed.action) != wanted;
                }
            });
        }
        Ok(())
    }

    fn share(&mut self, index: usize, standing: ActionId, shares: &[CreditShare]) {
        self.change(index, |signed| {
            if signed.action == standing {
                signed.shares = shares.to_vec();
            }
        });
    }

    /// One sign-off, two hands: whoever finished, whoever began, or both.
    fn credit_starter(&mut self, flagged: ActionId, resolution: &Resolution) -> Result<(), Obstacle> {
        let index = self.signed_by(flagged).ok_or(Obstacle::TooLate)?;
        let signed = self.job(index).sign_offs().find(|signed| signed.action == flagged).ok_or(Obstacle::TooLate)?;
        let (finisher, starter) = (signed.worker, signed.started_by);
        let shares = match resolution {
            Resolution::CreditFirst => vec![CreditShare { action: flagged, worker: starter, per_mille: WHOLE_PASS }],
            Resolution::Split => halves((flagged, starter), (flagged, finisher)),
            _ => return Ok(()),
        };
        if starter.is_none() {
            return Err(Obstacle::NoSuchChoice);
        }
        self.share(index, flagged, &shares);
        Ok(())
    }

    /// The failure is withdrawn, and the pass that it overruled stands again. Once the pair is on its way back, or somebody
    /// has decided about the failure, it is too late.
    fn let_pass(&mut self, other: ActionId, flagged: ActionId) -> Result<(), Obstacle> {
        let of_these = |action: ActionId| action == other || action == flagged;
        let found = self.work_order.nonconformances.iter().position(|found| of_these(found.action));
        let found = found.ok_or(Obstacle::NoSuchChoice)?;
        let (job, failed) = (self.work_order.nonconformances[found].job, self.work_order.nonconformances[found].action);
        let passed = if failed == flagged { other } else { flagged };
        let index = self.index_of(job).ok_or(Obstacle::TooLate)?;
        let round = self.job(index).progress.round;
        let passing = self.job(index).sign_offs().find(|signed| signed.action == passed);
        let passing_round = passing.ok_or(Obstacle::NoSuchChoice)?.round;
        let untouched = matches!(self.job(index).progress.state, JobState::Open) && passing_round == round;
        if !self.work_order.nonconformances[found].is_open() || !untouched {
            return Err(Obstacle::TooLate);
        }
        self.work_order.nonconformances[found].state = NonconformanceState::Withdrawn { at: self.at };
        self.work_order.nonconformances[found].undo = None;
        self.change(index, |signed| {
            if signed.action == passed {
                signed.overruled = false;
            }
        });
        self.close_what_was_returned(index);
        Ok(())
    }

    /// When it really began and ended. The first record stays in the log.
    fn correct_times(&mut self, started: DateTime<Utc>, finished: Option<DateTime<Utc>>) -> Result<(), Obstacle> {
        if finished.is_some_and(|finished| finished < started) {
            return Err(Obstacle::NoSuchChoice);
        }
        let index = self.action.job.and_then(|id| self.index_of(id)).ok_or(Obstacle::TooLate)?;
        let job = &mut self.work_order.jobs[index];
        match &mut job.progress.state {
            JobState::Running { run } | JobState::Paused { run, .. } => {
                run.started_at = started;
                run.stretch_at = run.stretch_at.max(started);
            }
            JobState::Done { sign_off } => {
                sign_off.started_at = started.min(sign_off.finished_at);
                if let Some(finished) = finished {
                    sign_off.started_at = started;
                    sign_off.finished_at = finished;
                }
                let worked = (sign_off.finished_at - sign_off.started_at).num_seconds();
                sign_off.worked_s = u32::try_from(worked).unwrap_or(u32::MAX);
                sign_off.start_inferred = false;
            }
            JobState::Open | JobState::Held { .. } | JobState::Void { .. } => return Err(Obstacle::TooLate),
        }
        job.undo = None;
        Ok(())
    }

    /// What was made by an outdated routing is made again.
    fn redo(&mut self, flagged: ActionId) -> Result<(), Obstacle> {
        let index = self.action.job.and_then(|id| self.index_of(id)).ok_or(Obstacle::TooLate)?;
        if self.job(index).run().is_some_and(|run| run.action == flagged) {
            self.advance(index, JobState::Open);
            self.work_order.jobs[index].undo = None;
            return Ok(());
        }
        self.change(index, |signed| signed.overruled |= signed.action == flagged);
        Ok(())
    }

    /// Changes sign-offs of a job, and lets the job stand by what counts then.
    fn change(&mut self, index: usize, change: impl FnMut(&mut SignOff)) {
        let since_version = self.work_order.version + 1;
        let job = &mut self.work_order.jobs[index];
        job.sign_offs_mut().for_each(change);
        job.stand_by_what_counts(since_version);
    }

    fn signed_by(&self, action: ActionId) -> Option<usize> {
        let signed = |job: &Job| job.sign_offs().any(|signed| signed.action == action);
        self.work_order.jobs.iter().position(signed)
    }

    fn index_of(&self, id: JobId) -> Option<usize> {
        self.work_order.jobs.iter().position(|job| job.spec.id == id)
    }
}

fn halves(one: (ActionId, Option<WorkerId>), other: (ActionId, Option<WorkerId>)) -> Vec<CreditShare> {
    let half = |(action, worker), per_mille| CreditShare { action, worker, per_mille };
    vec![half(one, WHOLE_PASS - WHOLE_PASS / 2), half(other, WHOLE_PASS / 2)]
}
