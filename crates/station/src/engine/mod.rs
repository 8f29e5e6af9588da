//! The shop-floor engine: every scan, press and question of a station goes through [`Engine::handle`], one after the other.
//!
//! Synchronous and single-threaded: a scan and the record it causes are one step that nothing can come between. The rules
//! are the domain's; here they meet the disk, the clock and the names that a screen shows. A record is on the disk before
//! the answer says so, and before the floor as shown here changes.
//!
//! `router` has one line for every command. `scan/` reads what was scanned, `act/` does what a person asks, `view/` shows:
//! one verb, one file. To add a command, add it to the protocol, give it a file, and a line in the router.

mod act;
mod attendance;
mod floor;
mod handle;
mod moment;
mod place;
mod record;
mod router;
mod say;
mod scan;
mod tally;
mod tidings;
mod values;
mod view;
mod words;

#[cfg(test)]
pub(crate) mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use cordwainer_domain::production::ClockReading;
use cordwainer_protocol::station::{
    Answer, AnswerKind, Command, DeviceHealth, Measured, Mode, RpcFailure, RpcReply, StationEvent, Topic,
};
use cordwainer_protocol::{Message, MessageCode, Param};

use crate::clock::{Clock, expiry_now_ms, read_clock, wrong_by_ms};
use crate::ids::IdSource;
use crate::store::{ScanId, StationStore, StoreFault};
use crate::sync::SyncEvent;
use attendance::Attendance;
use floor::Floor;
use place::Place;
use words::Names;

pub use floor::Rows;
pub(crate) use handle::Enrolling;
pub use handle::StationHandle;
pub use moment::Moment;
pub(crate) use place::WORKSTATION_SETTING;
pub(crate) use say::Say;
pub use scan::Reading;

/// The setting that keeps what was signed off here today.
const TALLY_SETTING: &str = "tally";

/// Kind of the device that the tones come from. It belongs to the PC, so other devices' settings leave it alone.
pub const SOUND: &str = "sound";

/// Kind of the device that the station's own disk is, with its room and its stores.
pub const DISK: &str = "disk";
/// The disk's room, as a device.
const ROOM: &str = "room";
/// Kind of the device that the PC's clock is.
pub const CLOCK: &str = "clock";
/// A clock that is off by more is somebody's mistake, not drift.
const CLOCK_WRONG_MS: i64 = 5 * 60_000;
/// An engine that has run for so long has nothing in its cache that brings it down.
const PROVEN_AFTER_MS: i64 = 60_000;

/// What comes in.
#[derive(Debug)]
pub enum Input {
    /// A screen asks.
    Command(Command),
    /// A device read a code.
    Scan(Reading),
    /// A device read something that is no whole text.
    Garbled {
        /// The scanner's name.
        source: String,
        /// The bytes as a person may read them.
        shown: String,
        /// Whether it was too long rather than broken.
        oversize: bool,
        /// When.
        at: Moment,
    },
    /// An instrument has sent a line.
    Measured(Measured),
    /// Word from the server, or from the lack of one.
    Sync(SyncEvent),
    /// Rows as read after [`Errand::ReadRows`].
    Rows(Box<Rows>),
    /// How a device is.
    Device(DeviceHealth),
    /// A label's attempt began or ended.
    Printed,
    /// This installation has become a station, or another one.
    Enrolled,
    /// A second has passed.
    Tick,
}

/// What goes out.
#[derive(Debug, Default)]
pub struct Output {
    /// The reply to a command.
    pub reply: Option<Result<RpcReply, RpcFailure>>,
    /// What the screens are told.
    pub events: Vec<StationEvent>,
    /// What others must do now.
    pub errands: Vec<Errand>,
}

/// What the engine asks of those who may wait for a network or a device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Errand {
    /// There is something to send.
    Push,
    /// The server's rows have changed on the disk: read them, and hand them in.
    ReadRows,
    /// There is something to print.
    Print,
    /// Scanners or the printer are other ones now.
    OpenDevices,
}

/// What an engine is told about its program when it is made.
#[derive(Clone, Debug)]
pub struct About {
    /// Server in this process, or joined to one.
    pub mode: Mode,
    /// Program version.
    pub app_version: String,
    /// Folder with the stores.
    pub data_folder: PathBuf,
}

