//! What the window talks to: the station of this process, once it has come up.

use std::path::PathBuf;
use std::sync::Arc;

use cordwainer_protocol::station::{Command, DeviceHealth, Mode, RpcFailure, RpcReply, ScannerSetting, StationEvent};
use cordwainer_protocol::{Message, MessageCode, Param};
use cordwainer_station::clock::SystemClock;
use cordwainer_station::devices::scanner_setting;
use cordwainer_station::engine::{Input, SOUND, StationHandle};
use cordwainer_station::host::{HostOptions, Station};
use cordwainer_station::ids::SystemIds;
use tauri::{AppHandle, Emitter};
use tokio::sync::{broadcast, watch};

use crate::arguments::{Arguments, ModeChoice, settle_mode};
use crate::standalone;
use crate::tones::TonePlayer;
use crate::window::MAIN;

/// Name of the event that carries every [`StationEvent`].
const STATION_EVENT: &str = "station";

/// How far the station has come up.
#[derive(Clone)]
pub enum Opening {
    /// Not yet.
    Starting,
    /// It can be asked.
    Open(StationHandle),
    /// It cannot be opened; what to say.
    Failed(Message),
}

/// The state that Tauri keeps for the commands.
pub struct App {
    opening: watch::Receiver<Opening>,
    tones: TonePlayer,
}

impl App {
    /// An app whose station is told through `opening`.
    pub fn new(opening: watch::Receiver<Opening>, tones: TonePlayer) -> Self {
        Self { opening, tones }
    }

    /// Asks the station; waits while it is still coming up.
    pub async fn call(&self, command: Command) -> Result<RpcReply, RpcFailure> {
        let mut opening = self.opening.clone();
        let failed = |message| RpcFailure { message };
        let open = opening
            .wait_for(|opening| !matches!(opening, Opening::Starting))
            .await
            .map_err(|_| failed(Message::new(MessageCode::Internal)))?
            .clone();
        match open {
            Opening::Open(handle) => {
                let reply = handle.call(command).await?;
                if let RpcReply::Answer(answer) = &reply {
                    self.tones.play(answer.tone);
                }
                Ok(reply)
            }
            Opening::Failed(message) => Err(failed(message)),
            Opening::Starting => Err(failed(Message::new(MessageCode::Internal))),
        }
    }
}

/// What must live as long as the window, and be closed after it.
pub struct Running {
    station: Station,
    server: Option<cordwainer_server::boot::RunningServer>,
}

impl Running {
    /// The way to the station.
    pub fn handle(&self) -> StationHandle {
        self.station.handle()
    }

    /// Lets devices, network and stores go.
    pub async fn close(self) {
        self.station.close().await;
        if let Some(server) = self.server {
            server.shutdown().await;
        }
    }
}

/// Opens the station that the arguments ask for.
///
/// # Errors
/// What to say on the screen.
pub async fn open(arguments: &Arguments, folder: PathBuf) -> Result<Running, Message> {
    let mode = settle_mode(&folder, arguments.mode).map_err(|fault| {
        tracing::error!(%fault, folder = %folder.display(), "the data folder cannot be written");
        Message::new(MessageCode::DataFolderReadOnly).with("path", Param::Text(folder.display().to_string()))
    })?;
    match mode {
        ModeChoice::Standalone => {
            let folder = folder.join("standalone");
            let options = options(arguments, folder.join("station"), Mode::Standalone)?;
            let both = standalone::open(&folder, &arguments.listen, options).await.map_err(|fault| told(&fault))?;
            Ok(Running { station: both.station, server: Some(both.server) })
        }
        ModeChoice::Joined => {
            let options = options(arguments, folder.join("joined"), Mode::Joined)?;
            let station = Station::open(options, Arc::new(SystemClock), Arc::new(SystemIds))
                .await
                .map_err(|fault| told(&standalone::StandaloneFault::Station(fault)))?;
            Ok(Running { station, server: None })
        }
    }
}

fn options(arguments: &Arguments, folder: PathBuf, mode: Mode) -> Result<HostOptions, Message> {
    let mut options = HostOptions::new(folder, mode);
    options.printer.clone_from(&arguments.printer);
    if !arguments.scanner.is_empty() {
        let scanners: Result<Vec<ScannerSetting>, Message> = arguments
            .scanner
            .iter()
            .map(|text| {
                scanner_setting(text).map_err(|fault| {
                    Message::new(MessageCode::Internal)
                        .with("detail", Param::Text(format!("--scanner {text}: {fault}")))
                })
            })
            .collect();
        options.scanners = Some(scanners?);
    }
    Ok(options)
}

/// What a fault says on the screen; the log has the rest.
fn told(fault: &standalone::StandaloneFault) -> Message {
    tracing::error!(%fault, "the station does not come up");
    match fault {
        standalone::StandaloneFault::Station(fault) => fault.message(),
        standalone::StandaloneFault::Folder { path, .. } => {
            Message::new(MessageCode::DataFolderReadOnly).with("path", Param::Text(path.clone()))
        }
        other => Message::new(MessageCode::Internal).with("detail", Param::Text(other.to_string())),
    }
}

/// Passes the station's events to the window, each answer with its tone, until the station ends.
pub async fn pass_events(app: AppHandle, mut events: broadcast::Receiver<StationEvent>, tones: TonePlayer) {
    loop {
        match events.recv().await {
            Ok(event) => {
                if let StationEvent::Answer(answer) = &event {
                    tones.play(answer.tone);
                }
                if let Err(fault) = app.emit_to(MAIN, STATION_EVENT, &event) {
                    tracing::warn!(%fault, "an event did not reach the window");
                }
            }
            // The screen asks again for whatever it shows; what was missed is in the stores.
            Err(broadcast::error::RecvError::Lagged(missed)) => tracing::warn!(missed, "the window is slow"),
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// Lets the status panel say that there are no tones here.
pub async fn tell_of_silence(handle: StationHandle, mut silence: watch::Receiver<bool>) {
    // An error means that the player has opened its device and lives on.
    if silence.wait_for(|silent| *silent).await.is_ok() {
        handle
            .tell(Input::Device(DeviceHealth {
                kind: SOUND.to_owned(),
                name: String::new(),
                ok: false,
                message: Some(Message::new(MessageCode::NoSound)),
                seen_at: None,
            }))
            .await;
    }
}
