//! A parked fact that nothing has healed within a day becomes a conflict, which stays open until a person closes it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use cordwainer_domain::code::Code;
use cordwainer_domain::production::ConflictKind;
use cordwainer_domain::{ActionId, ConflictId, JobId, SiteId, StationId, WorkOrderId};
use cordwainer_protocol::sync::{ConflictRow, VerdictStatus};

use crate::store::db::retried;
use crate::store::parked::{self, Overdue};
use crate::store::verdict::Verdict;
use crate::store::writing::Writing;
use crate::store::{Store, StoreFault, conflict, work_order};

/// How long a fact may wait for other facts before a person must look.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

/// Opens a conflict for everything that has waited for too long.
pub(super) async fn run(store: &Store, site: &SiteId) -> Result<(), StoreFault> {
    while retried!(some(store, site))? {}
    Ok(())
}

/// Opens some. Says whether there were any.
async fn some(store: &Store, site: &SiteId) -> Result<bool, StoreFault> {
    let mut writing = store.writing(site).await?;
    let before_ms = (writing.now - PATIENCE).timestamp_millis();
    let candidates = parked::overdue(&mut writing.tx, site, before_ms).await?;
    if candidates.is_empty() {
        return Ok(false);
    }
    // Behind the gates nobody heals them meanwhile; what was healed before is not read again.
    work_order::pass_gates(&mut writing.tx, site.as_str(), &subjects(&candidates)).await?;
    let overdue = parked::overdue(&mut writing.tx, site, before_ms).await?;
    let held: BTreeSet<_> = candidates.iter().map(|candidate| candidate.action_id).collect();
    for (waiting, place) in overdue.into_iter().filter(|waiting| held.contains(&waiting.action_id)).zip(0_i64..) {
        open(&mut writing, waiting, place).await?;
    }
    writing.close().await?;
    Ok(true)
}

fn subjects(overdue: &[Overdue]) -> BTreeSet<String> {
    let work_orders = overdue.iter().filter_map(|waiting| waiting.work_order_id).map(|id| WorkOrderId(id).to_string());
    work_orders.chain(overdue.iter().filter_map(|waiting| waiting.awaits_code.clone())).collect()
}

async fn open(writing: &mut Writing, waiting: Overdue, place: i64) -> Result<(), StoreFault> {
    let row = ConflictRow {
        id: ConflictId(writing.next_id()),
        conflict: ConflictKind::WaitedTooLong,
        action_id: ActionId(waiting.action_id),
        other_action_id: None,
        work_order_id: waiting.work_order_id.map(WorkOrderId),
        job_id: waiting.job_id.map(JobId),
        opened_at: writing.now,
        closed_at: None,
    };
    writing.judge(Verdict {
        action: row.action_id,
        station: StationId(waiting.station_id),
        work_order: row.work_order_id,
        awaits_code: waiting.awaits_code.and_then(|code| code.parse::<Code>().ok()),
        status: VerdictStatus::Parked,
        reason: Some(waiting.reason.0),
        conflict: Some(ConflictKind::WaitedTooLong),
        conflict_id: Some(row.id),
        place,
        counted_place: None,
        decided_by: None,
    });
    conflict::open(writing, &[row]).await
}
