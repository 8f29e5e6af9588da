//! How the pairs came to stand where the data say: every release and every scan, with who, where and when.
//!
//! Pure and deterministic: the same factory and the same load time give the same actions. What they come to is for the
//! reducer to judge, in the store as in the tests.

use chrono::{DateTime, Utc};
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Action, ClockClass, ClockReading, Fact, ReleasedWorkOrder};
use cordwainer_domain::{ActionId, JobId, OperationId, SiteId, StationId, WorkOrderId, WorkerId, WorkstationId};

use super::factory::{Factory, StatedOrder};
use super::schedule::Floor;
use super::story::Story;

/// What the office and the floor did before the load.
#[derive(Clone, PartialEq, Debug)]
pub struct Play {
    /// Releases, oldest first.
    pub releases: Vec<Release>,
    /// What was scanned, oldest first.
    pub actions: Vec<PlayedAction>,
}

/// A work order given to the floor.
#[derive(Clone, PartialEq, Debug)]
pub struct Release {
    /// Identifier of the fact.
    pub id: ActionId,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub order: ReleasedWorkOrder,
}

/// Something a worker scanned.
#[derive(Clone, PartialEq, Debug)]
pub struct PlayedAction {
    /// Identifier of the fact.
    pub id: ActionId,
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub workstation: WorkstationId,
    /// Who.
    pub worker: WorkerId,
    /// How the worker was identified.
    pub auth_level: AuthLevel,
    /// The pair.
    pub work_order: WorkOrderId,
    /// The job.
    pub job: JobId,
    /// Version of the work order that the worker saw.
    pub base_version: u64,
    /// What happened.
    pub fact: Fact,
}

/// Why a checked factory still cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PlanFault {
    /// The calendar is all holidays.
    #[error("site.toml: the calendar has too little working time before the load for the stated progress")]
    NoWorkingTime,
    /// Nobody may do an operation.
    #[error("operations.toml: {0}: nobody in workers.toml may do it")]
    Nobody(OperationId),
    /// No workstation does an operation.
    #[error("operations.toml: {0}: no workstation belongs to its work centre")]
    NoPlace(OperationId),
    /// A reference leads nowhere.
    #[error("work_orders.toml: {0}: a style, routing or operation is missing")]
    Incomplete(String),
}

impl PlayedAction {
    /// The action as a station would have recorded it.
    pub fn recorded_by(&self, site: &SiteId, station: StationId) -> Action {
        Action {
            id: self.id,
            site: site.clone(),
            station,
            workstation: self.workstation.clone(),
            worker: Some(self.worker),
            grant: None,
            auth_level: self.auth_level,
            work_order: Some(self.work_order),
            job: Some(self.job),
            base_version: Some(self.base_version),
            base_cursor: None,
            clock: history_clock(self.at),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            schema_version: 1,
            fact: self.fact.clone(),
        }
    }
}

/// A clock that was right at the time, in a boot that is over.
fn history_clock(at: DateTime<Utc>) -> ClockReading {
    ClockReading {
        wall_ms: at.timestamp_millis(),
        mono_ms: 0,
        boot_id: "history".to_owned(),
        class: ClockClass::Synchronised,
        offset_ms: 0,
    }
}

/// Plays a factory up to `now`.
///
/// # Errors
/// [`PlanFault`] if the calendar leaves no time for what is said to have been done.
pub fn plan(factory: &Factory, now: DateTime<Utc>) -> Result<Play, PlanFault> {
    let mut floor = Floor::new(factory);
    let mut orders: Vec<&StatedOrder> = factory.work_orders.iter().collect();
    orders.sort_by(|a, b| b.released_days_ago.cmp(&a.released_days_ago).then_with(|| a.number.cmp(&b.number)));
    let mut play = Play { releases: Vec::with_capacity(orders.len()), actions: Vec::new() };
    for order in orders {
        let story = Story::of(factory, order, now)?;
        let (release, actions) = story.tell(&mut floor)?;
        play.releases.push(release);
        play.actions.extend(actions);
    }
    play.releases.sort_by_key(|release| release.at);
    // Stable, and each order's own actions are in order already: nothing happens before what it rests on.
    play.actions.sort_by_key(|action| action.at);
    Ok(play)
}
