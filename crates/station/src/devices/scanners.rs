//! Scanners: their frames become the engine's inputs in the order in which they were read, and their health is shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cordwainer_devices::AddressError;
use cordwainer_devices::scanner::{
    Health, Link, RawFrame, ScanReject, ScannerAddress, ScannerHandle, SourceId, decode, start,
};
use cordwainer_devices::serial::LineSettings;
use cordwainer_protocol::station::{DeviceHealth, ScannerSetting};
use cordwainer_protocol::{Message, MessageCode, Param};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::clock::Clock;
use crate::engine::{Input, Moment, Reading, StationHandle};

/// Scans that may wait for the engine; a device waits beyond it, and loses nothing.
const FRAMES: usize = 256;

/// Reads `serial:PORT[@BAUD]` as the set-up screen keeps it.
///
/// # Errors
/// What is wrong with the address, in words for whoever typed it.
pub fn scanner_setting(text: &str) -> Result<ScannerSetting, AddressError> {
    match text.parse()? {
        ScannerAddress::Serial { port, line } if line.is_plain() => {
            Ok(ScannerSetting { path: port.to_string(), baud: line.baud })
        }
        ScannerAddress::Serial { .. } | ScannerAddress::Tcp(_) => {
            Err(AddressError::UnknownKind(text.to_owned(), "serial:PORT[@BAUD]"))
        }
    }
}

/// The address of a scanner that the set-up screen keeps.
fn address(setting: &ScannerSetting) -> Result<ScannerAddress, AddressError> {
    Ok(ScannerAddress::Serial { port: setting.path.parse()?, line: LineSettings::plain(setting.baud) })
}

/// Every scanner of the station. Dropping it lets them go.
#[derive(Debug)]
pub struct Scanners {
    _handles: Vec<ScannerHandle>,
    watchers: Vec<AbortHandle>,
}

/// What a scanner says while it is let go must not be heard after its successor at the same port has spoken.
impl Drop for Scanners {
    fn drop(&mut self) {
        self.watchers.iter().for_each(AbortHandle::abort);
    }
}

impl Scanners {
    /// Opens the scanners. One that is not there yet is looked for until it comes.
    pub fn open(settings: &[ScannerSetting], engine: &StationHandle, clock: &Arc<dyn Clock>, runtime: &Handle) -> Self {
        let (frames, inbox) = mpsc::channel(FRAMES);
        let origin = Instant::now();
        let (mut handles, mut watchers) = (Vec::new(), Vec::new());
        for setting in settings {
            let address = match address(setting) {
                Ok(address) => address,
                Err(fault) => {
                    tracing::error!(%fault, path = setting.path, "no scanner can be at such a port");
                    continue;
                }
            };
            match start(address.source(SourceId::new(&setting.path)), frames.clone(), origin) {
                Ok(handle) => {
                    let (path, clock) = (setting.path.clone(), Arc::clone(clock));
                    let watching = watch_health(handle.health(), path, engine.clone(), origin, clock);
                    watchers.push(runtime.spawn(watching).abort_handle());
                    handles.push(handle);
                }
                Err(fault) => tracing::error!(%fault, path = setting.path, "no thread for a scanner"),
            }
        }
        runtime.spawn(pump(inbox, engine.clone(), Arc::clone(clock), origin));
        Self { _handles: handles, watchers }
    }
}

/// Ends when the last scanner has let go of its end.
async fn pump(mut frames: mpsc::Receiver<RawFrame>, engine: StationHandle, clock: Arc<dyn Clock>, origin: Instant) {
    while let Some(frame) = frames.recv().await {
        let at = moment(frame.t_last, origin, clock.as_ref());
        engine.tell(input(&frame, at)).await;
    }
}

/// What a frame means to the engine.
fn input(frame: &RawFrame, at: Moment) -> Input {
    let source = frame.source_id.to_string();
    match decode(frame) {
        Ok(scan) => Input::Scan(Reading { source, text: scan.text, aim: scan.aim.map(|aim| aim.to_string()), at }),
        Err(ScanReject::Empty) => Input::Scan(Reading { source, text: String::new(), aim: None, at }),
        Err(fault) => Input::Garbled { source, shown: frame.shown(), oversize: fault == ScanReject::Oversize, at },
    }
}

