//! A scanner made of a recording: bytes with the moments at which they arrived. For tests and for replaying a fault.

use std::time::Duration;

use super::framer::{Framer, FramingRules, SourceId};
use super::source::{Link, ScanOutlet, ScanSource};

/// Bytes that arrived together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keystrokes {
    /// When, on the recording's own scale.
    pub at: Duration,
    /// What.
    pub bytes: Vec<u8>,
}

/// Plays a recording as fast as it can. The frames carry the recorded times, and silence is taken from them too, so a
/// replay gives the same frames on every machine.
#[derive(Debug)]
pub struct ReplaySource {
    source_id: SourceId,
    rules: FramingRules,
    recording: Vec<Keystrokes>,
}

impl ReplaySource {
    /// A source that plays `recording`, which must be in order of time.
    pub fn new(source_id: SourceId, rules: FramingRules, recording: Vec<Keystrokes>) -> Self {
        Self { source_id, rules, recording }
    }
}

impl ScanSource for ReplaySource {
    fn source_id(&self) -> &SourceId {
        &self.source_id
    }

    fn run(self: Box<Self>, outlet: &ScanOutlet) {
        outlet.link(Link::Connected);
        let mut framer = Framer::new(self.source_id, self.rules);
        for Keystrokes { at, bytes } in self.recording {
            let silent = framer.flush_idle(at);
            for frame in silent.into_iter().chain(framer.push(&bytes, at)) {
                outlet.put(frame);
            }
            if outlet.is_stopped() {
                return;
            }
        }
        framer.disconnect().into_iter().for_each(|frame| outlet.put(frame));
        outlet.link(Link::Reconnecting { attempt: 0 });
    }
}
