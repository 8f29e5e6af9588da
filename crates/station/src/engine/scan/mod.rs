//! What a scan means: read the text, drop what is the same scan again, and go by the type of the code.
//!
//! Every scan is written down, the refused ones too: with the record it causes, in one transaction, or by itself.

mod badge;
mod command_card;
mod defect;
mod elsewhere;
mod operation;
mod traveller;

use cordwainer_domain::code::{Code, CodeType, LONGEST_SCAN};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{Answer, AnswerKind, Tone};

use super::moment::Moment;
use super::say::{Heard, Say};
use super::words::of_code_fault;
use super::{Engine, kind_word};
use crate::store::ScanLogEntry;

/// A text that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The scanner's name, `wedge` or `pad`.
    pub source: String,
    /// The text, blanks at its ends dropped.
    pub text: String,
    /// Symbology identifier, if the scanner sent one.
    pub aim: Option<String>,
    /// When its last byte came.
    pub at: Moment,
}

impl Engine {
    /// Answers a scan.
    pub(super) fn scan(&mut self, reading: Reading) -> Answer {
        let Reading { source, text, aim, at } = reading;
        let shown: String = text.chars().take(LONGEST_SCAN).collect();
        self.attendance.touch(at);
        self.scan = Some(ScanLogEntry {
            source: source.clone(),
            text: shown.clone(),
            aim,
            read_at_ms: at.wall_ms,
            outcome: String::new(),
            action: None,
        });
        let heard = self.read(&source, &shown, text.len() > LONGEST_SCAN, at);
        let say = heard.unwrap_or_else(|refused| *refused);
        self.log_what_is_not_logged(&say);
        let mut answer = self.answer(say, at);
        answer.scanned = Some(shown);
        answer
    }

    fn read(&mut self, source: &str, text: &str, oversize: bool, at: Moment) -> Heard {
        let repeated = self.attendance.is_repeat(source, text, at);
        let parsed = if oversize { Err(cordwainer_domain::code::CodeFault::Oversize) } else { Code::parse(text) };
        let is_quantity = parsed.as_ref().is_ok_and(|code| code.kind() == CodeType::Quantity);
        if repeated && !is_quantity {
            return Ok(Say::new(AnswerKind::Repeat, MessageCode::ScanRepeated, Tone::Noted).text("text", text));
        }
        let code = parsed.map_err(|fault| Box::new(of_code_fault(fault, text)))?;
        if self.place.is_none() {
            return Err(Say::failure(MessageCode::NotEnrolled));
        }
        match code.kind() {
            CodeType::WorkOrder => self.scan_traveller(&code, at),
            CodeType::Badge => self.scan_badge(&code, at),
            CodeType::Command => self.scan_command_card(&code, at),
            CodeType::Defect => self.scan_defect(&code),
            CodeType::Operation => self.scan_operation(&code, at),
            CodeType::Workstation
            | CodeType::MaterialLot
            | CodeType::Location
            | CodeType::Quantity
            | CodeType::Enrolment => Err(Box::new(wrong_type(&code, "work_order"))),
        }
    }

    fn log_what_is_not_logged(&mut self, say: &Say) {
        let Some(mut entry) = self.scan.take() else { return };
        entry.outcome = kind_word(say.kind);
        if let Err(fault) = self.store.outbox.log_scan(&entry) {
            tracing::error!(%fault, "a scan that changed nothing could not be written down");
        }
    }

    /// A frame that was cut off or is no text: shown, sounded, written down, never guessed at.
    pub(super) fn garbled(&mut self, source: String, shown: String, oversize: bool, at: Moment) -> Answer {
        self.attendance.touch(at);
        let shown: String = shown.chars().take(LONGEST_SCAN).collect();
        let text = shown.clone();
        self.scan = Some(ScanLogEntry {
            source,
            text,
            aim: None,
            read_at_ms: at.wall_ms,
            outcome: String::new(),
            action: None,
        });
        let code = if oversize { MessageCode::CodeOversize } else { MessageCode::ScanGarbled };
        let say = Say::new(AnswerKind::Unknown, code, Tone::UnknownCode);
        let say = if oversize { say } else { say.text("text", &shown) };
        self.log_what_is_not_logged(&say);
        let mut answer = self.answer(say, at);
        answer.scanned = Some(shown);
        answer
    }
}

/// A code of ours that means nothing on this screen. It changes nothing: a badge is never a PIN.
pub(super) fn wrong_type(code: &Code, expected: &str) -> Say {
    Say::refused(MessageCode::CodeWrongType, Tone::Failure)
        .text("got", type_word(code.kind()))
        .text("expected", expected)
}

/// The word for a type of code, as the catalogue of the screens keys it.
pub(super) fn type_word(kind: CodeType) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
