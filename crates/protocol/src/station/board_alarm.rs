//! An alarm on the supervisor's board.

use chrono::{DateTime, Utc};
use cordwainer_domain::LocalText;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::sync::AlarmKind;

/// An open alarm: what a person must look at although no fact contradicts another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct BoardAlarm {
    /// Identifier.
    pub id: String,
    /// What is wrong.
    pub kind: AlarmKind,
    /// The place that it is about, in words; none when it is about the server.
    pub workstation: Option<LocalText>,
    /// How often it was raised since.
    #[ts(type = "number")]
    pub times: u64,
    /// Since when.
    pub since: DateTime<Utc>,
}
