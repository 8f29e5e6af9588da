//! What every way to a printer can do.

use std::io;
use std::time::Duration;

use super::evidence::Evidence;
use super::status::{StatusAnswer, StatusQuestion};

/// A way to bring bytes to one printer. One value serves one attempt after the other; `open` begins each.
///
/// Every call is blocking and bounded: an implementation names its limits and keeps them, so that one jammed printer
/// cannot hold a station.
pub trait PrinterTransport: Send {
    /// Connects. Nothing of the job may leave here.
    fn open(&mut self) -> Result<(), TransportError>;

    /// Writes everything, and calls `progress` with the total of bytes that left us after each piece, so that a failure
    /// after the first byte is told from one before it.
    fn write_all(&mut self, payload: &[u8], progress: &mut dyn FnMut(u64)) -> Result<(), TransportError>;

    /// Ends the attempt and says what is known of it.
    fn finish(&mut self) -> Result<Evidence, TransportError>;

    /// Asks the printer how it is, between two jobs and on a connection of its own; for `limit` at most, and never longer
    /// than [`QUERY_LIMIT`](super::QUERY_LIMIT). A way on which nothing can come back answers
    /// [`StatusAnswer::OneWay`] and sends nothing.
    ///
    /// # Errors
    /// When the printer cannot be reached, or a job is being written.
    fn query(&mut self, question: StatusQuestion<'_>, limit: Duration) -> Result<StatusAnswer, TransportError> {
        let _ = (question, limit);
        Ok(StatusAnswer::OneWay)
    }
}

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// There is nothing to print.
    #[error("the job is empty")]
    EmptyPayload,
    /// The printer could not be reached.
    #[error("cannot reach the printer at {place}")]
    Unreachable {
        /// Where it was looked for.
        place: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The printer took nothing for too long.
    #[error("the printer took nothing for {0:?}")]
    Stalled(Duration),
    /// The whole attempt took too long.
    #[error("the job took longer than {0:?}")]
    TooSlow(Duration),
    /// The line broke.
    #[error("the line to the printer broke")]
    Broken(#[source] io::Error),
    /// A write or a finish without an open.
    #[error("the printer was not opened")]
    NotOpen,
    /// A question while a job is being written.
    #[error("a job is being written")]
    Busy,
    /// The printer or its queue said no, and made no job of it.
    #[error("the job was refused: {0}")]
    Refused(String),
}

impl TransportError {
    /// A short word for storing and for the screen's catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyPayload => "empty_payload",
            Self::Unreachable { .. } => "unreachable",
            Self::Stalled(_) => "stalled",
            Self::TooSlow(_) => "too_slow",
            Self::Broken(_) => "broken",
            Self::NotOpen => "not_open",
            Self::Busy => "busy",
            Self::Refused(_) => "refused",
        }
    }
}
