//! The life of one print job. Pure; the station stores it and calls the moves.
//!
//! `queued → sending → sent(evidence) → confirmed`, with `failed_clean` where no byte left us, `unknown` where it cannot
//! be known, and `cancelled`. A move consumes the state. A reprint is a new job, so nothing leads out of `sent` but proof.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, UnknownWord};
use super::send::AttemptOutcome;

/// Who vouches that the label exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// A worker was asked and has it in hand.
    Worker,
    /// The printer counted it.
    Printer,
    /// A scanner read it.
    ScannedBack,
}

/// Where a print job is. Stored and sent as one word: `queued`, `sent:consumed`, `confirmed:worker`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum PrintJobState {
    /// Rendered and stored; nothing has been tried.
    Queued,
    /// An attempt is under way. Found at start, it means a crash in mid-attempt.
    Sending,
    /// Every byte went out, with the best evidence so far.
    Sent(Evidence),
    /// The label exists.
    Confirmed(Confirmation),
    /// The last attempt failed before its first byte: no label can have come out, and trying again is safe.
    FailedClean,
    /// Some bytes went out and then it broke. A label may or may not exist: ask, or scan it.
    Unknown,
    /// Given up on purpose while no label could exist.
    Cancelled,
}

/// A move that the state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a print job that is {from} cannot {to}")]
pub struct InvalidTransition {
    from: PrintJobState,
    to: &'static str,
}

type Moved = Result<PrintJobState, InvalidTransition>;

impl PrintJobState {
    /// Whether the queue may start an attempt without asking anyone.
    pub fn may_be_sent(self) -> bool {
        matches!(self, Self::Queued | Self::FailedClean)
    }

    /// Whether a person must say if the label came out ("标签出来了吗?").
    pub fn needs_an_answer(self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// An attempt begins. Store this before the first byte.
    pub fn begin(self) -> Moved {
        match self {
            Self::Queued | Self::FailedClean => Ok(Self::Sending),
            _ => Err(self.cannot("begin an attempt")),
        }
    }

    /// The attempt ended. A label that was scanned meanwhile stays confirmed, whatever the line says.
    pub fn finish(self, outcome: &AttemptOutcome) -> Moved {
        match (self, &outcome.result) {
            (Self::Sending, Ok(evidence)) => Ok(Self::Sent(*evidence)),
            (Self::Sending, Err(_)) if outcome.bytes_written == 0 => Ok(Self::FailedClean),
            (Self::Sending, Err(_)) => Ok(Self::Unknown),
            (Self::Confirmed(_), _) => Ok(self),
            _ => Err(self.cannot("finish an attempt")),
        }
    }

    /// What the state means after a restart of the station: nobody knows how far an attempt had come.
    #[must_use]
    pub fn after_restart(self) -> Self {
        match self {
            Self::Sending => Self::Unknown,
            other => other,
        }
    }

    /// A scanner read the label's code, or the printer counted it. Evidence only ever rises.
    pub fn prove(self, evidence: Evidence) -> Moved {
        let proof = match evidence {
            Evidence::ScannedBack => Some(Confirmation::ScannedBack),
            Evidence::CountedByPrinter => Some(Confirmation::Printer),
            Evidence::Spooled | Evidence::BytesAccepted | Evidence::Consumed => None,
        };
        match (self, proof) {
            (Self::Confirmed(Confirmation::ScannedBack), _) | (Self::Confirmed(_), None) => Ok(self),
            (Self::Sending | Self::Sent(_) | Self::Unknown | Self::Confirmed(_), Some(proof)) => {
                Ok(Self::Confirmed(proof))
            }
            (Self::Sent(known), None) => Ok(Self::Sent(known.max(evidence))),
            _ => Err(self.cannot("be proved: no byte of it is known to have arrived")),
        }
    }

    /// A worker answers: the label came out.
    pub fn came_out(self) -> Moved {
        match self {
            Self::Sent(_) | Self::Unknown => Ok(Self::Confirmed(Confirmation::Worker)),
            _ => Err(self.cannot("be confirmed by a worker")),
        }
    }

    /// A worker answers: no label came out. It goes back to the queue.
    pub fn did_not_come_out(self) -> Moved {
        match self {
            Self::Unknown => Ok(Self::Queued),
            _ => Err(self.cannot("be queued again")),
        }
    }

    /// Gives the job up.
    pub fn cancel(self) -> Moved {
        match self {
            Self::Queued | Self::FailedClean => Ok(Self::Cancelled),
            _ => Err(self.cannot("be cancelled")),
        }
    }

    fn cannot(self, to: &'static str) -> InvalidTransition {
        InvalidTransition { from: self, to }
    }
}

impl fmt::Display for PrintJobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent(evidence) => return write!(f, "sent:{evidence}"),
            Self::Confirmed(Confirmation::Worker) => "confirmed:worker",
            Self::Confirmed(Confirmation::Printer) => "confirmed:printer",
            Self::Confirmed(Confirmation::ScannedBack) => "confirmed:scanned_back",
            Self::FailedClean => "failed_clean",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        })
    }
}

