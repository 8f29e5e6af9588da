//! Pass and fail. A failure governs: whoever saw a defect is believed until somebody decides.

use super::{ConflictKind, Judgement, Kind, Outcome, ParkReason, Turn, UnfitRule};
use crate::NonconformanceId;
use crate::production::job::{JobState, SignOff};
use crate::quality::{CharacteristicResult, Disposition, Finding, Inspection, Nonconformance, NonconformanceState};

impl Judgement<'_> {
    pub(super) fn pass(mut self, round: u32, results: &[CharacteristicResult]) -> Outcome {
        let index = match self.turn_at(round, Kind::Judging) {
            Ok(Turn::Fits(index)) => index,
            Ok(Turn::Past(index)) => return self.passed_otherwise(index, round),
            Err(reason) => return Outcome::Parked(reason),
        };
        let run = match &self.job(index).progress.state {
            JobState::Running { run } | JobState::Paused { run, .. } => match self.stopped(index) {
                Some(reason) => return Outcome::Parked(reason),
                None => Some(run.clone()),
            },
            JobState::Open if self.failed_in(index, round) => return self.passed_otherwise(index, round),
            JobState::Open => match self.not_yet(index) {
                Some(reason) => return Outcome::Parked(reason),
                None => None,
            },
            JobState::Done { sign_off } => {
                let first = sign_off.action;
                let late = self.signed(None, round, &[], &[]);
                self.put_beside(index, late);
                return self.flag(ConflictKind::SignedTwice { first });
            }
            JobState::Held { .. } => return Outcome::Parked(ParkReason::Held),
            JobState::Void { .. } => return Outcome::Parked(ParkReason::JobVoid),
        };
        let sign_off = self.signed(run.as_ref(), round, &[], &[]);
        self.advance(index, JobState::Done { sign_off });
        self.write_down(index, round, None, results);
        self.close_what_was_returned(index);
        self.applied()
    }

    pub(super) fn fail(
        mut self,
        round: u32,
        id: NonconformanceId,
        findings: &[Finding],
        disposition: Option<&Disposition>,
        results: &[CharacteristicResult],
    ) -> Outcome {
        let index = match self.turn_at(round, Kind::Judging) {
            Ok(Turn::Fits(index)) => index,
            Ok(Turn::Past(index)) => return self.judged_otherwise(index, round),
            Err(reason) => return Outcome::Parked(reason),
        };
        if findings.is_empty() {
            return ParkReason::unfit(UnfitRule::NoFinding);
        }
        let conflict = match &self.job(index).progress.state {
            // Another failure further up does not silence this one.
            JobState::Running { .. } | JobState::Paused { .. } => None,
            JobState::Open if self.failed_in(index, round) => return self.judged_otherwise(index, round),
            JobState::Open => match self.not_yet(index) {
                Some(reason) => return Outcome::Parked(reason),
                None => None,
            },
            JobState::Done { sign_off } => Some(ConflictKind::PassAndFail { other: sign_off.action }),
            JobState::Held { .. } => return Outcome::Parked(ParkReason::Held),
            JobState::Void { .. } => return Outcome::Parked(ParkReason::JobVoid),
        };
        let passed_before = self.job(index).sign_off().cloned();
        self.advance(index, JobState::Open);
        let overruled = passed_before.map(|passed| SignOff { overruled: true, ..passed });
        self.work_order.jobs[index].progress.past.extend(overruled);
        self.write_down(index, round, Some(id), results);
        self.work_order.nonconformances.push(Nonconformance {
            id,
            action: self.action.id,
            job: self.job(index).spec.id,
            findings: findings.to_vec(),
            found_by: self.action.worker,
            found_at: self.at,
            state: NonconformanceState::Open,
            undo: None,
        });
        if let Some(disposition) = disposition
            && let Err(reason) = self.dispose(id, disposition)
        {
            return Outcome::Parked(reason);
        }
        match conflict {
            None => self.applied(),
            Some(conflict) => self.flag(conflict),
        }
    }

    /// Whether this pass through the inspection has already found something.
    pub(super) fn failed_in(&self, index: usize, round: u32) -> bool {
        let job = self.job(index).spec.id;
        self.work_order.inspections.iter().any(|done| {
            done.job == job
                && done.round == round
                && done
                    .nonconformance
                    .and_then(|id| self.work_order.nonconformance(id))
                    .is_some_and(Nonconformance::is_open)
        })
    }

    /// A pass that comes after another judgement of the same round: kept beside, so that a person can let it stand.
    fn passed_otherwise(mut self, index: usize, round: u32) -> Outcome {
        let late = self.signed(None, round, &[], &[]);
        self.put_beside(index, late);
        self.judged_otherwise(index, round)
    }

    /// A judgement that comes after another one of the same pass: kept, and a person decides.
    fn judged_otherwise(self, index: usize, round: u32) -> Outcome {
        let job = self.job(index).spec.id;
        let other = self.work_order.inspections.iter().rev().find(|done| done.job == job && done.round == round);
        let conflict = other.map_or(ConflictKind::OutOfTurn, |done| ConflictKind::PassAndFail { other: done.action });
        self.flag(conflict)
    }

    fn write_down(
        &mut self,
        index: usize,
        round: u32,
        nonconformance: Option<NonconformanceId>,
        results: &[CharacteristicResult],
    ) {
        let job = self.job(index).spec.id;
        self.work_order.inspections.push(Inspection {
            action: self.action.id,
            job,
            round,
            worker: self.action.worker,
            workstation: self.action.workstation.clone(),
            at: self.at,
            nonconformance,
            results: results.to_vec(),
        });
    }

    /// A returned pair that passes closes what it was returned for.
    pub(super) fn close_what_was_returned(&mut self, index: usize) {
        let (job, at, action) = (self.job(index).spec.id, self.at, self.action.id);
        for found in self.work_order.nonconformances.iter_mut().filter(|found| found.job == job) {
            if let NonconformanceState::Disposed { disposition, .. } = &found.state {
                let closed = NonconformanceState::Closed { disposition: disposition.clone(), at };
                found.settle(action, closed);
            }
        }
    }
}
