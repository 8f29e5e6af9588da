//! One running station: stores, engine, synchronisation and devices, put together and taken down again.
//!
//! The window and the headless binary both open a [`Station`] and speak to it through its [`StationHandle`]. What may wait
//! for a network or a device is done here, beside the engine, which waits for nothing but its disk.

mod house;
mod mended;
#[cfg(test)]
mod printer_tests;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cordwainer_devices::printer::PrinterAddress;
use cordwainer_domain::WorkstationId;
use cordwainer_protocol::station::{Command, InstrumentSetting, Mode, RpcFailure, ScannerSetting, StationEvent};
use cordwainer_protocol::{Message, MessageCode, Param};
use tokio::runtime::Handle;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::devices::{
    AUTO_PRINT_SETTING, AutoPrint, INSTRUMENTS_SETTING, Instruments, PRINTER_SETTING, PrinterWorker, SCANNERS_SETTING,
    Scanners, StatusRounds,
};
use crate::engine::{About, Engine, Enrolling, Errand, Input, Rows, StationHandle, WORKSTATION_SETTING};
use crate::ids::IdSource;
use crate::store::{Enrolment, OpenReport, RoomRules, StationStore, StoreFault, SystemSpace};
use crate::sync::{self, EnrolFault, SyncEvent, SyncHandle};
use house::House;

const TICK: Duration = Duration::from_secs(1);
/// One enrolment at a time; a second one waits.
const ENROLMENTS: usize = 1;

/// How to run a station. What is left out stays as it was.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// Folder with the stores.
    pub data_folder: PathBuf,
    /// Server in this process, or joined to one.
    pub mode: Mode,
    /// Program version.
    pub app_version: String,
    /// The server has moved here; its key stays the pinned one.
    pub server: Option<String>,
    /// Stand at this workstation, if the station holds the whole site.
    pub workstation: Option<WorkstationId>,
    /// Scanners.
    pub scanners: Option<Vec<ScannerSetting>>,
    /// Printer's address; empty for none.
    pub printer: Option<String>,
    /// When travellers are printed unasked.
    pub auto_print: Option<AutoPrint>,
    /// How often the printer is asked how it is.
    pub status_rounds: StatusRounds,
    /// How much room on the disk is insisted on.
    pub room: RoomRules,
}

impl HostOptions {
    /// A station in a folder, with everything else as it was.
    pub fn new(data_folder: PathBuf, mode: Mode) -> Self {
        Self {
            data_folder,
            mode,
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            server: None,
            workstation: None,
            scanners: None,
            printer: None,
            auto_print: None,
            status_rounds: StatusRounds::default(),
            room: RoomRules::default(),
        }
    }
}

