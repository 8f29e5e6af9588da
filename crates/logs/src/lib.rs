//! What the programs write for the people who run them: log files that rotate, and support bundles without secrets.
//!
//! Every program logs to standard error in words, and to a folder as one JSON object a line. `CORDWAINER_LOG` (or `RUST_LOG`)
//! says what is worth writing: `info`, `debug`, `warn,cordwainer_server=debug`. Never log a PIN, a key, a token, a badge or a
//! name: identifiers say enough.

mod bundle;
mod redact;
mod rolling;

use std::io::{self, IsTerminal};
use std::path::Path;

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

pub use self::bundle::Bundle;
pub use self::redact::Redactor;
pub use self::rolling::{Limits, RollingFile};

/// The folder of the log files inside a program's own.
pub const FOLDER: &str = "logs";

/// Begins to log: to standard error from `usually` up, and to files in `folder` from `info` up, unless the environment says
/// otherwise.
///
/// # Errors
/// When the folder cannot be written. Standard error is used all the same.
pub fn begin(program: &str, folder: Option<&Path>, usually: &str) -> io::Result<()> {
    let asked = || EnvFilter::try_from_env("CORDWAINER_LOG").or_else(|_| EnvFilter::try_from_default_env()).ok();
    let spoken = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_filter(asked().unwrap_or_else(|| EnvFilter::new(usually)));
    let (file, fault) = match folder.map(|folder| RollingFile::open(folder, program, Limits::default())).transpose() {
        Ok(file) => (file, None),
        Err(fault) => (None, Some(fault)),
    };
    let written = file.map(|file| {
        let filter = asked().unwrap_or_else(|| EnvFilter::new("info"));
        fmt::layer().json().with_ansi(false).with_writer(file).with_filter(filter)
    });
    // A second call, as in a test, changes nothing.
    let _ = tracing_subscriber::registry().with(spoken).with(written).try_init();
    fault.map_or(Ok(()), Err)
}
