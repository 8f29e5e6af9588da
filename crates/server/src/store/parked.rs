//! Actions that wait: as the judge takes them up again, and as a person follows them. Each has a row from the moment it
//! first waits until it counts or is closed.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::code::Code;
use cordwainer_domain::production::{ParkReason, USUAL_ALARM_AFTER};
use cordwainer_domain::{ActionId, SiteId, StationId, WorkOrderId};
use cordwainer_protocol::sync::{ChangeOp, Table, VerdictStatus};
use cordwainer_sync::Waiting;
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::conflict;
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::scope::Scope;
use super::verdict::Verdict;
use super::writing::Writing;

/// Most waiting actions that one transaction takes up again. More of them on the work orders of one push is an attack or a
/// broken station; the oldest are taken first, and the rest stays stored.
const MOST: i64 = 1_000;

/// A waiting action.
#[derive(Clone, Debug)]
pub(crate) struct ParkedAction {
    pub(crate) id: ActionId,
    pub(crate) station: StationId,
    pub(crate) is_server: bool,
    pub(crate) station_scope: String,
    pub(crate) station_workstation: String,
    pub(crate) body: Vec<u8>,
    pub(crate) occurred_at: i64,
    pub(crate) reason: ParkReason,
    /// The bytes of the decision by which it is to be read, if a person made one.
    pub(crate) decision: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct ParkedRow {
    action_id: Uuid,
    station_id: Uuid,
    kind: String,
    scope: String,
    workstation: String,
    body: Vec<u8>,
    occurred_at: i64,
    reason: Json<ParkReason>,
    decision: Option<Vec<u8>>,
}

const SELECT: &str = "SELECT v.action_id, v.station_id, s.kind, s.scope, s.workstation, a.body, a.occurred_at, v.reason, \
     d.body AS decision FROM verdict v JOIN action_log a ON a.action_id = v.action_id \
     JOIN station s ON s.id = v.station_id LEFT JOIN action_log d ON d.action_id = v.decided_by \
     WHERE v.status = 'parked' AND v.reason IS NOT NULL AND ";

const ORDER: &str = " ORDER BY v.commit_seq, v.place_in_commit LIMIT ";

impl From<ParkedRow> for ParkedAction {
    fn from(row: ParkedRow) -> Self {
        Self {
            id: ActionId(row.action_id),
            station: StationId(row.station_id),
            is_server: row.kind == "server",
            station_scope: row.scope,
            station_workstation: row.workstation,
            body: row.body,
            occurred_at: row.occurred_at,
            reason: row.reason.0,
            decision: row.decision,
        }
    }
}

/// What waits on some work orders, in the order in which it was stored.
pub(crate) async fn on_work_orders(tx: &mut Tx, ids: &BTreeSet<WorkOrderId>) -> Result<Vec<ParkedAction>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ParkedRow> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!("{SELECT} v.work_order_id IN "));
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(id.0);
        });
        select.push(ORDER).push_bind(MOST);
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(ParkedAction::from).collect())
}

/// Some actions by identifier, as far as they wait.
pub(crate) async fn of_actions(tx: &mut Tx, ids: &BTreeSet<ActionId>) -> Result<Vec<ParkedAction>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ParkedRow> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!("{SELECT} v.action_id IN "));
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(id.0);
        });
        select.push(ORDER).push_bind(MOST);
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(ParkedAction::from).collect())
}

/// What waits for some codes.
pub(crate) async fn on_codes(tx: &mut Tx, site: &str, codes: &BTreeSet<Code>) -> Result<Vec<ParkedAction>, StoreFault> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ParkedRow> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!("{SELECT} v.site_id = "));
        select.push_bind(site).push(" AND v.awaits_code IN ");
        select.push_tuples(codes, |mut row, code| {
            row.push_bind(code.as_str());
        });
        select.push(ORDER).push_bind(MOST);
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(ParkedAction::from).collect())
}

/// Every action that waits for this program to understand it.
pub(crate) async fn misunderstood(tx: &mut Tx, site: &SiteId) -> Result<Vec<ParkedAction>, StoreFault> {
    // A reason is JSON on one engine and text on the other; as text its word stands in quotes on both.
    const WHICH: &str = "(CAST(v.reason AS TEXT) LIKE '%\"unknown_kind\"%' OR \
                         CAST(v.reason AS TEXT) LIKE '%\"server_error\"%') AND v.site_id = ";
    let rows: Vec<ParkedRow> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!("{SELECT}{WHICH}"));
        select.push_bind(site.as_str());
        select.push(ORDER).push_bind(MOST);
        select.build_query_as().fetch_all(c).await
    })?;
    let waits = |row: &ParkedRow| matches!(row.reason.0, ParkReason::UnknownKind | ParkReason::ServerError);
    Ok(rows.into_iter().filter(waits).map(ParkedAction::from).collect())
}

/// What waits for judging to go on: who recorded it, when, and which it is; each station's in the order in which it came.
pub(crate) async fn while_judging_paused(
    tx: &mut Tx,
    site: &SiteId,
) -> Result<Vec<Waiting<Uuid, ActionId>>, StoreFault> {
    const SQL: &str = "SELECT v.station_id, a.occurred_at, v.action_id FROM verdict v \
                       JOIN action_log a ON a.action_id = v.action_id WHERE v.site_id = $1 AND v.status = 'parked' \
                       AND CAST(v.reason AS TEXT) LIKE '%\"judging_paused\"%' ORDER BY v.commit_seq, v.place_in_commit";
    let rows: Vec<(Uuid, i64, Uuid)> = on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
    let waiting = |(station, occurred_ms, id)| Waiting { station, occurred_ms, id: ActionId(id) };
    Ok(rows.into_iter().map(waiting).collect())
}

