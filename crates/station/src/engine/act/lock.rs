//! Hide data until the next badge. Scans stay valid.

use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::say::Say;

impl Engine {
    pub(in crate::engine) fn lock(&mut self) -> Say {
        self.attendance.lock();
        self.changed_state();
        Say::new(AnswerKind::Locked, MessageCode::Locked, Tone::Noted)
    }
}
