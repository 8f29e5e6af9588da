//! Ten thousand scans in chunks and bursts, with the cable pulled a hundred times in the middle of one. Complaints 2 and 3.

#![cfg(unix)]

use std::time::{Duration, Instant};

use cordwainer_devices::scanner::{
    Backoff, Framing, FramingRules, Link, RawFrame, ScannerHandle, SerialSettings, SerialSource, SourceId, decode,
    start,
};
use cordwainer_devices::serial::{LineSettings, PortName};
use cordwainer_devices::simulator::{ScannerSimulator, Suffix, Typing};
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

const ROUNDS: usize = 100;
const SCANS_A_ROUND: usize = 100;
/// Far longer than anything here takes; reached only when something is lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// The same dice on every machine: xorshift64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("small")
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A code, sometimes with blanks, hanzi, or a bracket inside.
    fn text(&mut self) -> String {
        let inside: Vec<char> = ('!'..='~').chain("  鞋楦 265".chars()).collect();
        let ends: Vec<char> = ('0'..='9').chain('A'..='Z').collect();
        let middle: String = (0..self.below(40)).map(|_| self.pick(&inside)).collect();
        format!("{}{middle}{}", self.pick(&ends), self.pick(&ends))
    }
}

/// What a frame came to: a text, or the beginning of one that was torn.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Scan(String),
    Torn(Vec<u8>),
}

fn heard(frame: &RawFrame) -> Heard {
    match decode(frame) {
        Ok(scan) => Heard::Scan(scan.text),
        Err(_) if frame.framing == Framing::Aborted => Heard::Torn(frame.bytes.clone()),
        Err(reject) => panic!("{reject}: {}", frame.shown()),
    }
}

struct Storm {
    dice: Dice,
    scanner: ScannerSimulator,
    expected: Vec<Heard>,
}

impl Storm {
    /// Types some codes, in bursts whose pieces span codes.
    fn type_all(&mut self, texts: &[String]) {
        let mut rest = texts;
        while !rest.is_empty() {
            let (burst, left) = rest.split_at((1 + self.dice.below(12)).min(rest.len()));
            let typing = &mut self.scanner.typing;
            typing.suffix = self.dice.pick(&[Suffix::Cr, Suffix::Lf, Suffix::Crlf, Suffix::Tab, Suffix::StxEtx]);
            typing.prefix = self.dice.pick(&["", "]C0", "]d1", "]Q1"]).to_owned();
            typing.longest_piece = self.dice.pick(&[0, 1, 3, 7, 64]);
            self.scanner.burst(burst).expect("typed");
            self.expected.extend(burst.iter().cloned().map(Heard::Scan));
            rest = left;
        }
    }

    /// Types the beginning of a code, at least one character of it and never its end, and pulls the cable.
    fn tear(&mut self, text: &str) {
        let begun = text.as_bytes()[..1 + self.dice.below(text.len() - 1)].to_vec();
        self.scanner.typing.longest_piece = self.dice.pick(&[0, 1, 3]);
        self.scanner.write(&begun).expect("typed");
        self.scanner.unplug();
        self.expected.push(Heard::Torn(begun));
    }
}

fn listen(scanner: &ScannerSimulator) -> (ScannerHandle, Receiver<RawFrame>) {
    let path = scanner.path().to_str().expect("a plain path").to_owned();
    let mut settings = SerialSettings::new(PortName::Path(path), LineSettings::default());
    settings.backoff = Backoff { first: Duration::from_millis(20), ceiling: Duration::from_millis(200) };
    // This scanner always sends a suffix. On a machine that is busy enough, silence would end the torn codes first.
    settings.framing = FramingRules { idle_gap: PATIENCE, stale_after: PATIENCE, ..FramingRules::default() };
    let (sender, frames) = channel(2 * ROUNDS * SCANS_A_ROUND);
    let source = SerialSource::new(SourceId::new("storm"), settings);
    (start(Box::new(source), sender, Instant::now()).expect("a thread"), frames)
}

async fn until(handle: &ScannerHandle, link: impl Fn(Link) -> bool) {
    let mut health = handle.health();
    let reached = timeout(PATIENCE, health.wait_for(|health| link(health.link))).await;
    reached.expect("the link never came to that").expect("the source runs");
}

#[tokio::test]
async fn ten_thousand_random_scans_through_a_hundred_unplugs_are_neither_lost_nor_altered() {
    let folder = TempDir::new().expect("a folder");
    let scanner = ScannerSimulator::plug_in(folder.path().join("scanner"), Typing::default()).expect("a port");
    let (handle, mut frames) = listen(&scanner);
    let mut storm = Storm { dice: Dice(0x5eed), scanner, expected: Vec::new() };
    for _ in 0..ROUNDS {
        until(&handle, |link| link == Link::Connected).await;
        let texts: Vec<String> = (0..SCANS_A_ROUND).map(|_| storm.dice.text()).collect();
        let torn = storm.dice.below(SCANS_A_ROUND);
        storm.type_all(&texts[..torn]);
        storm.tear(&texts[torn]);
        until(&handle, |link| matches!(link, Link::Reconnecting { .. })).await;
        storm.scanner.replug().expect("a fresh pseudo terminal");
        until(&handle, |link| link == Link::Connected).await;
        // The worker scans the torn one again, and goes on.
        storm.type_all(&texts[torn..]);
    }
    storm.scanner.unplug();
    until(&handle, |link| matches!(link, Link::Reconnecting { .. })).await;
    for (number, expected) in storm.expected.iter().enumerate() {
        let frame = timeout(PATIENCE, frames.recv()).await.expect("a frame was lost").expect("the source runs");
        assert_eq!(&heard(&frame), expected, "frame {number}");
    }
    assert!(frames.try_recv().is_err(), "and nothing came twice");
    let scans = storm.expected.iter().filter(|heard| matches!(heard, Heard::Scan(_))).count();
    assert_eq!((scans, storm.expected.len()), (10_000, 10_100), "each scan once, each torn one reported");
}
