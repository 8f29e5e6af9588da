//! Go on with a paused job.

use cordwainer_domain::JobId;
use cordwainer_domain::production::{Fact, Move, WorkOrder};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};

impl Engine {
    /// A tap on 继续. Several jobs of a pair may be ready or paused here; this one was meant.
    pub(in crate::engine) fn resume_picked(&mut self, job: JobId, at: Moment) -> Heard {
        let id = self.work_order_of(job)?;
        match self.read_pair(id, Some(job), at)? {
            (work_order, Move::Resume(job)) => self.resume(&work_order, job, at),
            _ => Err(Say::failure(MessageCode::NothingRunning)),
        }
    }

    pub(in crate::engine) fn resume(&mut self, work_order: &WorkOrder, job: JobId, at: Moment) -> Heard {
        let session = self.present()?;
        let round = work_order.job(job).map_or(0, |job| job.progress.round);
        let fact = Fact::JobResumed { round };
        let doing = Doing { who: Some(session), work_order: Some(work_order.id), job: Some(job), fact, at };
        let action = self.record(doing, AnswerKind::Resumed)?;
        self.attendance.focus = Some(job);
        let say = Say::new(AnswerKind::Resumed, MessageCode::Resumed, Tone::Started);
        let say = self.named(say.worker(self.names().worker(session.worker)), job);
        Ok(self.moved(say, job, session.worker, action))
    }
}
