//! The desktop app: a window over the station engine, and the server too when this PC stands alone.
//!
//! Thin on purpose. Everything that is decided is decided in `cordwainer-station`; here stand the window, the one command
//! that the web view may call, the tones, and the order in which things start and stop.

mod app;
mod arguments;
mod rendering;
mod rpc;
mod standalone;
mod tones;
mod window;

use std::path::{Path, PathBuf};

use clap::Parser;
use tauri::{AppHandle, Manager, RunEvent};
use tokio::sync::watch;

use crate::app::{App, Opening, pass_events, tell_of_silence};
use crate::arguments::{Arguments, usual_folder};
use crate::rendering::{COMPOSITING_SWITCH, Compositor, decide};
use crate::tones::TonePlayer;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let logs = arguments.data.clone().unwrap_or_else(usual_folder).join(cordwainer_logs::FOLDER);
    if let Err(fault) = cordwainer_logs::begin("desktop", Some(&logs), "warn,cordwainer_desktop=info") {
        tracing::warn!(%fault, "no log files are written");
    }
    start_again_if_drawing_needs_it()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    tauri::async_runtime::set(runtime.handle().clone());
    run(arguments, &runtime)
}

/// WebKitGTK reads its switch from the environment, which a running program cannot safely change: start again with it set.
fn start_again_if_drawing_needs_it() -> std::io::Result<()> {
    let decision = decide(std::env::var_os(COMPOSITING_SWITCH).is_some(), Path::new("/dev/dri"));
    tracing::info!(?decision, "compositor");
    #[cfg(unix)]
    if decision == Compositor::Off {
        use std::os::unix::process::CommandExt;
        let fault = std::process::Command::new(std::env::current_exe()?)
            .args(std::env::args_os().skip(1))
            .env(COMPOSITING_SWITCH, "1")
            .exec();
        return Err(fault);
    }
    #[cfg(not(unix))]
    let _ = Compositor::Off;
    Ok(())
}

fn run(arguments: Arguments, runtime: &tokio::runtime::Runtime) -> Result<(), Box<dyn std::error::Error>> {
    let (opened, opening) = watch::channel(Opening::Starting);
    let (silent, silence) = watch::channel(false);
    let tones = TonePlayer::start(move || {
        silent.send_replace(true);
    });
    let app = App::new(opening, tones.clone());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut builder = tauri::Builder::default();
    // Under automation several windows run side by side, each with a folder of its own; the folder's lock still holds.
    if std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| bring_forward(app)));
    }
    let fullscreen = arguments.fullscreen;
    let mut station = None;
    let mut starting = Some((arguments, opened, tones, silence, stopped));
    let mut stop = Some(stop);
    let built =
        builder.manage(app).invoke_handler(tauri::generate_handler![rpc::rpc]).build(tauri::generate_context!())?;
    let runtime = runtime.handle().clone();
    built.run(move |app, event| match event {
        RunEvent::Ready => {
            if let Some((arguments, opened, tones, silence, stopped)) = starting.take() {
                let told = Told { opened, tones, silence };
                station = Some(runtime.spawn(keep_station(app.clone(), arguments, told, stopped)));
            }
            if let Err(fault) = window::open(app, fullscreen) {
                tracing::error!(%fault, "no window");
                app.exit(1);
            }
        }
        RunEvent::Exit => {
            // A stop that nobody hears means that the station never came up.
            stop.take().map(|stop| stop.send(()));
            if let Some(station) = station.take()
                && let Err(fault) = runtime.block_on(station)
            {
                tracing::error!(%fault, "the station ended badly");
            }
        }
        _ => {}
    });
    Ok(())
}

/// Who is told what of the station.
struct Told {
    /// The window, whether it has come up.
    opened: watch::Sender<Opening>,
    /// The loudspeaker, every answer.
    tones: TonePlayer,
    /// The station, that there is no loudspeaker.
    silence: watch::Receiver<bool>,
}

/// Opens the station beside the window, so that both come up at once, and closes it after the window.
async fn keep_station(app: AppHandle, arguments: Arguments, told: Told, stopped: tokio::sync::oneshot::Receiver<()>) {
    let Told { opened, tones, silence } = told;
    let folder: PathBuf = arguments.data.clone().unwrap_or_else(usual_folder);
    match app::open(&arguments, folder).await {
        Ok(running) => {
            let handle = running.handle();
            tokio::spawn(pass_events(app, handle.subscribe(), tones));
            tokio::spawn(tell_of_silence(handle.clone(), silence));
            opened.send_replace(Opening::Open(handle));
            // An error means that the window is gone without a word, which is a stop as well.
            let _ = stopped.await;
            running.close().await;
        }
        Err(message) => {
            opened.send_replace(Opening::Failed(message));
            let _ = stopped.await;
        }
    }
}

fn bring_forward(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(window::MAIN) {
        let brought = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(fault) = brought {
            tracing::warn!(%fault, "the window could not be brought forward");
        }
    }
}