impl FromStr for PrintJobState {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        if let Some(evidence) = word.strip_prefix("sent:") {
            return evidence.parse().map(Self::Sent);
        }
        Ok(match word {
            "queued" => Self::Queued,
            "sending" => Self::Sending,
            "confirmed:worker" => Self::Confirmed(Confirmation::Worker),
            "confirmed:printer" => Self::Confirmed(Confirmation::Printer),
            "confirmed:scanned_back" => Self::Confirmed(Confirmation::ScannedBack),
            "failed_clean" => Self::FailedClean,
            "unknown" => Self::Unknown,
            "cancelled" => Self::Cancelled,
            _ => return Err(UnknownWord { word: word.to_owned(), what: "state of a print job" }),
        })
    }
}

impl From<PrintJobState> for String {
    fn from(state: PrintJobState) -> Self {
        state.to_string()
    }
}

impl TryFrom<String> for PrintJobState {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        word.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::printer::TransportError;

    const STATES: [PrintJobState; 12] = [
        PrintJobState::Queued,
        PrintJobState::Sending,
        PrintJobState::Sent(Evidence::Spooled),
        PrintJobState::Sent(Evidence::BytesAccepted),
        PrintJobState::Sent(Evidence::Consumed),
        PrintJobState::Sent(Evidence::CountedByPrinter),
        PrintJobState::Confirmed(Confirmation::Worker),
        PrintJobState::Confirmed(Confirmation::Printer),
        PrintJobState::Confirmed(Confirmation::ScannedBack),
        PrintJobState::FailedClean,
        PrintJobState::Unknown,
        PrintJobState::Cancelled,
    ];

    fn failed_after(bytes_written: u64) -> AttemptOutcome {
        AttemptOutcome { bytes_written, result: Err(TransportError::NotOpen) }
    }

    #[test]
    fn the_usual_life_ends_when_the_label_is_scanned() {
        let sent = AttemptOutcome { bytes_written: 9, result: Ok(Evidence::BytesAccepted) };
        let state = PrintJobState::Queued.begin().and_then(|state| state.finish(&sent)).expect("sent");
        assert_eq!(state, PrintJobState::Sent(Evidence::BytesAccepted), "sent is not printed");
        let state = state.prove(Evidence::ScannedBack).expect("proved");
        assert_eq!(state, PrintJobState::Confirmed(Confirmation::ScannedBack), "the best proof there is");
    }

    #[test]
    fn only_a_job_of_which_no_byte_left_is_sent_again_by_itself() {
        let clean = PrintJobState::Sending.finish(&failed_after(0)).expect("sending");
        let unknown = PrintJobState::Sending.finish(&failed_after(1)).expect("sending");
        assert_eq!(
            (clean, unknown),
            (PrintJobState::FailedClean, PrintJobState::Unknown),
            "one byte makes the difference"
        );
        for state in STATES {
            let safe = matches!(state, PrintJobState::Queued | PrintJobState::FailedClean);
            assert_eq!((state.may_be_sent(), state.begin().is_ok()), (safe, safe), "{state} could print twice");
        }
    }

