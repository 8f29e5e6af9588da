//! What the app weighs beyond a bare window of the same engine, all processes together, each shared page counted once.

use std::fs;
use std::path::PathBuf;

use cordwainer_tests::display::Display;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::story::desk;
use cordwainer_tests::window::{App, SIZES, Window};

use crate::figure::Figure;

/// What the app may weigh beyond the bare window, mebibytes.
const BEYOND_BARE_MIB: f64 = 60.0;
/// The engine's own small browser, which Debian ships with it: a bare window.
const BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/// Weighs a blank page and the app with its queue on the screen, at the same size.
pub fn measure() -> Vec<Figure> {
    let display = Display::start();
    let bare =
        App { program: PathBuf::from(BROWSER), arguments: vec!["--automation".to_owned()], environment: Vec::new() };
    let bare_mib = {
        let window = Window::open(&display, &bare);
        window.resize(SIZES[0]);
        proportional_mib(&window.family())
    };
    let server = Server::with_demo(Engine::Sqlite);
    let mut desktop = desk::at_work(&display, &server, "finish-1", "dai-chunhua", None);
    desktop.window().resize(SIZES[0]);
    let app_mib = proportional_mib(&desktop.window().family());
    desktop.close();
    vec![
        Figure::plain("memory of a bare window", bare_mib, "MiB"),
        Figure::plain("memory of the app with its queue", app_mib, "MiB"),
        Figure::with_goal("memory beyond a bare window", app_mib - bare_mib, "MiB", BEYOND_BARE_MIB),
    ]
}

/// Proportional set size of processes, in mebibytes.
fn proportional_mib(processes: &[u32]) -> f64 {
    let kib = |process: &u32| -> f64 {
        let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0.0)
    };
    processes.iter().map(kib).sum::<f64>() / 1024.0
}
