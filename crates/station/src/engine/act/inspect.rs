//! The inspection under way: shown again by its traveller, found again by a card.

use cordwainer_domain::production::{Job, JobState, WorkOrder};
use cordwainer_domain::{JobId, WorkerId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::say::{Heard, Say};

impl Engine {
    pub(in crate::engine) fn show_inspection(&mut self, work_order: &WorkOrder, job: JobId) -> Heard {
        self.attendance.focus = Some(job);
        let say = Say::new(AnswerKind::Picked, MessageCode::InspectionBegun, Tone::Noted);
        Ok(self.about_job(say.text("number", &work_order.number), job))
    }

    /// The inspection that a worker has under way here.
    pub(in crate::engine) fn inspection_of(&self, worker: WorkerId) -> Option<JobId> {
        self.latest_run(worker, |job| job.spec.inspection)
    }

    /// The job that a worker has under way here, if it makes something.
    pub(in crate::engine) fn running_job_of(&self, worker: WorkerId) -> Option<JobId> {
        self.latest_run(worker, |job| !job.spec.inspection)
    }

    /// The one in focus, else the one begun last.
    fn latest_run(&self, worker: WorkerId, which: impl Fn(&Job) -> bool) -> Option<JobId> {
        let place = self.place.as_ref()?;
        let mine = self.floor.work_orders().flat_map(|work_order| &work_order.jobs).filter_map(|job| {
            let JobState::Running { run } = &job.progress.state else { return None };
            let here = run.worker == Some(worker) && run.workstation == place.workstation && which(job);
            here.then_some((Some(job.spec.id) == self.attendance.focus, run.stretch_at, job.spec.id))
        });
        mine.max_by_key(|(in_focus, since, id)| (*in_focus, *since, *id)).map(|(_, _, id)| id)
    }

    pub(in crate::engine) fn runs(&self, job: JobId) -> bool {
        self.floor.job(job).is_some_and(|(_, job)| matches!(job.progress.state, JobState::Running { .. }))
    }
}
