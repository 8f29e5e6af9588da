//! Asking a printer how it is. Which bytes are asked, and what an answer means, is its language's business.
//!
//! Ask only in the language that is set: in another one the question is *printed*. And ask off the way of a label: some
//! printers never answer, and others only while they are well. A Zebra keeps silent without paper, without ribbon and with
//! its head open (ZPL II programming guide, `~HS`), so silence is an answer of its own and is shown as "look at the printer".

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use cordwainer_labels::{PrinterLanguage, PrinterStatus};

use super::pieces::timed_out;
use super::transport::{PrinterTransport, TransportError};

/// The longest that a printer is listened to. Three silent questions a label were measured to cost others half a minute.
pub const QUERY_LIMIT: Duration = Duration::from_millis(500);
/// What a printer may say before it is ignored. Status lines are some 80 bytes.
const ANSWER_LIMIT_BYTES: usize = 4096;

/// One question. Pure data and a pure rule, from whoever knows the language.
#[derive(Clone, Copy)]
pub struct StatusQuestion<'a> {
    /// What is sent.
    pub bytes: &'a [u8],
    /// Whether an answer that begins so is complete.
    pub is_whole: &'a dyn Fn(&[u8]) -> bool,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusAnswer {
    /// A complete answer.
    Whole(Vec<u8>),
    /// The beginning of one. The printer is there, and perhaps set to another language.
    Partial(Vec<u8>),
    /// It took the question and said nothing in time.
    Silent,
    /// Nothing can come back on this way.
    OneWay,
}

/// Asks a printer how it is, in the language that it is set to; `None` on a way on which nothing can come back.
///
/// Blocking, for [`QUERY_LIMIT`] at most where the way to the printer is an address and not a name that must be looked up.
///
/// # Errors
/// When the printer cannot be reached, or a job is being written.
pub fn ask_status(
    transport: &mut dyn PrinterTransport,
    language: PrinterLanguage,
) -> Result<Option<PrinterStatus>, TransportError> {
    let is_whole =
        |heard: &[u8]| !matches!(language.parse_status(heard), PrinterStatus::Silent | PrinterStatus::Incomplete);
    let question = StatusQuestion { bytes: language.status_query(), is_whole: &is_whole };
    Ok(match transport.query(question, QUERY_LIMIT)? {
        StatusAnswer::Whole(answer) | StatusAnswer::Partial(answer) => Some(language.parse_status(&answer)),
        StatusAnswer::Silent => Some(PrinterStatus::Silent),
        StatusAnswer::OneWay => None,
    })
}

/// Listens until the answer is whole or `until`. `read` gets how long it may wait.
pub(super) fn listen(
    until: Instant,
    question: StatusQuestion<'_>,
    read: &mut dyn FnMut(&mut [u8], Duration) -> io::Result<usize>,
) -> Result<StatusAnswer, TransportError> {
    let mut heard = Vec::new();
    let mut buffer = [0; 256];
    while heard.len() <= ANSWER_LIMIT_BYTES {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match read(&mut buffer, left) {
            // It hung up: what it said is all that it had to say.
            Ok(0) => break,
            Ok(length) => heard.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if timed_out(&error) => {}
            Err(error) => return Err(TransportError::Broken(error)),
        }
        if (question.is_whole)(&heard) {
            return Ok(StatusAnswer::Whole(heard));
        }
    }
    Ok(if heard.is_empty() { StatusAnswer::Silent } else { StatusAnswer::Partial(heard) })
}

/// The end of listening, never later than [`QUERY_LIMIT`] from now.
pub(super) fn deadline(limit: Duration) -> Instant {
    Instant::now() + limit.min(QUERY_LIMIT)
}
