//! Dispositions: rework, repair, use as is, scrap and remake.

use std::collections::BTreeSet;

use super::{ConflictKind, Judgement, Outcome, ParkReason, UnfitRule};
use crate::production::authorise::AuthzProblem;
use crate::production::job::{JobState, UndoPoint};
use crate::production::work_order::WorkOrderLife;
use crate::people::AuthLevel;
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
        let inspection =
            self.work_order.nonconformance(id).map(|found| found.job).ok_or(ParkReason::UnknownSubject)?;
        let (at, by) = (self.at, self.action.worker);
        let decided = NonconformanceState::Disposed { disposition: disposition.clone(), by, at };
        let closed = NonconformanceState::Closed { disposition: disposition.clone(), at };
        let state = match disposition {
            Disposition::Rework { from } => {
                let again = self.from_job_to_inspection(*from, inspection)?;
                self.again(&again);
                decided
            }
            Disposition::Repair { at: mended } => {
                self.from_job_to_inspection(*mended, inspection)?;
                self.again(&BTreeSet::from([*mended, inspection]));
                decided
            }
            Disposition::UseAsIs { .. } => {
                if let Some(index) = self.work_order.jobs.iter().position(|job| job.spec.id == inspection) {
                    let round = self.job(index).progress.round;
                    let sign_off = self.signed(None, round, &[], &[]);
                    self.advance(index, JobState::Done { sign_off });
                }
                closed
            }
            Disposition::ScrapAndRemake { .. } => {
                self.work_order.life = WorkOrderLife::Scrapped { at, nonconformance: id };
                closed
            }
        };
        if let Some(found) = self.work_order.nonconformances.iter_mut().find(|found| found.id == id) {
            found.state = state;
        }
        Ok(())
    }

    /// The job and everything between it and the inspection, both ends included.
    fn from_job_to_inspection(&self, from: JobId, inspection: JobId) -> Result<BTreeSet<JobId>, ParkReason> {
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
        let (action, by) = (self.action.id, self.action.worker);
        for job in self.work_order.jobs.iter_mut().filter(|job| jobs.contains(&job.spec.id)) {
            if matches!(job.progress.state, JobState::Void { .. } | JobState::Held { .. }) {
                continue;
            }
            // The failing action may have moved the inspection job already; its own undo point is the older one.
            if job.undo.as_ref().is_none_or(|undo| undo.action != action) {
                job.undo = Some(UndoPoint { action, by, before: job.progress.clone() });
            }
            if let JobState::Done { sign_off } = &job.progress.state {
                job.progress.past.push(sign_off.clone());
            }
            job.progress.state = JobState::Open;
            job.progress.round += 1;
        }
    }
}
