//! Between the screens and the station engine: one command in, one reply out, and events.
//!
//! The same over Tauri (one `rpc` command) and over HTTP where tests host the router. The reply to a command is named in
//! its documentation; a command that acts replies with an [`Answer`].

mod answer;
mod board_alarm;
mod command;
mod device_settings;
mod event;
mod open_items;
mod views;

pub use answer::{Answer, AnswerKind, Evidence, JobHead, PairHead, Tone, WorkerHead};
pub use board_alarm::BoardAlarm;
pub use command::{Command, FindingDraft, RpcFailure, RpcReply, ScanOrigin, ValueDraft};
pub use device_settings::{Connection, InstrumentSetting, ReaderKind, ScannerRole, ScannerSetting};
pub use event::{Measured, MeasuredValueIn, StationEvent, Topic};
pub use open_items::{
    FactSheet, FactValue, OpenItem, OpenItemLine, OpenItemOf, OpenItems, PendingDecision, ProofSheet, ResolutionChoice,
};
pub use views::{
    Board, BoardPair, BoardStation, BoardWorkCentre, DefectCard, DeviceHealth, DispositionChoice, JobLine, JobSheet,
    Mode, NodeState, PairSheet, PrintJobLine, PrintState, ProgressNode, Queue, QueueCard, ReturnedFor, SetUp,
    StationState, Step, Unsent, WorkstationChoice,
};
