//! A station without a screen: for gate posts, scripts and load tests. Every event is one line of JSON on standard output.
//!
//! Long because every option is told here in the words of `--help`.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use cordwainer_devices::printer::PrinterAddress;
use cordwainer_domain::WorkstationId;
use cordwainer_protocol::station::{
    Answer, AnswerKind, Command, DeviceHealth, Measured, Mode, PrintState, RpcReply, ScannerSetting, StationEvent,
    StationState, Topic, Unsent,
};
use cordwainer_protocol::{Message, MessageCode, Secret};
use cordwainer_station::clock::SystemClock;
use cordwainer_station::devices::{AutoPrint, scanner_setting};
use cordwainer_station::engine::{StationHandle, kind_word};
use cordwainer_station::handover;
use cordwainer_station::host::{HostOptions, Station};
use cordwainer_station::ids::SystemIds;
use cordwainer_station::store::RoomRules;
use cordwainer_station::support::write_bundle;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// Commands on standard input may not be longer than this; a scan is refused unread far below it.
const LONGEST_LINE: usize = 64 * 1024;

/// Commands that may wait; whoever writes more waits.
const LINES: usize = 64;

/// A station without a screen.
#[derive(Parser, Debug)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Program {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    run: Option<Arguments>,
}

/// What is done with the stores of a station that does not run.
#[derive(Subcommand, Debug)]
enum Verb {
    /// Write out what the server has not stored, for `cordwainer-server station retire --export`.
    Export {
        /// Folder with the station's stores.
        #[arg(long)]
        data: PathBuf,
        /// File to write; standard output without it.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Put an outbox aside that another station has recorded in. It is kept beside.
    SetAside {
        /// Folder with this station's stores.
        #[arg(long)]
        data: PathBuf,
    },
}

/// How to run.
#[derive(Args, Debug)]
struct Arguments {
    /// Folder with this station's stores.
    #[arg(long)]
    data: PathBuf,
    /// Address of the server for stations, `https://host:port`.
    #[arg(long, required_unless_present = "support_bundle", default_value = "")]
    server: String,
    /// One-time code from `cordwainer-server station enrol-code`; not looked at once enrolled.
    #[arg(long)]
    enrol: Option<String>,
    /// A scanner, `serial:PORT[@BAUD[,7E1]]` or `tcp://HOST:PORT`, perhaps with what it is for and reads in front:
    /// `badges=…`, `materials+tags=…`. May be given several times; without it, those used before.
    #[arg(long, value_parser = scanner_setting)]
    scanner: Vec<ScannerSetting>,
    /// The label printer, `zpl+tcp://HOST:PORT`.
    #[arg(long)]
    printer: Option<PrinterAddress>,
    /// Stand at this workstation, if the enrolment holds the whole site.
    #[arg(long)]
    workstation: Option<String>,
    /// When travellers are printed unasked.
    #[arg(long, value_parser = ["after_first_sign_off", "never"])]
    auto_print: Option<String>,
    /// Begin nothing with less room than this on the disk, megabytes; less than the usual 200 for a small disk.
    #[arg(long, value_name = "MB")]
    disk_floor: Option<u64>,
    /// Carry out JSON commands from standard input, one a line, and print the replies.
    #[arg(long)]
    stdin: bool,
    /// Write a file for whoever helps, without secrets and personal data, and end. Works beside a station that runs.
    #[arg(long, value_name = "FILE.tar")]
    support_bundle: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let program = Program::parse();
    let arguments = match (program.verb, program.run) {
        (Some(verb), _) => return carry_out(&verb),
        (None, Some(arguments)) => arguments,
        (None, None) => return ExitCode::from(2),
    };
    if let Err(fault) = cordwainer_logs::begin("station", Some(&arguments.data.join(cordwainer_logs::FOLDER)), "error")
    {
        tracing::warn!(%fault, "no log files are written");
    }
    if let Some(out) = &arguments.support_bundle {
        return match write_bundle(&arguments.data, out) {
            Ok(files) => {
                print(&json!({ "bundle": out, "files": files }));
                ExitCode::SUCCESS
            }
            Err(fault) => {
                print(&json!({ "event": "error", "error": fault.to_string() }));
                ExitCode::from(2)
            }
        };
    }
    let options = options(&arguments);
    let mut station = match Station::open(options, Arc::new(SystemClock), Arc::new(SystemIds)).await {
        Ok(station) => station,
        Err(fault) => {
            print_error(&fault.message());
            return ExitCode::from(2);
        }
    };
    for recovery in &station.report().recoveries {
        print(&json!({ "event": "recovered", "what": format!("{recovery:?}") }));
    }
    let handle = station.handle();
    let enrolled = enrol(&handle, &arguments).await;
    let code = match enrolled {
        Ok(()) => {
            let mut reporter = Reporter::new(handle);
            reporter.run(&mut station, arguments.stdin).await;
            ExitCode::SUCCESS
        }
        Err(message) => {
            print_error(&message);
            ExitCode::from(2)
        }
    };
    station.close().await;
    print(&json!({ "event": "stopped" }));
    code
}

fn carry_out(verb: &Verb) -> ExitCode {
    let done = match verb {
        Verb::Export { data, out } => handover::export(data, out.as_deref(), &SystemClock, &SystemIds),
        Verb::SetAside { data } => {
            handover::set_aside(data).map(|kept| print(&json!({ "event": "set_aside", "kept": kept })))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::from(2)
        }
    }
}

fn options(arguments: &Arguments) -> HostOptions {
    let scanners = &arguments.scanner;
    HostOptions {
        server: Some(arguments.server.clone()),
        workstation: arguments.workstation.clone().map(WorkstationId),
        scanners: (!scanners.is_empty()).then(|| scanners.clone()),
        printer: arguments.printer.as_ref().map(ToString::to_string),
        room: arguments.disk_floor.map_or_else(RoomRules::default, |floor| RoomRules::with_floor(floor * 1_000_000)),
        auto_print: arguments.auto_print.as_deref().map(|word| AutoPrint::read(Some(word))),
        ..HostOptions::new(arguments.data.clone(), Mode::Joined)
    }
}

async fn state(handle: &StationHandle) -> Option<StationState> {
    match handle.call(Command::GetState {}).await {
        Ok(RpcReply::State(state)) => Some(state),
        _ => None,
    }
}

/// Enrols if this folder is no station yet.
async fn enrol(handle: &StationHandle, arguments: &Arguments) -> Result<(), Message> {
    let unenrolled = state(handle).await.is_none_or(|state| state.mode == Mode::Unenrolled);
    if !unenrolled {
        return Ok(());
    }
    let Some(code) = arguments.enrol.clone() else { return Err(Message::new(MessageCode::NotEnrolled)) };
    let joined = handle.call(Command::Enrol { server: arguments.server.clone(), code: Secret::new(code) }).await;
    joined.map(drop).map_err(|failure| failure.message)
}

/// Turns what the engine tells into lines, each fact once.
struct Reporter {
    handle: StationHandle,
    ready: bool,
    waits: bool,
    synced: Option<(Unsent, bool)>,
    devices: Vec<DeviceHealth>,
    labels: BTreeMap<String, PrintState>,
}

impl Reporter {
    fn new(handle: StationHandle) -> Self {
        Self { handle, ready: false, waits: false, synced: None, devices: Vec::new(), labels: BTreeMap::new() }
    }

