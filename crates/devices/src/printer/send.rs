//! One attempt to print, from open to evidence.

use super::evidence::Evidence;
use super::transport::{PrinterTransport, TransportError};

/// What is known after one attempt.
#[derive(Debug)]
pub struct AttemptOutcome {
    /// How many bytes left us. With an error, 0 means that no label can have come out.
    pub bytes_written: u64,
    /// What became of them.
    pub result: Result<Evidence, TransportError>,
}

/// Makes one attempt. Blocking; bounded by the transport's own limits. `progress` gets the running total of bytes.
///
/// Commit [`PrintJobState::Sending`](super::PrintJobState::Sending) before calling this, and give the outcome to
/// [`PrintJobState::finish`](super::PrintJobState::finish) after it.
pub fn send(transport: &mut dyn PrinterTransport, payload: &[u8], progress: &mut dyn FnMut(u64)) -> AttemptOutcome {
    let mut bytes_written = 0;
    let mut count = |total| {
        bytes_written = total;
        progress(total);
    };
    let result = attempt(transport, payload, &mut count);
    AttemptOutcome { bytes_written, result }
}

fn attempt(
    transport: &mut dyn PrinterTransport,
    payload: &[u8],
    progress: &mut dyn FnMut(u64),
) -> Result<Evidence, TransportError> {
    if payload.is_empty() {
        return Err(TransportError::EmptyPayload);
    }
    transport.open()?;
    transport.write_all(payload, progress)?;
    transport.finish()
}
