//! A PIN, checked offline. Wrong tries cost time, and a restart forgives none of them.

use cordwainer_domain::WorkerId;
use cordwainer_domain::code::Code;
use cordwainer_domain::people::{AuthLevel, PinPatience, Role};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::Tone;

use super::super::attendance::Session;
use super::super::moment::Moment;
use super::super::record::not_recorded;
use super::super::say::{Heard, Say};
use super::super::scan::wrong_type;
use super::super::{Engine, Errand};

impl Engine {
    /// The PIN of whoever was asked for it opens a quality or supervisor session.
    pub(in crate::engine) fn enter_pin(&mut self, pin: &str, at: Moment) -> Heard {
        let asked = self.attendance.pin_for;
        let worker = asked.ok_or_else(|| Box::new(Say::refused(MessageCode::BadgeNeeded, Tone::Question)))?;
        self.check_pin(worker, pin)?;
        self.sign_in(Session { worker, level: AuthLevel::Pin }, at)
    }

    /// Whether this is the worker's PIN.
    pub(in crate::engine) fn check_pin(&mut self, worker: WorkerId, pin: &str) -> Result<(), Box<Say>> {
        // A badge scanned into the pad is never a PIN, and no wrong one either.
        if let Ok(code) = Code::parse(pin) {
            return Err(Box::new(wrong_type(&code, "pin")));
        }
        let (outbox, clock) = (&self.store.outbox, self.clock.as_ref());
        let unsure = |fault| Box::new(not_recorded(&fault));
        let wait_ms = outbox.pin_wait_ms(worker, clock).map_err(unsure)?;
        if wait_ms > 0 {
            let say = Say::refused(MessageCode::PinWait, Tone::Failure);
            return Err(Box::new(say.number("seconds", (wait_ms + 999) / 1000)));
        }
        let wrong = outbox.count_pin_try(worker, clock).map_err(unsure)?;
        if !self.store.cache.verify_pin(worker, pin) {
            self.ask(Errand::Push);
            let say = Say::refused(MessageCode::PinWrong, Tone::Failure);
            let left = PinPatience::WITH_A_WORKER.tries_left(wrong);
            return Err(Box::new(say.number("attempts", i64::from(left))));
        }
        outbox.forgive_pin_tries(worker, clock).map_err(unsure)?;
        // Whoever leads the floor and has proven to be here lets everybody try again.
        if self.floor.worker(worker).is_some_and(|row| row.worker.has_role(Role::Supervisor)) {
            outbox.forgive_every_pin_try().map_err(unsure)?;
        }
        Ok(())
    }
}
