//! Sign a job off. The finish is when the code was read, however long values or a confirmation took afterwards.

use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Fact, Job, Move, WorkOrder};
use cordwainer_domain::{JobId, WorkerId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone, ValueDraft};

use super::super::Engine;
use super::super::attendance::{HeldFinish, Session};
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};
use super::super::values;

/// A finish in the making.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct Finishing {
    pub job: JobId,
    /// Who signs: the one who started it, or the active one for a one-scan job.
    pub worker: WorkerId,
    pub at: Moment,
    pub early: bool,
    pub early_confirmed: bool,
}

impl Engine {
    pub(in crate::engine) fn finish(&mut self, work_order: &WorkOrder, finishing: Finishing) -> Heard {
        let Finishing { job, worker, at, early, early_confirmed } = finishing;
        let found = work_order.job(job).ok_or_else(|| Say::failure(MessageCode::Internal))?;
        if early && !early_confirmed {
            self.attendance.hold_finish(job, HeldFinish { at, early_confirmed: false });
            return Ok(self.ask_whether_done(found, at));
        }
        let round = found.progress.round;
        let values = match values::check(&found.spec.parameters, &self.drafts(job, round)) {
            Ok(values) => values,
            Err(lacking) => {
                self.attendance.hold_finish(job, HeldFinish { at, early_confirmed });
                self.attendance.focus = Some(job);
                let mut say = Say::new(AnswerKind::NeedsValues, MessageCode::ValueNeeded, Tone::Question);
                say.message = lacking.message;
                say.missing = lacking.missing;
                return Ok(self.about_job(say.worker(self.names().worker(worker)), job));
            }
        };
        let fact = Fact::JobFinished { round, values, lots: Vec::new(), early_confirmed: early && early_confirmed };
        // Nobody needs to show a badge again to finish: the start named the worker.
        let who = self.attendance.session(worker).unwrap_or(Session { worker, level: AuthLevel::None });
        let doing = Doing { who: Some(who), work_order: Some(work_order.id), job: Some(job), fact, at };
        let action = self.record(doing, AnswerKind::SignedOff)?;
        self.attendance.forget_held_finish(job);
        self.tally.add(action, worker, self.instant(at));
        self.forget_drafts(job, round);
        let say = Say::new(AnswerKind::SignedOff, MessageCode::SignedOff, Tone::Done);
        let say = self.named(say.worker(self.names().worker(worker)), job);
        let say = self.moved(say, job, worker, action);
        self.print_after_first_sign_off(work_order.id, job);
        Ok(say)
    }

    fn ask_whether_done(&self, job: &Job, at: Moment) -> Say {
        let worked_s = job.run().map_or(0, |run| run.worked_until_s(self.instant(at)));
        let say = Say::new(AnswerKind::ConfirmEarly, MessageCode::EarlyFinish, Tone::Question)
            .number("minutes", i64::from(worked_s / 60))
            .number("standard_minutes", i64::from(job.spec.standard_time_s / 60));
        let worker = job.run().and_then(|run| run.worker).and_then(|id| self.names().worker(id));
        self.about_job(say.worker(worker), job.spec.id)
    }

    /// The button, or the pad's 完成 with the values that were missing.
    pub(in crate::engine) fn finish_picked(
        &mut self,
        job: JobId,
        now_entered: &[ValueDraft],
        early_confirmed: bool,
        now: Moment,
    ) -> Heard {
        let id = self.work_order_of(job)?;
        let held = self.attendance.held_finish(job, now);
        let at = held.map_or(now, |held| held.at);
        let early_confirmed = early_confirmed || held.is_some_and(|held| held.early_confirmed);
        let (work_order, moved) = self.read_pair(id, Some(job), at)?;
        let Move::Finish { job, worker, early } = moved else {
            return Err(Say::failure(MessageCode::NothingRunning));
        };
        let round = work_order.job(job).map_or(0, |job| job.progress.round);
        self.keep_drafts(job, round, now_entered)?;
        self.finish(&work_order, Finishing { job, worker, at, early, early_confirmed })
    }

    /// The 完成 card: confirms the finish that waits, or finishes what runs.
    pub(in crate::engine) fn finish_by_card(&mut self, at: Moment) -> Heard {
        if let Some((job, _)) = self.attendance.latest_held_finish(at) {
            return self.finish_picked(job, &[], true, at);
        }
        let session = self.present()?;
        let job = self.running_job_of(session.worker).ok_or_else(|| Say::failure(MessageCode::NothingRunning))?;
        self.finish_picked(job, &[], true, at)
    }
}
