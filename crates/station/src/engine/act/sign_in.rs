//! A session opens, or a signed-in worker becomes the active one.

use cordwainer_domain::people::Worker;
use cordwainer_domain::production::Fact;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::attendance::Session;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};

impl Engine {
    pub(in crate::engine) fn sign_in(&mut self, session: Session, at: Moment) -> Heard {
        let worker = self.floor.worker(session.worker).map(|row| row.worker.clone());
        let worker = worker.ok_or_else(|| Say::failure(MessageCode::BadgeNeeded))?;
        let doing = Doing { who: Some(session), work_order: None, job: None, fact: Fact::SessionOpened {}, at };
        let action = self.record(doing, AnswerKind::SignedIn)?;
        self.attendance.open(session);
        Ok(self.make_active(&worker).saved(action))
    }

    pub(in crate::engine) fn make_active(&mut self, worker: &Worker) -> Say {
        self.attendance.activate(worker.id, worker.language);
        self.changed_state();
        Say::new(AnswerKind::SignedIn, MessageCode::SignedIn, Tone::Noted)
            .name("worker", worker.short.clone())
            .worker(self.names().worker(worker.id))
    }
}
