//! Reading a line that may die and come back: the one loop that serial ports and sockets share.
//!
//! After an unplug every read of the dead handle fails at once, so a loop without a wait burns a core; and the dead handle
//! must be dropped before the port is opened again. Both were measured on `serialport` 4.10.

use std::io::{self, ErrorKind};
use std::time::Duration;

use super::framer::{Framer, FramingRules, SourceId};
use super::source::{Link, ScanOutlet};

/// The shortest read timeout that is ever set, so that a deadline in the past cannot make the loop spin.
const SHORTEST_READ: Duration = Duration::from_millis(5);
/// More than a scanner sends between two reads at any speed; what does not fit comes with the next read.
const READ_BUFFER_BYTES: usize = 4096;

/// The waits between attempts to open: doubling from the first to the ceiling.
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

/// An open way to a device.
pub(super) trait Line {
    /// Waits for bytes, at most as long as the timeout. Nothing in time is [`ErrorKind::TimedOut`]; any other error, and an
    /// empty read, means that the device is gone.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Sets how long a read may wait.
    fn set_timeout(&mut self, timeout: Duration) -> io::Result<()>;
}

/// Why a device could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    Gone,
    Permission,
    Busy,
    Ambiguous,
}

/// What opens the way to one device, again and again.
pub(super) trait Door {
    fn open(&self, timeout: Duration) -> Result<Box<dyn Line>, Closed>;

    /// Whether the device can be seen without opening it.
    fn is_there(&self) -> bool;

    /// How often [`Door::is_there`] may be asked while the device is away.
    fn look_every(&self) -> Duration;
}

/// How one device is read, whatever it hangs on.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) source_id: SourceId,
    pub(super) framing: FramingRules,
    pub(super) read_timeout: Duration,
    pub(super) backoff: Backoff,
}

impl Reader {
    /// Reads until the stop, through unplug and replug.
    pub(super) fn run(&self, door: &dyn Door, outlet: &ScanOutlet) {
        let mut failures = 0;
        let mut ever_open = false;
        while !outlet.is_stopped() {
            match door.open(self.read_timeout) {
                Ok(mut line) => {
                    ever_open = true;
                    outlet.link(Link::Connected);
                    let mut framer = Framer::new(self.source_id.clone(), self.framing.clone());
                    let alive = self.listen(line.as_mut(), &mut framer, outlet);
                    // The dead handle goes before anything else, or the port could not be opened again.
                    drop(line);
                    framer.disconnect().into_iter().for_each(|frame| outlet.put(frame));
                    // A port that opens and dies at once keeps its back-off.
                    failures = if alive { 1 } else { failures + 1 };
                    outlet.link(Link::Reconnecting { attempt: failures });
                }
                Err(closed) => {
                    failures += 1;
                    outlet.link(link_of(closed, ever_open, failures));
                }
            }
            self.wait_to_reopen(door, failures, outlet);
        }
    }

    /// Reads until the line dies or the stop. Says whether it ever showed that it was alive.
    fn listen(&self, line: &mut dyn Line, framer: &mut Framer, outlet: &ScanOutlet) -> bool {
        let mut buffer = [0; READ_BUFFER_BYTES];
        let mut timeout = self.read_timeout;
        let mut alive = false;
        while !outlet.is_stopped() {
            let wanted = self.next_timeout(framer, outlet.now());
            if wanted != timeout && line.set_timeout(wanted).is_ok() {
                timeout = wanted;
            }
            match line.read(&mut buffer) {
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
                    tracing::info!(source = %self.source_id, %error, "device gone");
                    break;
                }
            }
            alive = true;
        }
        alive
    }

    /// Shorter than usual while a frame waits for silence, so that a scanner without a suffix is not slow.
    fn next_timeout(&self, framer: &Framer, now: Duration) -> Duration {
        let usual = self.read_timeout;
        framer.deadline().map_or(usual, |due| due.saturating_sub(now).max(SHORTEST_READ).min(usual))
    }

    /// Waits the back-off out, or until the device is seen to come: a replug must not wait for the whole of it.
    fn wait_to_reopen(&self, door: &dyn Door, failures: u32, outlet: &ScanOutlet) {
        let until = outlet.now() + self.backoff.after(failures);
        let mut was_there = door.is_there();
        loop {
            let left = until.saturating_sub(outlet.now());
            if left.is_zero() || outlet.wait(left.min(door.look_every())) {
                return;
            }
            let is_there = door.is_there();
            if is_there && !was_there {
                return;
            }
            was_there = is_there;
        }
    }
}

/// What a closed door means to the person at the workstation.
fn link_of(closed: Closed, ever_open: bool, attempt: u32) -> Link {
    match closed {
        Closed::Permission => Link::Permission,
        Closed::Busy => Link::Busy,
        Closed::Ambiguous => Link::Ambiguous,
        Closed::Gone if ever_open => Link::Reconnecting { attempt },
        Closed::Gone => Link::NeverSeen,
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
    fn a_closed_door_is_told_to_the_person_at_the_bench() {
        for (closed, ever_open, expected) in [
            (Closed::Permission, true, Link::Permission),
            (Closed::Busy, false, Link::Busy),
            (Closed::Ambiguous, true, Link::Ambiguous),
            (Closed::Gone, true, Link::Reconnecting { attempt: 3 }),
            (Closed::Gone, false, Link::NeverSeen),
        ] {
            assert_eq!(link_of(closed, ever_open, 3), expected, "{closed:?}, was open: {ever_open}");
        }
    }
}
