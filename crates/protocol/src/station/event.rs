//! Events: what the engine tells the screens without being asked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::answer::Answer;
use crate::message::Message;

/// What has changed, so that a screen that shows it asks again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Session, network, unsent, devices.
    State,
    /// Jobs.
    Work,
    /// Print jobs.
    Printing,
}

/// A reading in one unit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct MeasuredValueIn {
    /// Unit, as characteristics and parameters name it: `mm`.
    pub unit: String,
    /// Decimal text with a point.
    pub value: String,
}

/// An instrument has sent a line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
pub struct Measured {
    /// The instrument, by the name of its port.
    pub instrument: String,
    /// The reading in every unit in which it can be said exactly; the one that was sent is first. Empty if there is none.
    pub values: Vec<MeasuredValueIn>,
    /// Why there is none.
    pub refused: Option<Message>,
}

/// An event.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "event", content = "value", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "events are few and sent at once; boxes would only blur the TypeScript")]
pub enum StationEvent {
    /// A scan from a device came to something.
    Answer(Answer),
    /// Something changed.
    Changed(Topic),
    /// A balance, calliper or gauge has sent a line.
    Measured(Measured),
    /// A printer's answer is wanted: 标签出来了吗?
    AskPrint {
        /// Print job.
        print_job: String,
        /// Pair's number.
        number: String,
    },
}
