//! `cordwainer-printer-sim`: a label printer that is not there. It listens like raw port 9100 and keeps what it gets.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Parser;
use cordwainer_devices::simulator::{ModeSwitch, PrinterMode, PrinterSimulator, speaking};
use cordwainer_labels::PrinterLanguage;
use serde::Serialize;
use serde_json::json;

/// How often the main thread looks whether it shall end while nothing happens.
const PATIENCE: Duration = Duration::from_millis(100);

/// Listens like a network label printer and keeps each label as a file.
///
/// Prints {"listening":"HOST:PORT"} and then one line of JSON per event. A mode may be given on standard input at any time,
/// one a line; `quit` ends. Modes: read, no-read,
/// reset-after:BYTES, stall, fin, media-out, jam, power-loss. It answers questions about its state in its own language, in ZPL only
/// while it is well; in TSPL, ESC/POS and EPL2 a question in another language is printed.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 lets the system choose.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The folder for label-0001.zpl and so on, with a picture of each; made if missing.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// What it speaks: zpl, tspl, escpos or epl.
    #[arg(long, default_value = "zpl")]
    language: PrinterLanguage,
    /// Resolution of its head.
    #[arg(long, value_name = "DPI", default_value_t = 203)]
    dots_per_inch: u16,
    /// How to behave at first.
    #[arg(long, default_value = "read")]
    mode: PrinterMode,
}

fn main() -> ExitCode {
    let Arguments { listen, keep, language, dots_per_inch, mode } = Arguments::parse();
    let language = speaking(language, dots_per_inch);
    // Standard output belongs to the JSON lines.
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    match PrinterSimulator::start_speaking(language, listen, keep, mode).and_then(|printer| serve(&printer)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The printer simulator cannot go on at {listen}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(printer: &PrinterSimulator) -> io::Result<()> {
    say(&json!({ "listening": printer.address().to_string() }))?;
    let quit = Arc::new(AtomicBool::new(false));
    let (switch, told_to_quit) = (printer.mode_switch(), Arc::clone(&quit));
    // Detached: a read of standard input cannot be interrupted, and must not keep the process alive.
    std::thread::spawn(move || obey_input(&switch, &told_to_quit));
    while !quit.load(Ordering::Acquire) {
        if let Some(event) = printer.next(PATIENCE) {
            say(&event)?;
        }
    }
    Ok(())
}

/// Takes modes until the input ends; the printer goes on without it.
fn obey_input(switch: &ModeSwitch, quit: &AtomicBool) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let answer = match line.trim() {
            "" => continue,
            "quit" => return quit.store(true, Ordering::Release),
            words => match words.parse::<PrinterMode>() {
                Ok(mode) => {
                    switch.set(mode);
                    json!({ "mode": mode.to_string() })
                }
                Err(reason) => json!({ "refused": words, "reason": reason }),
            },
        };
        if say(&answer).is_err() {
            return;
        }
    }
}

fn say(message: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, message)?;
    writeln!(out)?;
    out.flush()
}
