//! What a printer says about itself: the question in its own language, and its answer as one word.
//!
//! A question is asked in the configured language only: in a wrong one it is printed. Silence is an answer of its own and
//! must never block printing: a Zebra does not answer `~HS` when it is out of media or ribbon or its head is open, and
//! many cheap printers cannot answer at all.

mod epl;
mod escpos;
mod tspl;
mod zpl;

use serde::{Deserialize, Serialize};

use crate::PrinterLanguage;

/// How a printer is. Where several things are wrong, the one that a hand must see to first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrinterStatus {
    /// It would print at once.
    Ready,
    /// It prints, or still has labels to print.
    Busy,
    /// The head is up, or the cover open.
    HeadOpen,
    /// Labels stick, or the cutter does.
    Jammed,
    /// No labels. EPL2 says the same when the ribbon has ended.
    MediaOut,
    /// No ribbon.
    RibbonOut,
    /// Somebody has pressed pause, or it is off line.
    Paused,
    /// Too hot or too cold; it goes on by itself.
    OutOfTemperature,
    /// Something else that the printer's own panel tells.
    Faulty,
    /// Nothing came back in the time given.
    Silent,
    /// The answer has begun and is not whole.
    Incomplete,
    /// What came back is no answer in this language.
    Unintelligible,
}

impl PrinterLanguage {
    /// What to send to be told the status.
    pub const fn status_query(self) -> &'static [u8] {
        match self {
            Self::Zpl => zpl::QUERY,
            Self::Tspl => tspl::QUERY,
            Self::EscPos => escpos::QUERY,
            Self::Epl => epl::QUERY,
        }
    }

    /// Reads what came back for one [`PrinterLanguage::status_query`].
    pub fn parse_status(self, answer: &[u8]) -> PrinterStatus {
        if answer.is_empty() {
            return PrinterStatus::Silent;
        }
        match self {
            Self::Zpl => zpl::parse(answer),
            Self::Tspl => tspl::parse(answer),
            Self::EscPos => escpos::parse(answer),
            Self::Epl => epl::parse(answer),
        }
    }
}

/// The first trouble of a list that is there, or `otherwise`.
fn first(troubles: &[(bool, PrinterStatus)], otherwise: PrinterStatus) -> PrinterStatus {
    troubles.iter().find(|(is_there, _)| *is_there).map_or(otherwise, |(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_an_answer_of_its_own_in_every_language() {
        for language in PrinterLanguage::ALL {
            assert_eq!(language.parse_status(b""), PrinterStatus::Silent, "{language}");
        }
    }

    #[test]
    fn an_answer_in_a_wrong_language_is_unintelligible() {
        let zebra = b"\x02030,0,0,0320,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";
        for language in [PrinterLanguage::Tspl, PrinterLanguage::EscPos, PrinterLanguage::Epl] {
            assert_eq!(language.parse_status(zebra), PrinterStatus::Unintelligible, "{language}");
        }
        for language in [PrinterLanguage::Zpl, PrinterLanguage::EscPos, PrinterLanguage::Epl] {
            assert_eq!(
                language.parse_status(b"HTTP/1.1 400 Bad Request\r\n"),
                PrinterStatus::Unintelligible,
                "{language}"
            );
        }
    }
}
