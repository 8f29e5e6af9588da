//! A pair's traveller: start, finish, resume, inspect, choose, or a refusal that says why.

use cordwainer_domain::code::Code;
use cordwainer_domain::production::{Circumstances, Move, WorkOrder, read_traveller};
use cordwainer_domain::{JobId, WorkOrderId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::act::Finishing;
use super::super::moment::Moment;
use super::super::say::{Heard, Say};
use super::super::words::of_refusal;

impl Engine {
    pub(super) fn scan_traveller(&mut self, code: &Code, at: Moment) -> Heard {
        self.label_was_seen(code);
        let Some(work_order) = self.floor.pair_of(code) else { return self.scan_elsewhere(code, at) };
        let id = work_order.id;
        if self.workstation()?.work_centre.is_none() {
            // Where nothing is made, whoever scans a pair looks for it.
            return Ok(Say::found(self.names_at(at).pair(work_order)));
        }
        self.move_pair(id, None, at)
    }

    /// Does what the pair's traveller means here and now, for one job if the worker picked one.
    pub(in crate::engine) fn move_pair(&mut self, id: WorkOrderId, picked: Option<JobId>, at: Moment) -> Heard {
        let (work_order, moved) = self.read_pair(id, picked, at)?;
        self.attendance.choices.clear();
        match moved {
            Move::Start(job) => self.start(&work_order, job, at),
            Move::Resume(job) => self.resume(&work_order, job, at),
            Move::Finish { job, worker, early } => {
                self.finish(&work_order, Finishing { job, worker, at, early, early_confirmed: false })
            }
            Move::Inspect(job) => self.show_inspection(&work_order, job),
            Move::Choose(jobs) => self.ask_which(&work_order, &jobs),
        }
    }

    /// What the pair's traveller means here and now.
    pub(in crate::engine) fn read_pair(
        &mut self,
        id: WorkOrderId,
        picked: Option<JobId>,
        at: Moment,
    ) -> Result<(WorkOrder, Move), Box<Say>> {
        let work_order = self.floor.work_order(id).cloned().ok_or_else(|| Say::failure(MessageCode::Internal))?;
        let workstation = self.workstation()?;
        let names = self.names_at(at);
        if workstation.work_centre.is_none() {
            let say = Say::refused(MessageCode::NotAtThisWorkstation, Tone::WrongStation);
            return Err(Box::new(say.pair(names.pair(&work_order))));
        }
        let present = self.attendance.present();
        let worker = present.and_then(|session| self.floor.worker(session.worker)).map(|row| &row.worker);
        let circumstances = Circumstances { workstation, worker, now: names.now, picked };
        match read_traveller(&work_order, &circumstances) {
            Ok(moved) => Ok((work_order, moved)),
            Err(refusal) => {
                let mut say = of_refusal(&names, &work_order, &refusal);
                // Somebody stands here, but has not said the PIN yet.
                if say.message.code == MessageCode::BadgeNeeded && self.attendance.pin_for.is_some() {
                    say.message.code = MessageCode::PinRequired;
                }
                Err(Box::new(say))
            }
        }
    }

    fn ask_which(&mut self, work_order: &WorkOrder, jobs: &[JobId]) -> Heard {
        let names = self.names();
        let choices = names.jobs(work_order, |job| jobs.contains(&job.spec.id));
        let say = Say::new(AnswerKind::Choose, MessageCode::ChooseJob, Tone::Question)
            .text("number", &work_order.number)
            .pair(names.pair(work_order));
        self.attendance.choices = choices.iter().map(|job| (job.id, job.operation.clone())).collect();
        Ok(Say { choices, ..say })
    }
}