    async fn run(&mut self, station: &mut Station, stdin: bool) {
        let mut lines = stdin.then(read_lines);
        let mut terminated = Box::pin(termination());
        self.report_state().await;
        self.report_labels().await;
        loop {
            tokio::select! {
                () = &mut terminated => return,
                event = station.events().recv() => match event {
                    Ok(event) => self.report(event).await,
                    Err(RecvError::Lagged(missed)) => print(&json!({ "event": "missed", "events": missed })),
                    Err(RecvError::Closed) => return,
                },
                line = next_line(&mut lines) => match line {
                    Some(line) => self.carry_out(&line).await,
                    // Whoever spoke has finished; scanners go on.
                    None => lines = None,
                },
            }
        }
    }

    async fn report(&mut self, event: StationEvent) {
        match event {
            StationEvent::Answer(answer) => print(&scan(&answer)),
            StationEvent::Measured(Measured { instrument, values, refused }) => print(&json!({
                "event": "measured",
                "instrument": instrument,
                "values": values,
                "reason": refused.map(|message| message.code),
            })),
            StationEvent::Changed(Topic::Printing) => self.report_labels().await,
            StationEvent::Changed(Topic::State | Topic::Work) => self.report_state().await,
            StationEvent::AskPrint { print_job, number } => {
                print(&json!({ "event": "ask_print", "job": print_job, "number": number }));
            }
        }
    }

