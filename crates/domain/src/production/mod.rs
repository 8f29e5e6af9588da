//! Making a pair: the work order, its jobs, the facts recorded about them, and what those facts come to.

mod action;
mod apply;
mod authorise;
mod credit;
mod forecast;
mod job;
mod read_traveller;
mod reading;
mod resolution;
mod work_order;

pub use action::{Action, ClockClass, ClockReading, Fact, MeasuredValue, ReleasedJob, ReleasedWorkOrder};
pub use apply::{ConflictKind, Outcome, ParkReason, UnfitRule, apply, apply_decided};
pub use authorise::{AuthzProblem, authorise};
pub use credit::{Credit, KeptFact, KeptOutcome};
pub use forecast::{Forecast, forecast};
pub use job::{CreditShare, Job, JobState, PauseReason, Progress, Run, SignOff, Standing, UndoPoint, WHOLE_PASS};
pub use read_traveller::{Circumstances, Move, Refusal, read_traveller};
pub use resolution::{
    Decision, Question, Resolution, ResolutionKind, Resolved, SECURITY_ALARM_AFTER, USUAL_ALARM_AFTER,
};
pub use work_order::{ChosenOption, Pair, Priority, ReleaseFault, WorkOrder, WorkOrderLife};
