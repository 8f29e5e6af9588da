//! Work orders as their facts left them, and the projection of their jobs. Written only by [`write`].

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::code::Code;
use cordwainer_domain::production::{Job, JobState, WorkOrder, WorkOrderLife};
use cordwainer_domain::{SiteId, WorkOrderId};
use cordwainer_protocol::sync::{ChangeOp, Table};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::db::{Tx, on};
use super::fault::StoreFault;
use super::scope::{Scope, card_of, scopes_of};
use super::writing::Writing;

/// Locks subjects, existing or not, against every other writer until the end of the transaction. The caller passes them in
/// one order, so that two writers never wait for each other.
pub(crate) async fn pass_gates(tx: &mut Tx, site: &str, subjects: &BTreeSet<String>) -> Result<(), StoreFault> {
    let subjects: Vec<&String> = subjects.iter().collect();
    for some in subjects.chunks(1_000) {
        on!(tx, c => {
            let mut upsert = QueryBuilder::new("INSERT INTO gate (site_id, subject, passes) ");
            upsert.push_values(some, |mut row, subject| {
                row.push_bind(site).push_bind(*subject).push_bind(1_i64);
            });
            upsert.push(" ON CONFLICT (site_id, subject) DO UPDATE SET passes = gate.passes + 1");
            upsert.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Loads some work orders of a site.
pub(crate) async fn load(
    tx: &mut Tx,
    site: &str,
    ids: &BTreeSet<WorkOrderId>,
) -> Result<BTreeMap<WorkOrderId, WorkOrder>, StoreFault> {
    let ids: Vec<&WorkOrderId> = ids.iter().collect();
    let mut found = BTreeMap::new();
    for some in ids.chunks(1_000) {
        let rows: Vec<(Uuid, Json<WorkOrder>)> = on!(tx, c => {
            let mut select = QueryBuilder::new("SELECT id, doc FROM work_order WHERE site_id = ");
            select.push_bind(site).push(" AND id IN ");
            select.push_tuples(some, |mut row, id| {
                row.push_bind(id.0);
            });
            select.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(id, doc)| (WorkOrderId(id), doc.0)));
    }
    Ok(found)
}

/// The work order with this traveller code.
pub(crate) async fn by_code(tx: &mut Tx, site: &SiteId, code: &Code) -> Result<Option<WorkOrder>, StoreFault> {
    const SQL: &str = "SELECT doc FROM work_order WHERE site_id = $1 AND code = $2";
    let doc: Option<Json<WorkOrder>> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(site.as_str()).bind(code.as_str()).fetch_optional(c).await)?;
    Ok(doc.map(|doc| doc.0))
}

/// Writes a work order's next state, its jobs that look different now, and its moves between scopes.
pub(crate) async fn write(
    writing: &mut Writing,
    before: Option<&WorkOrder>,
    now: &WorkOrder,
) -> Result<(), StoreFault> {
    let row_version = write_row(&mut writing.tx, writing.site.as_str(), now).await?;
    let was: BTreeSet<JobRow> = before.map(project).into_iter().flatten().collect();
    let changed: Vec<JobRow> = project(now).into_iter().filter(|row| !was.contains(row)).collect();
    write_jobs(&mut writing.tx, writing.site.as_str(), &changed).await?;
    let (held, holds) = (before.map(scopes_of).unwrap_or_default(), scopes_of(now));
    for scope in &holds {
        writing.change(scope, Table::WorkOrder, now.id, ChangeOp::Put, row_version);
    }
    for scope in held.difference(&holds) {
        writing.change(scope, Table::WorkOrder, now.id, ChangeOp::Evict, row_version);
    }
    let (had_card, has_card) = (before.and_then(card_of), card_of(now));
    if had_card != has_card {
        let op = if has_card.is_some() { ChangeOp::Put } else { ChangeOp::Del };
        writing.change(&Scope::All, Table::WorkOrderCard, now.id, op, row_version);
    }
    Ok(())
}

async fn write_row(tx: &mut Tx, site: &str, now: &WorkOrder) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO work_order (id, site_id, code, number, customer_order, priority, promise_at, life, \
                       complete, version, row_version, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11) \
                       ON CONFLICT (id) DO UPDATE SET priority = excluded.priority, promise_at = excluded.promise_at, \
                       life = excluded.life, complete = excluded.complete, version = excluded.version, \
                       row_version = work_order.row_version + 1, doc = excluded.doc RETURNING row_version";
    let columns = WorkOrderColumns::of(now)?;
    Ok(on!(tx, c => sqlx::query_scalar(SQL)
        .bind(now.id.0)
        .bind(site)
        .bind(now.code.as_str())
        .bind(&now.number)
        .bind(&now.customer_order.0)
        .bind(&columns.priority)
        .bind(columns.promise_at)
        .bind(&columns.life)
        .bind(columns.complete)
        .bind(columns.version)
        .bind(Json(now))
        .fetch_one(c)
        .await)?)
}

/// The columns beside `doc` that follow from it.
#[derive(sqlx::FromRow, Clone, PartialEq, Eq, Debug)]
pub(crate) struct WorkOrderColumns {
    pub(crate) code: String,
    pub(crate) priority: String,
    pub(crate) promise_at: i64,
    pub(crate) life: String,
    pub(crate) complete: bool,
    pub(crate) version: i64,
}

impl WorkOrderColumns {
    pub(crate) fn of(work_order: &WorkOrder) -> Result<Self, StoreFault> {
        let life = match &work_order.life {
            WorkOrderLife::Open => "open",
            WorkOrderLife::Cancelled { .. } => "cancelled",
            WorkOrderLife::Scrapped { .. } => "scrapped",
        };
        Ok(Self {
            code: work_order.code.as_str().to_owned(),
            priority: serde_json::to_value(work_order.priority)?.as_str().unwrap_or_default().to_owned(),
            promise_at: work_order.promise_at.timestamp_millis(),
            life: life.to_owned(),
            complete: work_order.is_complete(),
            version: work_order.version.cast_signed(),
        })
    }
}

/// A job as queries see it.
#[derive(sqlx::FromRow, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct JobRow {
    pub(crate) work_order_id: Uuid,
    pub(crate) id: Uuid,
    pub(crate) place: i64,
    pub(crate) position: i64,
    pub(crate) operation: String,
    pub(crate) operation_version: i64,
    pub(crate) work_centre: String,
    pub(crate) inspection: bool,
    pub(crate) standing: String,
    pub(crate) round: i64,
    pub(crate) worker_id: Option<Uuid>,
    pub(crate) workstation: Option<String>,
    pub(crate) started_at: Option<i64>,
    pub(crate) finished_at: Option<i64>,
    pub(crate) standard_time_s: i64,
    pub(crate) worked_s: Option<i64>,
}

/// The columns of [`JobRow`], for a select.
pub(crate) const JOB_COLUMNS: &str = "work_order_id, id, place, position, operation, operation_version, work_centre, \
     inspection, standing, round, worker_id, workstation, started_at, finished_at, standard_time_s, worked_s";

/// The projection of a work order's jobs.
pub(crate) fn project(work_order: &WorkOrder) -> Vec<JobRow> {
    work_order.jobs.iter().zip(0_i64..).map(|(job, place)| project_job(work_order, job, place)).collect()
}

fn project_job(work_order: &WorkOrder, job: &Job, place: i64) -> JobRow {
    let (worker, workstation, started_at, finished_at, worked_s) = match &job.progress.state {
        JobState::Running { run } | JobState::Paused { run, .. } => {
            (run.worker, Some(&run.workstation), Some(run.started_at), None, Some(run.worked_s))
        }
        JobState::Done { sign_off } => (
            sign_off.worker,
            Some(&sign_off.workstation),
            Some(sign_off.started_at),
            Some(sign_off.finished_at),
            Some(sign_off.worked_s),
        ),
        JobState::Open | JobState::Held { .. } | JobState::Void { .. } => (None, None, None, None, None),
    };
    JobRow {
        work_order_id: work_order.id.0,
        id: job.spec.id.0,
        place,
        position: i64::from(job.spec.position),
        operation: job.spec.operation.0.clone(),
        operation_version: i64::from(job.spec.operation_version),
        work_centre: job.spec.work_centre.0.clone(),
        inspection: job.spec.inspection,
        standing: work_order.standing(job).word().to_owned(),
        round: i64::from(job.progress.round),
        worker_id: worker.map(|id| id.0),
        workstation: workstation.map(|id| id.0.clone()),
        started_at: started_at.map(|at| at.timestamp_millis()),
        finished_at: finished_at.map(|at| at.timestamp_millis()),
        standard_time_s: i64::from(job.spec.standard_time_s),
        worked_s: worked_s.map(i64::from),
    }
}

async fn write_jobs(tx: &mut Tx, site: &str, jobs: &[JobRow]) -> Result<(), StoreFault> {
    for some in jobs.chunks(500) {
        on!(tx, c => {
            let mut upsert = QueryBuilder::new(format!("INSERT INTO job (site_id, {JOB_COLUMNS}) "));
            upsert.push_values(some, |mut row, job| {
                row.push_bind(site)
                    .push_bind(job.work_order_id)
                    .push_bind(job.id)
                    .push_bind(job.place)
                    .push_bind(job.position)
                    .push_bind(&job.operation)
                    .push_bind(job.operation_version)
                    .push_bind(&job.work_centre)
                    .push_bind(job.inspection)
                    .push_bind(&job.standing)
                    .push_bind(job.round)
                    .push_bind(job.worker_id)
                    .push_bind(&job.workstation)
                    .push_bind(job.started_at)
                    .push_bind(job.finished_at)
                    .push_bind(job.standard_time_s)
                    .push_bind(job.worked_s);
            });
            upsert.push(
                " ON CONFLICT (work_order_id, id) DO UPDATE SET standing = excluded.standing, round = excluded.round, \
                 worker_id = excluded.worker_id, workstation = excluded.workstation, started_at = excluded.started_at, \
                 finished_at = excluded.finished_at, worked_s = excluded.worked_s",
            );
            upsert.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
