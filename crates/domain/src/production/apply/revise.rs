//! A routing that is changed while the pair is in work. What nobody had begun leaves; what was done stays.

use std::sync::Arc;

use super::{Judgement, Outcome, ParkReason, UnfitRule};
use crate::JobId;
use crate::production::action::ReleasedJob;
use crate::production::job::{Job, JobState, Progress};
use crate::production::work_order::check_jobs;

impl Judgement<'_> {
    pub(super) fn revise(mut self, removed: &[JobId], added: &[ReleasedJob], reason: &str) -> Outcome {
        let specs = self.work_order.jobs.iter().map(|job| &*job.spec).chain(added);
        if let Err(fault) = check_jobs(specs) {
            return ParkReason::unfit(UnfitRule::Release { fault });
        }
        for index in 0..self.work_order.jobs.len() {
            let leaves = removed.contains(&self.job(index).spec.id) && !self.job(index).is_done();
            if leaves {
                self.advance(index, JobState::Void { reason: reason.to_owned() });
            }
        }
        let shared = |spec: &ReleasedJob| Arc::new(spec.clone());
        let new = added.iter().map(|spec| Job { spec: shared(spec), progress: Progress::untouched(), undo: None });
        self.work_order.jobs.extend(new);
        self.work_order.revised_version = Some(self.work_order.version + 1);
        self.applied()
    }

    /// Whether the worker did not know of the routing that stands now.
    pub(super) fn knew_another_routing(&self) -> bool {
        self.work_order
            .revised_version
            .zip(self.action.base_version)
            .is_some_and(|(revised, looked_at)| looked_at < revised)
    }
}
