//! Undo: the last move of a job is taken back, as long as nothing has been built on it.

use std::collections::BTreeSet;

use super::{ConflictKind, Judgement, Outcome};
use crate::people::AuthLevel;
use crate::production::job::{Job, UndoPoint};
use crate::quality::NonconformanceState;
use crate::{ActionId, JobId};

impl Judgement<'_> {
    pub(super) fn undo(mut self, target: ActionId) -> Outcome {
        let moved: BTreeSet<JobId> = self.moved_by(target).map(|(job, _)| job.spec.id).collect();
        if moved.is_empty() || self.is_built_upon(target, &moved) || !self.may_undo(target) {
            return self.flag(ConflictKind::UndoTooLate { target });
        }
        for job in self.work_order.jobs.iter_mut().filter(|job| moved.contains(&job.spec.id)) {
            if let Some(undo) = job.undo.take() {
                job.take_back(undo.before);
            }
        }
        self.take_back_judgements(target);
        self.applied()
    }

    /// The jobs whose last move was made by the fact.
    fn moved_by(&self, target: ActionId) -> impl Iterator<Item = (&Job, &UndoPoint)> {
        self.work_order
            .jobs
            .iter()
            .filter_map(|job| job.undo.as_ref().map(|undo| (job, undo)))
            .filter(move |(_, undo)| undo.action == target)
    }

    /// The worker who moved may take it back; anyone else needs a PIN.
    fn may_undo(&self, target: ActionId) -> bool {
        self.action.auth_level >= AuthLevel::Pin || self.moved_by(target).all(|(_, undo)| undo.by == self.action.worker)
    }

    /// Whether later facts rest on the move: a job after it has moved since, one of several jobs moved together has moved
    /// on, or a nonconformance that it opened was decided by another fact.
    fn is_built_upon(&self, target: ActionId, moved: &BTreeSet<JobId>) -> bool {
        let parted = self.moved_by(target).any(|(_, undo)| !undo.also.iter().all(|job| moved.contains(job)));
        let since = self.moved_by(target).map(|(job, _)| job.progress.since_version).max().unwrap_or(0);
        let after: BTreeSet<JobId> = moved.iter().flat_map(|job| self.work_order.downstream(*job)).collect();
        let followed = self.work_order.jobs.iter().any(|job| {
            after.contains(&job.spec.id) && !moved.contains(&job.spec.id) && job.progress.since_version > since
        });
        let decided_since = self.work_order.nonconformances.iter().any(|found| {
            found.action == target && !found.is_open() && found.undo.as_ref().is_none_or(|undo| undo.action != target)
        });
        parted || followed || decided_since
    }

    fn take_back_judgements(&mut self, target: ActionId) {
        let at = self.at;
        self.work_order.inspections.retain(|done| done.action != target);
        for found in &mut self.work_order.nonconformances {
            if found.action == target {
                found.state = NonconformanceState::Withdrawn { at };
                found.undo = None;
            } else if let Some(undo) = found.undo.take_if(|undo| undo.action == target) {
                found.state = undo.before;
            }
        }
    }
}