/// Why a station cannot run.
#[derive(Debug, thiserror::Error)]
pub enum HostFault {
    /// Its folder or stores.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The system gives no thread.
    #[error("cannot start the engine")]
    Thread(#[source] std::io::Error),
    /// A setting that cannot be kept as text.
    #[error("a setting cannot be written: {0}")]
    Setting(String),
}

impl HostFault {
    /// What to say on a screen.
    pub fn message(&self) -> Message {
        match self {
            Self::Store(StoreFault::AlreadyOpen { .. }) => Message::new(MessageCode::AlreadyOpen),
            Self::Store(StoreFault::ReadOnlyFolder { path }) => {
                Message::new(MessageCode::DataFolderReadOnly).with("path", Param::Text(path.display().to_string()))
            }
            Self::Store(StoreFault::OtherStation { station }) => {
                Message::new(MessageCode::OutboxOfAnotherStation).with("station", Param::Text(station.to_string()))
            }
            Self::Store(StoreFault::ReadOnly) => Message::new(MessageCode::DiskReadOnly),
            Self::Store(StoreFault::DiskFull) => Message::new(MessageCode::NotRecordedDiskFull),
            other => Message::new(MessageCode::Internal).with("detail", Param::Text(other.to_string())),
        }
    }
}

/// A running station.
#[derive(Debug)]
pub struct Station {
    handle: StationHandle,
    report: OpenReport,
    events: broadcast::Receiver<StationEvent>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    engine: std::thread::JoinHandle<()>,
}

impl Station {
    /// Opens the stores and starts everything. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// [`HostFault`] when the folder is taken or unusable.
    pub async fn open(options: HostOptions, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Result<Self, HostFault> {
        let (store, report) = StationStore::open(&options.data_folder, clock.as_ref(), ids.as_ref())?;
        let store = Arc::new(store);
        store.outbox.insist_on(options.room, Arc::new(SystemSpace));
        match keep(&store, &options) {
            // With the disk full or the outbox of a later version, everything stays as it was.
            Err(HostFault::Store(fault)) if report.read_only || report.drain_only => {
                tracing::warn!(%fault, "what the options say was not kept");
            }
            other => other?,
        }
        let about = About {
            mode: options.mode,
            app_version: options.app_version.clone(),
            data_folder: options.data_folder.clone(),
        };
        let engine = Engine::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&ids), about)?;
        let (errands, errands_asked) = mpsc::unbounded_channel();
        let (handle, engine) =
            StationHandle::start(engine, move |errand| drop(errands.send(errand))).map_err(HostFault::Thread)?;
        let events = handle.subscribe();
        let (enrolments, enrolments_asked) = mpsc::channel(ENROLMENTS);
        handle.enrol_through(enrolments);
        let (word, words) = mpsc::unbounded_channel();
        let sync = sync::start(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&ids),
            move |event| drop(word.send(event)),
            Handle::current(),
        );
        let (stop, stopped) = oneshot::channel();
        let mut host = Host {
            store,
            clock,
            ids,
            handle: handle.clone(),
            sync,
            options,
            devices: Devices::default(),
            rows: RowReader::default(),
            house: House::default(),
        };
        host.open_devices().await;
        if let Some(health) = mended::health(&report, &host.options.data_folder) {
            host.handle.tell(Input::Device(health)).await;
        }
        let running = tokio::spawn(host.run(errands_asked, words, enrolments_asked, stopped));
        Ok(Self { handle, report, events, stop, running, engine })
    }

    /// The way to the engine.
    pub fn handle(&self) -> StationHandle {
        self.handle.clone()
    }

    /// What had to be mended while opening.
    pub fn report(&self) -> &OpenReport {
        &self.report
    }

    /// Everything that the engine has told since it began.
    pub fn events(&mut self) -> &mut broadcast::Receiver<StationEvent> {
        &mut self.events
    }

    /// Lets devices and network go, ends the engine, and returns when the folder is free again.
    pub async fn close(self) {
        if self.stop.send(()).is_err() {
            tracing::warn!("the host had ended before");
        }
        if let Err(fault) = self.running.await {
            tracing::error!(%fault, "the host ended badly");
        }
        self.handle.stop().await;
        let joined = tokio::task::spawn_blocking(move || self.engine.join().is_err()).await;
        if joined.unwrap_or(true) {
            tracing::error!("the engine ended badly");
        }
    }
}

/// Writes down what the options say, so that it is found where every setting is.
fn keep(store: &StationStore, options: &HostOptions) -> Result<(), HostFault> {
    let outbox = &store.outbox;
    if let (Some(server), Some(enrolment)) = (&options.server, outbox.enrolment()?) {
        let server_url = sync::server_address(server);
        if server_url != enrolment.server_url {
            outbox.save_enrolment(&Enrolment { server_url, ..enrolment })?;
        }
    }
    if let Some(workstation) = &options.workstation {
        outbox.set_setting(WORKSTATION_SETTING, workstation.as_str())?;
    }
    if let Some(scanners) = &options.scanners {
        let json = serde_json::to_string(scanners).map_err(|fault| HostFault::Setting(fault.to_string()))?;
        outbox.set_setting(SCANNERS_SETTING, &json)?;
    }
    if let Some(printer) = &options.printer {
        outbox.set_setting(PRINTER_SETTING, printer)?;
    }
    if let Some(auto_print) = options.auto_print {
        outbox.set_setting(AUTO_PRINT_SETTING, auto_print.word())?;
    }
    Ok(())
}

#[derive(Default)]
struct Devices {
    scanners: Option<Scanners>,
    instruments: Option<Instruments>,
    printer: Option<PrinterWorker>,
}

/// Reads the server's rows beside the engine; what changes meanwhile is read once more afterwards.
#[derive(Default)]
struct RowReader {
    reading: Option<JoinHandle<Result<Rows, StoreFault>>>,
    again: bool,
}

struct Host {
    store: Arc<StationStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    handle: StationHandle,
    sync: SyncHandle,
    options: HostOptions,
    devices: Devices,
    rows: RowReader,
    house: House,
}

