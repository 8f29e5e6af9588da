//! `cordwainer-scanner-sim`: a serial scanner that is not there. It takes orders on standard input, one a line.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    unix::run()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("The scanner simulator needs pseudo terminals, which this system does not have. Use Linux or macOS.");
    ExitCode::FAILURE
}

#[cfg(unix)]
mod unix {
    use std::io::{self, BufRead, Write};
    use std::path::PathBuf;
    use std::process::ExitCode;

    use clap::Parser;
    use cordwainer_devices::simulator::{ScannerOrder, ScannerSimulator, Suffix, Typing};
    use serde_json::{Value, json};

    /// Makes a serial port that behaves like a barcode scanner.
    ///
    /// Prints {"ready":PATH} and then obeys orders from standard input, one a line, each answered by one line of JSON:
    /// scan TEXT | burst COUNT TEXT… | partial TEXT | garble TEXT | chunks LONGEST | suffix NAME | prefix TEXT | unplug |
    /// replug | quit, or the same as JSON, such as {"scan":"W0000001X"}. The end of the input unplugs the scanner.
    #[derive(Debug, Parser)]
    #[command(version)]
    struct Arguments {
        /// The path under which a station finds the scanner: a link, made and removed here.
        #[arg(long, value_name = "PATH")]
        link: PathBuf,
        /// What ends a code: cr, lf, crlf, tab, stx_etx or none.
        #[arg(long, default_value = "cr")]
        suffix: Suffix,
        /// What begins a code, such as ]C0.
        #[arg(long, default_value = "")]
        prefix: String,
        /// Write in random pieces of at most so many bytes; 0 writes each code at once.
        #[arg(long, default_value_t = 0)]
        chunks: usize,
        /// Chooses the pieces; the same number gives the same pieces.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    }

    pub fn run() -> ExitCode {
        let Arguments { link, suffix, prefix, chunks, seed } = Arguments::parse();
        // Standard output belongs to the JSON lines.
        tracing_subscriber::fmt().with_writer(io::stderr).init();
        let typing = Typing { prefix, suffix, longest_piece: chunks, seed };
        match ScannerSimulator::plug_in(&link, typing).and_then(obey_input) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("The scanner simulator cannot go on at {}: {error}", link.display());
                ExitCode::FAILURE
            }
        }
    }

    fn obey_input(mut scanner: ScannerSimulator) -> io::Result<()> {
        say(&json!({ "ready": scanner.path() }))?;
        for line in io::stdin().lock().lines() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let outcome = ScannerOrder::read(&line).map_err(io::Error::other).and_then(|order| scanner.obey(order));
            match outcome {
                Ok(true) => say(&json!({ "done": line.trim() }))?,
                Ok(false) => break,
                Err(error) => say(&json!({ "refused": line.trim(), "reason": error.to_string() }))?,
            }
        }
        Ok(())
    }

    fn say(message: &Value) -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{message}")?;
        out.flush()
    }
}
