//! The serial source against a simulated scanner on a pseudo terminal: bursts, torn cables, ports that are taken.

#![cfg(unix)]

use std::path::Path;
use std::time::{Duration, Instant};

use cordwainer_devices::scanner::{
    Backoff, Health, Link, RawFrame, ScanReject, ScannerHandle, SerialSettings, SerialSource, SourceId, decode, start,
};
use cordwainer_devices::serial::{LineSettings, PortFinder, PortName};
use cordwainer_devices::simulator::{ScannerSimulator, Suffix, Typing};
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

/// Far longer than anything here takes; reached only when something is lost.
const PATIENCE: Duration = Duration::from_secs(30);

struct Rig {
    /// Holds the scanner's path.
    _folder: TempDir,
    scanner: ScannerSimulator,
    handle: ScannerHandle,
    frames: Receiver<RawFrame>,
    origin: Instant,
}

impl Rig {
    fn set_up(typing: Typing, queue: usize) -> Self {
        let folder = TempDir::new().expect("a folder");
        let scanner = ScannerSimulator::plug_in(folder.path().join("scanner"), typing).expect("a pseudo terminal");
        let origin = Instant::now();
        let (handle, frames) = listen(scanner.path(), queue, origin);
        Self { _folder: folder, scanner, handle, frames, origin }
    }

    async fn next(&mut self) -> RawFrame {
        timeout(PATIENCE, self.frames.recv()).await.expect("a frame was lost").expect("the source runs")
    }

    async fn next_text(&mut self) -> String {
        decode(&self.next().await).expect("a whole scan").text
    }

    async fn until(&self, link: impl Fn(Link) -> bool) -> Health {
        until(&self.handle, link).await
    }
}

fn listen(path: &Path, queue: usize, origin: Instant) -> (ScannerHandle, Receiver<RawFrame>) {
    let port = PortFinder::new(PortName::Path(path.to_str().expect("a plain path").to_owned()));
    listen_to(port, queue, origin)
}

fn listen_to(port: PortFinder, queue: usize, origin: Instant) -> (ScannerHandle, Receiver<RawFrame>) {
    let mut settings = SerialSettings::new(port.name().clone(), LineSettings::default());
    settings.port = port;
    settings.backoff = Backoff { first: Duration::from_millis(20), ceiling: Duration::from_millis(200) };
    let (sender, frames) = channel(queue);
    let source = SerialSource::new(SourceId::new("rig"), settings);
    (start(Box::new(source), sender, origin).expect("a thread"), frames)
}

async fn until(handle: &ScannerHandle, link: impl Fn(Link) -> bool) -> Health {
    let mut health = handle.health();
    let reached = timeout(PATIENCE, health.wait_for(|health| link(health.link))).await;
    *reached.expect("the link never came to that").expect("the source runs")
}

fn is_reconnecting(link: Link) -> bool {
    matches!(link, Link::Reconnecting { .. })
}

fn codes(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|n| format!("W{n:07}X")).collect()
}

#[tokio::test]
async fn a_burst_of_500_scans_in_random_pieces_loses_none() {
    for suffix in [Suffix::Cr, Suffix::Crlf, Suffix::StxEtx] {
        let mut rig = Rig::set_up(Typing { suffix, longest_piece: 7, ..Typing::default() }, 1024);
        let sent = codes(0..500);
        rig.scanner.burst(&sent).expect("typed");
        let mut got = Vec::new();
        for _ in &sent {
            got.push(rig.next_text().await);
        }
        assert_eq!(got, sent, "ten fast scans that become five are the most common complaint of all ({suffix:?})");
    }
}

#[tokio::test]
async fn a_full_queue_delays_scans_and_loses_none() {
    let mut rig = Rig::set_up(Typing::default(), 1);
    let sent = codes(0..50);
    rig.scanner.burst(&sent).expect("typed");
    let mut got = Vec::new();
    for _ in &sent {
        got.push(rig.next_text().await);
    }
    assert_eq!(got, sent, "a slow screen must not cost a scan");
}

#[tokio::test]
async fn a_scan_is_stamped_with_the_instant_it_was_read() {
    let mut rig = Rig::set_up(Typing::default(), 8);
    rig.until(|link| link == Link::Connected).await;
    let before = rig.origin.elapsed();
    rig.scanner.scan("]C0W0000001X").expect("typed");
    let frame = rig.next().await;
    let after = rig.origin.elapsed();
    assert!(before <= frame.t_first && frame.t_first <= frame.t_last && frame.t_last <= after, "read between the two");
    let scan = decode(&frame).expect("a whole scan");
    assert_eq!((scan.text.as_str(), scan.aim.map(String::from).as_deref()), ("W0000001X", Some("]C0")), "id taken off");
    let health = *rig.handle.health().borrow();
    assert_eq!(health.last_good_scan, Some(frame.t_last), "the status page can say when it was last heard");
}

