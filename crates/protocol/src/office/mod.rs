//! Between the office's screens and the server: the bodies of `/api/v1`.
//!
//! A secret that is meant to be shown to a person, once, is a field with `Secret::disclose`; all others only go in.

mod accounts;
mod alarms;
mod labels;
mod people;
mod plant;
mod session;

pub use accounts::{AccountChange, AccountLine, NewAccount, OneTimePassword};
pub use alarms::{AlarmClosing, AlarmLine, AlarmReason, CloseAlarm};
pub use labels::{
    KeptLabelDraft, LabelDesign, LabelDraft, LabelDraftMark, LabelField, LabelFinding, LabelFindingCode, LabelLine,
    LabelPreview, LabelRelease, LabelTestPage, ReleaseLabel, TriedLabel,
};
pub use people::{IssuedBadge, IssuedPin, NewWorker, WorkerChange, WorkerLine};
pub use plant::{
    ConfirmStation, IssuedEnrolment, NewEnrolment, NewWorkstation, Plant, PlantName, StationLine, WorkstationChange,
    WorkstationLine,
};
pub use session::{
    AccountHead, DueStep, NewPassword, OfficeSession, RecoveryCodes, SecondFactorOffer, SecondFactorProof, SignIn,
};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Header that every request which changes something must carry: a page of another origin cannot send it unasked.
pub const OFFICE_HEADER: &str = "x-cordwainer-office";

/// Why the office's request was refused, where the screen has words for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OfficeRefusal {
    /// Name, password or code are wrong; one answer for every cause.
    SignInFailed,
    /// The password fits; the second factor is due.
    CodeNeeded,
    /// Too many failures: wait.
    Wait,
    /// Nobody is signed in, or no longer.
    SessionOver,
    /// A new password or the second factor must be set up first.
    SetUpDue,
    /// The account's roles do not have the right.
    NoRight,
    /// The request does not come from our own page.
    ForeignOrigin,
    /// Passwords are not taken over an open wire.
    OpenWire,
    /// The password is too short.
    PasswordShort,
    /// The password is too long.
    PasswordLong,
    /// The password is guessed first.
    PasswordCommon,
    /// The new password is the one before.
    PasswordSame,
    /// The current password is wrong.
    PasswordWrong,
    /// The code is wrong, or was used already.
    CodeWrong,
    /// No login name.
    LoginName,
    /// Somebody has the login name.
    LoginTaken,
    /// A name is missing or too long.
    Name,
    /// No role was chosen.
    NoRole,
    /// The last administrator cannot go.
    LastAdministrator,
    /// Nobody disables or resets himself.
    OwnAccount,
    /// A short key of a-z, 0-9, dot and hyphen is due.
    Key,
    /// Something has the key.
    KeyTaken,
    /// It names something that does not exist.
    Unknown,
    /// A station still works there.
    InUse,
    /// Somebody changed it meanwhile.
    ChangedMeanwhile,
    /// The station's screen shows another fingerprint than the server holds.
    FingerprintDiffers,
    /// What was sent is no label template.
    LabelUnreadable,
    /// Something in the template keeps it from being released, or from being printed at all.
    LabelFaulty,
    /// A reason is missing or too long.
    Reason,
}
