//! A command card: everything a button does, with the scanner alone.

use cordwainer_domain::Language;
use cordwainer_domain::code::{Code, Command};
use cordwainer_domain::production::PauseReason;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::say::{Heard, Say};

impl Engine {
    pub(super) fn scan_command_card(&mut self, code: &Code, at: Moment) -> Heard {
        let Some(command) = Command::read(code) else {
            let say = Say::new(AnswerKind::Unknown, MessageCode::CodeUnknown, Tone::UnknownCode);
            return Err(Box::new(say.text("text", code.as_str())));
        };
        match command {
            Command::Finish => self.finish_by_card(at),
            Command::PauseMaterial | Command::MaterialShort => self.pause_by_card(PauseReason::Material, at),
            Command::PauseMachine => self.pause_by_card(PauseReason::Machine, at),
            Command::PauseBreak => self.pause_by_card(PauseReason::Break, at),
            Command::Undo => self.undo(at),
            Command::Pass => self.pass_by_card(at),
            Command::Fail => self.fail_by_card(at),
            Command::Rework => self.rework_by_card(at),
            Command::Help => {
                Err(Box::new(Say::refused(MessageCode::Unsupported, Tone::Failure).text("detail", "help")))
            }
            Command::Language => {
                let other = match self.attendance.language {
                    Language::ZhCn => Language::En,
                    Language::En => Language::ZhCn,
                };
                Ok(self.set_language(other))
            }
            Command::Lock => Ok(self.lock()),
            Command::SignOut => self.sign_out(at),
            Command::Confirm => self.confirm_by_card(at),
        }
    }

    /// 确认: whatever question is open.
    fn confirm_by_card(&mut self, at: Moment) -> Heard {
        if self.attendance.latest_held_finish(at).is_some() {
            return self.finish_by_card(at);
        }
        let picked = self.attendance.judging.as_ref().is_some_and(|judging| judging.rework_from.is_some());
        if picked { self.rework_by_card(at) } else { Err(Say::failure(MessageCode::NothingRunning)) }
    }
}
