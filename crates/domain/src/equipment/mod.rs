//! The plant: sites, work centres, workstations, and when work is done there.

mod calendar;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::code::{Code, CodeAlias};
use crate::order::OrderNode;
use crate::{LocalText, SiteId, WorkCentreId, WorkstationId};

pub use calendar::{Calendar, CalendarFault, Shift};

/// A factory site with its own clock and calendar.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Site {
    /// Key.
    pub id: SiteId,
    /// Name.
    pub name: LocalText,
    /// When work is done.
    pub calendar: Calendar,
    /// What codes of others are called here.
    #[serde(default)]
    pub aliases: Vec<CodeAlias>,
}

/// A group of workstations that do the same kind of work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct WorkCentre {
    /// Key.
    pub id: WorkCentreId,
    /// Name.
    pub name: LocalText,
    /// The node of the customer's progress line that work here belongs to.
    pub node: OrderNode,
}

/// What a workstation is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkstationKind {
    /// Shoes are made here.
    Production,
    /// Shoes are judged here.
    Inspection,
    /// The floor is led from here.
    Supervision,
}

/// A place where work is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Workstation {
    /// Key.
    pub id: WorkstationId,
    /// Name.
    pub name: LocalText,
    /// The group it belongs to; a supervisor's desk has none.
    pub work_centre: Option<WorkCentreId>,
    /// What it is for.
    pub kind: WorkstationKind,
    /// The code on its sign.
    pub code: Code,
}
