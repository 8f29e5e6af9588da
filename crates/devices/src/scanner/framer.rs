//! Cuts a scanner's byte stream into frames. Pure: bytes and times come in, frames go out, and there is no device here.
//!
//! Only [`Framer::flush_idle`] may end a frame by time, never [`Framer::push`]: bytes that arrive late may have waited in
//! the operating system while this thread slept, and cutting there would turn one scan into two wrong ones.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const TAB: u8 = b'\t';
const LF: u8 = b'\n';
const CR: u8 = b'\r';

/// The name by which a station knows one scanner. Cheap to clone, because every frame carries it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct SourceId(Arc<str>);

impl SourceId {
    /// Names a source.
    pub fn new(name: impl AsRef<str>) -> Self {
        Self(Arc::from(name.as_ref()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<SourceId> for String {
    fn from(id: SourceId) -> Self {
        id.0.to_string()
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a frame came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// CR, LF or TAB followed it.
    Terminator,
    /// It stood between STX and ETX.
    StxEtx,
    /// The line fell silent, and this scanner sends no suffix.
    Idle,
    /// It was cut off: the device went away, fell silent before its suffix, or began anew. Reported, never processed.
    Aborted,
    /// It was longer than allowed. The bytes are its beginning; the rest was thrown away.
    Oversize,
}

/// One scan as it came over the wire, without its prefix and suffix characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// The scanner it came from.
    pub source_id: SourceId,
    /// What was between the ends.
    pub bytes: Vec<u8>,
    /// When its first byte was read, since the station's origin.
    pub t_first: Duration,
    /// When its last byte, the suffix included, was read: the instant of the scan.
    pub t_last: Duration,
    /// How it ended.
    pub framing: Framing,
}

impl RawFrame {
    /// True for a frame that ended as a scan should, and false for one that is only reported.
    pub fn is_whole(&self) -> bool {
        matches!(self.framing, Framing::Terminator | Framing::StxEtx | Framing::Idle)
    }

    /// The bytes as a person may read them: control characters as their pictures, broken encoding as `�`.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.bytes).chars().map(pictured).collect()
    }
}

/// U+2400 onward are the pictures of the control characters, in the same order.
fn pictured(c: char) -> char {
    match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('�'),
        0x7f => '\u{2421}',
        0x80..0xa0 => '�',
        _ => c,
    }
}

/// The limits and habits of one scanner's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FramingRules {
    /// Whether TAB ends a frame as CR and LF do. Off for codes that carry tabs.
    pub tab_ends: bool,
    /// The longest frame that is accepted, in bytes.
    pub max_bytes: usize,
    /// How long a scanner without a suffix must be silent for its frame to be over.
    pub idle_gap: Duration,
    /// How long a scanner that does send a suffix may be silent inside a frame before the frame is given up. Longer than
    /// `idle_gap`: gaps of 56 ms were measured under load, and here waiting costs nothing.
    pub stale_after: Duration,
}

impl Default for FramingRules {
    fn default() -> Self {
        Self {
            tab_ends: true,
            max_bytes: 512,
            idle_gap: Duration::from_millis(100),
            stale_after: Duration::from_millis(500),
        }
    }
}

#[derive(Debug)]
struct Partial {
    bytes: Vec<u8>,
    t_first: Duration,
    t_last: Duration,
}

#[derive(Debug)]
enum State {
    Empty,
    /// Ends with CR, LF, TAB or silence.
    Plain(Partial),
    /// Ends with ETX only.
    Bracketed(Partial),
    /// An oversize frame was reported; its rest is thrown away up to its own end.
    Swallowing {
        bracketed: bool,
        t_last: Duration,
    },
}

/// Cuts one scanner's stream into frames.
#[derive(Debug)]
pub struct Framer {
    source_id: SourceId,
    rules: FramingRules,
    state: State,
    /// Learned from the device: once it has sent a suffix, silence no longer ends a frame.
    sends_suffix: bool,
}

impl Framer {
    /// A framer for one connection of one scanner.
    pub fn new(source_id: SourceId, rules: FramingRules) -> Self {
        Self { source_id, rules, state: State::Empty, sends_suffix: false }
    }

    /// Takes bytes that were read at `now` and gives every frame that ended in them.
    pub fn push(&mut self, bytes: &[u8], now: Duration) -> Vec<RawFrame> {
        bytes.iter().filter_map(|&byte| self.step(byte, now)).collect()
    }