/// The engine.
pub struct Engine {
    store: Arc<StationStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    about: About,
    place: Option<Place>,
    floor: Floor,
    attendance: Attendance,
    network: tidings::Network,
    devices: Vec<DeviceHealth>,
    tally: tally::Tally,
    answers: u64,
    /// When, by the monotonic clock, the cache is held to be harmless; none once it is.
    proven_from_mono_ms: Option<i64>,
    /// The scan being answered, until it is written down what it came to.
    scan: Option<ScanId>,
    events: Vec<StationEvent>,
    errands: Vec<Errand>,
}

impl Engine {
    /// An engine over the station's stores.
    ///
    /// # Errors
    /// [`StoreFault`] when what is on the disk cannot be read.
    pub fn new(
        store: Arc<StationStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        about: About,
    ) -> Result<Self, StoreFault> {
        let place = Place::read(&store)?;
        let rows = Rows::read(&store)?;
        let overlay = tidings::overlay(&store, rows.commit_seq())?;
        let proven_from_mono_ms = clock.mono_ms() + PROVEN_AFTER_MS;
        match store.outbox.mark_interrupted_scans() {
            Ok(0) | Err(StoreFault::ReadOnly | StoreFault::DrainOnly) => {}
            Ok(scans) => tracing::warn!(scans, "the program had ended before it was known what a scan came to"),
            Err(fault) => tracing::error!(%fault, "scans that were cut off could not be marked"),
        }
        let tally = store.outbox.setting(TALLY_SETTING)?.and_then(|text| serde_json::from_str(&text).ok());
        Ok(Self {
            floor: Floor::new(rows, overlay),
            store,
            clock,
            ids,
            about,
            place,
            attendance: Attendance::default(),
            network: tidings::Network::default(),
            devices: Vec::new(),
            tally: tally.unwrap_or_default(),
            answers: 0,
            proven_from_mono_ms: Some(proven_from_mono_ms),
            scan: None,
            events: Vec::new(),
            errands: Vec::new(),
        })
    }

    /// A new engine over the same stores, after this one has panicked. Nobody is signed in; what was recorded is there.
    fn begin_again(&self) -> Result<Self, StoreFault> {
        self.store.strike(self.clock.as_ref());
        Self::new(Arc::clone(&self.store), Arc::clone(&self.clock), Arc::clone(&self.ids), self.about.clone())
    }

    /// Takes one input and answers it whole.
    pub fn handle(&mut self, input: Input) -> Output {
        let reply = match input {
            Input::Command(command) => Some(self.command(command)),
            Input::Scan(reading) => {
                let answer = self.scan(reading);
                self.tell(answer)
            }
            Input::Garbled { source, shown, oversize, at } => {
                let answer = self.garbled(source, &shown, oversize, at);
                self.tell(answer)
            }
            Input::Measured(measured) => self.take_measured(measured),
            Input::Sync(event) => self.take_tidings(event),
            Input::Rows(rows) => self.take_rows(*rows),
            Input::Device(health) => self.note_device(health),
            Input::Printed => self.note_printing(),
            Input::Enrolled => self.move_in(),
            Input::Tick => self.tick(),
        };
        Output { reply, events: std::mem::take(&mut self.events), errands: std::mem::take(&mut self.errands) }
    }

    fn tell(&mut self, answer: Answer) -> Option<Result<RpcReply, RpcFailure>> {
        self.events.push(StationEvent::Answer(answer));
        None
    }

    /// A reading is for whatever value is being entered, which only the screen knows. Somebody is there who made it.
    fn take_measured(&mut self, measured: Measured) -> Option<Result<RpcReply, RpcFailure>> {
        self.attendance.touch(self.now());
        self.events.push(StationEvent::Measured(measured));
        None
    }

    fn tick(&mut self) -> Option<Result<RpcReply, RpcFailure>> {
        if self.attendance.lock_if_idle(self.clock.mono_ms()) {
            self.changed_state();
        }
        self.keep_tally();
        self.watch_room();
        self.watch_clock();
        if self.proven_from_mono_ms.is_some_and(|from| self.clock.mono_ms() >= from) {
            self.proven_from_mono_ms = None;
            self.store.works_well();
        }
        None
    }

