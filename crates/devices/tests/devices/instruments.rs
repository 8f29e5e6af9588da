//! A balance and a calliper on a serial port: framed like a scan, read as a measurement.

#![cfg(unix)]

use std::time::{Duration, Instant};

use cordwainer_devices::instrument::{InstrumentReject, Stability, Unit, read_measurement};
use cordwainer_devices::scanner::{RawFrame, ScannerAddress, SourceId, start};
use cordwainer_devices::simulator::{ScannerSimulator, Suffix, Typing};
use tempfile::TempDir;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::time::timeout;

/// Far longer than anything here takes; reached only when something is lost.
const PATIENCE: Duration = Duration::from_secs(30);

async fn line(frames: &mut Receiver<RawFrame>) -> RawFrame {
    timeout(PATIENCE, frames.recv()).await.expect("a line was lost").expect("the source runs")
}

#[tokio::test]
async fn instruments_are_heard_through_a_serial_port_whatever_ends_their_lines() {
    let folder = TempDir::new().expect("a folder");
    for (name, suffix, sent, value, unit, stability) in [
        ("balance", Suffix::Crlf, "ST,GS,+  1.230kg", "1.230", Some(Unit::Kilogram), Stability::Stable),
        ("framed", Suffix::StxEtx, "US,NT,-  0.250kg", "-0.250", Some(Unit::Kilogram), Stability::Moving),
        ("calliper", Suffix::Cr, "01A+00012.34", "12.34", None, Stability::NotSaid),
        ("gauge", Suffix::None, "+0002.10 mm", "2.10", Some(Unit::Millimetre), Stability::NotSaid),
    ] {
        let typing = Typing { suffix, longest_piece: 3, ..Typing::default() };
        let mut instrument = ScannerSimulator::plug_in(folder.path().join(name), typing).expect("a pseudo terminal");
        let (sender, mut frames) = channel(8);
        let address: ScannerAddress =
            format!("serial:{}@2400,7E1", instrument.path().display()).parse().expect("an address");
        let _handle = start(address.source(SourceId::new(name)), sender, Instant::now()).expect("a thread");
        instrument.scan(sent).expect("sent");
        let frame = line(&mut frames).await;
        assert!(frame.is_whole(), "{name}: {frame:?}");
        let read = read_measurement(&frame.bytes).expect(name);
        assert_eq!((read.value.as_str(), read.unit, read.stability), (value, unit, stability), "{name}");

        instrument.typing.suffix = Suffix::Cr;
        let spoilt = instrument.typing.garbled(sent);
        instrument.write(&spoilt).expect("sent");
        let reject = read_measurement(&line(&mut frames).await.bytes);
        assert_eq!(reject, Err(InstrumentReject::NotText), "wrong parity gives no number at all ({name})");
    }
}
