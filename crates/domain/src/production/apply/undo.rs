//! Undo: the last move of a job is taken back, as long as nothing has been built on it.

use std::collections::BTreeSet;

use super::{ConflictKind, Judgement, Outcome};
use crate::people::AuthLevel;
use crate::production::job::JobState;
use crate::quality::NonconformanceState;
use crate::{ActionId, JobId};

impl Judgement<'_> {
    pub(super) fn undo(mut self, target: ActionId) -> Outcome {
        let moved: BTreeSet<JobId> = self
            .work_order
            .jobs
            .iter()
            .filter(|job| job.undo.as_ref().is_some_and(|undo| undo.action == target))
            .map(|job| job.spec.id)
            .collect();
        if moved.is_empty() || self.is_built_upon(target, &moved) || !self.may_undo(target) {
            return self.flag(ConflictKind::UndoTooLate { target });
        }
        for job in self.work_order.jobs.iter_mut().filter(|job| moved.contains(&job.spec.id)) {
            if let Some(undo) = job.undo.take() {
                job.progress = undo.before;
            }
        }
        self.take_back_judgements(target);
        self.applied()
    }

    /// The worker who moved may take it back; anyone else needs a PIN.
    fn may_undo(&self, target: ActionId) -> bool {
        self.action.auth_level >= AuthLevel::Pin
            || self
                .work_order
                .jobs
                .iter()
                .filter_map(|job| job.undo.as_ref())
                .filter(|undo| undo.action == target)
                .all(|undo| undo.by == self.action.worker)
    }

    /// Whether later facts rest on the move: a successor has begun, one of several moved jobs has moved on, or a
    /// nonconformance that it opened was decided by somebody else.
    fn is_built_upon(&self, target: ActionId, moved: &BTreeSet<JobId>) -> bool {
        let followed = self.work_order.jobs.iter().any(|job| {
            !moved.contains(&job.spec.id)
                && job.run().is_some_and(|run| self.is_after(target, run.action, job.spec.id, moved))
        });
        let followed_by_sign_off = self.work_order.jobs.iter().any(|job| {
            !moved.contains(&job.spec.id)
                && matches!(job.progress.state, JobState::Done { .. })
                && job.spec.after.iter().any(|before| moved.contains(before) && self.was_done_by(*before, target))
        });
        let decided_since = self.work_order.nonconformances.iter().any(|found| {
            found.action == target
                && match &found.state {
                    NonconformanceState::Open => false,
                    NonconformanceState::Disposed { at, .. } => *at != found.found_at,
                    NonconformanceState::Closed { .. } | NonconformanceState::Withdrawn { .. } => true,
                }
        });
        followed || followed_by_sign_off || decided_since
    }

    fn is_after(&self, target: ActionId, start: ActionId, job: JobId, moved: &BTreeSet<JobId>) -> bool {
        start != target && moved.iter().any(|before| self.work_order.downstream(*before).contains(&job))
    }

    fn was_done_by(&self, job: JobId, action: ActionId) -> bool {
        self.work_order.job(job).and_then(|job| job.sign_off()).is_some_and(|signed| signed.action == action)
    }

    fn take_back_judgements(&mut self, target: ActionId) {
        let at = self.at;
        self.work_order.inspections.retain(|done| done.action != target);
        for found in self.work_order.nonconformances.iter_mut().filter(|found| found.action == target) {
            found.state = NonconformanceState::Withdrawn { at };
        }
    }
}