impl Host {
    async fn run(
        mut self,
        mut errands: mpsc::UnboundedReceiver<Errand>,
        mut words: mpsc::UnboundedReceiver<SyncEvent>,
        mut enrolments: mpsc::Receiver<Enrolling>,
        mut stopped: oneshot::Receiver<()>,
    ) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                _ = &mut stopped => break,
                Some(errand) = errands.recv() => self.run_errand(errand).await,
                Some(word) = words.recv() => self.handle.tell(Input::Sync(word)).await,
                Some(enrolling) = enrolments.recv() => self.enrol(enrolling).await,
                rows = wait_for(&mut self.rows.reading) => self.hand_in(rows).await,
                _ = tick.tick() => {
                    self.handle.tell(Input::Tick).await;
                    self.house.keep(&self.store, &self.clock);
                }
            }
        }
        self.house.leave().await;
        self.close_devices().await;
        self.sync.stop().await;
    }

    async fn run_errand(&mut self, errand: Errand) {
        match errand {
            Errand::Push => self.sync.wake_push(),
            Errand::ReadRows => self.read_rows(),
            Errand::Print => self.devices.printer.iter().for_each(PrinterWorker::wake),
            Errand::OpenDevices => self.open_devices().await,
        }
    }

    fn read_rows(&mut self) {
        if self.rows.reading.is_some() {
            self.rows.again = true;
            return;
        }
        let store = Arc::clone(&self.store);
        self.rows.reading = Some(tokio::task::spawn_blocking(move || Rows::read(&store)));
    }

    async fn hand_in(&mut self, rows: Result<Rows, StoreFault>) {
        self.rows.reading = None;
        match rows {
            Ok(rows) => self.handle.tell(Input::Rows(Box::new(rows))).await,
            Err(fault) => tracing::error!(%fault, "the server's rows could not be read"),
        }
        if std::mem::take(&mut self.rows.again) {
            self.read_rows();
        }
    }

    /// Joins a server. The floor of another life is followed from its beginning.
    async fn enrol(&mut self, enrolling: Enrolling) {
        let Enrolling { server, code, reply } = enrolling;
        let enrolled =
            sync::enrol(&server, code.expose(), &self.store, &self.clock, self.ids.as_ref(), &self.options.app_version);
        let enrolled = enrolled.await;
        let said = match enrolled.and_then(|_| Ok(self.store.cache.reset()?)) {
            Ok(()) => {
                self.handle.tell(Input::Enrolled).await;
                self.sync.wake_push();
                self.sync.wake_pull();
                self.handle.call(Command::GetState {}).await
            }
            Err(fault) => Err(refused(&fault)),
        };
        // A screen that was closed meanwhile asks again for the state.
        drop(reply.send(said));
    }

    /// The old devices are let go first: a port has one reader.
    async fn open_devices(&mut self) {
        self.close_devices().await;
        let setting = |key: &str| {
            self.store.outbox.setting(key).unwrap_or_else(|fault| {
                tracing::error!(%fault, key, "a setting could not be read");
                None
            })
        };
        let scanners: Vec<ScannerSetting> =
            setting(SCANNERS_SETTING).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        self.devices.scanners = Some(Scanners::open(&scanners, &self.handle, &self.clock, &Handle::current()));
        let instruments: Vec<InstrumentSetting> =
            setting(INSTRUMENTS_SETTING).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        self.devices.instruments = Some(Instruments::open(&instruments, &self.handle, &self.clock, &Handle::current()));
        let printer = setting(PRINTER_SETTING).filter(|printer| !printer.is_empty());
        self.devices.printer = printer.and_then(|printer| self.start_printer(&printer));
    }

    fn start_printer(&self, printer: &str) -> Option<PrinterWorker> {
        let address: PrinterAddress = match printer.parse() {
            Ok(address) => address,
            Err(fault) => {
                tracing::error!(%fault, "the printer's address makes no sense");
                return None;
            }
        };
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        PrinterWorker::start(address, self.options.status_rounds, store, clock, self.handle.clone())
            .inspect_err(|fault| tracing::error!(%fault, "no thread for the printer"))
            .ok()
    }

    /// Their threads end within their own bounds; meanwhile the runtime goes on.
    async fn close_devices(&mut self) {
        let devices = std::mem::take(&mut self.devices);
        if tokio::task::spawn_blocking(move || drop(devices)).await.is_err() {
            tracing::error!("a device could not be let go");
        }
    }
}

/// What was read; never, while nothing is being read.
async fn wait_for(reading: &mut Option<JoinHandle<Result<Rows, StoreFault>>>) -> Result<Rows, StoreFault> {
    match reading {
        Some(reading) => reading.await.unwrap_or_else(|fault| Err(StoreFault::BadPage { detail: fault.to_string() })),
        None => std::future::pending().await,
    }
}

fn refused(fault: &EnrolFault) -> RpcFailure {
    tracing::warn!(%fault, "not enrolled");
    RpcFailure { message: fault.message() }
}