/// Some waiting actions, in the order in which they are named.
pub(crate) async fn named(tx: &mut Tx, ids: &[ActionId]) -> Result<Vec<ParkedAction>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<ParkedRow> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!("{SELECT} v.action_id IN "));
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(id.0);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    let mut found: BTreeMap<ActionId, ParkedAction> =
        rows.into_iter().map(ParkedAction::from).map(|parked| (parked.id, parked)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// An action that has waited for long, as the person who must look is told of it.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct Overdue {
    pub(crate) action_id: Uuid,
    pub(crate) station_id: Uuid,
    pub(crate) work_order_id: Option<Uuid>,
    pub(crate) job_id: Option<Uuid>,
    pub(crate) awaits_code: Option<String>,
    pub(crate) reason: Json<ParkReason>,
}

/// What was stored before an instant, waits, and has no conflict that a person could close.
pub(crate) async fn overdue(tx: &mut Tx, site: &SiteId, before_ms: i64) -> Result<Vec<Overdue>, StoreFault> {
    const SQL: &str = "SELECT v.action_id, v.station_id, v.work_order_id, a.job_id, v.awaits_code, v.reason FROM verdict v \
                       JOIN action_log a ON a.action_id = v.action_id WHERE v.site_id = $1 AND v.status = 'parked' \
                       AND v.reason IS NOT NULL AND v.conflict_id IS NULL AND a.received_at < $2 \
                       ORDER BY v.commit_seq, v.place_in_commit LIMIT $3";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).bind(before_ms).bind(MOST).fetch_all(c).await)?)
}

#[derive(sqlx::FromRow)]
struct Followed {
    action_id: Uuid,
    shown_at: Option<i64>,
    row_version: i64,
}

/// Keeps the rows of what waits in step with the verdicts of a transaction. `waited` are those that waited before it.
pub(crate) async fn follow(
    writing: &mut Writing,
    verdicts: &[Verdict],
    waited: &BTreeSet<ActionId>,
) -> Result<(), StoreFault> {
    let parked: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.status == VerdictStatus::Parked).collect();
    let over = verdicts.iter().filter(|verdict| verdict.status != VerdictStatus::Parked);
    let over: Vec<ActionId> = over.map(|verdict| verdict.action).filter(|id| waited.contains(id)).collect();
    let mut rows = begin(writing, &parked).await?;
    rows.extend(end(writing, &over).await?);
    conflict::end_waiting(writing, &over).await?;
    for row in rows {
        // A row that was never shown has nothing to leave.
        let op = if row.shown_at.is_some() { ChangeOp::Put } else { ChangeOp::Evict };
        if row.shown_at.is_some() || row.row_version > 1 {
            writing.change(&Scope::Floor, Table::Parked, row.action_id, op, row.row_version);
        }
    }
    Ok(())
}

/// Writes what waits. One that waits for something else than before begins anew, and keeps its age.
async fn begin(writing: &mut Writing, parked: &[&Verdict]) -> Result<Vec<Followed>, StoreFault> {
    let (site, now) = (writing.site.as_str().to_owned(), writing.now);
    let mut followed = Vec::new();
    for some in parked.chunks(1_000) {
        let rows: Vec<Followed> = on!(&mut writing.tx, c => {
            let mut upsert = QueryBuilder::new(
                "INSERT INTO parked (action_id, site_id, parked_at, shown_at, alarm_at, row_version) ",
            );
            upsert.push_values(some, |mut row, verdict| {
                let for_a_person = verdict.reason.as_ref().is_some_and(ParkReason::needs_a_person);
                let after = verdict.reason.as_ref().map_or(USUAL_ALARM_AFTER, ParkReason::alarm_after);
                row.push_bind(verdict.action.0)
                    .push_bind(&site)
                    .push_bind(now.timestamp_millis())
                    .push_bind(for_a_person.then(|| now.timestamp_millis()))
                    .push_bind((now + after).timestamp_millis())
                    .push_bind(1_i64);
            });
            upsert.push(
                " ON CONFLICT (action_id) DO UPDATE SET shown_at = excluded.shown_at, alarm_at = excluded.alarm_at, \
                 alarmed_at = NULL, closed_at = NULL, row_version = parked.row_version + 1 \
                 RETURNING action_id, shown_at, row_version",
            );
            upsert.build_query_as().fetch_all(c).await
        })?;
        followed.extend(rows);
    }
    Ok(followed)
}

/// Closes what waits no longer.
async fn end(writing: &mut Writing, over: &[ActionId]) -> Result<Vec<Followed>, StoreFault> {
    let now_ms = writing.now_ms();
    let mut followed = Vec::new();
    for some in over.chunks(1_000) {
        let rows: Vec<Followed> = on!(&mut writing.tx, c => {
            let mut update = QueryBuilder::new("UPDATE parked SET closed_at = ");
            update.push_bind(now_ms).push(", row_version = row_version + 1 WHERE closed_at IS NULL AND action_id IN ");
            update.push_tuples(some, |mut row, id| {
                row.push_bind(id.0);
            });
            update.push(" RETURNING action_id, CAST(NULL AS BIGINT) AS shown_at, row_version");
            update.build_query_as().fetch_all(c).await
        })?;
        followed.extend(rows);
    }
    Ok(followed)
}
