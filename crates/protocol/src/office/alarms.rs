//! Alarms as the office lists and closes them.

use chrono::{DateTime, Utc};
use cordwainer_domain::{StationId, WorkstationId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::sync::AlarmKind;

/// Why a person closes an alarm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AlarmReason {
    /// What was wrong has been put right.
    Mended,
    /// It was meant: a restore, another PC.
    Meant,
    /// Somebody looked and found nothing wrong.
    NothingFound,
}

/// An alarm in the list, open or closed: one for each kind and station.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct AlarmLine {
    /// Identifier.
    pub id: String,
    /// What is wrong.
    pub kind: AlarmKind,
    /// The station that it is about, or that noticed it.
    pub station: Option<StationId>,
    /// Where that stands.
    pub workstation: Option<WorkstationId>,
    /// How often it was raised since it was last closed.
    #[ts(type = "number")]
    pub times: u64,
    /// Since when.
    pub raised_at: DateTime<Utc>,
    /// When it was last raised.
    pub last_raised_at: DateTime<Utc>,
    /// How it was closed; open without.
    pub closing: Option<AlarmClosing>,
}

/// Who closed an alarm, when and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct AlarmClosing {
    /// When.
    pub at: DateTime<Utc>,
    /// The person's name.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<AlarmReason>,
    /// In the person's own words.
    pub note: Option<String>,
}

/// `POST /api/v1/alarms/{id}/closing`.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct CloseAlarm {
    /// Why.
    pub reason: AlarmReason,
    /// In the person's own words.
    #[serde(default)]
    pub note: Option<String>,
}
