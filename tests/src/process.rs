//! A process that a story started: its lines, its complaints, and its certain end.

use std::collections::VecDeque;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::wait::{self, PATIENCE};

/// How many lines of a process's complaints are kept for the report of a failure.
const COMPLAINTS_MAX: usize = 40;

/// How long a program that ends by itself may take: proofs of a long history are the slowest.
const LONGEST_RUN: Duration = Duration::from_secs(120);

/// A running process with a group of its own, so that whatever it starts ends with it.
pub struct Process {
    name: String,
    child: Child,
    lines: Receiver<String>,
    complaints: Arc<Mutex<VecDeque<String>>>,
}

impl Process {
    /// Starts a program. It is killed when this value goes, and by the kernel should the test itself be killed.
    ///
    /// # Panics
    /// When it cannot be started.
    #[track_caller]
    pub fn start(name: &str, command: &Command) -> Self {
        let mut tied = Command::new("setpriv");
        tied.args(["--pdeathsig", "KILL", "--"]).arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => tied.env(key, value),
                None => tied.env_remove(key),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            tied.current_dir(folder);
        }
        let spawned = tied.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{name} cannot be started: {error}"));
        let lines = read_lines(child.stdout.take());
        let complaints = keep_complaints(child.stderr.take());
        Self { name: name.to_owned(), child, lines, complaints }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input, once.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Writes a line to its standard input.
    ///
    /// # Panics
    /// When it does not listen any more.
    #[track_caller]
    pub fn tell(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("standard input was taken before");
        writeln!(stdin, "{line}").unwrap_or_else(|error| panic!("{} does not listen: {error}", self.name));
    }

    /// The next line of its standard output.
    ///
    /// # Panics
    /// When there is none within [`PATIENCE`], or it ended.
    #[track_caller]
    pub fn next_line(&mut self, what: impl Display) -> String {
        match self.line_within(PATIENCE) {
            Ok(line) => line,
            Err(reason) => panic!("{}: waited for {what}; {reason}{}", self.name, self.said()),
        }
    }

    /// The next line, if there is one before the patience is over.
    ///
    /// # Errors
    /// Why there was none.
    pub fn line_within(&mut self, patience: Duration) -> Result<String, String> {
        self.lines.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("it said nothing for {} s", patience.as_secs()),
            RecvTimeoutError::Disconnected => "it has ended".to_owned(),
        })
    }

    /// The first line from here on that is JSON and passes.
    ///
    /// # Panics
    /// When none comes within [`PATIENCE`], with all that came instead.
    #[track_caller]
    pub fn json_line(&mut self, what: impl Display, mut passes: impl FnMut(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut instead = Vec::new();
        loop {
            match self.line_within(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => match serde_json::from_str::<Value>(&line) {
                    Ok(value) if passes(&value) => return value,
                    _ => instead.push(line),
                },
                Err(reason) => {
                    panic!(
                        "{}: waited for {what}; {reason}; it said:\n{}{}",
                        self.name,
                        instead.join("\n"),
                        self.said()
                    )
                }
            }
        }
    }

    /// Its last words on standard error.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Waits for its own end.
    ///
    /// # Panics
    /// When it does not end.
    #[track_caller]
    pub fn wait_for_end(&mut self) -> ExitStatus {
        let name = self.name.clone();
        wait::until(format_args!("the end of {name}"), || match self.child.try_wait() {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err("it runs".to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }

    /// Ends it and all that it started with a signal that cannot be caught, as a power cut would.
    pub fn kill(&mut self) {
        self.signal_group(Signal::KILL);
        // A child that was killed must be reaped; that it had ended before is no trouble.
        let _ = self.child.wait();
    }

    /// Sends a signal to it and all that it started.
    pub fn signal_group(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // The group may be gone, which is what is wanted.
            let _ = kill_process_group(pid, signal);
        }
    }

    fn said(&self) -> String {
        let complaints = self.complaints();
        if complaints.is_empty() { String::new() } else { format!("\nits complaints:\n{}", complaints.join("\n")) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if thread::panicking() {
            let said = self.said();
            if !said.is_empty() {
                eprintln!("--- {}{said}", self.name);
            }
        }
        self.kill();
    }
}

/// Runs a program to its end and gives what it printed.
///
/// # Panics
/// When it cannot be started or fails, with its complaints.
#[track_caller]
pub fn output_of(command: &mut Command) -> String {
    let (succeeded, out, err) = outcome_of(command);
    assert!(succeeded, "{command:?} failed:\n{out}{err}");
    out
}

/// Runs a program to its end: whether it succeeded, what it printed, what it complained of.
///
/// # Panics
/// When it cannot be started, or does not end within [`LONGEST_RUN`].
#[track_caller]
pub fn outcome_of(command: &mut Command) -> (bool, String, String) {
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (read_all(child.stdout.take()), read_all(child.stderr.take()));
    let ended = wait::within(LONGEST_RUN, || child.try_wait().ok().flatten().ok_or(()));
    if ended.is_err() {
        // It is reaped before its story fails.
        let _ = child.kill();
        let _ = child.wait();
    }
    let text = |read: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&read.join().expect("a thread that only reads")).into_owned()
    };
    let (out, err) = (text(out), text(err));
    let Ok(status) = ended else { panic!("{command:?} did not end within {} s:\n{out}{err}", LONGEST_RUN.as_secs()) };
    (status.success(), out, err)
}

fn read_all(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // A pipe that breaks ends what can be read.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        bytes
    })
}

fn read_lines(stdout: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = stdout {
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}

fn keep_complaints(stderr: Option<impl Read + Send + 'static>) -> Arc<Mutex<VecDeque<String>>> {
    let kept = Arc::new(Mutex::new(VecDeque::new()));
    if let Some(stderr) = stderr {
        let keeping = Arc::clone(&kept);
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // Every look for a sound card is a page of these; the one line of ours that follows says it all.
                if line.starts_with("ALSA lib") {
                    continue;
                }
                let mut kept = keeping.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == COMPLAINTS_MAX {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_process_started_ends_with_it() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 600 & echo $!; wait"]);
        let mut process = Process::start("a shell", &shell);
        let inner = process.next_line("the inner process's id");
        drop(process);
        wait::until("the inner process to be gone", || {
            let state = std::fs::read_to_string(format!("/proc/{inner}/stat")).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") { Ok(()) } else { Err(state) }
        });
    }

    #[test]
    fn a_process_that_fails_is_heard() {
        let (succeeded, out, err) = outcome_of(Command::new("sh").args(["-c", "echo here; echo there >&2; exit 3"]));
        assert_eq!((succeeded, out.trim(), err.trim()), (false, "here", "there"), "both ways out are read");
    }
}
