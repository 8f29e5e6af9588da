//! A station without a screen, and what it says: one JSON line an event.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::printer::Printer;
use crate::process::Process;
use crate::programs::program;
use crate::scanner::Scanner;
use crate::server::Server;
use crate::wait::PATIENCE;

/// Longer than the window within which the same code is the same scan.
const NEW_SCAN: Duration = Duration::from_millis(1000);

/// A headless station at a workstation, with a scanner of its own.
pub struct Station {
    /// Its scanner.
    pub scanner: Scanner,
    name: String,
    data: TempDir,
    server: String,
    printer: Option<String>,
    process: Option<Process>,
}

impl Station {
    /// Enrols a station at a workstation and waits until it holds the workstation's work.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn enrol(server: &Server, workstation_code: &str, name: &str, printer: Option<&Printer>) -> Self {
        let mut station = Self {
            scanner: Scanner::plug_in(),
            name: name.to_owned(),
            data: tempfile::tempdir().expect("a folder for the station"),
            server: server.address(),
            printer: printer.map(Printer::address),
            process: None,
        };
        station.run(&["--enrol", &server.enrol_code(workstation_code)]);
        station.event("the first pull", |event| event["event"] == "sync" && event["online"] == true);
        station
    }

    /// Starts it again with what is on its disk.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn restart(&mut self) {
        self.run(&[]);
    }

    /// Ends it as a power cut would.
    pub fn cut_power(&mut self) {
        self.process = None;
    }

    #[track_caller]
    fn run(&mut self, more: &[&str]) {
        let mut command = Command::new(program("cordwainer-station"));
        command.arg("--data").arg(self.data.path()).args(["--server", &self.server]);
        command.args(["--scanner", &self.scanner.address()]).args(more);
        if let Some(printer) = &self.printer {
            command.args(["--printer", printer]);
        }
        self.process = Some(Process::start(&self.name, &command));
    }

    /// Scans a code and gives the station's answer to it.
    ///
    /// # Panics
    /// When it does not answer.
    #[track_caller]
    pub fn scan(&mut self, code: &str) -> Value {
        self.scanner.scan(code);
        self.event(format_args!("an answer to the scan of {code}"), |event| {
            event["event"] == "scan" && event["text"] == code
        })
    }

    /// Scans a code that must come to this outcome.
    ///
    /// # Panics
    /// When it comes to another.
    #[track_caller]
    pub fn scan_to(&mut self, code: &str, outcome: &str) -> Value {
        let answer = self.scan(code);
        assert_eq!(answer["outcome"], outcome, "{} scanned {code}: {answer}", self.name);
        answer
    }

    /// Scans a code again whenever the station has heard news, until it comes to this outcome: the facts of other stations
    /// arrive when they arrive.
    ///
    /// # Panics
    /// When it never does, with the last answer.
    #[track_caller]
    pub fn scan_until(&mut self, code: &str, outcome: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.scan(code);
            if answer["outcome"] == outcome {
                return answer;
            }
            assert!(Instant::now() < deadline, "{} scanned {code} until it came to {answer}", self.name);
            // News, or long enough for the same code to be a new scan.
            self.heard_within(NEW_SCAN);
        }
    }

    /// The next event that passes; those before it are gone.
    ///
    /// # Panics
    /// When none comes.
    #[track_caller]
    pub fn event(&mut self, what: impl std::fmt::Display, passes: impl FnMut(&Value) -> bool) -> Value {
        let process = self.process.as_mut().unwrap_or_else(|| panic!("{} is not running", self.name));
        process.json_line(what, passes)
    }

    /// Waits until nothing is unsent.
    ///
    /// # Panics
    /// When something stays.
    #[track_caller]
    pub fn drained(&mut self) {
        self.event("everything to be sent", |event| event["event"] == "sync" && event["pending"] == 0);
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    fn heard_within(&mut self, patience: Duration) {
        let deadline = Instant::now() + patience;
        while let Some(process) = self.process.as_mut()
            && process.line_within(deadline.saturating_duration_since(Instant::now())).is_ok()
        {}
    }
}
