//! Long because every view of the station, quality and board screens stands here once, for the generated TypeScript.
//!
//! Views: what the screens show. Names are resolved, so that a screen never looks anything up.

use chrono::{DateTime, Utc};
use cordwainer_domain::equipment::WorkstationKind;
use cordwainer_domain::order::OrderNode;
use cordwainer_domain::product::{Characteristic, Parameter};
use cordwainer_domain::production::{PauseReason, Standing};
use cordwainer_domain::quality::{Defect, Disposition, Finding, NonconformanceState};
use cordwainer_domain::{Language, LocalText, NonconformanceId, StationId, WorkCentreId, WorkOrderId, WorkstationId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::answer::{Evidence, JobHead, PairHead, WorkerHead};
use super::board_alarm::BoardAlarm;
use super::command::ValueDraft;
use super::device_settings::{InstrumentSetting, ScannerSetting};
use super::open_items::{OpenItemLine, ProofSheet};
use crate::message::Message;

/// How the app runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Server in this process.
    Standalone,
    /// Joined to a server.
    Joined,
    /// Enrolled; nobody has confirmed its fingerprint yet.
    Unconfirmed,
    /// Not a station yet.
    Unenrolled,
}

/// 未上传 n, with the age of the oldest.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
pub struct Unsent {
    /// Actions on this disk that the server has not stored.
    #[ts(type = "number")]
    pub count: u64,
    /// When the oldest of them was recorded.
    pub oldest_at: Option<DateTime<Utc>>,
    /// Actions that a supervisor will look at.
    #[ts(type = "number")]
    pub pending: u64,
}

/// A device and how it is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct DeviceHealth {
    /// `scanner`, `printer`, `sound`, `disk` or `clock`.
    pub kind: String,
    /// Path or address.
    pub name: String,
    /// Whether it works, as far as is known.
    pub ok: bool,
    /// What is wrong and what to do.
    pub message: Option<Message>,
    /// Last good scan or label.
    pub seen_at: Option<DateTime<Utc>>,
}

/// Who, where, how connected.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct StationState {
    /// How the app runs.
    pub mode: Mode,
    /// Site in words.
    pub site: Option<LocalText>,
    /// IANA time zone of the site.
    pub time_zone: String,
    /// Workstation.
    pub workstation: Option<WorkstationId>,
    /// Workstation in words.
    pub workstation_name: Option<LocalText>,
    /// What it is for: decides the family of screens.
    pub workstation_kind: Option<WorkstationKind>,
    /// Work centre.
    pub work_centre: Option<WorkCentreId>,
    /// Work centre in words.
    pub work_centre_name: Option<LocalText>,
    /// The active worker; `None` when nobody is, or the screen is locked.
    pub worker: Option<WorkerHead>,
    /// Everyone signed in here.
    pub signed_in: Vec<WorkerHead>,
    /// Whether data is hidden.
    pub locked: bool,
    /// Whether a PIN is being asked for, and of whom.
    pub pin_for: Option<WorkerHead>,
    /// Screen language.
    pub language: Language,
    /// Whether the server answered lately.
    pub online: bool,
    /// Why not, in words.
    pub offline_reason: Option<Message>,
    /// When the server last answered.
    pub last_contact: Option<DateTime<Utc>>,
    /// What waits.
    pub unsent: Unsent,
    /// Devices.
    pub devices: Vec<DeviceHealth>,
    /// Pairs' jobs that the active worker signed off today.
    pub signed_off_today: u32,
    /// A print job whose outcome a person must tell.
    pub ask_print: Option<PrintJobLine>,
    /// The station's own clock now, so that ages are told from one clock.
    pub now: DateTime<Utc>,
    /// Hundredths of a CSS pixel per millimetre; 0 before calibration.
    pub px_per_mm_x100: u32,
    /// Program version.
    pub app_version: String,
}

/// A card of the queue.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct QueueCard {
    /// Job.
    pub job: JobHead,
    /// Pair.
    pub pair: PairHead,
    /// How it stands.
    pub standing: Standing,
    /// Why it cannot begin, in words.
    pub why: Option<Message>,
    /// Who works on it.
    pub worker: Option<WorkerHead>,
    /// Where.
    pub workstation: Option<LocalText>,
    /// Since when it runs.
    pub started_at: Option<DateTime<Utc>>,
    /// Seconds worked, up to `now` of the queue if it runs.
    pub worked_s: u32,
    /// Why it is paused.
    pub pause_reason: Option<PauseReason>,
}

