//! A print queue that speaks IPP (RFC 8010 and 8011), such as CUPS: for sheets in PDF only, and never for labels.
//!
//! A queue prints when it likes, also hours later, so what it has taken is [`Evidence::Spooled`] and no more, and is never
//! sent again by itself. That it is "completed" proves nothing either: a CUPS queue to a file said so with nothing written.
//! Plain HTTP only; a queue on this machine or in this hall needs no more.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::ipp::prelude::{
    DelimiterTag, IppClient, IppError, IppOperationBuilder, IppPayload, IppRequestResponse, IppValue, Uri,
};

use super::evidence::Evidence;
use super::transport::{PrinterTransport, TransportError};

const PDF: &str = "application/pdf";
/// How every PDF begins (ISO 32000-1, 7.5.2).
const PDF_MAGIC: &[u8] = b"%PDF-";
/// What the queue's list of jobs shows.
const JOB_TITLE: &str = "Cordwainer";

/// The bounds of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IppLimits {
    /// For the question whether the queue takes jobs.
    pub ask: Duration,
    /// For handing a job over.
    pub print: Duration,
}

impl Default for IppLimits {
    fn default() -> Self {
        Self { ask: Duration::from_secs(5), print: Duration::from_secs(60) }
    }
}

/// A print queue.
#[derive(Debug)]
pub struct IppTransport {
    uri: Uri,
    limits: IppLimits,
    state: State,
}

/// Each step of an attempt is a request of its own, so there is no line to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Accepting,
    Spooled,
}

impl IppTransport {
    /// A queue at an address that [`ipp_uri`] has read.
    pub fn new(uri: Uri, limits: IppLimits) -> Self {
        Self { uri, limits, state: State::Closed }
    }

    fn queue(&self, limit: Duration) -> IppClient {
        IppClient::builder(self.uri.clone()).request_timeout(limit).build()
    }

    fn ask(&self) -> Result<IppRequestResponse, IppError> {
        let wanted = ["printer-is-accepting-jobs", "document-format-supported"];
        let question = IppOperationBuilder::get_printer_attributes(self.uri.clone()).attributes(wanted).build()?;
        self.queue(self.limits.ask).send(question)
    }

    fn hand_over(&self, document: Document) -> Result<IppRequestResponse, IppError> {
        let job = IppOperationBuilder::print_job(self.uri.clone(), IppPayload::new(document))
            .job_title(JOB_TITLE)
            .document_format(PDF)
            .build()?;
        self.queue(self.limits.print).send(job)
    }
}

/// Reads the address of a queue, `ipp://host[:631]/path`.
pub fn ipp_uri(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    (uri.scheme_str() == Some("ipp") && uri.host().is_some_and(|host| !host.is_empty())).then_some(uri)
}

impl PrinterTransport for IppTransport {
    fn open(&mut self) -> Result<(), TransportError> {
        self.state = State::Closed;
        let unreachable = |source| TransportError::Unreachable { place: self.uri.to_string(), source };
        let answer = guarded(|| self.ask()).map_err(unreachable)?;
        if let Some(reason) = refusal(&answer) {
            return Err(TransportError::Refused(reason));
        }
        self.state = State::Accepting;
        Ok(())
    }

    /// Progress is told when the queue has made a job of it, or when it may have: a queue that says no has printed nothing,
    /// whatever it had read by then.
    fn write_all(&mut self, payload: &[u8], progress: &mut dyn FnMut(u64)) -> Result<(), TransportError> {
        if self.state != State::Accepting {
            return Err(TransportError::NotOpen);
        }
        self.state = State::Closed;
        if !payload.starts_with(PDF_MAGIC) {
            return Err(TransportError::Refused("only PDF goes to a print queue".to_owned()));
        }
        let taken = Arc::new(AtomicU64::new(0));
        let document = Document { rest: io::Cursor::new(payload.to_vec()), taken: Arc::clone(&taken) };
        let answer = guarded(|| self.hand_over(document)).map_err(|error| {
            progress(taken.load(Ordering::Acquire));
            TransportError::Broken(error)
        })?;
        let status = answer.header().status_code();
        if !status.is_success() {
            return Err(TransportError::Refused(status.to_string()));
        }
        progress(payload.len() as u64);
        self.state = State::Spooled;
        Ok(())
    }

    fn finish(&mut self) -> Result<Evidence, TransportError> {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Spooled => Ok(Evidence::Spooled),
            State::Accepting | State::Closed => Err(TransportError::NotOpen),
        }
    }
}

/// Makes a request. The library panics on some broken answers, and a queue that talks rubbish must not end the worker.
fn guarded(request: impl FnOnce() -> Result<IppRequestResponse, IppError>) -> io::Result<IppRequestResponse> {
    match catch_unwind(AssertUnwindSafe(request)) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(IppError::IoError(error))) => Err(error),
        Ok(Err(error)) => Err(io::Error::other(error.to_string())),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "the queue's answer cannot be read")),
    }
}

/// Why the queue would not print a PDF, if it says so.
fn refusal(answer: &IppRequestResponse) -> Option<String> {
    let status = answer.header().status_code();
    if !status.is_success() {
        return Some(status.to_string());
    }
    let printer = answer.attributes().groups_of(DelimiterTag::PrinterAttributes).next();
    let said = |name: &str| printer.and_then(|printer| printer.get(name)).map(|attribute| attribute.value());
    if matches!(said("printer-is-accepting-jobs"), Some(IppValue::Boolean(false))) {
        return Some("the queue takes no jobs now".to_owned());
    }
    let is_pdf = |value: &IppValue| matches!(value, IppValue::MimeMediaType(kind) if kind.as_str() == PDF);
    let takes_pdf = match said("document-format-supported") {
        Some(IppValue::Array(kinds)) => kinds.iter().any(is_pdf),
        Some(kind) => is_pdf(kind),
        None => true,
    };
    (!takes_pdf).then(|| "the queue takes no PDF".to_owned())
}

/// The job's bytes, counted as the library takes them to send them.
struct Document {
    rest: io::Cursor<Vec<u8>>,
    taken: Arc<AtomicU64>,
}

impl Read for Document {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.rest.read(buffer)?;
        self.taken.fetch_add(length as u64, Ordering::AcqRel);
        Ok(length)
    }
}
