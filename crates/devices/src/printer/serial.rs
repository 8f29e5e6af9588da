//! A printer on a serial line.
//!
//! The line is slow: a full raster of 40 kB is 42 s at 9600 baud, so the bound of writing grows with the job. Without flow
//! control a printer that is busy loses bytes, and nobody can tell; with it, bytes that stay in the system's queue tell that
//! the printer takes none.

use std::io;
use std::time::{Duration, Instant};

use serialport::{ClearBuffer, SerialPort};

use super::evidence::Evidence;
use super::pieces::{WriteLimits, write_pieces};
use super::status::{QUERY_LIMIT, StatusAnswer, StatusQuestion, deadline, listen};
use super::transport::{PrinterTransport, TransportError};
use crate::serial::{LineSettings, Located, PortFinder};

/// Bytes given to the system at once: at 9600 baud half a second of the line.
const PIECE_BYTES: usize = 512;
/// How often it is looked how many bytes still wait in the system's queue.
const QUEUE_LOOK: Duration = Duration::from_millis(10);

/// A printer on a serial port.
#[derive(Debug)]
pub struct SerialTransport {
    port: PortFinder,
    settings: LineSettings,
    limits: WriteLimits,
    line: Option<Box<dyn SerialPort>>,
}

impl SerialTransport {
    /// A printer at the port that `port` finds. The time on the wire comes on top of `limits.whole`.
    pub fn new(port: PortFinder, settings: LineSettings, limits: WriteLimits) -> Self {
        Self { port, settings, limits, line: None }
    }

    fn connect(&self, timeout: Duration) -> Result<Box<dyn SerialPort>, TransportError> {
        let nowhere = |why: &str| self.unreachable(io::Error::new(io::ErrorKind::NotFound, why.to_owned()));
        let path = match self.port.locate() {
            Located::At(path) => path,
            Located::Absent => return Err(nowhere("no such device is plugged in")),
            Located::Ambiguous(devices) => return Err(nowhere(&format!("{devices} devices answer to this name"))),
        };
        self.settings.open(&path, timeout).map_err(|error| self.unreachable(error.into()))
    }

    fn unreachable(&self, source: io::Error) -> TransportError {
        TransportError::Unreachable { place: self.port.name().to_string(), source }
    }
}

impl PrinterTransport for SerialTransport {
    fn open(&mut self) -> Result<(), TransportError> {
        self.line = None;
        self.line = Some(self.connect(self.limits.stall)?);
        Ok(())
    }

    fn write_all(&mut self, payload: &[u8], progress: &mut dyn FnMut(u64)) -> Result<(), TransportError> {
        let line = self.line.as_mut().ok_or(TransportError::NotOpen)?;
        // Twice the bare time: no line is ever full to the last bit.
        let whole = self.limits.whole + self.settings.wire_time(payload.len()) * 2;
        let written = write_pieces(line, payload, PIECE_BYTES, WriteLimits { whole, ..self.limits }, progress);
        if written.is_err() {
            forget_queue(line.as_ref());
        }
        written
    }

    /// Waits until the last byte is on the wire. That a printer hears it cannot be known.
    fn finish(&mut self) -> Result<Evidence, TransportError> {
        let line = self.line.take().ok_or(TransportError::NotOpen)?;
        let drained = drain(line.as_ref(), self.limits.stall);
        if drained.is_err() {
            forget_queue(line.as_ref());
        }
        drained.map(|()| Evidence::BytesAccepted)
    }

    fn query(&mut self, question: StatusQuestion<'_>, limit: Duration) -> Result<StatusAnswer, TransportError> {
        if self.line.is_some() {
            return Err(TransportError::Busy);
        }
        let until = deadline(limit);
        let mut line = self.connect(QUERY_LIMIT)?;
        // What it said unasked, before, is no answer to this question.
        line.clear(ClearBuffer::Input).map_err(|error| TransportError::Broken(error.into()))?;
        line.write_all(question.bytes).map_err(TransportError::Broken)?;
        let answer = listen(until, question, &mut |buffer, left| {
            line.set_timeout(left).map_err(io::Error::from)?;
            line.read(buffer)
        });
        forget_queue(line.as_ref());
        answer
    }
}

/// Waits while the system's queue gets shorter.
fn drain(line: &dyn SerialPort, stall: Duration) -> Result<(), TransportError> {
    let mut shortest = u32::MAX;
    let mut moved = Instant::now();
    loop {
        let waiting = line.bytes_to_write().map_err(|error| TransportError::Broken(error.into()))?;
        if waiting == 0 {
            return Ok(());
        }
        if waiting < shortest {
            (shortest, moved) = (waiting, Instant::now());
        } else if moved.elapsed() >= stall {
            return Err(TransportError::Stalled(stall));
        }
        std::thread::sleep(QUEUE_LOOK);
    }
}

/// Closing a port waits for its queue, half a minute and longer where the printer takes nothing. The attempt has failed by
/// then, and a rest that came out later would be half a label.
fn forget_queue(line: &dyn SerialPort) {
    if let Err(error) = line.clear(ClearBuffer::Output) {
        tracing::debug!(%error, "the port's queue could not be emptied");
    }
}
