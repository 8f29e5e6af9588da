//! A PIN, checked offline. Wrong tries cost time, and a restart forgives none of them.

use cordwainer_domain::WorkerId;
use cordwainer_domain::code::Code;
use cordwainer_domain::people::AuthLevel;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::Tone;

use super::super::Engine;
use super::super::attendance::Session;
use super::super::moment::Moment;
use super::super::record::not_recorded;
use super::super::say::{Heard, Say};
use super::super::scan::wrong_type;
use crate::store::PinFailures;

/// Wrong tries in a row that cost nothing.
const FREE_TRIES: u32 = 5;
/// The longest wait between two tries, seconds.
const LONGEST_WAIT_S: i64 = 300;

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
        let failures = self.store.outbox.pin_failures(worker).map_err(|fault| Box::new(not_recorded(&fault)))?;
        self.must_not_wait(failures)?;
        // Counted before it is checked: pulling the plug in between buys no free try.
        let count = failures.count.saturating_add(1);
        let until_ms = self.clock.wall_ms() + 1000 * wait_after_s(count);
        self.keep_failures(worker, PinFailures { count, until_ms })?;
        if !self.store.cache.verify_pin(worker, pin) {
            let say = Say::refused(MessageCode::PinWrong, Tone::Failure);
            return Err(Box::new(say.number("attempts", i64::from(FREE_TRIES.saturating_sub(count)))));
        }
        self.keep_failures(worker, PinFailures::default())
    }

    fn must_not_wait(&self, failures: PinFailures) -> Result<(), Box<Say>> {
        // A clock turned back must lock nobody out for longer than the longest wait.
        let left_ms = (failures.until_ms - self.clock.wall_ms()).min(1000 * LONGEST_WAIT_S);
        if failures.count < FREE_TRIES || left_ms <= 0 {
            return Ok(());
        }
        let say = Say::refused(MessageCode::PinWait, Tone::Failure);
        Err(Box::new(say.number("seconds", (left_ms + 999) / 1000)))
    }

    fn keep_failures(&self, worker: WorkerId, failures: PinFailures) -> Result<(), Box<Say>> {
        self.store.outbox.set_pin_failures(worker, failures).map_err(|fault| Box::new(not_recorded(&fault)))
    }
}

/// 1, 2, 4 … 300 seconds, from the fifth wrong try in a row.
fn wait_after_s(count: u32) -> i64 {
    match count.checked_sub(FREE_TRIES) {
        None => 0,
        Some(beyond) => 1_i64.checked_shl(beyond.min(30)).unwrap_or(LONGEST_WAIT_S).min(LONGEST_WAIT_S),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_the_fifth_wrong_try_up_to_five_minutes() {
        let waits: Vec<i64> = [1, 4, 5, 6, 7, 13, 14, 1000].into_iter().map(wait_after_s).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 256, 300, 300], "seconds after each wrong try");
    }
}
