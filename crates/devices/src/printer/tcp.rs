//! Raw TCP, usually port 9100: the simplest way to a label printer and the one that shows most.
//!
//! After the data our side is closed and the printer's is waited for, a bounded while. Its end of stream *after* ours
//! proves that it read everything; silence proves nothing, because many printers keep the line open.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::evidence::Evidence;
use super::pieces::{WriteLimits, timed_out, write_pieces};
use super::status::{QUERY_LIMIT, StatusAnswer, StatusQuestion, deadline, listen};
use super::transport::{PrinterTransport, TransportError};

/// Bytes given to the system at once; progress is as fine as this.
const PIECE_BYTES: usize = 4096;
/// What a printer may say back before it is ignored. Status lines are some 80 bytes.
const ANSWER_LIMIT_BYTES: usize = 4096;

/// The bounds of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpLimits {
    /// For reaching the printer, over all addresses of its name.
    pub connect: Duration,
    /// How long it may take nothing before it counts as stalled.
    pub stall: Duration,
    /// For writing the whole job.
    pub write: Duration,
    /// For its end of stream after ours. It is spent on every label where the printer never closes, so it is short.
    pub finish: Duration,
}

impl Default for TcpLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            stall: Duration::from_secs(5),
            write: Duration::from_secs(60),
            finish: Duration::from_millis(500),
        }
    }
}

/// A printer behind a TCP port. One connection at a time, which is all that most of them accept.
#[derive(Debug)]
pub struct TcpTransport {
    place: String,
    limits: TcpLimits,
    line: Option<TcpStream>,
}

impl TcpTransport {
    /// A printer at `host:port`. A plain address is best: looking up a name has the system's own limits.
    pub fn new(place: impl Into<String>, limits: TcpLimits) -> Self {
        Self { place: place.into(), limits, line: None }
    }

    fn connect(&self, until: Instant) -> io::Result<TcpStream> {
        let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for address in self.place.to_socket_addrs()? {
            match connect_before(&address, until) {
                Ok(line) => return Ok(line),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn unreachable(&self, source: io::Error) -> TransportError {
        TransportError::Unreachable { place: self.place.clone(), source }
    }
}

fn connect_before(address: &SocketAddr, until: Instant) -> io::Result<TcpStream> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    TcpStream::connect_timeout(address, left)
}

impl PrinterTransport for TcpTransport {
    fn open(&mut self) -> Result<(), TransportError> {
        self.line = None;
        let until = Instant::now() + self.limits.connect;
        let line = self.connect(until).map_err(|source| self.unreachable(source))?;
        line.set_write_timeout(Some(self.limits.stall)).map_err(|source| self.unreachable(source))?;
        self.line = Some(line);
        Ok(())
    }

    fn write_all(&mut self, payload: &[u8], progress: &mut dyn FnMut(u64)) -> Result<(), TransportError> {
        let line = self.line.as_mut().ok_or(TransportError::NotOpen)?;
        let limits = WriteLimits { stall: self.limits.stall, whole: self.limits.write };
        write_pieces(line, payload, PIECE_BYTES, limits, progress)
    }

    fn finish(&mut self) -> Result<Evidence, TransportError> {
        let mut line = self.line.take().ok_or(TransportError::NotOpen)?;
        // A printer that had already hung up when we finished cannot have answered our end with its own.
        let hung_up_first = has_hung_up(&line).map_err(TransportError::Broken)?;
        line.shutdown(Shutdown::Write).map_err(TransportError::Broken)?;
        let ended = wait_for_end(&mut line, self.limits.finish).map_err(TransportError::Broken)?;
        Ok(if ended && !hung_up_first { Evidence::Consumed } else { Evidence::BytesAccepted })
    }

    fn query(&mut self, question: StatusQuestion<'_>, limit: Duration) -> Result<StatusAnswer, TransportError> {
        if self.line.is_some() {
            return Err(TransportError::Busy);
        }
        let until = deadline(limit);
        let mut line = self.connect(until).map_err(|source| self.unreachable(source))?;
        line.set_write_timeout(Some(QUERY_LIMIT)).map_err(TransportError::Broken)?;
        line.write_all(question.bytes).map_err(TransportError::Broken)?;
        listen(until, question, &mut |buffer, left| {
            line.set_read_timeout(Some(left))?;
            line.read(buffer)
        })
    }
}

/// Looks without waiting.
fn has_hung_up(line: &TcpStream) -> io::Result<bool> {
    line.set_nonblocking(true)?;
    let looked = line.peek(&mut [0]);
    line.set_nonblocking(false)?;
    match looked {
        Ok(length) => Ok(length == 0),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads the other side's remaining words and says whether it ended in time.
fn wait_for_end(line: &mut TcpStream, limit: Duration) -> io::Result<bool> {
    let until = Instant::now() + limit;
    let mut answer = [0; 256];
    let mut heard = 0;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || heard > ANSWER_LIMIT_BYTES {
            return Ok(false);
        }
        line.set_read_timeout(Some(left))?;
        match line.read(&mut answer) {
            Ok(0) => return Ok(true),
            Ok(length) => heard += length,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if timed_out(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}
