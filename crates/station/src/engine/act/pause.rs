//! Stop work for a while.

use cordwainer_domain::JobId;
use cordwainer_domain::production::{Fact, JobState, PauseReason, Refusal};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};
use super::super::words::of_refusal;

impl Engine {
    pub(in crate::engine) fn pause_by_card(&mut self, reason: PauseReason, at: Moment) -> Heard {
        let session = self.present()?;
        let job = self.running_job_of(session.worker).ok_or_else(|| Say::failure(MessageCode::NothingRunning))?;
        self.pause(job, reason, at)
    }

    pub(in crate::engine) fn pause(&mut self, job: JobId, reason: PauseReason, at: Moment) -> Heard {
        let session = self.present()?;
        let (work_order, found) = self.floor.job(job).ok_or_else(|| Say::failure(MessageCode::NothingRunning))?;
        let JobState::Running { run } = &found.progress.state else {
            return Err(Say::failure(MessageCode::NothingRunning));
        };
        if run.worker != Some(session.worker) {
            let refusal = Refusal::OtherWorker {
                job,
                worker: run.worker,
                workstation: run.workstation.clone(),
                since: run.started_at,
            };
            return Err(Box::new(of_refusal(&self.names(), work_order, &refusal)));
        }
        let fact = Fact::JobPaused { round: found.progress.round, reason };
        let doing = Doing { who: Some(session), work_order: Some(work_order.id), job: Some(job), fact, at };
        let action = self.record(doing, AnswerKind::Paused)?;
        let say = Say::new(AnswerKind::Paused, MessageCode::Paused, Tone::Noted);
        let say = self.named(say.worker(self.names().worker(session.worker)), job);
        Ok(self.moved(say, job, session.worker, action))
    }
}