#[tokio::test]
async fn a_scanner_without_a_suffix_is_heard_too() {
    let mut rig = Rig::set_up(Typing { suffix: Suffix::None, ..Typing::default() }, 8);
    rig.scanner.scan("W0000001X").expect("typed");
    assert_eq!(rig.next_text().await, "W0000001X", "ended by silence");
}

#[tokio::test]
async fn a_scan_cut_by_an_unplug_is_reported_and_the_next_after_the_replug_is_whole() {
    let mut rig = Rig::set_up(Typing::default(), 8);
    rig.scanner.scan("W0000001X").expect("typed");
    assert_eq!(rig.next_text().await, "W0000001X", "before the unplug");
    rig.scanner.write(b"W00000").expect("typed");
    rig.scanner.unplug();
    rig.until(is_reconnecting).await;
    let cut = rig.next().await;
    assert_eq!(decode(&cut), Err(ScanReject::Partial), "half a code is shown as refused, never as a code");
    rig.scanner.replug().expect("a fresh pseudo terminal");
    rig.scanner.scan("W0000002X").expect("typed");
    assert_eq!(rig.next_text().await, "W0000002X", "nothing of the cut scan is in front of it");
    rig.until(|link| link == Link::Connected).await;
}

#[tokio::test]
async fn two_thousand_scans_through_twenty_unplugs_arrive_once_and_in_order() {
    let mut rig = Rig::set_up(Typing { longest_piece: 5, ..Typing::default() }, 64);
    for round in 0..20 {
        rig.until(|link| link == Link::Connected).await;
        let sent = codes(round * 100..(round + 1) * 100);
        rig.scanner.burst(&sent).expect("typed");
        for code in &sent {
            assert_eq!(&rig.next_text().await, code, "in round {round}");
        }
        rig.scanner.unplug();
        rig.until(is_reconnecting).await;
        rig.scanner.replug().expect("a fresh pseudo terminal");
    }
    assert!(rig.frames.is_empty(), "nothing came twice");
}

#[tokio::test]
async fn a_dead_port_is_tried_with_growing_waits_and_never_in_a_spin() {
    let mut rig = Rig::set_up(Typing::default(), 8);
    rig.until(|link| link == Link::Connected).await;
    let unplugged = Instant::now();
    rig.scanner.unplug();
    rig.until(|link| matches!(link, Link::Reconnecting { attempt } if attempt >= 4)).await;
    let waited = unplugged.elapsed();
    assert!(waited >= Duration::from_millis(20 + 40 + 80), "four failures must be three waits apart, not {waited:?}");
}

#[tokio::test]
async fn a_scanner_that_comes_late_is_found_without_a_restart() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("scanner");
    let (handle, mut frames) = listen(&path, 8, Instant::now());
    assert_eq!(handle.health().borrow().link, Link::NeverSeen, "it is not there yet");
    let mut scanner = ScannerSimulator::plug_in(&path, Typing::default()).expect("a pseudo terminal");
    until(&handle, |link| link == Link::Connected).await;
    scanner.scan("W0000001X").expect("typed");
    let frame = timeout(PATIENCE, frames.recv()).await.expect("heard").expect("the source runs");
    assert_eq!(frame.bytes, b"W0000001X", "the first scan after plugging in counts");
}

#[tokio::test]
async fn a_port_that_another_program_holds_is_told_from_one_that_is_gone() {
    let folder = TempDir::new().expect("a folder");
    let scanner =
        ScannerSimulator::plug_in(folder.path().join("scanner"), Typing::default()).expect("a pseudo terminal");
    let path = scanner.path().to_str().expect("a plain path");
    let other_program = serialport::new(path, 9600).open().expect("free so far");
    let (handle, _frames) = listen(scanner.path(), 8, Instant::now());
    until(&handle, |link| link == Link::Busy).await;
    drop(other_program);
    until(&handle, |link| link == Link::Connected).await;
}

#[tokio::test]
async fn a_scanner_that_is_let_go_can_be_taken_again_at_once() {
    let rig = Rig::set_up(Typing::default(), 8);
    rig.until(|link| link == Link::Connected).await;
    assert_eq!(rig.handle.source_id().as_str(), "rig", "it answers to its name");
    drop(rig.handle);
    let (handle, _frames) = listen(rig.scanner.path(), 8, rig.origin);
    let health = until(&handle, |link| link != Link::NeverSeen).await;
    assert_eq!(health.link, Link::Connected, "the first look must find the port free");
}

#[tokio::test]
async fn what_wrong_parity_spoils_is_refused_with_its_reason() {
    let mut rig = Rig::set_up(Typing::default(), 8);
    let spoilt = rig.scanner.typing.garbled("W0000001X");
    rig.scanner.write(&spoilt).expect("typed");
    assert_eq!(decode(&rig.next().await), Err(ScanReject::Encoding), "never repaired");
    rig.scanner.scan("W0000001X").expect("typed");
    assert_eq!(rig.next_text().await, "W0000001X", "and the next scan is untouched");
}