/// The station's work: running first, then rework, then ready by promise, then what is to come.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct Queue {
    /// When it was read.
    pub now: DateTime<Utc>,
    /// Cards in the order in which they are best worked.
    pub cards: Vec<QueueCard>,
}

/// A step of the instruction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Step {
    /// At most twelve characters in Chinese.
    pub text: LocalText,
    /// Hash of the picture.
    pub picture: String,
}

/// What a returned pair was sent back for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct ReturnedFor {
    /// Nonconformance.
    pub id: NonconformanceId,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Defects in words, in the order of the findings.
    pub defects: Vec<LocalText>,
    /// Where it stands.
    pub state: NonconformanceState,
    /// Who found it.
    pub found_by: Option<WorkerHead>,
    /// When.
    pub found_at: DateTime<Utc>,
}

/// One choice of 返工到哪道工序.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DispositionChoice {
    /// Where to begin again.
    pub job: JobHead,
    /// The decision as recorded.
    pub disposition: Disposition,
}

/// Everything that the job screen shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct JobSheet {
    /// Job.
    pub job: JobHead,
    /// Pair.
    pub pair: PairHead,
    /// How it stands.
    pub standing: Standing,
    /// Why it cannot begin, in words.
    pub why: Option<Message>,
    /// What to do.
    pub steps: Vec<Step>,
    /// What to record.
    pub parameters: Vec<Parameter>,
    /// What was entered so far.
    pub values: Vec<ValueDraft>,
    /// What to check.
    pub characteristics: Vec<Characteristic>,
    /// Who works on it.
    pub worker: Option<WorkerHead>,
    /// Since when it runs.
    pub started_at: Option<DateTime<Utc>>,
    /// Seconds worked until `now`.
    pub worked_s: u32,
    /// When this was read.
    pub now: DateTime<Utc>,
    /// Why it is paused.
    pub pause_reason: Option<PauseReason>,
    /// What the pair was sent back for, newest first.
    pub returned_for: Vec<ReturnedFor>,
    /// Operations to which an inspector can send the pair back, nearest first.
    pub rework_choices: Vec<DispositionChoice>,
    /// What comes after.
    pub next: Vec<JobHead>,
    /// How far the record of the last move has come.
    pub evidence: Option<Evidence>,
}

/// A node of the customer's progress line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NodeState {
    /// Behind the pair.
    Done,
    /// The pair is here.
    Here,
    /// Ahead of it.
    Ahead,
}

/// A node with its state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ProgressNode {
    /// Node.
    pub node: OrderNode,
    /// State.
    pub state: NodeState,
}

/// A line of a pair's history and future.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct JobLine {
    /// Job.
    pub job: JobHead,
    /// How it stands.
    pub standing: Standing,
    /// Who did it, or does it.
    pub worker: Option<WorkerHead>,
    /// Where.
    pub workstation: Option<LocalText>,
    /// Beginning.
    pub started_at: Option<DateTime<Utc>>,
    /// End.
    pub finished_at: Option<DateTime<Utc>>,
    /// Seconds worked.
    pub worked_s: u32,
}

/// Find a pair: where is it, who has it, what is next.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct PairSheet {
    /// Pair.
    pub pair: PairHead,
    /// The customer's progress line.
    pub nodes: Vec<ProgressNode>,
    /// Jobs in the routing's order.
    pub jobs: Vec<JobLine>,
    /// Jobs that run, or are paused.
    pub here: Vec<JobLine>,
    /// Jobs that could begin.
    pub next: Vec<JobHead>,
    /// Nonconformances, newest first.
    pub nonconformances: Vec<ReturnedFor>,
    /// When it will be finished at standard pace.
    pub finish_at: Option<DateTime<Utc>>,
    /// Whether this station only knows the pair's name.
    pub name_only: bool,
    /// Whether its traveller was printed here before.
    pub printed_before: bool,
}

/// A work centre on the board.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BoardWorkCentre {
    /// Key.
    pub id: WorkCentreId,
    /// Name.
    pub name: LocalText,
    /// Jobs that could begin.
    pub ready: u32,
    /// Jobs in work.
    pub running: u32,
    /// Jobs paused.
    pub paused: u32,
    /// Jobs blocked by a nonconformance.
    pub blocked: u32,
    /// Jobs whose predecessors are open.
    pub waiting: u32,
    /// Ready or running jobs that repeat a pass.
    pub rework: u32,
    /// Ready or running jobs of late pairs.
    pub late: u32,
    /// Standard time of what is ready or running, seconds.
    #[ts(type = "number")]
    pub load_s: u64,
}

