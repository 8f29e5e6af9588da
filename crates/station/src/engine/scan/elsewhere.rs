//! A traveller whose pair this station does not hold: named if the site knows it, else recorded as unresolved.

use cordwainer_domain::code::Code;
use cordwainer_domain::production::Fact;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};

impl Engine {
    pub(super) fn scan_elsewhere(&mut self, code: &Code, at: Moment) -> Heard {
        let names = self.names_at(at);
        let Some(card) = self.floor.card_of(code) else { return self.record_unresolved(code, at) };
        let here = self.workstation()?.work_centre.as_ref();
        let Some(here) = here else { return Ok(Say::found(names.pair_by_card(card))) };
        let say = match card.at.first() {
            Some(next) if !card.at.contains(here) => Say::refused(MessageCode::WrongWorkCentre, Tone::WrongStation)
                .name("work_centre", names.work_centre(next)),
            // It belongs here, or is between two places: its rows are on their way.
            _ => Say::refused(MessageCode::NotHereYet, Tone::NotYourTurn).text("number", &card.number),
        };
        Err(Box::new(say.pair(names.pair_by_card(card))))
    }

    /// A valid code of ours that nobody here knows is a fact all the same; the server judges it later.
    fn record_unresolved(&mut self, code: &Code, at: Moment) -> Heard {
        let fact = Fact::ScanUnresolved { code: code.clone() };
        let doing = Doing { who: self.attendance.present(), work_order: None, job: None, fact, at };
        let action = self.record(doing, AnswerKind::Unresolved)?;
        let say = Say::new(AnswerKind::Unresolved, MessageCode::CodeUnresolved, Tone::UnknownCode);
        Ok(say.text("text", code.as_str()).saved(action))
    }
}
