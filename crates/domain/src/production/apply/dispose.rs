//! Dispositions: rework, repair, use as is, scrap and remake.

use std::collections::BTreeSet;

use super::{ConflictKind, Judgement, Outcome, ParkReason, UnfitRule};
use crate::people::AuthLevel;
use crate::production::authorise::AuthzProblem;
use crate::production::job::JobState;
use crate::production::work_order::WorkOrderLife;
use crate::quality::{Disposition, NonconformanceState};
use crate::{JobId, NonconformanceId};

impl Judgement<'_> {
    pub(super) fn decide(mut self, id: NonconformanceId, disposition: &Disposition) -> Outcome {
        match self.work_order.nonconformance(id).map(|found| found.is_open()) {
            None => return Outcome::Parked(ParkReason::UnknownSubject),
            Some(false) => return self.flag(ConflictKind::DisposedTwice),
            Some(true) => {}
        }
        match self.dispose(id, disposition) {
            Ok(()) => self.applied(),
            Err(reason) => Outcome::Parked(reason),
        }
    }

    /// Carries a decision out on the work order that is being judged.
    pub(super) fn dispose(&mut self, id: NonconformanceId, disposition: &Disposition) -> Result<(), ParkReason> {
        if disposition.needs_pin() && self.action.auth_level < AuthLevel::Pin {
            return Err(ParkReason::Authz { problem: AuthzProblem::PinNeeded });
        }
        let inspection = self.work_order.nonconformance(id).map(|found| found.job).ok_or(ParkReason::UnknownSubject)?;
        let (at, by) = (self.at, self.action.worker);
        let decided = NonconformanceState::Disposed { disposition: disposition.clone(), by, at };
        let closed = NonconformanceState::Closed { disposition: disposition.clone(), at };
        match disposition {
            Disposition::Rework { from } => {
                let mut again = self.way_back(*from, inspection)?;
                // What was begun on the strength of a pass that this failure overruled was made of the same leather.
                again.extend(self.work_order.downstream(inspection));
                self.again(&again);
                self.settle(id, decided);
            }
            Disposition::Repair { at: mended } => {
                self.way_back(*mended, inspection)?;
                self.again(&BTreeSet::from([*mended, inspection]));
                self.settle(id, decided);
            }
            Disposition::UseAsIs { .. } => {
                self.settle(id, closed);
                self.accept(id, inspection)?;
            }
            Disposition::ScrapAndRemake { .. } => {
                self.work_order.life = WorkOrderLife::Scrapped { at, nonconformance: id };
                self.settle(id, closed);
            }
        }
        Ok(())
    }

    fn settle(&mut self, id: NonconformanceId, state: NonconformanceState) {
        let action = self.action.id;
        if let Some(found) = self.work_order.nonconformances.iter_mut().find(|found| found.id == id) {
            found.settle(action, state);
        }
    }

    /// Lets the pair through the inspection that failed it, unless the pair is on its way back there anyhow.
    fn accept(&mut self, id: NonconformanceId, inspection: JobId) -> Result<(), ParkReason> {
        let failed_round =
            self.work_order.inspections.iter().find(|done| done.nonconformance == Some(id)).map(|done| done.round);
        let Some(index) = self.work_order.jobs.iter().position(|job| job.spec.id == inspection) else { return Ok(()) };
        let round = self.job(index).progress.round;
        if failed_round != Some(round) {
            return Ok(());
        }
        if let Some(reason) = self.not_yet(index) {
            return Err(reason);
        }
        let sign_off = self.signed(None, round, &[], &[]);
        self.advance(index, JobState::Done { sign_off });
        self.close_what_was_returned(index);
        Ok(())
    }

    /// The job and everything between it and the inspection, both ends included.
    fn way_back(&self, from: JobId, inspection: JobId) -> Result<BTreeSet<JobId>, ParkReason> {
        let before = self.work_order.upstream(inspection);
        if !before.contains(&from) {
            return Err(ParkReason::Unfit { rule: UnfitRule::NotUpstream });
        }
        let after = self.work_order.downstream(from);
        let mut again: BTreeSet<JobId> = before.intersection(&after).copied().collect();
        again.extend([from, inspection]);
        Ok(again)
    }

    /// Opens jobs for another pass. What was signed off stays in their past and is never counted again.
    fn again(&mut self, jobs: &BTreeSet<JobId>) {
        let (action, since_version) = (self.action.id, self.work_order.version + 1);
        for index in 0..self.work_order.jobs.len() {
            if !jobs.contains(&self.job(index).spec.id) || !self.is_used_up(index) {
                continue;
            }
            self.remember(index);
            let progress = &mut self.work_order.jobs[index].progress;
            let before = std::mem::replace(&mut progress.state, JobState::Open);
            if let JobState::Done { sign_off } = before {
                progress.past.push(sign_off);
            }
            progress.round += 1;
            progress.since_version = since_version;
        }
        let moved: Vec<JobId> = self
            .work_order
            .jobs
            .iter()
            .filter(|job| job.undo.as_ref().is_some_and(|undo| undo.action == action))
            .map(|job| job.spec.id)
            .collect();
        for job in &mut self.work_order.jobs {
            if let Some(undo) = job.undo.as_mut().filter(|undo| undo.action == action) {
                undo.also = moved.iter().copied().filter(|other| *other != job.spec.id).collect();
            }
        }
    }

    /// Whether this pass through the job has been begun, or has judged the pair already; an untouched one can still serve.
    fn is_used_up(&self, index: usize) -> bool {
        let progress = &self.job(index).progress;
        match &progress.state {
            JobState::Open => self.failed_in(index, progress.round),
            JobState::Running { .. } | JobState::Paused { .. } | JobState::Done { .. } => true,
            JobState::Held { .. } | JobState::Void { .. } => false,
        }
    }
}
