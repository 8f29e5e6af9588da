//! Judging: defects, inspections, nonconformances and what is decided about them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::code::Code;
use crate::{
    ActionId, CharacteristicId, DefectId, JobId, LocalText, NonconformanceId, OperationId, WorkerId, WorkstationId,
};

/// Which shoe of the pair.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// From where the shoe outline is seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// From above.
    Top,
    /// From the outside.
    Side,
    /// From below.
    Sole,
    /// From behind.
    Heel,
    /// Inside.
    Inside,
}

/// How bad a defect is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Seen by an expert.
    Minor,
    /// Seen by the customer.
    Major,
    /// Unsafe or unwearable.
    Critical,
}

/// A kind of defect, with its usual place on the shoe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Defect {
    /// Key.
    pub id: DefectId,
    /// The code on its card.
    pub code: Code,
    /// Name.
    pub name: LocalText,
    /// Usual severity.
    pub severity: Severity,
    /// View on which it is usually marked.
    pub view: View,
    /// Usual place, thousandths of the view's width.
    pub x: u16,
    /// Usual place, thousandths of the view's height.
    pub y: u16,
    /// The operation that usually mends it.
    pub operation: OperationId,
    /// Name of its pictogram.
    pub pictogram: String,
}

/// One defect found on one shoe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Finding {
    /// What.
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
    /// SHA-256 of each photo, hexadecimal; the bytes travel apart from the fact.
    #[serde(default)]
    pub photos: Vec<String>,
}

/// What is decided about a nonconforming pair.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Disposition {
    /// 返工: back to a job; it and everything made since then is done again, then inspected again.
    Rework {
        /// The job to begin again from.
        from: JobId,
    },
    /// 返修: one job is done again, what came after it stands; then inspected again.
    Repair {
        /// The job that mends it.
        at: JobId,
    },
    /// 让步: good enough, by somebody's word. Asks for a PIN.
    UseAsIs {
        /// Why.
        reason: String,
    },
    /// 报废重做: this pair ends here, another is made. Asks for a PIN.
    ScrapAndRemake {
        /// Why.
        reason: String,
    },
}

impl Disposition {
    /// Whether the decision needs badge and PIN.
    pub const fn needs_pin(&self) -> bool {
        matches!(self, Self::UseAsIs { .. } | Self::ScrapAndRemake { .. })
    }
}

/// A measured or judged characteristic.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct CharacteristicResult {
    /// What was checked.
    pub characteristic: CharacteristicId,
    /// Whether it is good.
    pub good: bool,
    /// The number, if measured.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub value: Option<Decimal>,
}

/// One inspection as it was recorded. A pair that failed and came back has several.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Inspection {
    /// The fact behind it.
    pub action: ActionId,
    /// The inspection job.
    pub job: JobId,
    /// Which pass through the job; 0 is the first.
    pub round: u32,
    /// Who judged.
    pub worker: Option<WorkerId>,
    /// Where.
    pub workstation: WorkstationId,
    /// When.
    pub at: DateTime<Utc>,
    /// The nonconformance it opened; `None` if the pair passed.
    pub nonconformance: Option<NonconformanceId>,
    /// What was measured.
    pub results: Vec<CharacteristicResult>,
}

/// Where a nonconformance stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NonconformanceState {
    /// Nobody has decided; every later job of the pair is blocked.
    Open,
    /// Decided; the pair is on its way back to inspection.
    Disposed {
        /// What was decided.
        disposition: Disposition,
        /// Who decided.
        by: Option<WorkerId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Over: passed again, used as is, or scrapped.
    Closed {
        /// What had been decided.
        disposition: Disposition,
        /// When.
        at: DateTime<Utc>,
    },
    /// Taken back by whoever recorded it.
    Withdrawn {
        /// When.
        at: DateTime<Utc>,
    },
}

/// A failed inspection of a pair.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Nonconformance {
    /// Identifier.
    pub id: NonconformanceId,
    /// The fact that opened it.
    pub action: ActionId,
    /// The inspection job that found it.
    pub job: JobId,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Who found it.
    pub found_by: Option<WorkerId>,
    /// When.
    pub found_at: DateTime<Utc>,
    /// Where it stands.
    pub state: NonconformanceState,
    /// How to take the last decision back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub undo: Option<DecisionUndo>,
}

/// What the last decision, or the pass that closed it, did to a nonconformance, so that it can be taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct DecisionUndo {
    /// The fact that decided or closed.
    pub action: ActionId,
    /// How it stood before.
    pub before: NonconformanceState,
}

impl Nonconformance {
    /// Moves it on by a fact, and remembers how it stood.
    pub(crate) fn settle(&mut self, action: ActionId, state: NonconformanceState) {
        let before = std::mem::replace(&mut self.state, state);
        self.undo = Some(DecisionUndo { action, before });
    }

    /// Whether nobody has decided yet.
    pub fn is_open(&self) -> bool {
        matches!(self.state, NonconformanceState::Open)
    }
}
