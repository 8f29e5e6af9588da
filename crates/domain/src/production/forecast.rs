//! When a pair will be finished, and whether that is late (capability F6).
//!
//! The longest remaining path of standard time through the routing, laid into the site's shift calendar from now.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::job::{Job, JobState};
use super::work_order::{WorkOrder, WorkOrderLife};
use crate::JobId;
use crate::equipment::Calendar;

/// When a pair will be finished if everyone works at standard pace and nobody waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Forecast {
    /// Standard time still ahead on the longest path.
    #[ts(type = "number")]
    pub remaining_s: u64,
    /// When that is over; `None` if the calendar ends before, or the pair is cancelled or scrapped.
    pub finish_at: Option<DateTime<Utc>>,
    /// Whether that is after the promise.
    pub late: bool,
}

/// Forecasts the finish of a work order, as seen at `now`.
pub fn forecast(work_order: &WorkOrder, calendar: &Calendar, now: DateTime<Utc>) -> Forecast {
    if !matches!(work_order.life, WorkOrderLife::Open) {
        return Forecast { remaining_s: 0, finish_at: None, late: false };
    }
    let mut longest: BTreeMap<JobId, u64> = BTreeMap::new();
    let mut remaining_s = 0;
    for job in &work_order.jobs {
        let before = job.spec.after.iter().filter_map(|id| longest.get(id)).max().copied().unwrap_or(0);
        let path = before + ahead_s(job, now);
        longest.insert(job.spec.id, path);
        remaining_s = remaining_s.max(path);
    }
    if work_order.is_complete() {
        let finished = work_order.jobs.iter().filter_map(|job| job.sign_off()).map(|signed| signed.finished_at).max();
        return Forecast {
            remaining_s: 0,
            finish_at: finished,
            late: finished.is_some_and(|at| at > work_order.promise_at),
        };
    }
    let finish_at = calendar.after_work(now, remaining_s);
    Forecast { remaining_s, finish_at, late: finish_at.is_none_or(|at| at > work_order.promise_at) }
}

/// Standard time that a job still has ahead of it.
fn ahead_s(job: &Job, now: DateTime<Utc>) -> u64 {
    let standard_s = job.spec.standard_time_s;
    u64::from(match &job.progress.state {
        JobState::Done { .. } | JobState::Void { .. } => 0,
        JobState::Running { run } => standard_s.saturating_sub(run.worked_until_s(now)),
        JobState::Paused { run, .. } => standard_s.saturating_sub(run.worked_s),
        JobState::Open | JobState::Held { .. } => standard_s,
    })
}
