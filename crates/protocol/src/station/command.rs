//! Commands: everything that a screen can ask of the station engine.

use cordwainer_domain::production::{PauseReason, Resolution};
use cordwainer_domain::quality::{CharacteristicResult, Disposition, Severity, Side, View};
use cordwainer_domain::{DefectId, JobId, Language, NonconformanceId, ParameterId, WorkOrderId, WorkstationId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::answer::Answer;
use super::device_settings::{InstrumentSetting, ScannerSetting};
use super::open_items::OpenItems;
use super::views::{Board, DefectCard, JobSheet, PairSheet, PrintJobLine, Queue, SetUp, StationState};
use crate::Secret;
use crate::message::Message;

/// Where a scan came from, when it did not come from a serial port.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScanOrigin {
    /// A keyboard-wedge scanner, read by the window.
    Wedge,
    /// Typed on the pad.
    Pad,
}

/// A parameter's value as entered on the number pad.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct ValueDraft {
    /// Parameter.
    pub parameter: ParameterId,
    /// Digits as typed, with a decimal point.
    pub value: String,
    /// Why it is out of tolerance.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A defect as tapped on the shoe outline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct FindingDraft {
    /// Defect.
    pub defect: DefectId,
    /// How bad.
    pub severity: Severity,
    /// Which shoe.
    pub side: Side,
    /// On which view.
    pub view: View,
    /// Thousandths of the view's width.
    pub x: u16,
    /// Thousandths of the view's height.
    pub y: u16,
}

/// A request of a screen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "command", content = "args", rename_all = "snake_case")]
pub enum Command {
    /// → [`RpcReply::State`].
    GetState {},
    /// → [`RpcReply::Queue`].
    GetQueue {},
    /// → [`RpcReply::Job`].
    GetJob {
        /// Job.
        job: JobId,
    },
    /// → [`RpcReply::Board`].
    GetBoard {},
    /// → [`RpcReply::Pairs`]: pairs that match a code, a number or a part of it.
    FindPair {
        /// What was typed or scanned.
        text: String,
    },
    /// → [`RpcReply::Pair`].
    GetPair {
        /// Work order.
        work_order: WorkOrderId,
    },
    /// → [`RpcReply::Defects`].
    GetDefects {},
    /// → [`RpcReply::Picture`].
    GetPicture {
        /// Hash.
        hash: String,
    },
    /// → [`RpcReply::SetUp`].
    GetSetUp {},
    /// → [`RpcReply::PrintJobs`], newest first.
    GetPrintJobs {},

    /// A code was read or typed. → [`RpcReply::Answer`].
    Scan {
        /// Text.
        text: String,
        /// From where.
        origin: ScanOrigin,
    },
    /// The PIN for what asked for it. → [`RpcReply::Answer`].
    EnterPin {
        /// Digits.
        pin: String,
    },
    /// Badge out the active worker. → [`RpcReply::Answer`].
    SignOut {},
    /// Hide data until the next badge; scans stay valid. → [`RpcReply::Answer`].
    Lock {},
    /// Another signed-in worker is active now. → [`RpcReply::Answer`].
    SwitchWorker {
        /// Which.
        worker: cordwainer_domain::WorkerId,
    },
    /// → [`RpcReply::Answer`].
    SetLanguage {
        /// Language.
        language: Language,
    },
    /// Begin a ready job, also the one picked of several. → [`RpcReply::Answer`].
    StartJob {
        /// Job.
        job: JobId,
    },
    /// → [`RpcReply::Answer`].
    PauseJob {
        /// Job.
        job: JobId,
        /// Why.
        reason: PauseReason,
    },
    /// → [`RpcReply::Answer`].
    ResumeJob {
        /// Job.
        job: JobId,
    },
    /// Keep parameters while the job runs; nothing is recorded until it is signed off. → [`RpcReply::Answer`] or a sheet.
    EnterValues {
        /// Job.
        job: JobId,
        /// Values.
        values: Vec<ValueDraft>,
    },
    /// Sign the job off. → [`RpcReply::Answer`].
    FinishJob {
        /// Job.
        job: JobId,
        /// Values not entered before.
        values: Vec<ValueDraft>,
        /// The worker confirmed that it is really done.
        early_confirmed: bool,
    },
    /// Take the worker's last move at this station back. → [`RpcReply::Answer`].
    Undo {},
    /// The inspected pair passes. → [`RpcReply::Answer`].
    PassInspection {
        /// Inspection job.
        job: JobId,
        /// What was checked.
        results: Vec<CharacteristicResult>,
    },
    /// The inspected pair fails. → [`RpcReply::Answer`].
    FailInspection {
        /// Inspection job.
        job: JobId,
        /// What was found.
        findings: Vec<FindingDraft>,
        /// What is to be done; left open if nobody knows yet.
        disposition: Option<Disposition>,
        /// What was checked.
        results: Vec<CharacteristicResult>,
        /// The PIN, where the disposition asks for it again (use as is, scrap).
        pin: Option<String>,
    },
    /// Decide about an open nonconformance. → [`RpcReply::Answer`].
    DisposeNonconformance {
        /// Work order.
        work_order: WorkOrderId,
        /// Nonconformance.
        nonconformance: NonconformanceId,
        /// Decision.
        disposition: Disposition,
        /// The PIN, where the disposition asks for it.
        pin: Option<String>,
    },

