//! Workstations, and the stations that stand at them.

use chrono::{DateTime, Utc};
use cordwainer_domain::code::Code;
use cordwainer_domain::equipment::WorkstationKind;
use cordwainer_domain::{LocalText, StationId, WorkCentreId, WorkstationId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Secret;

/// A key of the factory's data with its name, for choosing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct PlantName {
    /// Key.
    pub id: String,
    /// Name.
    pub name: LocalText,
}

/// What can be chosen: `GET /api/v1/plant`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct Plant {
    /// Work centres.
    pub work_centres: Vec<PlantName>,
    /// Qualifications.
    pub skills: Vec<PlantName>,
}

/// A workstation in the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct WorkstationLine {
    /// Key.
    pub id: WorkstationId,
    /// Name.
    pub name: LocalText,
    /// The group it belongs to.
    pub work_centre: Option<WorkCentreId>,
    /// What it is for.
    pub kind: WorkstationKind,
    /// The code on its sign.
    pub code: Code,
    /// Whether it is no longer used.
    pub retired: bool,
    /// Stations that work there.
    pub stations: u32,
    /// To be sent back with a change.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// `POST /api/v1/workstations`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct NewWorkstation {
    /// Key, such as `last-3`; stays for good.
    pub id: String,
    /// Name.
    pub name: LocalText,
    /// The group it belongs to.
    pub work_centre: Option<WorkCentreId>,
    /// What it is for.
    pub kind: WorkstationKind,
}

/// `PUT /api/v1/workstations/{id}`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct WorkstationChange {
    /// Name.
    pub name: LocalText,
    /// The group it belongs to.
    pub work_centre: Option<WorkCentreId>,
    /// What it is for.
    pub kind: WorkstationKind,
    /// True when it is no longer used.
    pub retired: bool,
    /// The version that the change was made on.
    #[ts(type = "number")]
    pub row_version: i64,
}

/// A station in the list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct StationLine {
    /// Identifier.
    pub id: StationId,
    /// Where it stands.
    pub workstation: WorkstationId,
    /// What it holds: a work centre's key, or `*` for the whole floor.
    pub scope: String,
    /// What two people compare aloud.
    pub fingerprint: String,
    /// Since when.
    pub enrolled_at: DateTime<Utc>,
    /// When somebody compared its fingerprint; it waits until then.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Since when no longer.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it last asked for or sent anything.
    pub last_contact: Option<DateTime<Utc>>,
    /// Actions that it said were waiting.
    #[ts(type = "number")]
    pub outbox_depth: u64,
    /// Age of the oldest of them when it said so, milliseconds.
    #[ts(type = "number")]
    pub oldest_pending_age_ms: u64,
    /// Program version; empty before its first push.
    pub app_version: String,
    /// Whether the history that it saw differs from the one stored.
    pub history_differs: bool,
}

/// `POST /api/v1/stations/enrolments`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct NewEnrolment {
    /// Where the station will stand.
    pub workstation: WorkstationId,
    /// Whether it holds the whole floor.
    pub whole_floor: bool,
}

/// `POST /api/v1/stations/{id}/confirmation`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConfirmStation {
    /// What the station's own screen shows. Case, hyphens and spaces do not count.
    pub fingerprint: String,
}

/// A one-time code for a new station. Shown once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct IssuedEnrolment {
    /// Where the station will stand.
    pub workstation: WorkstationId,
    /// The code.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub code: Secret,
    /// The code as a QR code, SVG.
    #[serde(serialize_with = "Secret::disclose")]
    #[ts(type = "string")]
    pub qr_svg: Secret,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}
