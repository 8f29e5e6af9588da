//! A scanner on a serial port: USB-CDC, RS-232, or a pseudo terminal in a test.
//!
//! One plain thread per port. Measured on `serialport` 4.10: after an unplug every read fails at once, so a loop without
//! a wait burns a core; the old handle stays dead and must be dropped before the port is opened again; and "another
//! program has it" and "it is gone" come as the same error kind, so the node itself is looked at.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use serialport::SerialPort;

use super::framer::{Framer, FramingRules, SourceId};
use super::source::{Link, ScanOutlet, ScanSource};

/// How often the port's node is looked for while it is away, so that a replug does not wait for the whole back-off.
const NODE_POLL: Duration = Duration::from_millis(250);
/// The shortest read timeout that is ever set, so that a deadline in the past cannot make the loop spin.
const SHORTEST_READ: Duration = Duration::from_millis(5);
/// More than a scanner sends between two reads at any speed; what does not fit comes with the next read.
const READ_BUFFER_BYTES: usize = 4096;

/// The waits between attempts to open a port: doubling from the first to the ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// Never longer than this.
    pub ceiling: Duration,
}

impl Backoff {
    /// The wait after the given number of failures in a row.
    pub fn after(self, failures: u32) -> Duration {
        self.first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(self.ceiling)
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_millis(250), ceiling: Duration::from_secs(5) }
    }
}

/// Which port to read and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialSettings {
    /// A device node or any path to one, such as `/dev/serial/by-id/…`, `COM3`, or a pseudo terminal (which no
    /// enumeration lists).
    pub path: String,
    /// The line speed in baud. A USB-CDC scanner ignores it.
    pub baud: u32,
    /// How frames are cut.
    pub framing: FramingRules,
    /// How long one read may wait. It bounds how long stopping takes.
    pub read_timeout: Duration,
    /// The waits between attempts to open.
    pub backoff: Backoff,
}

impl SerialSettings {
    /// The usual settings: 8 data bits, no parity, one stop bit, 100 ms reads.
    pub fn new(path: impl Into<String>, baud: u32) -> Self {
        Self {
            path: path.into(),
            baud,
            framing: FramingRules::default(),
            read_timeout: Duration::from_millis(100),
            backoff: Backoff::default(),
        }
    }
}

/// Reads one serial port for as long as the station runs, through unplug and replug.
#[derive(Debug)]
pub struct SerialSource {
    source_id: SourceId,
    settings: SerialSettings,
}

impl SerialSource {
    /// A source that will look for its port when it is started.
    pub fn new(source_id: SourceId, settings: SerialSettings) -> Self {
        Self { source_id, settings }
    }

    fn open(&self) -> serialport::Result<Box<dyn SerialPort>> {
        serialport::new(&self.settings.path, self.settings.baud).timeout(self.settings.read_timeout).open()
    }

    fn node_exists(&self) -> bool {
        Path::new(&self.settings.path).exists()
    }

    /// Reads until the port dies or the stop. Says whether the port ever showed that it was alive.
    fn listen(&self, port: &mut dyn SerialPort, framer: &mut Framer, outlet: &ScanOutlet) -> bool {
        let mut buffer = [0; READ_BUFFER_BYTES];
        let mut timeout = self.settings.read_timeout;
        let mut alive = false;
        while !outlet.is_stopped() {
            let wanted = self.read_timeout(framer, outlet.now());
            if wanted != timeout && port.set_timeout(wanted).is_ok() {
                timeout = wanted;
            }
            match port.read(&mut buffer) {
                // Some drivers report an unplugged device as an endless row of empty reads.
                Ok(0) => break,
                Ok(length) => {
                    framer.push(&buffer[..length], outlet.now()).into_iter().for_each(|frame| outlet.put(frame));
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    framer.flush_idle(outlet.now()).into_iter().for_each(|frame| outlet.put(frame));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::info!(source = %self.source_id, %error, "scanner gone");
                    break;
                }
            }
            alive = true;
        }
        alive
    }

    /// Shorter than usual while a frame waits for silence, so that a scanner without a suffix is not slow.
    fn read_timeout(&self, framer: &Framer, now: Duration) -> Duration {
        let usual = self.settings.read_timeout;
        framer.deadline().map_or(usual, |due| due.saturating_sub(now).max(SHORTEST_READ).min(usual))
    }

    fn wait_to_reopen(&self, failures: u32, outlet: &ScanOutlet) {
        let was_there = self.node_exists();
        let until = outlet.now() + self.settings.backoff.after(failures);
        loop {
            let left = until.saturating_sub(outlet.now());
            if left.is_zero() || outlet.wait(left.min(NODE_POLL)) || (!was_there && self.node_exists()) {
                return;
            }
        }
    }
}

impl ScanSource for SerialSource {
    fn source_id(&self) -> &SourceId {
        &self.source_id
    }

    fn run(self: Box<Self>, outlet: &ScanOutlet) {
        let mut failures = 0;
        let mut ever_open = false;
        while !outlet.is_stopped() {
            match self.open() {
                Ok(mut port) => {
                    ever_open = true;
                    outlet.link(Link::Connected);
                    let mut framer = Framer::new(self.source_id.clone(), self.settings.framing.clone());
                    let alive = self.listen(port.as_mut(), &mut framer, outlet);
                    // The dead handle goes before anything else, or the port could not be opened again.
                    drop(port);
                    framer.disconnect().into_iter().for_each(|frame| outlet.put(frame));
                    // A port that opens and dies at once keeps its back-off.
                    failures = if alive { 1 } else { failures + 1 };
                    outlet.link(Link::Reconnecting { attempt: failures });
                }
                Err(error) => {
                    failures += 1;
                    outlet.link(why_closed(&error, self.node_exists(), ever_open, failures));
                }
            }
            self.wait_to_reopen(failures, outlet);
        }
    }
}

/// What a failure to open means to the person at the workstation.
fn why_closed(error: &serialport::Error, node_exists: bool, ever_open: bool, attempt: u32) -> Link {
    match error.kind() {
        serialport::ErrorKind::Io(ErrorKind::PermissionDenied) => Link::Permission,
        serialport::ErrorKind::NoDevice if node_exists => Link::Busy,
        _ if ever_open => Link::Reconnecting { attempt },
        _ => Link::NeverSeen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_its_ceiling() {
        let waits: Vec<u128> = (1..=7).map(|failures| Backoff::default().after(failures).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 5000, 5000], "0.25 s doubling, and never above 5 s");
        assert_eq!(Backoff::default().after(u32::MAX).as_secs(), 5, "years of absence must not overflow");
    }

    #[test]
    fn the_reason_a_port_is_closed_is_told_apart_for_the_person_at_the_bench() {
        let error = |kind| serialport::Error::new(kind, "as the driver words it");
        let denied = serialport::ErrorKind::Io(ErrorKind::PermissionDenied);
        let missing = serialport::ErrorKind::Io(ErrorKind::NotFound);
        for (kind, node_exists, ever_open, expected) in [
            (denied, true, true, Link::Permission),
            (serialport::ErrorKind::NoDevice, true, false, Link::Busy),
            (serialport::ErrorKind::NoDevice, false, true, Link::Reconnecting { attempt: 3 }),
            (missing, false, true, Link::Reconnecting { attempt: 3 }),
            (missing, false, false, Link::NeverSeen),
        ] {
            let link = why_closed(&error(kind), node_exists, ever_open, 3);
            assert_eq!(link, expected, "{kind:?}, node there: {node_exists}, was open: {ever_open}");
        }
    }
}