    /// What waits for a supervisor. → [`RpcReply::OpenItems`].
    GetOpenItems {},
    /// Decide about an open item; badge and PIN, the PIN again. → [`RpcReply::Answer`].
    ResolveItem {
        /// The item, as the list names it.
        item: String,
        /// Decision.
        resolution: Resolution,
        /// Why, where the decision asks for it.
        reason: Option<String>,
        /// The PIN.
        pin: Option<String>,
    },

    /// Print a pair's traveller. A reprint needs a reason. → [`RpcReply::Answer`].
    PrintTraveller {
        /// Work order.
        work_order: WorkOrderId,
        /// Why again; `None` for the first print.
        reason: Option<String>,
    },
    /// 标签出来了吗? → [`RpcReply::Answer`].
    AnswerPrint {
        /// Print job.
        print_job: String,
        /// Whether the label came out.
        came_out: bool,
    },

    /// Join a server with a one-time code. → [`RpcReply::State`].
    Enrol {
        /// `https://host:port`.
        server: String,
        /// Code.
        #[serde(serialize_with = "Secret::disclose")]
        #[ts(type = "string")]
        code: Secret,
    },
    /// Standalone only: this PC now stands at another workstation. → [`RpcReply::State`].
    ChooseWorkstation {
        /// Workstation.
        workstation: WorkstationId,
    },
    /// → [`RpcReply::SetUp`].
    SaveDevices {
        /// Scanners.
        scanners: Vec<ScannerSetting>,
        /// Balances, callipers and gauges.
        #[serde(default)]
        instruments: Vec<InstrumentSetting>,
        /// `zpl+tcp://host:port`, `zpl+file:path`; empty for none.
        printer: String,
    },
    /// Pixels per millimetre, measured with a bank card. → [`RpcReply::SetUp`].
    SaveCalibration {
        /// Hundredths of a CSS pixel per millimetre.
        px_per_mm_x100: u32,
    },
}

/// A successful reply.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "reply", content = "value", rename_all = "snake_case")]
pub enum RpcReply {
    /// Who, where, how connected.
    State(StationState),
    /// The station's work.
    Queue(Queue),
    /// One job.
    Job(JobSheet),
    /// The floor.
    Board(Board),
    /// Pairs found.
    Pairs(Vec<super::answer::PairHead>),
    /// One pair.
    Pair(PairSheet),
    /// Defects that an inspector can pick.
    Defects(Vec<DefectCard>),
    /// A picture as a `data:` URL.
    Picture(String),
    /// Devices and place.
    SetUp(SetUp),
    /// Print jobs.
    PrintJobs(Vec<PrintJobLine>),
    /// What waits for a supervisor.
    OpenItems(OpenItems),
    /// What a scan or press came to.
    Answer(Answer),
}

/// A command that could not be carried out at all; a refusal on the floor is an [`Answer`] instead.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct RpcFailure {
    /// What to say.
    pub message: Message,
}
