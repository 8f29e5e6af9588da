//! When a printer is asked how it is, and what its answer means on the screen. Pure.
//!
//! A label never waits for this: a question is put only when none waits, and a printer that does not answer is asked less
//! and less. Silence is a state of its own, since a Zebra without labels or ribbon is silent, and many a cheap printer
//! always; it says no more than that somebody should look.

use std::time::Duration;

use cordwainer_labels::PrinterStatus;
use cordwainer_protocol::MessageCode;

/// How often a printer is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatusRounds {
    /// The wait between two questions to a printer that answers, and the first one after a silence.
    pub usual: Duration,
    /// The longest wait between two questions to one that does not.
    pub longest: Duration,
}

impl Default for StatusRounds {
    fn default() -> Self {
        Self { usual: Duration::from_secs(5), longest: Duration::from_secs(60) }
    }
}

/// What a question came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reply {
    /// An answer, or silence.
    Status(PrinterStatus),
    /// Nobody is there.
    Unreachable,
    /// Nothing can come back on this way.
    OneWay,
}

impl Reply {
    fn is_answer(self) -> bool {
        matches!(self, Self::Status(status) if status != PrinterStatus::Silent)
    }

    /// Whether the printer works, and what to say of it; `None` where nothing was learnt.
    pub(super) fn health(self) -> Option<(bool, Option<MessageCode>)> {
        let status = match self {
            Self::OneWay => return None,
            Self::Unreachable => return Some((false, Some(MessageCode::PrinterUnreachable))),
            Self::Status(status) => status,
        };
        let trouble = match status {
            PrinterStatus::Ready => return Some((true, None)),
            PrinterStatus::Busy => return Some((true, Some(MessageCode::PrinterBusy))),
            PrinterStatus::MediaOut => MessageCode::PrinterNoPaper,
            PrinterStatus::RibbonOut => MessageCode::PrinterNoRibbon,
            PrinterStatus::HeadOpen => MessageCode::PrinterHeadOpen,
            PrinterStatus::Paused => MessageCode::PrinterPaused,
            PrinterStatus::Jammed => MessageCode::PrinterJammed,
            PrinterStatus::OutOfTemperature | PrinterStatus::Faulty => MessageCode::PrinterFaulty,
            PrinterStatus::Silent => MessageCode::PrinterSilent,
            // Half an answer, or none in this language: most likely another one is set.
            PrinterStatus::Incomplete | PrinterStatus::Unintelligible => MessageCode::PrinterUnintelligible,
        };
        Some((false, Some(trouble)))
    }
}

/// When the next question is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Asking {
    rounds: StatusRounds,
    last: Option<Reply>,
    /// `None` for never.
    wait: Option<Duration>,
}

impl Asking {
    /// A printer of which nothing is known is asked at once.
    pub(super) fn new(rounds: StatusRounds) -> Self {
        Self { rounds, last: None, wait: Some(Duration::ZERO) }
    }

    /// How long to wait while no label does; `None` for ever.
    pub(super) fn wait(&self) -> Option<Duration> {
        self.wait
    }

    pub(super) fn heard(&mut self, reply: Reply) {
        let was_silent = self.last.is_some_and(|last| !last.is_answer());
        self.wait = match reply {
            Reply::OneWay => None,
            reply if reply.is_answer() || !was_silent => Some(self.rounds.usual),
            _ => self.wait.map(|wait| (wait * 2).clamp(self.rounds.usual, self.rounds.longest)),
        };
        self.last = Some(reply);
    }

    /// Whether the printer has said how it is, or kept silent.
    pub(super) fn knows_status(&self) -> bool {
        matches!(self.last, Some(Reply::Status(_)))
    }

    /// A label has left. Only a printer that is known to answer, or was away, is asked at once: half a second for each label
    /// of one that never answers would be felt.
    pub(super) fn label_left(&mut self) {
        if self.last.is_some_and(|last| last.is_answer() || last == Reply::Unreachable) {
            self.wait = Some(Duration::ZERO);
        }
    }

    /// An attempt of which no byte left: as good as a question to which nobody came.
    pub(super) fn attempt_failed(&mut self) {
        if self.last != Some(Reply::OneWay) {
            self.heard(Reply::Unreachable);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: Reply = Reply::Status(PrinterStatus::Ready);
    const SILENT: Reply = Reply::Status(PrinterStatus::Silent);

    fn waits(replies: &[Reply]) -> Vec<Option<u64>> {
        let mut asking = Asking::new(StatusRounds::default());
        let mut waits = vec![asking.wait()];
        for reply in replies {
            asking.heard(*reply);
            waits.push(asking.wait());
        }
        waits.into_iter().map(|wait| wait.map(|wait| wait.as_secs())).collect()
    }

    #[test]
    fn a_printer_that_answers_is_asked_every_five_seconds_and_one_that_does_not_less_and_less() {
        assert_eq!(waits(&[READY; 3]), [0, 5, 5, 5].map(Some), "at once, then at its ease");
        assert_eq!(waits(&[SILENT; 6]), [0, 5, 10, 20, 40, 60, 60].map(Some), "up to a minute");
        assert_eq!(waits(&[Reply::Unreachable; 3]), [0, 5, 10, 20].map(Some), "away is no different");
        assert_eq!(waits(&[SILENT, SILENT, READY, SILENT]), [0, 5, 10, 5, 5].map(Some), "an answer begins anew");
        assert_eq!(waits(&[Reply::OneWay]), [Some(0), None], "and never where nothing can come back");
    }

    #[test]
    fn only_a_printer_that_answers_is_asked_after_every_label() {
        let media_out = Reply::Status(PrinterStatus::MediaOut);
        for (last, expected) in [
            (READY, Some(0)),
            (media_out, Some(0)),
            (Reply::Unreachable, Some(0)),
            (SILENT, Some(5)),
            (Reply::OneWay, None),
        ] {
            let mut asking = Asking::new(StatusRounds::default());
            asking.heard(last);
            asking.label_left();
            assert_eq!(asking.wait().map(|wait| wait.as_secs()), expected, "{last:?}");
        }
    }

    #[test]
    fn a_failed_attempt_counts_as_a_question_but_makes_no_way_two_ways() {
        for (last, expected) in [(READY, true), (SILENT, true), (Reply::OneWay, false)] {
            let mut asking = Asking::new(StatusRounds::default());
            asking.heard(last);
            asking.attempt_failed();
            assert_eq!(asking.last == Some(Reply::Unreachable), expected, "{last:?}");
        }
    }

    #[test]
    fn every_state_has_words_of_its_own_and_only_a_printer_that_prints_is_well() {
        use PrinterStatus as Status;
        for (status, ok, code) in [
            (Status::Ready, true, None),
            (Status::Busy, true, Some(MessageCode::PrinterBusy)),
            (Status::MediaOut, false, Some(MessageCode::PrinterNoPaper)),
            (Status::RibbonOut, false, Some(MessageCode::PrinterNoRibbon)),
            (Status::HeadOpen, false, Some(MessageCode::PrinterHeadOpen)),
            (Status::Paused, false, Some(MessageCode::PrinterPaused)),
            (Status::Jammed, false, Some(MessageCode::PrinterJammed)),
            (Status::OutOfTemperature, false, Some(MessageCode::PrinterFaulty)),
            (Status::Silent, false, Some(MessageCode::PrinterSilent)),
            (Status::Unintelligible, false, Some(MessageCode::PrinterUnintelligible)),
        ] {
            assert_eq!(Reply::Status(status).health(), Some((ok, code)), "{status:?}");
        }
        assert_eq!(Reply::OneWay.health(), None, "nothing was learnt");
    }
}
