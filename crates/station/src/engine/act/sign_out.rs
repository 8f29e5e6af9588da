//! Badge out.

use cordwainer_domain::production::Fact;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::attendance::Session;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};

impl Engine {
    pub(in crate::engine) fn sign_out(&mut self, at: Moment) -> Heard {
        // Somebody who is being asked for a PIN and walks away ends no session, least of all another worker's.
        if self.attendance.pin_for.take().is_some() {
            self.changed_state();
            let still_here = self.attendance.present().and_then(|session| self.floor.worker(session.worker));
            return Ok(match still_here.map(|row| row.worker.clone()) {
                Some(worker) => self.make_active(&worker),
                None => Say::new(AnswerKind::Locked, MessageCode::Locked, Tone::Noted),
            });
        }
        let session = self.present()?;
        self.end_session(session, at)
    }

    pub(in crate::engine) fn end_session(&mut self, session: Session, at: Moment) -> Heard {
        let doing = Doing { who: Some(session), work_order: None, job: None, fact: Fact::SessionClosed {}, at };
        let action = self.record(doing, AnswerKind::SignedOut)?;
        self.attendance.close(session.worker);
        self.changed_state();
        let names = self.names();
        let say = Say::new(AnswerKind::SignedOut, MessageCode::SignedOut, Tone::Noted)
            .name("worker", names.short(Some(session.worker)));
        Ok(say.worker(names.worker(session.worker)).saved(action))
    }
}
