//! Answers: what every scan and press comes to, said within a blink.

use chrono::{DateTime, Utc};
use cordwainer_domain::code::Code;
use cordwainer_domain::people::Role;
use cordwainer_domain::product::{PairSize, Parameter};
use cordwainer_domain::production::{ChosenOption, Priority};
use cordwainer_domain::{
    ActionId, CustomerOrderNumber, JobId, Language, LocalText, OperationId, StyleId, WorkCentreId, WorkOrderId,
    WorkerId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::message::Message;

/// What an answer is, for scripts and for the screen's choice of shape.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// A session opened, or another worker became active.
    SignedIn,
    /// A session ended.
    SignedOut,
    /// The screen is locked.
    Locked,
    /// A PIN is asked for.
    PinNeeded,
    /// A job began.
    Started,
    /// A paused job goes on.
    Resumed,
    /// A job is paused.
    Paused,
    /// A job is signed off.
    SignedOff,
    /// A pair passed.
    Passed,
    /// A pair failed.
    Failed,
    /// A nonconformance is decided.
    Disposed,
    /// An open item is decided.
    Resolved,
    /// The last move is taken back.
    Undone,
    /// The same scan again: shown, not counted.
    Repeat,
    /// Two jobs are equally due.
    Choose,
    /// A required parameter is missing, or one is out of tolerance without a reason.
    NeedsValues,
    /// Surprisingly early: 完成 confirms.
    ConfirmEarly,
    /// A defect or operation was picked by scan.
    Picked,
    /// A label is on its way, or was seen again.
    Label,
    /// A pair was looked up where nothing is made.
    Found,
    /// Language or another setting changed.
    Setting,
    /// The scan or press does nothing, for a reason.
    Refused,
    /// The code is not ours, torn, or misread.
    Unknown,
    /// A valid code that this station does not know: recorded, judged later.
    Unresolved,
}

/// The tone that goes with an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Rising: begun.
    Started,
    /// Full: done.
    Done,
    /// Short: noted.
    Noted,
    /// A question.
    Question,
    /// Unknown code.
    UnknownCode,
    /// Wrong station.
    WrongStation,
    /// Not your turn: a predecessor, a block, another worker.
    NotYourTurn,
    /// Anything else that went wrong.
    Failure,
    /// Nothing.
    Silent,
}

/// How far a record has come. Never more than is true.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// 已存本机: on this station's disk.
    Saved,
    /// 已上传: on the server's disk.
    Sent,
    /// 已确认: judged and counted.
    Accepted,
    /// 待处理: a supervisor will look.
    Pending,
}

/// A worker in few words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct WorkerHead {
    /// Identifier.
    pub id: WorkerId,
    /// Full name.
    pub name: LocalText,
    /// What colleagues say.
    pub short: LocalText,
    /// Roles.
    pub roles: Vec<Role>,
    /// Language.
    pub language: Language,
}

/// A pair in few words, enough to draw it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct PairHead {
    /// Work order.
    pub work_order: WorkOrderId,
    /// Traveller code.
    pub code: Code,
    /// Number as people say it.
    pub number: String,
    /// The customer's order.
    pub customer_order: CustomerOrderNumber,
    /// How the customer is called on the floor.
    pub customer_name: LocalText,
    /// Style.
    pub style: StyleId,
    /// Style in words.
    pub style_name: LocalText,
    /// Construction in words.
    pub construction: LocalText,
    /// Options, for the picture and the facts. Empty if this station only knows the pair's name.
    pub options: Vec<ChosenOption>,
    /// Sizes; absent if this station only knows the pair's name.
    pub size: Option<PairSize>,
    /// How urgent.
    pub priority: Priority,
    /// When it was promised.
    pub promise_at: DateTime<Utc>,
    /// Whether the forecast passes the promise.
    pub late: bool,
}

/// A job in few words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct JobHead {
    /// Job.
    pub id: JobId,
    /// Work order.
    pub work_order: WorkOrderId,
    /// Operation.
    pub operation: OperationId,
    /// Operation in words.
    pub name: LocalText,
    /// Operation in few words.
    pub short: LocalText,
    /// Its pictogram.
    pub pictogram: String,
    /// Where it is done.
    pub work_centre: WorkCentreId,
    /// Pass through the job: 0 first, then rework.
    pub round: u32,
    /// Whether it judges.
    pub inspection: bool,
    /// Standard time.
    pub standard_time_s: u32,
}

/// What a scan or press came to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct Answer {
    /// Counts this station's answers since it started.
    #[ts(type = "number")]
    pub number: u64,
    /// What it is.
    pub kind: AnswerKind,
    /// What is said.
    pub message: Message,
    /// What is heard.
    pub tone: Tone,
    /// The text that was read, if it was a scan.
    pub scanned: Option<String>,
    /// The pair.
    pub pair: Option<PairHead>,
    /// The job.
    pub job: Option<JobHead>,
    /// The worker who is credited.
    pub worker: Option<WorkerHead>,
    /// Jobs to choose from.
    pub choices: Vec<JobHead>,
    /// Parameters that are asked for.
    pub missing: Vec<Parameter>,
    /// The recorded action, if one was.
    pub action: Option<ActionId>,
    /// Until when it can be taken back.
    pub undo_until: Option<DateTime<Utc>>,
    /// How far the record has come.
    pub evidence: Option<Evidence>,
    /// When the code was read.
    pub at: DateTime<Utc>,
}