/// A pair that needs a supervisor's eye.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct BoardPair {
    /// Pair.
    pub pair: PairHead,
    /// The job it is about.
    pub job: Option<JobHead>,
    /// Who.
    pub worker: Option<WorkerHead>,
    /// Where.
    pub workstation: Option<LocalText>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Seconds worked.
    pub worked_s: u32,
    /// When it will be finished at standard pace.
    pub finish_at: Option<DateTime<Utc>>,
    /// What it is blocked by.
    pub why: Option<Message>,
    /// The nonconformance to be decided.
    pub nonconformance: Option<NonconformanceId>,
}

/// A station on the board.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BoardStation {
    /// Station.
    pub station: StationId,
    /// Workstation in words.
    pub workstation: LocalText,
    /// When the server last heard of it.
    pub last_contact: Option<DateTime<Utc>>,
    /// Actions that wait there.
    #[ts(type = "number")]
    pub unsent: u64,
    /// When the oldest of them was recorded, about.
    pub oldest_at: Option<DateTime<Utc>>,
}

/// The floor at a glance, exceptions first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct Board {
    /// When it was read.
    pub now: DateTime<Utc>,
    /// Whether this station holds the whole site; if not, the board shows its own work centre only.
    pub whole_site: bool,
    /// Pairs forecast to miss their promise, worst first.
    pub late: Vec<BoardPair>,
    /// Pairs blocked by an undecided nonconformance.
    pub blocked: Vec<BoardPair>,
    /// Running jobs over 120 % of standard time.
    pub overrun: Vec<BoardPair>,
    /// Running jobs.
    pub running: Vec<BoardPair>,
    /// Stations with unsent work, or silent for over five minutes.
    pub stations: Vec<BoardStation>,
    /// Alarms that nobody has closed, the newest first.
    pub alarms: Vec<BoardAlarm>,
    /// What waits for a supervisor: security first, then the oldest.
    pub open_items: Vec<OpenItemLine>,
    /// Whether the newest proof that nothing is lost holds; none before the first one.
    pub proof: Option<ProofSheet>,
    /// Queues per work centre.
    pub work_centres: Vec<BoardWorkCentre>,
    /// Pairs in work.
    pub open_pairs: u32,
    /// Pairs completed today.
    pub completed_today: u32,
    /// Whether the numbers are of now; if not, when the server last answered.
    pub as_of: Option<DateTime<Utc>>,
}

/// A defect that an inspector can pick.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DefectCard {
    /// The defect.
    pub defect: Defect,
    /// The operation that usually mends it, in words.
    pub operation_name: LocalText,
}

/// Where a print job stands (devices.md §4.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrintState {
    /// Stored, not begun.
    Queued,
    /// Bytes are leaving.
    Sending,
    /// All bytes left; whether it printed is not known.
    Sent,
    /// Seen by a person or a scanner.
    Confirmed,
    /// No byte left; it will be tried again.
    FailedClean,
    /// Some bytes left; only a person can tell.
    Unknown,
    /// Given up by a person.
    Cancelled,
}

/// A print job.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct PrintJobLine {
    /// Identifier.
    pub id: String,
    /// Pair's number.
    pub number: String,
    /// Work order.
    pub work_order: WorkOrderId,
    /// Where it stands.
    pub state: PrintState,
    /// 补打 R1: how many times before.
    pub reprint: u32,
    /// Why again.
    pub reason: Option<String>,
    /// Printer.
    pub printer: String,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// What is wrong and what to do.
    pub message: Option<Message>,
}

/// A workstation to choose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct WorkstationChoice {
    /// Key.
    pub id: WorkstationId,
    /// Name.
    pub name: LocalText,
    /// Work centre in words.
    pub work_centre: Option<LocalText>,
    /// What it is for.
    pub kind: WorkstationKind,
}

/// Devices and place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct SetUp {
    /// How the app runs.
    pub mode: Mode,
    /// Server address, if joined.
    pub server: Option<String>,
    /// Station, once enrolled.
    pub station: Option<StationId>,
    /// Fingerprint of the station's key, to compare aloud.
    pub fingerprint: Option<String>,
    /// Workstations that this PC may stand at.
    pub workstations: Vec<WorkstationChoice>,
    /// Scanners as configured.
    pub scanners: Vec<ScannerSetting>,
    /// Balances, callipers and gauges as configured.
    pub instruments: Vec<InstrumentSetting>,
    /// Serial ports that are there now.
    pub ports: Vec<String>,
    /// Printer as configured.
    pub printer: String,
    /// Folder with this station's stores.
    pub data_folder: String,
    /// Hundredths of a CSS pixel per millimetre; 0 before calibration.
    pub px_per_mm_x100: u32,
}
