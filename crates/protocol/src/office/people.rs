//! Workers as an administrator keeps them.

use cordwainer_domain::people::Role;
use cordwainer_domain::{Language, LocalText, SkillId, WorkCentreId, WorkerId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Secret;

/// A worker in the list. The badge is not shown: whoever reads it could sign with it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct WorkerLine {
    /// Identifier.
    pub id: WorkerId,
    /// Full name.
    pub name: LocalText,
    /// What colleagues say.
    pub short: LocalText,
    /// What the worker may do.
    pub roles: Vec<Role>,
    /// What the worker is qualified for.
    pub skills: Vec<SkillId>,
    /// The language of the worker's screens.
    pub language: Language,
    /// Where the worker may work; empty means anywhere.
    pub work_centres: Vec<WorkCentreId>,
    /// False once revoked.
    pub active: bool,
    /// Whether a PIN is set.
    pub has_pin: bool,
    /// To be sent back with a change.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// `POST /api/v1/workers`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct NewWorker {
    /// Full name.
    pub name: LocalText,
    /// What colleagues say.
    pub short: LocalText,
    /// What the worker may do.
    pub roles: Vec<Role>,
    /// What the worker is qualified for.
    pub skills: Vec<SkillId>,
    /// The language of the worker's screens.
    pub language: Language,
    /// Where the worker may work; empty means anywhere.
    pub work_centres: Vec<WorkCentreId>,
}

/// `PUT /api/v1/workers/{id}`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct WorkerChange {
    /// What the worker is from now on.
    #[serde(flatten)]
    #[ts(flatten)]
    pub worker: NewWorker,
    /// False takes the worker's rights away.
    pub active: bool,
    /// The version that the change was made on.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// A badge that was just made; the one before is no longer good. Shown once, to be printed.
#[derive(Clone, Debug, Serialize, TS)]
pub struct IssuedBadge {
    /// Whose.
    pub worker: WorkerId,
    /// Full name.
    pub name: LocalText,
    /// The code.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub badge: Secret,
    /// The code as a QR code, SVG.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub qr_svg: Secret,
}

/// A PIN that was just made; the one before is no longer good. Shown once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct IssuedPin {
    /// Whose.
    pub worker: WorkerId,
    /// Full name.
    pub name: LocalText,
    /// The digits.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub pin: Secret,
}
