//! A scanner's byte stream, cut wherever the cable likes.

use std::time::Duration;

use cordwainer_devices::scanner::{Framer, FramingRules, RawFrame, SourceId, decode};

/// Bytes are handed over in pieces whose lengths and pauses the input chooses. No frame is longer than allowed, none holds
/// bytes that were not sent, and what is shown or read holds no control character.
pub fn scan_framing(input: &[u8]) {
    let Some((habits, bytes)) = input.split_first() else { return };
    let rules = FramingRules { tab_ends: habits & 1 == 0, ..FramingRules::default() };
    let mut framer = Framer::new(SourceId::new("fuzzed"), rules.clone());
    let mut frames: Vec<RawFrame> = Vec::new();
    let (mut rest, mut now) = (bytes, Duration::ZERO);
    while !rest.is_empty() {
        let length = usize::from(rest[0] % 17).clamp(1, rest.len());
        let (piece, behind) = rest.split_at(length);
        now += Duration::from_millis(u64::from(rest[0]) * 3);
        frames.extend(framer.flush_idle(now));
        frames.extend(framer.push(piece, now));
        rest = behind;
    }
    frames.extend(framer.disconnect());
    let framed: usize = frames.iter().map(|frame| frame.bytes.len()).sum();
    assert!(framed <= bytes.len(), "frames hold no byte that was not sent");
    for frame in &frames {
        assert!(frame.bytes.len() <= rules.max_bytes, "a frame of {} bytes", frame.bytes.len());
        assert!(!frame.shown().chars().any(char::is_control), "what a person is shown moves no cursor");
        if let Ok(text) = decode(frame) {
            assert!(frame.is_whole(), "half a scan is no text");
            assert!(!text.text.chars().any(|c| c.is_control() && c != '\u{1d}'), "a control key is no text");
        }
    }
}