    /// Says on the screen that the disk is filling up, before anybody is refused.
    fn watch_room(&mut self) {
        let message = match self.store.outbox.has_room() {
            Err(StoreFault::DiskLow { free_bytes, floor_bytes }) => {
                let number = |bytes| Param::Number(record::megabytes(bytes));
                let low = Message::new(MessageCode::DiskLow).with("free_mb", number(free_bytes));
                Some(low.with("floor_mb", number(floor_bytes)))
            }
            _ => None,
        };
        self.note_trouble(DISK, ROOM, message);
    }

    /// Says on the screen that the PC's clock is wrong. Records do not suffer; people who read it do.
    fn watch_clock(&mut self) {
        let known = self.store.outbox.server_time();
        let wrong_ms = wrong_by_ms(self.clock.as_ref(), known.as_ref()).filter(|ms| ms.abs() > CLOCK_WRONG_MS);
        let message =
            wrong_ms.map(|ms| Message::new(MessageCode::ClockWrong).with("minutes", Param::Number(ms.abs() / 60_000)));
        self.note_trouble(CLOCK, CLOCK, message);
    }

    /// Something of the PC itself is in trouble, or no longer is; said once.
    fn note_trouble(&mut self, kind: &str, name: &str, message: Option<Message>) {
        let known = self.devices.iter().find(|device| device.kind == kind && device.name == name);
        // How much exactly changes from second to second; that it is so, does not.
        let before = known.and_then(|device| device.message.as_ref()).map(|message| message.code);
        if before == message.as_ref().map(|message| message.code) {
            return;
        }
        let (kind, name) = (kind.to_owned(), name.to_owned());
        self.note_device(DeviceHealth { kind, name, ok: message.is_none(), message, seen_at: None });
    }

    /// Once a second at most, so that no sign-off waits for it.
    fn keep_tally(&mut self) {
        let now = self.instant(self.now());
        if let Some(calendar) = self.floor.image().site.as_ref().map(|site| &site.calendar) {
            let today = calendar.local_day(now);
            self.tally.keep(|tallied| calendar.local_day(tallied.at) == today);
        }
        if let Some(text) = self.tally.take_changed_text()
            && let Err(fault) = self.store.outbox.set_setting(TALLY_SETTING, &text)
        {
            tracing::warn!(%fault, "today's counts were not kept");
        }
    }

    /// What the clocks said at a moment, with what is known of the server's time.
    fn reading(&self, at: Moment) -> ClockReading {
        let known = self.store.outbox.server_time();
        ClockReading { wall_ms: at.wall_ms, mono_ms: at.mono_ms, ..read_clock(self.clock.as_ref(), known.as_ref()) }
    }

    fn instant(&self, at: Moment) -> DateTime<Utc> {
        self.reading(at).instant()
    }

    fn expiry_now_ms(&self) -> i64 {
        expiry_now_ms(self.clock.as_ref(), self.store.outbox.server_time().as_ref())
    }

    fn now(&self) -> Moment {
        Moment::now(self.clock.as_ref())
    }

    fn names(&self) -> Names<'_> {
        self.names_at(self.now())
    }

    fn names_at(&self, at: Moment) -> Names<'_> {
        Names { floor: &self.floor, now: self.instant(at) }
    }

    fn changed_state(&mut self) {
        self.changed(Topic::State);
    }

    fn changed(&mut self, topic: Topic) {
        let event = StationEvent::Changed(topic);
        if !self.events.contains(&event) {
            self.events.push(event);
        }
    }

    fn ask(&mut self, errand: Errand) {
        if !self.errands.contains(&errand) {
            self.errands.push(errand);
        }
    }

    /// Numbers what was said and stamps it with when the code was read.
    fn answer(&mut self, say: Say, at: Moment) -> Answer {
        self.answers += 1;
        Answer {
            number: self.answers,
            kind: say.kind,
            message: say.message,
            tone: say.tone,
            scanned: None,
            pair: say.pair,
            job: say.job,
            worker: say.worker,
            choices: say.choices,
            missing: say.missing,
            action: say.action,
            undo_until: say.undo_until,
            evidence: say.evidence,
            at: self.instant(at),
        }
    }
}

/// The word for what an answer is, as scripts and the scan log know it.
pub fn kind_word(kind: AnswerKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A question that cannot be answered at all.
fn failure(code: MessageCode) -> RpcFailure {
    RpcFailure { message: Message::new(code) }
}
