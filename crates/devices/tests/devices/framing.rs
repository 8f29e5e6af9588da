//! The framer, on tables of known streams and on random ones. Complaints 2 and 3: scans lost, merged, cut, or filled with
//! control characters.

use std::time::{Duration, Instant};

use cordwainer_devices::scanner::{
    Framer, Framing, FramingRules, Keystrokes, RawFrame, ReplaySource, ScanReject, SourceId, decode, start,
};
use proptest::collection::vec;
use proptest::prelude::*;

const NOW: Duration = Duration::from_secs(1);

fn framer() -> Framer {
    Framer::new(SourceId::new("rig"), FramingRules::default())
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn seen(frames: &[RawFrame]) -> Vec<(String, Framing)> {
    frames.iter().map(|frame| (frame.shown(), frame.framing)).collect()
}

fn expected(frames: &[(&str, Framing)]) -> Vec<(String, Framing)> {
    frames.iter().map(|&(text, framing)| (text.to_owned(), framing)).collect()
}

#[test]
fn every_usual_end_makes_exactly_one_frame() {
    use Framing::{Aborted, StxEtx, Terminator};
    for (stream, frames) in [
        (&b"A\rB\r"[..], &[("A", Terminator), ("B", Terminator)][..]),
        (b"A\nB\n", &[("A", Terminator), ("B", Terminator)]),
        (b"A\r\nB\r\n", &[("A", Terminator), ("B", Terminator)]),
        (b"A\tB\t", &[("A", Terminator), ("B", Terminator)]),
        (b"\r\n\r\n\t", &[]),
        (b"\x02A\x03\x02B\x03", &[("A", StxEtx), ("B", StxEtx)]),
        (b"\x02A\x03\r\n\x02B\x03\r\n", &[("A", StxEtx), ("B", StxEtx)]),
        (b"\x02A\r\nB\x03", &[("A␍␊B", StxEtx)]),
        (b"\x02\x03", &[]),
        (b"A\x02B\x03", &[("A", Aborted), ("B", StxEtx)]),
        (b"\x02A\x02B\x03", &[("A", Aborted), ("B", StxEtx)]),
        (b"A\x03B\r", &[("A", Aborted), ("B", Terminator)]),
    ] {
        assert_eq!(seen(&framer().push(stream, NOW)), expected(frames), "for the stream {stream:?}");
    }
}

#[test]
fn crlf_is_one_event_even_when_it_arrives_in_two_reads() {
    let mut framer = framer();
    assert_eq!(framer.push(b"A\r", ms(0)).len(), 1, "CR ends the scan at once, without waiting for LF");
    assert_eq!(framer.push(b"\n", ms(30)), [], "the LF that follows is no second scan");
}

#[test]
fn a_tab_is_data_where_the_rules_say_so() {
    let rules = FramingRules { tab_ends: false, ..FramingRules::default() };
    let frames = Framer::new(SourceId::new("rig"), rules).push(b"A\tB\r", NOW);
    assert_eq!(seen(&frames), expected(&[("A␉B", Framing::Terminator)]), "one code with a tab in it");
}

#[test]
fn an_oversize_scan_is_reported_once_and_the_next_one_is_whole() {
    use Framing::{Oversize, StxEtx, Terminator};
    let rules = FramingRules { max_bytes: 4, ..FramingRules::default() };
    for (stream, frames) in [
        (&b"ABCD\rW1\r"[..], &[("ABCD", Terminator), ("W1", Terminator)][..]),
        (b"ABCDE\rW1\r", &[("ABCD", Oversize), ("W1", Terminator)]),
        (b"ABCDEFGHIJKLMNOP\r\nW1\r\n", &[("ABCD", Oversize), ("W1", Terminator)]),
        (b"\x02ABCDE\rFGH\x03\x02W1\x03", &[("ABCD", Oversize), ("W1", StxEtx)]),
        (b"\x02ABCDEFGH\x02W1\x03", &[("ABCD", Oversize), ("W1", StxEtx)]),
    ] {
        let mut framer = Framer::new(SourceId::new("rig"), rules.clone());
        assert_eq!(seen(&framer.push(stream, NOW)), expected(frames), "for the stream {stream:?}");
    }
}

#[test]
fn an_oversize_scan_without_an_end_is_reported_at_once_and_ends_with_silence() {
    let mut framer = framer();
    let noise = [b'U'; 3000];
    assert_eq!(framer.push(&noise, ms(0)).len(), 1, "a line of noise must be seen without waiting for its end");
    assert_eq!(framer.push(&noise, ms(50)), [], "and only once");
    assert_eq!(framer.flush_idle(ms(150)), None, "silence ends it without a further report");
    let next = framer.push(b"W1\r", ms(160));
    assert_eq!(seen(&next), expected(&[("W1", Framing::Terminator)]), "the next scan is untouched");
}

#[test]
fn a_scanner_without_a_suffix_is_ended_by_silence() {
    let mut framer = framer();
    assert_eq!(framer.push(b"W1", ms(0)), [], "not over yet");
    assert_eq!(framer.flush_idle(ms(99)), None, "gaps of 56 ms happen inside a code");
    assert_eq!(framer.deadline(), Some(ms(100)), "the reader knows when to look again");
    let frame = framer.flush_idle(ms(100)).expect("silent for long enough");
    assert_eq!((frame.shown().as_str(), frame.framing), ("W1", Framing::Idle), "silence was its end");
    assert_eq!(
        (frame.t_first, frame.t_last),
        (ms(0), ms(0)),
        "the scan is the instant of its bytes, not of the silence"
    );
    assert_eq!(framer.deadline(), None, "nothing is waiting");
}

#[test]
fn a_scanner_that_sends_a_suffix_is_never_cut_by_a_short_silence() {
    let mut framer = framer();
    assert_eq!(framer.push(b"W1\rW", ms(0)).len(), 1, "the suffix is learned here");
    assert_eq!(framer.flush_idle(ms(300)), None, "a slow line must not cut the code in two");
    let frames = framer.push(b"2\r", ms(301));
    assert_eq!(seen(&frames), expected(&[("W2", Framing::Terminator)]), "the code stayed whole");
}

#[test]
fn a_frame_that_never_ends_is_given_up_and_the_suffix_is_learned_anew() {
    let mut framer = framer();
    framer.push(b"W1\rW", ms(0));
    let given_up = framer.flush_idle(ms(500)).expect("silent for too long");
    assert_eq!(decode(&given_up), Err(ScanReject::Partial), "a scan without its end is refused");
    framer.push(b"W3", ms(600));
    let frame = framer.flush_idle(ms(700)).expect("ended by silence");
    assert_eq!(frame.framing, Framing::Idle, "perhaps it sends no suffix: it must not stay deaf");
}

#[test]
fn late_bytes_are_joined_because_they_may_have_waited_in_the_system() {
    let mut framer = framer();
    framer.push(b"W0000", ms(0));
    let frames = framer.push(b"001X\r", ms(4000));
    assert_eq!(seen(&frames), expected(&[("W0000001X", Framing::Terminator)]), "a stalled reader must not cut a scan");
    assert_eq!((frames[0].t_first, frames[0].t_last), (ms(0), ms(4000)), "both instants are told");
}

#[test]
fn a_cut_off_scan_is_reported_and_never_becomes_part_of_the_next() {
    let mut framer = framer();
    framer.push(b"W00", NOW);
    let aborted = framer.disconnect().expect("something was unfinished");
    assert_eq!(decode(&aborted), Err(ScanReject::Partial), "half a code is no code");
    assert_eq!(framer.disconnect(), None, "reported once");
    assert_eq!(seen(&framer.push(b"W1\r", NOW)), expected(&[("W1", Framing::Terminator)]), "nothing is left of it");
}

/// The bytes that may stand inside a frame of each style.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let content = any::<u8>().prop_filter("framing characters", |b| !matches!(b, 0x02 | 0x03 | b'\t' | b'\n' | b'\r'));
    vec(content, 1..60)
}

