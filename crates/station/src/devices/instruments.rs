//! Balances, callipers and gauges: their lines become readings on the screen, and their health is shown.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cordwainer_devices::instrument::Unit;
use cordwainer_devices::scanner::{Health, Link, RawFrame, ScannerHandle, SourceId, start};
use cordwainer_protocol::station::{DeviceHealth, InstrumentSetting, Measured};
use cordwainer_protocol::{Message, MessageCode, Param};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::reading::{measured, unreadable};
use super::scanners::{address, wall_ms_of};
use crate::clock::Clock;
use crate::engine::{Input, StationHandle};

/// Lines that may wait for the engine.
const LINES: usize = 64;
/// A balance that sends without being asked says the same many times a second: within this time that is one reading.
const SAME_READING: Duration = Duration::from_secs(1);

/// Every instrument of the station. Dropping it lets them go.
#[derive(Debug)]
pub struct Instruments {
    _handles: Vec<ScannerHandle>,
    tasks: Vec<AbortHandle>,
}

/// What an instrument says while it is let go must not be heard after its successor at the same port has spoken.
impl Drop for Instruments {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl Instruments {
    /// Opens the instruments. One that is not there yet is looked for until it comes.
    pub fn open(
        settings: &[InstrumentSetting],
        engine: &StationHandle,
        clock: &Arc<dyn Clock>,
        runtime: &Handle,
    ) -> Self {
        let origin = Instant::now();
        let (mut handles, mut tasks) = (Vec::new(), Vec::new());
        for InstrumentSetting { connection, unit } in settings {
            let name = connection.name().to_owned();
            let address = match address(connection) {
                Ok(address) => address,
                Err(fault) => {
                    tracing::error!(%fault, name, "no instrument can be at such a place");
                    continue;
                }
            };
            let (lines, inbox) = mpsc::channel(LINES);
            match start(address.source(SourceId::new(&name)), lines, origin) {
                Ok(handle) => {
                    let watching = watch_health(handle.health(), name, engine.clone(), origin, Arc::clone(clock));
                    tasks.push(runtime.spawn(watching).abort_handle());
                    tasks.push(runtime.spawn(pump(inbox, Unit::sent_as(unit), engine.clone())).abort_handle());
                    handles.push(handle);
                }
                Err(fault) => tracing::error!(%fault, name, "no thread for an instrument"),
            }
        }
        Self { _handles: handles, tasks }
    }
}

async fn pump(mut lines: mpsc::Receiver<RawFrame>, shown_unit: Option<Unit>, engine: StationHandle) {
    let mut before = Before::default();
    while let Some(line) = lines.recv().await {
        let path = line.source_id.as_str();
        let measured =
            if line.is_whole() { measured(path, &line.bytes, shown_unit) } else { unreadable(path, &line.shown()) };
        if before.is_other_than(&measured, line.t_last) {
            engine.tell(Input::Measured(measured)).await;
        }
    }
}

/// What an instrument said last, and when.
#[derive(Debug, Default)]
struct Before(Option<(Measured, Duration)>);

impl Before {
    /// Whether this is news, and not the same said again without a pause.
    fn is_other_than(&mut self, measured: &Measured, at: Duration) -> bool {
        let same = self
            .0
            .as_ref()
            .is_some_and(|(before, since)| before == measured && at.saturating_sub(*since) < SAME_READING);
        self.0 = Some((measured.clone(), at));
        !same
    }
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
        let seen_ms = now.last_good_scan.map(|since| wall_ms_of(since, origin, clock.as_ref()));
        engine.tell(Input::Device(shown(&path, now.link, seen_ms))).await;
        if health.changed().await.is_err() {
            return;
        }
    }
}

fn shown(path: &str, link: Link, seen_ms: Option<i64>) -> DeviceHealth {
    let code = match link {
        Link::Connected => None,
        Link::Reconnecting { .. } | Link::NeverSeen | Link::Ambiguous => Some(MessageCode::InstrumentMissing),
        Link::Permission | Link::Busy => Some(MessageCode::InstrumentBusy),
    };
    DeviceHealth {
        kind: "instrument".to_owned(),
        name: path.to_owned(),
        ok: code.is_none(),
        message: code.map(|code| Message::new(code).with("path", Param::Text(path.to_owned()))),
        seen_at: seen_ms.and_then(chrono::DateTime::from_timestamp_millis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_that_never_stops_talking_says_a_thing_once() {
        let mut before = Before::default();
        let at = Duration::from_millis;
        let (one, other) = (measured("p", b"S S 1.0 g", None), measured("p", b"S S 1.1 g", None));
        let moving = measured("p", b"S D 3.0 g", None);
        for (line, ms, news) in [
            (&one, 0, true),
            (&one, 100, false),
            (&one, 1_050, false),
            (&one, 2_050, true),
            (&other, 2_100, true),
            (&one, 2_200, true),
            (&moving, 2_300, true),
            (&measured("p", b"S D 4.0 g", None), 2_400, false),
        ] {
            assert_eq!(before.is_other_than(line, at(ms)), news, "{line:?} at {ms} ms");
        }
    }

    #[test]
    fn every_state_of_the_line_has_words_for_the_bench() {
        for (link, code) in [
            (Link::Connected, None),
            (Link::NeverSeen, Some(MessageCode::InstrumentMissing)),
            (Link::Reconnecting { attempt: 2 }, Some(MessageCode::InstrumentMissing)),
            (Link::Ambiguous, Some(MessageCode::InstrumentMissing)),
            (Link::Permission, Some(MessageCode::InstrumentBusy)),
            (Link::Busy, Some(MessageCode::InstrumentBusy)),
        ] {
            let health = shown("COM3", link, None);
            assert_eq!((health.ok, health.message.map(|said| said.code)), (code.is_none(), code), "{link:?}");
        }
    }
}
