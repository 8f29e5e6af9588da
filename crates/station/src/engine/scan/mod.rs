//! What a scan means: read the text, drop what is the same scan again, and go by the type of the code.
//!
//! Every frame is written down before it has any effect, the refused ones too. What it came to is written with the record that
//! it causes, in one transaction, or by itself.

mod badge;
mod command_card;
mod defect;
mod elsewhere;
mod operation;
mod traveller;

use cordwainer_devices::scanner::AimId;
use cordwainer_domain::code::{Code, CodeType, LONGEST_SCAN, Syntax, read_scan};
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{Answer, AnswerKind, ReaderKind, ScannerRole, Tone};

use super::moment::Moment;
use super::record::not_recorded;
use super::say::{Heard, Say};
use super::words::of_no_meaning;
use super::{Engine, kind_word};
use crate::store::{ScanLine, ScanOutcome, StoreFault};

/// A text that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The scanner's name, `wedge` or `pad`.
    pub source: String,
    /// What the scanner is for.
    pub role: ScannerRole,
    /// What it reads.
    pub reads: ReaderKind,
    /// The text, blanks at its ends dropped.
    pub text: String,
    /// Symbology identifier, if the scanner sent one.
    pub aim: Option<AimId>,
    /// When its last byte came.
    pub at: Moment,
}

impl Reading {
    /// What a scanner typed into the window, perhaps with a symbology identifier in front.
    pub(super) fn typed_by_a_scanner(text: &str, at: Moment) -> Self {
        let (aim, text) = AimId::split_from(text.trim());
        Self { source: "wedge".to_owned(), aim, ..Self::typed_by_hand(text, at) }
    }

    /// What a person typed on the pad.
    pub(super) fn typed_by_hand(text: &str, at: Moment) -> Self {
        Self {
            source: "pad".to_owned(),
            role: ScannerRole::Any,
            reads: ReaderKind::Symbols,
            text: text.trim().to_owned(),
            aim: None,
            at,
        }
    }

    fn syntax(&self) -> Syntax {
        match self.reads {
            ReaderKind::Tags => Syntax::Tag,
            ReaderKind::Symbols if self.aim.is_some_and(AimId::is_gs1) => Syntax::Gs1,
            ReaderKind::Symbols => Syntax::Plain,
        }
    }
}

impl Engine {
    /// Answers a scan.
    pub(super) fn scan(&mut self, reading: Reading) -> Answer {
        let shown: String = reading.text.chars().take(LONGEST_SCAN).collect();
        let line = ScanLine {
            source: reading.source.clone(),
            text: shown.clone(),
            aim: reading.aim.map(|aim| aim.to_string()),
            read_at_ms: reading.at.wall_ms,
        };
        self.answer_logged(line, reading.at, None, |engine| engine.read(&reading, &shown))
    }

    /// A frame that was cut off or is no text: shown, sounded, written down, never guessed at.
    pub(super) fn garbled(&mut self, source: String, shown: &str, oversize: bool, at: Moment) -> Answer {
        let text: String = shown.chars().take(LONGEST_SCAN).collect();
        let code = if oversize { MessageCode::CodeOversize } else { MessageCode::ScanGarbled };
        let say = Say::new(AnswerKind::Unknown, code, Tone::UnknownCode);
        let say = if oversize { say } else { say.text("text", &text) };
        let outcome = if oversize { "oversize" } else { "garbled" };
        let line = ScanLine { source, text, aim: None, read_at_ms: at.wall_ms };
        self.answer_logged(line, at, Some(outcome), |_| Ok(say))
    }

    /// Writes a frame down, then does what it means, then writes down what it came to. What cannot be written down has no
    /// effect; where nothing can be written at all, nothing can be recorded either, and looking a pair up does no harm.
    fn answer_logged(
        &mut self,
        line: ScanLine,
        at: Moment,
        outcome: Option<&str>,
        read: impl FnOnce(&mut Self) -> Heard,
    ) -> Answer {
        self.attendance.touch(at);
        self.scan = None;
        let say = match self.store.outbox.log_scan(&line) {
            Ok(scan) => {
                fail_point(Point::ScanLogged);
                self.scan = Some(scan);
                read(self).unwrap_or_else(|refused| *refused)
            }
            Err(StoreFault::ReadOnly | StoreFault::DrainOnly) => read(self).unwrap_or_else(|refused| *refused),
            Err(fault) => {
                tracing::error!(%fault, "a scan could not be written down; nothing came of it");
                not_recorded(&fault)
            }
        };
        if let Some(scan) = self.scan.take() {
            let outcome = outcome.map_or_else(|| kind_word(say.kind), str::to_owned);
            let noted = self.store.outbox.note_scan(&ScanOutcome { scan, outcome, action: None });
            if let Err(fault) = noted {
                tracing::error!(%fault, "what a scan came to could not be written down");
            }
        }
        let mut answer = self.answer(say, at);
        answer.scanned = Some(line.text);
        answer
    }

    fn read(&mut self, reading: &Reading, shown: &str) -> Heard {
        let meaning = read_scan(&reading.text, reading.syntax(), self.floor.aliases());
        let is_quantity = meaning.as_ref().is_ok_and(|code| code.kind() == CodeType::Quantity);
        // Three times the card for one piece is three pieces.
        if !is_quantity && self.attendance.is_repeat(&reading.source, shown, reading.syntax(), reading.at) {
            return Ok(Say::new(AnswerKind::Repeat, MessageCode::ScanRepeated, Tone::Noted).text("text", shown));
        }
        let code = meaning.map_err(|none| Box::new(of_no_meaning(&none, shown, reading.aim)))?;
        if self.place.is_none() {
            return Err(Say::failure(MessageCode::NotEnrolled));
        }
        if !reading.role.admits(code.kind()) {
            let say = Say::refused(MessageCode::ScannerNotForThis, Tone::Failure).text("got", type_word(code.kind()));
            return Err(Box::new(say.text("scanner_role", reading.role.word())));
        }
        let at = reading.at;
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