    async fn report_state(&mut self) {
        let Some(state) = state(&self.handle).await else { return };
        if !self.waits && state.mode == Mode::Unconfirmed {
            self.waits = true;
            self.report_fingerprint().await;
        }
        if !self.ready && state.workstation_kind.is_some() {
            self.ready = true;
            print(&json!({
                "event": "ready",
                "workstation": state.workstation,
                "work_centre": state.work_centre,
                "kind": state.workstation_kind,
                "pending": state.unsent.count,
                "version": state.app_version,
            }));
        }
        let synced = (state.unsent.clone(), state.online);
        if self.synced.as_ref() != Some(&synced) {
            let oldest_ms = state.unsent.oldest_at.map(|oldest| (state.now - oldest).num_milliseconds().max(0));
            print(&json!({
                "event": "sync",
                "pending": state.unsent.count,
                "oldest_ms": oldest_ms,
                "online": state.online,
                "reason": state.offline_reason.as_ref().filter(|_| !state.online).map(|reason| reason.code),
                "supervisor": state.unsent.pending,
            }));
            self.synced = Some(synced);
        }
        for device in &state.devices {
            let known = self.devices.iter().any(|known| {
                (&known.kind, &known.name, known.ok, &known.message)
                    == (&device.kind, &device.name, device.ok, &device.message)
            });
            if !known {
                print(&json!({
                    "event": "device",
                    "kind": device.kind,
                    "name": device.name,
                    "ok": device.ok,
                    "reason": device.message.as_ref().map(|message| message.code),
                }));
            }
        }
        self.devices = state.devices;
    }

    /// What somebody must compare before this station may work.
    async fn report_fingerprint(&self) {
        if let Ok(RpcReply::SetUp(set_up)) = self.handle.call(Command::GetSetUp {}).await {
            print(&json!({ "event": "unconfirmed", "station": set_up.station, "fingerprint": set_up.fingerprint }));
        }
    }

    async fn report_labels(&mut self) {
        let Ok(RpcReply::PrintJobs(jobs)) = self.handle.call(Command::GetPrintJobs {}).await else { return };
        for job in jobs.iter().rev() {
            if self.labels.insert(job.id.clone(), job.state) != Some(job.state) {
                print(&json!({
                    "event": "label",
                    "job": job.id,
                    "state": job.state,
                    "number": job.number,
                    "work_order_id": job.work_order,
                    "reprint": job.reprint,
                }));
            }
        }
    }

    async fn carry_out(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        let command = if line.len() > LONGEST_LINE { None } else { serde_json::from_str::<Command>(line).ok() };
        let Some(command) = command else {
            print(&json!({ "event": "reply", "error": MessageCode::Unsupported }));
            return;
        };
        match self.handle.call(command).await {
            Ok(RpcReply::Answer(answer)) => print(&json!({
                "event": "reply",
                "reply": RpcReply::Answer(answer.clone()),
                "scan": scan(&answer),
            })),
            Ok(reply) => print(&json!({ "event": "reply", "reply": reply })),
            Err(failure) => {
                print(&json!({ "event": "reply", "error": failure.message.code, "message": failure.message }));
            }
        }
    }
}

/// What a scan came to, for a script.
fn scan(answer: &Answer) -> Value {
    let asks_or_refuses = matches!(
        answer.kind,
        AnswerKind::Refused
            | AnswerKind::Unknown
            | AnswerKind::Unresolved
            | AnswerKind::Repeat
            | AnswerKind::NeedsValues
            | AnswerKind::ConfirmEarly
            | AnswerKind::Choose
            | AnswerKind::PinNeeded
    );
    let pair = answer.pair.as_ref();
    let job = answer.job.as_ref();
    json!({
        "event": "scan",
        "text": answer.scanned,
        "outcome": kind_word(answer.kind),
        "reason": asks_or_refuses.then_some(answer.message.code),
        "work_order": pair.map(|pair| &pair.number),
        "work_order_id": pair.map(|pair| pair.work_order),
        "job": job.map(|job| job.id),
        "operation": job.map(|job| &job.operation),
        "worker": answer.worker.as_ref().map(|worker| worker.id),
        "action": answer.action,
        "at": answer.at,
    })
}

/// Lines of standard input. A thread of its own, which the end of the program does not wait for.
fn read_lines() -> mpsc::Receiver<String> {
    let (lines, spoken) = mpsc::channel(LINES);
    std::thread::spawn(move || {
        let spoken = std::io::stdin().lock().lines().map_while(Result::ok);
        for line in spoken {
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    spoken
}

async fn next_line(lines: &mut Option<mpsc::Receiver<String>>) -> Option<String> {
    match lines {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}

/// Ctrl-C, or the signal with which a service is stopped.
async fn termination() {
    #[cfg(unix)]
    {
        let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(terminate) => terminate,
            Err(_) => return drop(tokio::signal::ctrl_c().await),
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(tokio::signal::ctrl_c().await);
}

fn print_error(message: &Message) {
    print(&json!({ "event": "error", "reason": message.code, "message": message }));
}

/// One line, out at once: whoever reads may act on it.
fn print(line: &Value) {
    let mut out = std::io::stdout().lock();
    // A reader that has gone away is no reason to stop recording.
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}
