//! The screen's language, until the next badge.

use cordwainer_domain::Language;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::say::Say;

impl Engine {
    pub(in crate::engine) fn set_language(&mut self, language: Language) -> Say {
        self.attendance.language = language;
        self.changed_state();
        Say::new(AnswerKind::Setting, MessageCode::LanguageChanged, Tone::Noted)
    }
}
