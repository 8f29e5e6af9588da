//! 标签出来了吗? Only a person can tell; a label that did not come out is printed again.

use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::record::not_recorded;
use super::super::say::{Heard, Say};
use super::super::{Engine, Errand};
use crate::store::StoreFault;

impl Engine {
    pub(in crate::engine) fn answer_print(&mut self, id: &str, came_out: bool) -> Heard {
        let worker = self.attendance.present().map(|session| session.worker);
        let answered = self.store.outbox.answer_print(id, came_out, worker, self.clock.wall_ms());
        match answered {
            Ok(_) => {}
            // Somebody else has answered, or the label was scanned meanwhile.
            Err(StoreFault::PrintJob { detail, .. }) => {
                let say = Say::refused(MessageCode::Unsupported, Tone::Failure);
                return Err(Box::new(say.text("detail", detail)));
            }
            Err(fault) => return Err(Box::new(not_recorded(&fault))),
        }
        self.note_printing();
        let line = self.print_job_line(id);
        let number = line.as_ref().map(|line| line.number.clone()).unwrap_or_default();
        let say = if came_out {
            Say::new(AnswerKind::Label, MessageCode::LabelConfirmed, Tone::Done)
        } else {
            self.ask(Errand::Print);
            let printer = line.map(|line| line.printer).unwrap_or_default();
            Say::new(AnswerKind::Label, MessageCode::LabelQueued, Tone::Noted).text("printer", printer)
        };
        Ok(say.text("number", number))
    }
}
