//! Writing a job piece by piece within bounds: the one loop that all byte-wise transports share.

use std::io::{self, ErrorKind, Write};
use std::time::{Duration, Instant};

use super::transport::TransportError;

/// The bounds of writing one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteLimits {
    /// How long the printer may take nothing before it counts as stalled.
    pub stall: Duration,
    /// For writing the whole job.
    pub whole: Duration,
}

impl Default for WriteLimits {
    fn default() -> Self {
        Self { stall: Duration::from_secs(5), whole: Duration::from_secs(60) }
    }
}

/// Writes everything in pieces of at most `piece_bytes`; progress is as fine as that. The line itself must give up a write
/// after the stall limit, with [`ErrorKind::TimedOut`] or [`ErrorKind::WouldBlock`].
pub(super) fn write_pieces(
    line: &mut dyn Write,
    payload: &[u8],
    piece_bytes: usize,
    limits: WriteLimits,
    progress: &mut dyn FnMut(u64),
) -> Result<(), TransportError> {
    let until = Instant::now() + limits.whole;
    let mut written = 0;
    while written < payload.len() {
        if Instant::now() >= until {
            return Err(TransportError::TooSlow(limits.whole));
        }
        let piece = &payload[written..payload.len().min(written + piece_bytes)];
        match line.write(piece) {
            Ok(0) => return Err(TransportError::Broken(ErrorKind::WriteZero.into())),
            Ok(length) => {
                written += length;
                progress(written as u64);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if timed_out(&error) => return Err(TransportError::Stalled(limits.stall)),
            Err(error) => return Err(TransportError::Broken(error)),
        }
    }
    Ok(())
}

/// A timeout has one name on Unix and another on Windows.
pub(super) fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
