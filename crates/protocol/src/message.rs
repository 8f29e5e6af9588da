//! Messages: a code with parameters. The words are in the catalogue of the reader's language, never here.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cordwainer_domain::LocalText;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A value inside a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Param {
    /// The same in every language: a code, a number as said, a path.
    Text(String),
    /// A name from the factory's data.
    Name(LocalText),
    /// An instant, shown in the site's time zone.
    Instant(DateTime<Utc>),
    /// A count or a duration.
    Number(#[ts(type = "number")] i64),
}

/// A message for a person: the UI has one catalogue entry `msg_<code>` for every code, in every language.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct Message {
    /// What is said.
    pub code: MessageCode,
    /// About what.
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
}

impl Message {
    /// A message without parameters.
    pub fn new(code: MessageCode) -> Self {
        Self { code, params: BTreeMap::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: Param) -> Self {
        self.params.insert(name.to_owned(), value);
        self
    }
}

/// Everything that a station says to a person. The parameters of each are named in its line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageCode {
    // -- answers to a scan or a press
    /// worker
    SignedIn,
    /// worker
    SignedOut,
    /// (none)
    Locked,
    /// worker
    PinNeeded,
    /// operation, number
    Started,
    /// operation, number
    Resumed,
    /// operation, number
    Paused,
    /// operation, number
    SignedOff,
    /// number
    InspectionBegun,
    /// number
    Passed,
    /// number, defect
    Failed,
    /// number
    Disposed,
    /// (none)
    ItemResolved,
    /// operation, number
    Undone,
    /// (none)
    LanguageChanged,
    /// number, printer
    LabelQueued,
    /// number
    LabelScannedBack,
    /// number
    LabelConfirmed,
    /// number
    PairFound,
    /// operation
    OperationPicked,
    /// defect
    DefectPicked,
    // -- questions
    /// number
    ChooseJob,
    /// parameter
    ValueNeeded,
    /// minutes, standard_minutes
    EarlyFinish,
    /// parameter, min, max, unit
    OutOfTolerance,
    // -- refusals of a code
    /// text
    CodeEmpty,
    /// (none)
    CodeOversize,
    /// text
    CodeTorn,
    /// text
    CodeMisread,
    /// text
    CodeForeign,
    /// text, symbology
    CodeForeignSymbol,
    /// first, second
    CodeTwoThings,
    /// text
    CodeUnnamed,
    /// text, field
    FieldMisread,
    /// text, field
    FieldUnknown,
    /// text
    CodeNoTag,
    /// got, scanner_role
    ScannerNotForThis,
    /// text
    CodeUnknown,
    /// text
    CodeUnresolved,
    /// got, expected
    CodeWrongType,
    /// text
    ScanGarbled,
    /// text
    ScanRepeated,
    /// badge
    BadgeUnknown,
    /// worker
    BadgeRevoked,
    // -- refusals of a move
    /// (none)
    BadgeNeeded,
    /// skill
    SkillMissing,
    /// role
    RoleMissing,
    /// (none)
    PinRequired,
    /// attempts
    PinWrong,
    /// seconds
    PinWait,
    /// operation, standing, workstation, worker
    PredecessorOpen,
    /// defect
    BlockedByNonconformance,
    /// operation, worker, workstation, since
    OtherWorker,
    /// operation, worker, at
    AlreadyDone,
    /// work_centre
    WrongWorkCentre,
    /// work_centre
    NotYourLine,
    /// operation
    JobHeld,
    /// number
    OrderClosed,
    /// number
    PairComplete,
    /// number
    NotHereYet,
    /// (none)
    NothingRunning,
    /// (none)
    NothingToUndo,
    /// (none)
    NoInspection,
    /// (none)
    FindingNeeded,
    /// (none)
    ItemGone,
    /// (none)
    ReasonNeeded,
    /// (none)
    NotAtThisWorkstation,
    /// (none)
    GrantExpired,
    // -- the honest state
    /// (none)
    RecordedSupervisorWillLook,
    /// (none)
    NotRecordedDiskFull,
    /// free_mb, floor_mb
    DiskLow,
    /// (none)
    DiskReadOnly,
    /// (none)
    DrainOnly,
    /// (none)
    OutboxRebuilt,
    /// seq
    JournalDamaged,
    /// (none)
    EnrolmentLost,
    /// detail
    NotRecorded,
    // -- devices and printing
    /// path
    ScannerMissing,
    /// path
    ScannerAmbiguous,
    /// path
    ScannerNoPermission,
    /// path
    ScannerBusy,
    /// path
    InstrumentMissing,
    /// path
    InstrumentBusy,
    /// path
    ReadingMoving,
    /// path
    ReadingOutOfRange,
    /// path, value
    ReadingWithoutUnit,
    /// path, text
    ReadingUnreadable,
    /// sent, wanted
    ReadingOtherUnit,
    /// value
    ReadingNowhere,
    /// address
    DeviceAddressWrong,
    /// address
    DeviceTwice,
    /// printer
    PrinterUnreachable,
    /// printer
    PrinterUnknownResult,
    /// (none)
    PrinterNoPaper,
    /// (none)
    PrinterNoRibbon,
    /// (none)
    PrinterHeadOpen,
    /// (none)
    PrinterPaused,
    /// (none)
    PrinterJammed,
    /// (none)
    PrinterBusy,
    /// (none)
    PrinterFaulty,
    /// (none)
    PrinterSilent,
    /// (none)
    PrinterUnintelligible,
    /// (none)
    PrinterNotSet,
    /// character
    LabelGlyphMissing,
    /// detail
    LabelRefused,
    /// (none)
    NoSound,
    /// minutes
    ClockWrong,
    // -- enrolment and network
    /// server
    ServerUnreachable,
    /// (none)
    ServerBusy,
    /// (none)
    EnrolCodeRefused,
    /// (none)
    ServerKeyMismatch,
    /// (none)
    AwaitsConfirmation,
    /// (none)
    ClockOff,
    /// (none)
    StationRevoked,
    /// (none)
    NotEnrolled,
    /// path
    DataFolderReadOnly,
    /// (none)
    AlreadyOpen,
    /// station
    OutboxOfAnotherStation,
    /// (none)
    CacheRebuilt,
    /// detail
    Unsupported,
    /// detail
    Internal,
}

impl MessageCode {
    /// The code as it is written on the wire and in the catalogues.
    pub fn word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        }
    }
}
