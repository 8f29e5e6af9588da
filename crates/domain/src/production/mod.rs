//! Making a pair: the work order, its jobs, the facts recorded about them, and what those facts come to.

mod action;
mod apply;
mod authorise;
mod forecast;
mod job;
mod read_traveller;
mod work_order;

pub use action::{Action, ClockClass, ClockReading, Fact, MeasuredValue, ReleasedJob, ReleasedWorkOrder};
pub use apply::{ConflictKind, Outcome, ParkReason, UnfitRule, apply};
pub use authorise::{AuthzProblem, authorise};
pub use forecast::{Forecast, forecast};
pub use job::{Job, JobState, PauseReason, Progress, Run, SignOff, Standing, UndoPoint};
pub use read_traveller::{Circumstances, Move, Refusal, read_traveller};
pub use work_order::{ChosenOption, Pair, Priority, ReleaseFault, WorkOrder, WorkOrderLife};
