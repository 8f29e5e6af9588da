//! Every work order replayed from the facts that count, in the order in which they were judged.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use cordwainer_domain::production::{Outcome, WorkOrder, apply};
use cordwainer_domain::{SiteId, WorkOrderId};
use cordwainer_sync::decode;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{CHUNK, Report};
use crate::clock::from_ms;
use crate::store::db::{Tx, on};
use crate::store::fault::StoreFault;
use crate::store::scope::{Scope, card_of, scopes_of};
use crate::store::work_order::{JOB_COLUMNS, JobRow, WorkOrderColumns, project};

#[derive(sqlx::FromRow)]
struct CountedAction {
    action_id: Uuid,
    body: Vec<u8>,
    occurred_at: i64,
    status: String,
    commit_seq: i64,
    place_in_commit: i64,
}

/// Replays a site and compares.
pub(super) async fn verify(tx: &mut Tx, site: &SiteId, report: &mut Report) -> Result<(), StoreFault> {
    let mut replayed = replay(tx, site, report).await?;
    let stored = docs(tx, site).await?;
    let mut jobs = jobs(tx, site).await?;
    let mut shown = shown(tx, site).await?;
    for (id, (columns, doc)) in stored {
        report.work_orders += 1;
        let id = WorkOrderId(id);
        let Some(work_order) = replayed.remove(&id) else {
            report.state_problem(format!("work order {id}: no fact ever released it"));
            continue;
        };
        if serde_json::to_value(&work_order)? != doc {
            report.state_problem(format!("work order {id}: its row is not what its facts give"));
        }
        if WorkOrderColumns::of(&work_order)? != columns {
            report.state_problem(format!("work order {id}: its columns are not those of its row"));
        }
        let mut projected = project(&work_order);
        projected.sort();
        if jobs.remove(&id.0).unwrap_or_default() != projected {
            report.state_problem(format!("work order {id}: its jobs are not those of its row"));
        }
        if shown.remove(&id.to_string()).unwrap_or_default() != visible(&work_order) {
            report.state_problem(format!("work order {id}: the feed shows it to the wrong stations"));
        }
    }
    for id in replayed.keys() {
        report.state_problem(format!("work order {id}: its row is gone"));
    }
    for id in jobs.keys() {
        report.state_problem(format!("work order {id}: jobs without a work order"));
    }
    Ok(())
}

async fn replay(
    tx: &mut Tx,
    site: &SiteId,
    report: &mut Report,
) -> Result<BTreeMap<WorkOrderId, WorkOrder>, StoreFault> {
    const SQL: &str = "SELECT v.action_id, a.body, a.occurred_at, v.status, v.commit_seq, v.place_in_commit \
                       FROM verdict v JOIN action_log a ON a.action_id = v.action_id \
                       WHERE v.site_id = $1 AND v.status IN ('applied', 'flagged') AND v.work_order_id IS NOT NULL \
                       AND (v.commit_seq, v.place_in_commit) > ($2, $3) ORDER BY v.commit_seq, v.place_in_commit LIMIT $4";
    let mut work_orders = BTreeMap::new();
    let (mut commit, mut place) = (0, -1);
    loop {
        let rows: Vec<CountedAction> = on!(&mut *tx, c => sqlx::query_as(SQL)
            .bind(site.as_str())
            .bind(commit)
            .bind(place)
            .bind(CHUNK)
            .fetch_all(c)
            .await)?;
        let Some(last) = rows.last() else { return Ok(work_orders) };
        (commit, place) = (last.commit_seq, last.place_in_commit);
        for row in &rows {
            if let Err(fault) = replay_one(&mut work_orders, row, from_ms(row.occurred_at)) {
                report.state_problem(format!("action {}: {fault}", row.action_id));
            }
        }
    }
}

fn replay_one(
    work_orders: &mut BTreeMap<WorkOrderId, WorkOrder>,
    row: &CountedAction,
    at: DateTime<Utc>,
) -> Result<(), String> {
    let action = decode(&row.body).map_err(|fault| fault.to_string())?;
    let id = action.work_order.ok_or("it counts for a work order that its body does not name")?;
    let (status, work_order) = match apply(work_orders.get(&id), &action, at) {
        Outcome::Applied(work_order) => ("applied", work_order),
        Outcome::Flagged(work_order, _) => ("flagged", work_order),
        Outcome::Noted => return Ok(()),
        Outcome::Parked(reason) => return Err(format!("it counts, but replayed it waits: {reason:?}")),
    };
    work_orders.insert(id, work_order);
    if status == row.status { Ok(()) } else { Err(format!("it is {}, but replayed it is {status}", row.status)) }
}

type Docs = Vec<(Uuid, (WorkOrderColumns, Value))>;

async fn docs(tx: &mut Tx, site: &SiteId) -> Result<Docs, StoreFault> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: Uuid,
        #[sqlx(flatten)]
        columns: WorkOrderColumns,
        doc: Json<Value>,
    }
    const SQL: &str = "SELECT id, code, priority, promise_at, life, complete, version, doc FROM work_order \
                       WHERE site_id = $1 ORDER BY id";
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| (row.id, (row.columns, row.doc.0))).collect())
}

async fn jobs(tx: &mut Tx, site: &SiteId) -> Result<BTreeMap<Uuid, Vec<JobRow>>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {JOB_COLUMNS} FROM job WHERE site_id = $1"));
    let rows: Vec<JobRow> = on!(tx, c => sqlx::query_as(sql).bind(site.as_str()).fetch_all(c).await)?;
    let mut jobs: BTreeMap<Uuid, Vec<JobRow>> = BTreeMap::new();
    for row in rows {
        jobs.entry(row.work_order_id).or_default().push(row);
    }
    jobs.values_mut().for_each(|rows| rows.sort());
    Ok(jobs)
}

/// The scopes in which the feed shows each work order, its card included.
async fn shown(tx: &mut Tx, site: &SiteId) -> Result<BTreeMap<String, BTreeSet<(String, String)>>, StoreFault> {
    const SQL: &str = "SELECT pk, tbl, scope FROM change WHERE site_id = $1 AND op = 'put' \
                       AND tbl IN ('work_order', 'work_order_card')";
    let rows: Vec<(String, String, String)> = on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
    let mut shown: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for (pk, table, scope) in rows {
        shown.entry(pk).or_default().insert((table, scope));
    }
    Ok(shown)
}

fn visible(work_order: &WorkOrder) -> BTreeSet<(String, String)> {
    let rows = scopes_of(work_order).into_iter().map(|scope| ("work_order".to_owned(), scope.key()));
    rows.chain(card_of(work_order).map(|_| ("work_order_card".to_owned(), Scope::All.key()))).collect()
}