    #[test]
    fn after_a_restart_an_attempt_under_way_is_unknown_and_all_else_is_as_it_was() {
        for state in STATES {
            let expected = if state == PrintJobState::Sending { PrintJobState::Unknown } else { state };
            assert_eq!(state.after_restart(), expected, "nobody can know how far {state} had come");
        }
    }

    #[test]
    fn a_worker_decides_about_an_unknown_label() {
        let unknown = PrintJobState::Unknown;
        assert!(unknown.needs_an_answer(), "somebody must be asked");
        assert_eq!(unknown.came_out(), Ok(PrintJobState::Confirmed(Confirmation::Worker)), "it is there");
        assert_eq!(unknown.did_not_come_out(), Ok(PrintJobState::Queued), "it is printed after all");
        assert!(PrintJobState::Sent(Evidence::Consumed).did_not_come_out().is_err(), "that is a reprint: a new job");
    }

    #[test]
    fn a_label_scanned_before_its_attempt_ended_stays_confirmed() {
        let scanned = PrintJobState::Sending.prove(Evidence::ScannedBack).expect("the label exists");
        assert_eq!(scanned.finish(&failed_after(9)), Ok(scanned), "the line may break, the label is there");
    }

    #[test]
    fn a_refused_move_says_what_was_tried_and_where_the_job_is() {
        let said = PrintJobState::Cancelled.begin().expect_err("given up").to_string();
        assert_eq!(said, "a print job that is cancelled cannot begin an attempt", "a log line must explain itself");
        assert!(PrintJobState::Queued.prove(Evidence::ScannedBack).is_err(), "an older print of the code was scanned");
    }

    #[test]
    fn every_state_can_be_stored_and_read_back() {
        for state in STATES {
            assert_eq!(state.to_string().parse(), Ok(state), "as text");
            let json = serde_json::to_string(&state).expect("serialises");
            assert_eq!(serde_json::from_str::<PrintJobState>(&json).expect(&json), state, "as JSON");
        }
        for word in ["", "sent", "sent:", "sent:printed", "confirmed", "Queued"] {
            assert!(word.parse::<PrintJobState>().is_err(), "{word:?} must not be taken for a state");
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Move {
        Begin,
        Finish(u64, bool),
        Restart,
        Prove(Evidence),
        CameOut,
        DidNotComeOut,
        Cancel,
    }

    fn any_move() -> impl Strategy<Value = Move> {
        prop_oneof![
            3 => Just(Move::Begin),
            3 => (0_u64..2, any::<bool>()).prop_map(|(bytes, ok)| Move::Finish(bytes, ok)),
            1 => Just(Move::Restart),
            1 => prop_oneof![Just(Evidence::Consumed), Just(Evidence::CountedByPrinter), Just(Evidence::ScannedBack)]
                .prop_map(Move::Prove),
            1 => Just(Move::CameOut),
            1 => Just(Move::DidNotComeOut),
            1 => Just(Move::Cancel),
        ]
    }

    proptest! {
        #[test]
        fn no_order_of_events_sends_bytes_twice_without_a_worker_saying_that_nothing_came_out(moves in vec(any_move(), 0..60)) {
            let mut state = PrintJobState::Queued;
            let mut label_may_exist = false;
            for step in moves {
                let moved = match step {
                    Move::Begin => state.begin(),
                    Move::Finish(0, false) => state.finish(&failed_after(0)),
                    Move::Finish(_, false) => state.finish(&failed_after(1)),
                    Move::Finish(_, true) => state.finish(&AttemptOutcome { bytes_written: 1, result: Ok(Evidence::Consumed) }),
                    Move::Restart => Ok(state.after_restart()),
                    Move::Prove(evidence) => state.prove(evidence),
                    Move::CameOut => state.came_out(),
                    Move::DidNotComeOut => state.did_not_come_out(),
                    Move::Cancel => state.cancel(),
                };
                let Ok(next) = moved else { continue };
                prop_assert!(!(matches!(step, Move::Begin) && label_may_exist), "{state} was sent a second time");
                label_may_exist = match step {
                    Move::DidNotComeOut => false,
                    _ => label_may_exist || !matches!(next,
                        PrintJobState::Queued | PrintJobState::Sending | PrintJobState::FailedClean | PrintJobState::Cancelled),
                };
                state = next;
            }
        }
    }
}
