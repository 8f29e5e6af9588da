//! Begin a job.

use cordwainer_domain::JobId;
use cordwainer_domain::production::{Fact, Move, WorkOrder, authorise};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};
use super::super::words::of_authz;

impl Engine {
    pub(in crate::engine) fn start(&mut self, work_order: &WorkOrder, job: JobId, at: Moment) -> Heard {
        let session = self.present()?;
        let spec = work_order.job(job).ok_or_else(|| Say::failure(MessageCode::Internal))?;
        let (round, inspection) = (spec.progress.round, spec.spec.inspection);
        if inspection {
            // Whoever begins to judge must be allowed to finish it: checked before, never first at the verdict.
            let verdict = Fact::InspectionPassed { round, results: Vec::new() };
            let worker = self.floor.worker(session.worker).map(|row| &row.worker);
            authorise(&verdict, worker, session.level, Some(spec))
                .map_err(|problem| Box::new(of_authz(&self.names(), &problem)))?;
        }
        let fact = Fact::JobStarted { round };
        let doing = Doing { who: Some(session), work_order: Some(work_order.id), job: Some(job), fact, at };
        let action = self.record(doing, AnswerKind::Started)?;
        self.attendance.focus = Some(job);
        self.attendance.judging = None;
        let code = if inspection { MessageCode::InspectionBegun } else { MessageCode::Started };
        let say = Say::new(AnswerKind::Started, code, Tone::Started).worker(self.names().worker(session.worker));
        let say = if inspection { say.text("number", &work_order.number) } else { self.named(say, job) };
        Ok(self.moved(say, job, session.worker, action))
    }

    /// Begins the one that was picked of several, or tapped in the queue.
    pub(in crate::engine) fn start_picked(&mut self, job: JobId, at: Moment) -> Heard {
        let id = self.work_order_of(job)?;
        match self.read_pair(id, Some(job), at)?.1 {
            // A second tap is not a finish.
            Move::Finish { .. } if self.runs(job) => {
                let say = Say::new(AnswerKind::Repeat, MessageCode::Started, Tone::Noted);
                let say = self.named(say, job);
                Ok(self.about_job(say, job))
            }
            _ => self.move_pair(id, Some(job), at),
        }
    }
}
