//! An operation's card: picks one of the jobs that were offered, or the operation to which a failed pair goes back.

use cordwainer_domain::OperationId;
use cordwainer_domain::code::Code;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::say::{Heard, Say};
use super::super::view::rework_jobs;
use super::wrong_type;

impl Engine {
    pub(super) fn scan_operation(&mut self, code: &Code, at: Moment) -> Heard {
        let Some(operation) = self.floor.operation_of(code).cloned() else {
            let say = Say::new(AnswerKind::Unknown, MessageCode::CodeUnknown, Tone::UnknownCode);
            return Err(Box::new(say.text("text", code.as_str())));
        };
        let offered = self.attendance.choices.iter().find(|(_, offered)| *offered == operation).map(|(job, _)| *job);
        if let Some(job) = offered {
            return self.start_picked(job, at);
        }
        self.pick_rework(code, &operation)
    }

    fn pick_rework(&mut self, code: &Code, operation: &OperationId) -> Heard {
        let present = self.present()?;
        let refused = || Box::new(wrong_type(code, "work_order"));
        let Some(inspection) = self.inspection_of(present.worker) else { return Err(refused()) };
        let judging = self.attendance.judging.as_mut().filter(|judging| judging.job == inspection);
        let Some(judging) = judging else { return Err(Say::failure(MessageCode::FindingNeeded)) };
        let found = self.floor.job(inspection).and_then(|(work_order, _)| {
            rework_jobs(work_order, inspection, &[]).into_iter().find(|job| job.spec.operation == *operation)
        });
        let Some(job) = found else { return Err(refused()) };
        judging.rework_from = Some(job.spec.id);
        let name = job.spec.name.clone();
        let say = Say::new(AnswerKind::Picked, MessageCode::OperationPicked, Tone::Noted).name("operation", name);
        Ok(self.about_job(say, inspection))
    }
}
