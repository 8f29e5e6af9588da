//! Scanners: their frames become the engine's inputs in the order in which they were read, and their health is shown.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cordwainer_devices::AddressError;
use cordwainer_devices::scanner::{
    Health, Link, RawFrame, ScanReject, ScannerAddress, ScannerHandle, SourceId, decode, start,
};
use cordwainer_protocol::station::{Connection, DeviceHealth, ReaderKind, ScannerRole, ScannerSetting};
use cordwainer_protocol::{Message, MessageCode, Param};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use crate::clock::Clock;
use crate::engine::{Input, Moment, Reading, StationHandle};

/// Scans that may wait for the engine; a device waits beyond it, and loses nothing.
const FRAMES: usize = 256;

/// Reads a scanner as a command line says it: `serial:PORT[@BAUD[,7E1]]` or `tcp://HOST:PORT`, with what it is for and reads in
/// front, such as `badges=…` or `materials+tags=…`.
///
/// # Errors
/// What is wrong with the address, in words for whoever typed it.
pub fn scanner_setting(text: &str) -> Result<ScannerSetting, AddressError> {
    let (words, place) = match text.split_once('=') {
        Some((words, place)) if !words.contains([':', '/']) => (words, place),
        _ => ("", text),
    };
    let mut setting = ScannerSetting::at(connection(place.parse()?));
    for word in words.split('+').filter(|word| !word.is_empty()) {
        match word {
            "work" => setting.role = ScannerRole::Work,
            "badges" => setting.role = ScannerRole::Badges,
            "materials" => setting.role = ScannerRole::Materials,
            "tags" => setting.reads = ReaderKind::Tags,
            other => return Err(AddressError::UnknownKind(other.to_owned(), "work, badges, materials or tags")),
        }
    }
    Ok(setting)
}

fn connection(address: ScannerAddress) -> Connection {
    match address {
        ScannerAddress::Serial { port, line } => {
            let written = line.to_string();
            let shape = written.split_once(',').map_or("8N1", |(_, shape)| shape);
            Connection::Serial { port: port.to_string(), baud: line.baud, shape: shape.to_owned() }
        }
        ScannerAddress::Tcp(place) => Connection::Tcp { place },
    }
}

/// The address of a device that the set-up screen keeps.
pub(crate) fn address(connection: &Connection) -> Result<ScannerAddress, AddressError> {
    match connection {
        Connection::Serial { port, baud, shape } => {
            Ok(ScannerAddress::Serial { port: port.trim().parse()?, line: format!("{baud},{shape}").parse()? })
        }
        Connection::Tcp { place } => format!("tcp://{}", place.trim()).parse(),
    }
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
        let mut uses = HashMap::new();
        for setting in settings {
            let name = setting.connection.name();
            let address = match address(&setting.connection) {
                Ok(address) => address,
                Err(fault) => {
                    tracing::error!(%fault, name, "no scanner can be at such a place");
                    continue;
                }
            };
            match start(address.source(SourceId::new(name)), frames.clone(), origin) {
                Ok(handle) => {
                    let (path, clock) = (name.to_owned(), Arc::clone(clock));
                    let watching = watch_health(handle.health(), path, engine.clone(), origin, clock);
                    watchers.push(runtime.spawn(watching).abort_handle());
                    uses.insert(handle.source_id().clone(), (setting.role, setting.reads));
                    handles.push(handle);
                }
                Err(fault) => tracing::error!(%fault, name, "no thread for a scanner"),
            }
        }
        runtime.spawn(pump(inbox, uses, engine.clone(), Arc::clone(clock), origin));
        Self { _handles: handles, watchers }
    }
}

/// What a scanner is for, and what it reads.
type Use = (ScannerRole, ReaderKind);

/// Ends when the last scanner has let go of its end.
async fn pump(
    mut frames: mpsc::Receiver<RawFrame>,
    uses: HashMap<SourceId, Use>,
    engine: StationHandle,
    clock: Arc<dyn Clock>,
    origin: Instant,
) {
    while let Some(frame) = frames.recv().await {
        let at = moment(frame.t_last, origin, clock.as_ref());
        let used = uses.get(&frame.source_id).copied().unwrap_or_default();
        engine.tell(input(&frame, used, at)).await;
    }
}

/// What a frame means to the engine.
fn input(frame: &RawFrame, (role, reads): Use, at: Moment) -> Input {
    let source = frame.source_id.to_string();
    match decode(frame) {
        Ok(scan) => Input::Scan(Reading { source, role, reads, text: scan.text, aim: scan.aim, at }),
        Err(ScanReject::Empty) => Input::Scan(Reading { source, role, reads, text: String::new(), aim: None, at }),
        Err(fault) => Input::Garbled { source, shown: frame.shown(), oversize: fault == ScanReject::Oversize, at },
    }
}

/// The wall clock at an instant since a device's origin, Unix milliseconds.
pub(super) fn wall_ms_of(since_origin: Duration, origin: Instant, clock: &dyn Clock) -> i64 {
    moment(since_origin, origin, clock).wall_ms
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
        let said = |bytes: &[u8], framing| match input(&frame(bytes, framing), Use::default(), at) {
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
    fn a_scanner_is_said_with_what_it_is_for_and_kept_as_the_set_up_screen_shows_it() {
        let serial =
            |port: &str, baud, shape: &str| Connection::Serial { port: port.to_owned(), baud, shape: shape.to_owned() };
        let tcp = Connection::Tcp { place: "10.0.0.9:2112".to_owned() };
        for (text, connection, role, reads) in [
            ("serial:/dev/ttyACM0", serial("/dev/ttyACM0", 9600, "8N1"), ScannerRole::Any, ReaderKind::Symbols),
            ("badges=serial:COM3@2400,7E1", serial("COM3", 2400, "7E1"), ScannerRole::Badges, ReaderKind::Symbols),
            ("materials+tags=tcp://10.0.0.9:2112", tcp, ScannerRole::Materials, ReaderKind::Tags),
            (
                "serial:usb:0C2E:0B61,serial=S1",
                serial("usb:0C2E:0B61,serial=S1", 9600, "8N1"),
                ScannerRole::Any,
                ReaderKind::Symbols,
            ),
            (
                "work=serial:usb:0C2E:0B61,serial=S1@19200",
                serial("usb:0C2E:0B61,serial=S1", 19_200, "8N1"),
                ScannerRole::Work,
                ReaderKind::Symbols,
            ),
        ] {
            let setting = scanner_setting(text).expect(text);
            assert_eq!(setting, ScannerSetting { connection: connection.clone(), role, reads }, "{text}");
            let kept = address(&connection).expect("an address");
            assert_eq!(super::connection(kept), connection, "what is kept can be opened");
        }
        for text in ["boxes=serial:COM3", "serial:COM3@9600,9X9", "COM3", "badges="] {
            assert!(scanner_setting(text).is_err(), "{text}");
        }
        for bad in [serial("", 9600, "8N1"), serial("COM3", 0, "8N1"), serial("COM3", 9600, "9X9")] {
            assert!(address(&bad).is_err(), "{bad:?} cannot be opened");
        }
        assert!(address(&Connection::Tcp { place: "no-port".to_owned() }).is_err(), "a place needs its port");
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
