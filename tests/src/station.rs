//! A station without a screen, and what it says: one JSON line an event, and a reply to each command it is given.

use std::collections::VecDeque;
use std::fmt::Display;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::printer::Printer;
use crate::process::Process;
use crate::programs::program;
use crate::scanner::Scanner;
use crate::server::{Server, within};
use crate::wait::{self, PATIENCE};

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
    environment: Vec<(String, String)>,
    wrapper: Vec<String>,
    process: Option<Process>,
    /// What it said that nobody asked for yet.
    heard: VecDeque<Value>,
    recorded: u64,
}

impl Station {
    /// Enrols a station at a workstation and waits until it holds the workstation's work.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn enrol(server: &Server, workstation: &str, printer: Option<&Printer>) -> Self {
        let mut station = Self::off(server, workstation, printer);
        station.join(server, workstation);
        station
    }

    /// Enrols a station that was off, and waits until it holds the workstation's work.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn join(&mut self, server: &Server, workstation: &str) {
        self.run(&["--enrol", &server.enrol_code(workstation)]);
        self.let_in(server);
        self.wait_until_ready();
    }

    /// Lets the administrator compare what it shows, and waits for nothing else.
    ///
    /// # Panics
    /// When it shows nothing, or the server refuses.
    #[track_caller]
    pub fn let_in(&mut self, server: &Server) {
        let (station, fingerprint) = self.fingerprint_to_compare();
        server.confirm(&station, &fingerprint);
    }

    /// What it shows while it waits to be let in: which station it is, and its fingerprint.
    ///
    /// # Panics
    /// When it shows nothing.
    #[track_caller]
    pub fn fingerprint_to_compare(&mut self) -> (String, String) {
        let shown = self.event("its fingerprint", |event| event["event"] == "unconfirmed");
        let said = |key: &str| shown[key].as_str().unwrap_or_else(|| panic!("no {key} in {shown}")).to_owned();
        (said("station"), said("fingerprint"))
    }

    /// Waits until it holds its workstation's work.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn wait_until_ready(&mut self) {
        self.event("the workstation's work", |event| event["event"] == "ready");
    }

    /// A station with an empty folder, switched off.
    ///
    /// # Panics
    /// When there is no room for its folder.
    #[track_caller]
    pub fn off(server: &Server, name: &str, printer: Option<&Printer>) -> Self {
        Self {
            scanner: Scanner::plug_in(),
            name: name.to_owned(),
            data: tempfile::tempdir().expect("a folder for the station"),
            server: server.address(),
            printer: printer.map(Printer::address),
            environment: Vec::new(),
            wrapper: Vec::new(),
            process: None,
            heard: VecDeque::new(),
            recorded: 0,
        }
    }

    /// Starts it again with what is on its disk.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn restart(&mut self) {
        self.run(&[]);
        self.wait_until_ready();
    }

    /// Dials the server at another address from its next start on.
    pub fn dial(&mut self, address: &str) {
        address.clone_into(&mut self.server);
    }

    /// Keeps its stores in this folder, which must be empty, from now on.
    pub fn live_in(&mut self, data: TempDir) {
        self.data = data;
    }

    /// Is started by another program from now on, such as `ip netns exec NAME`.
    pub fn run_behind(&mut self, wrapper: &[&str]) {
        self.wrapper = wrapper.iter().map(|word| (*word).to_owned()).collect();
    }

    /// Gives it these environment variables, and no others of ours, from its next start on.
    pub fn surround_with(&mut self, environment: &[(&str, &str)]) {
        self.environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    }

    /// Ends it as a power cut would.
    pub fn cut_power(&mut self) {
        self.process = None;
        self.heard.clear();
    }

    /// Starts it with further arguments, and waits for nothing.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    pub fn run(&mut self, more: &[&str]) {
        let mut command = Command::new(program("cordwainer-station"));
        command.arg("--data").arg(self.data.path()).args(["--server", &self.server, "--stdin"]);
        command.args(["--scanner", &self.scanner.address()]).args(more);
        if let Some(printer) = &self.printer {
            command.args(["--printer", printer]);
        }
        let mut command = within(&self.wrapper, &command);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        self.process = Some(Process::start(&format!("the station at {}", self.name), &command));
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

    /// Scans a code again and again until it comes to this outcome: the facts of other stations arrive when they arrive.
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
            if let Ok(event) = self.read(NEW_SCAN) {
                self.heard.push_back(event);
            }
        }
    }

    /// The next event that passes; those before it are gone.
    ///
    /// # Panics
    /// When none comes, with all that came instead.
    #[track_caller]
    pub fn event(&mut self, what: impl Display, mut passes: impl FnMut(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut instead = Vec::new();
        loop {
            let next = match self.heard.pop_front() {
                Some(event) => Ok(event),
                None => self.read(deadline.saturating_duration_since(Instant::now())),
            };
            match next {
                Ok(event) if passes(&event) => return event,
                Ok(event) => instead.push(event.to_string()),
                Err(reason) => {
                    panic!("{}: waited for {what}; {reason}; it said:\n{}", self.name, instead.join("\n"))
                }
            }
        }
    }

    /// The next event that passes, or `None` where it ends before one does.
    pub fn event_before_end(&mut self, mut passes: impl FnMut(&Value) -> bool) -> Option<Value> {
        loop {
            let event = match self.heard.pop_front() {
                Some(event) => event,
                None => self.read(PATIENCE).ok()?,
            };
            if passes(&event) {
                return Some(event);
            }
        }
    }

    /// Gives it a command, as a screen would, and takes the reply.
    ///
    /// # Panics
    /// When it does not reply.
    #[track_caller]
    pub fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let line = json!({ "command": command, "args": arguments }).to_string();
        self.process.as_mut().unwrap_or_else(|| panic!("{} is off", self.name)).tell(&line);
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.read(deadline.saturating_duration_since(Instant::now())) {
                Ok(event) if event["event"] == "reply" => return event,
                Ok(event) => self.heard.push_back(event),
                Err(reason) => panic!("{}: no reply to {line}: {reason}", self.name),
            }
        }
    }

    /// How many actions the server has not stored yet.
    ///
    /// # Panics
    /// When it does not say.
    #[track_caller]
    pub fn unsent(&mut self) -> u64 {
        let reply = self.ask("get_state", json!({}));
        let count = reply["reply"]["value"]["unsent"]["count"].as_u64();
        count.unwrap_or_else(|| panic!("{}: no count of unsent actions in {reply}", self.name))
    }

    /// Waits until nothing is unsent.
    ///
    /// # Panics
    /// When something stays.
    #[track_caller]
    pub fn drained(&mut self) {
        let name = self.name.clone();
        wait::until(format_args!("{name} to have sent everything"), || match self.unsent() {
            0 => Ok(()),
            count => Err(format!("未上传 {count}")),
        });
    }

    /// How many actions it has recorded, by its own answers.
    pub fn recorded(&self) -> u64 {
        self.recorded
    }

    /// Everything it said and nobody asked for, to its end.
    ///
    /// # Panics
    /// When it does not end.
    #[track_caller]
    pub fn last_words(&mut self) -> Vec<Value> {
        let mut words: Vec<Value> = self.heard.drain(..).collect();
        while let Ok(event) = self.read(PATIENCE) {
            words.push(event);
        }
        self.process().wait_for_end();
        words
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Its process, for stories about its end.
    ///
    /// # Panics
    /// When it is off.
    #[track_caller]
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the station is on")
    }

    /// The next thing it says.
    fn read(&mut self, patience: Duration) -> Result<Value, String> {
        let process = self.process.as_mut().ok_or("it is off")?;
        let line = process.line_within(patience)?;
        let event: Value = serde_json::from_str(&line).map_err(|error| format!("it said {line:?}: {error}"))?;
        let answer = if event["event"] == "reply" { &event["scan"] } else { &event };
        self.recorded += u64::from(answer["action"].is_string());
        Ok(event)
    }
}