/// The wall and monotonic clocks at an instant since the scanners' origin.
fn moment(since_origin: Duration, origin: Instant, clock: &dyn Clock) -> Moment {
    let age = origin.elapsed().saturating_sub(since_origin);
    Moment::now(clock).earlier_by(i64::try_from(age.as_millis()).unwrap_or(0))
}

async fn watch_health(
    mut health: watch::Receiver<Health>,
    path: String,
    engine: StationHandle,
    origin: Instant,
    clock: Arc<dyn Clock>,
) {
    loop {
        let now = *health.borrow_and_update();
        let seen_ms = now.last_good_scan.map(|since| moment(since, origin, clock.as_ref()).wall_ms);
        engine.tell(Input::Device(shown(&path, now.link, seen_ms))).await;
        if health.changed().await.is_err() {
            return;
        }
    }
}

fn shown(path: &str, link: Link, seen_ms: Option<i64>) -> DeviceHealth {
    let code = match link {
        Link::Connected => None,
        Link::Reconnecting { .. } | Link::NeverSeen => Some(MessageCode::ScannerMissing),
        Link::Ambiguous => Some(MessageCode::ScannerAmbiguous),
        Link::Permission => Some(MessageCode::ScannerNoPermission),
        Link::Busy => Some(MessageCode::ScannerBusy),
    };
    DeviceHealth {
        kind: "scanner".to_owned(),
        name: path.to_owned(),
        ok: code.is_none(),
        message: code.map(|code| Message::new(code).with("path", Param::Text(path.to_owned()))),
        seen_at: seen_ms.and_then(chrono::DateTime::from_timestamp_millis),
    }
}

#[cfg(test)]
mod tests {
    use cordwainer_devices::scanner::Framing;

    use super::*;

    fn frame(bytes: &[u8], framing: Framing) -> RawFrame {
        let source_id = SourceId::new("bench");
        RawFrame { source_id, bytes: bytes.to_vec(), t_first: Duration::ZERO, t_last: Duration::ZERO, framing }
    }

    #[test]
    fn a_frame_becomes_a_scan_or_is_said_to_be_garbled() {
        let at = Moment { wall_ms: 0, mono_ms: 0 };
        let said = |bytes: &[u8], framing| match input(&frame(bytes, framing), at) {
            Input::Scan(reading) => format!("scan {}", reading.text),
            Input::Garbled { shown, oversize, .. } => format!("garbled {shown} {oversize}"),
            _ => String::new(),
        };
        assert_eq!(said(b"]C0W0000001X", Framing::Terminator), "scan W0000001X", "the identifier is no part of it");
        assert_eq!(said(b"  ", Framing::Terminator), "scan ", "an empty scan is answered like any other");
        assert_eq!(said(b"W00", Framing::Aborted), "garbled W00 false", "cut off: shown, never guessed");
        assert_eq!(said(b"W00", Framing::Oversize), "garbled W00 true", "too long has words of its own");
    }

    #[test]
    fn every_state_of_the_line_has_words_for_the_bench() {
        for (link, ok, code) in [
            (Link::Connected, true, None),
            (Link::NeverSeen, false, Some(MessageCode::ScannerMissing)),
            (Link::Ambiguous, false, Some(MessageCode::ScannerAmbiguous)),
            (Link::Reconnecting { attempt: 2 }, false, Some(MessageCode::ScannerMissing)),
            (Link::Permission, false, Some(MessageCode::ScannerNoPermission)),
            (Link::Busy, false, Some(MessageCode::ScannerBusy)),
        ] {
            let health = shown("/dev/ttyACM0", link, None);
            assert_eq!((health.ok, health.message.map(|said| said.code)), (ok, code), "{link:?}");
        }
    }
}