fn style() -> impl Strategy<Value = (&'static [u8], &'static [u8])> {
    prop_oneof![
        Just((&b""[..], &b"\r"[..])),
        Just((&b""[..], &b"\n"[..])),
        Just((&b""[..], &b"\r\n"[..])),
        Just((&b""[..], &b"\t"[..])),
        Just((&b"\x02"[..], &b"\x03"[..])),
        Just((&b"\x02"[..], &b"\x03\r\n"[..])),
    ]
}

/// Pushes a stream in pieces of the given lengths, over and over, a millisecond apart.
fn push_in_pieces(framer: &mut Framer, stream: &[u8], lengths: &[usize]) -> Vec<RawFrame> {
    let mut frames = Vec::new();
    let mut rest = stream;
    for (tick, length) in lengths.iter().cycle().enumerate() {
        if rest.is_empty() {
            break;
        }
        let (piece, left) = rest.split_at((*length).min(rest.len()));
        frames.extend(framer.push(piece, ms(tick as u64)));
        rest = left;
    }
    frames
}

proptest! {
    #[test]
    fn frames_out_are_frames_in_however_the_bytes_are_cut(
        payloads in vec(payload(), 0..40),
        (before, after) in style(),
        lengths in vec(1_usize..40, 1..20),
    ) {
        let stream: Vec<u8> = payloads.iter().flat_map(|text| [before, text, after].concat()).collect();
        let frames = push_in_pieces(&mut framer(), &stream, &lengths);
        prop_assert!(frames.iter().all(RawFrame::is_whole), "nothing was cut");
        prop_assert!(frames.iter().all(|frame| frame.t_first <= frame.t_last), "time runs forward in a frame");
        let bytes: Vec<Vec<u8>> = frames.into_iter().map(|frame| frame.bytes).collect();
        prop_assert_eq!(bytes, payloads, "none lost, none merged, none altered, in order");
    }

    #[test]
    fn rubbish_is_cut_the_same_however_it_arrives(
        stream in vec(prop_oneof![3 => any::<u8>(), 1 => Just(b'\r'), 1 => Just(2_u8), 1 => Just(3_u8)], 0..2000),
        lengths in vec(1_usize..50, 1..20),
    ) {
        let rules = FramingRules { max_bytes: 16, ..FramingRules::default() };
        let mut whole = Framer::new(SourceId::new("rig"), rules.clone());
        let mut cut = Framer::new(SourceId::new("rig"), rules);
        let mut at_once = whole.push(&stream, NOW);
        let mut in_pieces = push_in_pieces(&mut cut, &stream, &lengths);
        at_once.extend(whole.disconnect());
        in_pieces.extend(cut.disconnect());
        prop_assert_eq!(seen(&at_once), seen(&in_pieces), "only the bytes may decide where a frame ends");
        prop_assert!(at_once.iter().all(|frame| (1..=16).contains(&frame.bytes.len())), "no frame is empty or too long");
        // Whatever it was, reading it must give a text or a reason.
        at_once.iter().for_each(|frame| drop(decode(frame)));
    }
}

#[test]
fn a_recording_gives_the_same_frames_and_times_on_every_machine() {
    let recording = [(0, &b"W1"[..]), (120, b"W2\r"), (130, b"W"), (140, b"3\rW4")]
        .map(|(at, bytes)| Keystrokes { at: ms(at), bytes: bytes.to_vec() });
    let source = ReplaySource::new(SourceId::new("tape"), FramingRules::default(), recording.to_vec());
    let (frames, mut received) = tokio::sync::mpsc::channel(8);
    let handle = start(Box::new(source), frames, Instant::now()).expect("a thread");
    let mut played = Vec::new();
    while let Some(frame) = received.blocking_recv() {
        played.push((frame.shown(), frame.framing, frame.t_last));
    }
    drop(handle);
    let expected = [
        ("W1", Framing::Idle, 0),
        ("W2", Framing::Terminator, 120),
        ("W3", Framing::Terminator, 140),
        ("W4", Framing::Aborted, 140),
    ];
    assert_eq!(played, expected.map(|(text, framing, at)| (text.to_owned(), framing, ms(at))), "as it was recorded");
}