    /// Call when a read found nothing. Ends, or gives up, what has been silent for too long.
    pub fn flush_idle(&mut self, now: Duration) -> Option<RawFrame> {
        if now < self.deadline()? {
            return None;
        }
        match self.take_state() {
            State::Plain(partial) if !self.sends_suffix => self.frame(partial, Framing::Idle),
            State::Plain(partial) | State::Bracketed(partial) => {
                // Perhaps it sends no suffix after all and the one seen was inside a code: learn again.
                self.sends_suffix = false;
                self.frame(partial, Framing::Aborted)
            }
            State::Empty | State::Swallowing { .. } => None,
        }
    }

    /// The instant at which [`Framer::flush_idle`] will have something to do, if nothing more arrives.
    pub fn deadline(&self) -> Option<Duration> {
        match &self.state {
            State::Empty => None,
            State::Plain(partial) if !self.sends_suffix => Some(partial.t_last + self.rules.idle_gap),
            State::Plain(partial) | State::Bracketed(partial) => Some(partial.t_last + self.rules.stale_after),
            State::Swallowing { t_last, .. } => Some(*t_last + self.rules.idle_gap),
        }
    }

    /// Call when the device went away. What was unfinished comes out as [`Framing::Aborted`].
    pub fn disconnect(&mut self) -> Option<RawFrame> {
        self.sends_suffix = false;
        match self.take_state() {
            State::Plain(partial) | State::Bracketed(partial) => self.frame(partial, Framing::Aborted),
            State::Empty | State::Swallowing { .. } => None,
        }
    }

    fn step(&mut self, byte: u8, now: Duration) -> Option<RawFrame> {
        match byte {
            STX => self.open_bracket(now),
            ETX => self.close_bracket(now),
            CR | LF => self.terminate(byte, now),
            TAB if self.rules.tab_ends => self.terminate(byte, now),
            _ => self.append(byte, now),
        }
    }

    /// STX always begins anew; whatever stood before it lost its end.
    fn open_bracket(&mut self, now: Duration) -> Option<RawFrame> {
        let opened = State::Bracketed(Partial { bytes: Vec::new(), t_first: now, t_last: now });
        match std::mem::replace(&mut self.state, opened) {
            State::Plain(partial) | State::Bracketed(partial) => self.frame(partial, Framing::Aborted),
            State::Empty | State::Swallowing { .. } => None,
        }
    }

    /// ETX without its STX means that the beginning was lost.
    fn close_bracket(&mut self, now: Duration) -> Option<RawFrame> {
        match self.take_state() {
            State::Bracketed(partial) => self.frame(Partial { t_last: now, ..partial }, Framing::StxEtx),
            State::Plain(partial) => self.frame(Partial { t_last: now, ..partial }, Framing::Aborted),
            State::Empty | State::Swallowing { .. } => None,
        }
    }

    /// A second terminator in a row ends an empty frame, which is nothing: so CRLF is one event.
    fn terminate(&mut self, byte: u8, now: Duration) -> Option<RawFrame> {
        match self.take_state() {
            State::Plain(partial) => {
                self.sends_suffix = true;
                self.frame(Partial { t_last: now, ..partial }, Framing::Terminator)
            }
            State::Empty | State::Swallowing { bracketed: false, .. } => None,
            State::Swallowing { bracketed: true, .. } => {
                self.state = State::Swallowing { bracketed: true, t_last: now };
                None
            }
            inside @ State::Bracketed(_) => {
                self.state = inside;
                self.append(byte, now)
            }
        }
    }

    fn append(&mut self, byte: u8, now: Duration) -> Option<RawFrame> {
        let (mut partial, bracketed) = match self.take_state() {
            State::Empty => (Partial { bytes: Vec::new(), t_first: now, t_last: now }, false),
            State::Plain(partial) => (partial, false),
            State::Bracketed(partial) => (partial, true),
            State::Swallowing { bracketed, .. } => {
                self.state = State::Swallowing { bracketed, t_last: now };
                return None;
            }
        };
        partial.t_last = now;
        if partial.bytes.len() >= self.rules.max_bytes {
            // Reported at once: a line of noise may never bring an end.
            self.state = State::Swallowing { bracketed, t_last: now };
            return self.frame(partial, Framing::Oversize);
        }
        partial.bytes.push(byte);
        self.state = if bracketed { State::Bracketed(partial) } else { State::Plain(partial) };
        None
    }

    fn take_state(&mut self) -> State {
        std::mem::replace(&mut self.state, State::Empty)
    }

    fn frame(&self, partial: Partial, framing: Framing) -> Option<RawFrame> {
        let Partial { bytes, t_first, t_last } = partial;
        (!bytes.is_empty()).then(|| RawFrame { source_id: self.source_id.clone(), bytes, t_first, t_last, framing })
    }
}
