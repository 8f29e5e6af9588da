//! Contradictions that a person must close. Those who lead the floor follow them.

use std::collections::BTreeSet;

use cordwainer_domain::production::{ConflictKind, Resolution};
use cordwainer_domain::{ActionId, ConflictId, JobId, SiteId, WorkOrderId, WorkerId};
use cordwainer_protocol::sync::{ChangeOp, ConflictRow, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use super::audit::Entry;
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::scope::Scope;
use super::writing::Writing;
use crate::clock::from_ms;

/// Opens conflicts.
pub(crate) async fn open(writing: &mut Writing, conflicts: &[ConflictRow]) -> Result<(), StoreFault> {
    let site = writing.site.as_str().to_owned();
    for some in conflicts.chunks(500) {
        on!(&mut writing.tx, c => {
            let mut insert = QueryBuilder::new(
                "INSERT INTO conflict (id, site_id, conflict, action_id, other_action_id, work_order_id, job_id, \
                 opened_at, alarm_at, row_version) ",
            );
            insert.push_values(some, |mut row, conflict| {
                row.push_bind(conflict.id.0)
                    .push_bind(&site)
                    .push_bind(Json(&conflict.conflict))
                    .push_bind(conflict.action_id.0)
                    .push_bind(conflict.other_action_id.map(|id| id.0))
                    .push_bind(conflict.work_order_id.map(|id| id.0))
                    .push_bind(conflict.job_id.map(|id| id.0))
                    .push_bind(conflict.opened_at.timestamp_millis())
                    .push_bind((conflict.opened_at + conflict.conflict.alarm_after()).timestamp_millis())
                    .push_bind(1_i64);
            });
            insert.build().execute(c).await.map(|_| ())
        })?;
    }
    note(writing, conflicts.iter().map(|conflict| conflict.id).collect()).await?;
    for conflict in conflicts {
        writing.change(&Scope::Floor, Table::Conflict, conflict.id, ChangeOp::Put, 1);
    }
    Ok(())
}

/// Every column of a conflict.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct ConflictImage {
    pub(crate) id: Uuid,
    conflict: Json<Value>,
    action_id: Uuid,
    other_action_id: Option<Uuid>,
    work_order_id: Option<Uuid>,
    job_id: Option<Uuid>,
    opened_at: i64,
    closed_at: Option<i64>,
    closed_by: Option<Uuid>,
    closed_by_action: Option<Uuid>,
    alarm_at: Option<i64>,
    alarmed_at: Option<i64>,
    resolution: Option<Json<Value>>,
    row_version: i64,
}

/// The columns of [`ConflictImage`], for a select.
pub(crate) const IMAGE_COLUMNS: &str = "id, conflict, action_id, other_action_id, work_order_id, job_id, opened_at, \
                                        closed_at, closed_by, closed_by_action, alarm_at, alarmed_at, resolution, row_version";

impl ConflictImage {
    /// What the audit chain says of it.
    pub(crate) fn entry(&self) -> Result<Entry, StoreFault> {
        let what = json!({
            "conflict": self.conflict,
            "action_id": self.action_id,
            "other_action_id": self.other_action_id,
            "work_order_id": self.work_order_id,
            "job_id": self.job_id,
            "opened_at": self.opened_at,
            "closed_at": self.closed_at,
            "closed_by": self.closed_by,
            "closed_by_action": self.closed_by_action,
            "alarm_at": self.alarm_at,
            "alarmed_at": self.alarmed_at,
            "resolution": self.resolution,
            "row_version": self.row_version,
        });
        Entry::new("conflict", self.id, &what)
    }
}

/// Says in the audit chain how conflicts stand now. Whoever writes a row of `conflict` calls this behind it.
pub(crate) async fn note(writing: &mut Writing, ids: Vec<ConflictId>) -> Result<(), StoreFault> {
    for some in ids.chunks(500) {
        let rows: Vec<ConflictImage> = on!(&mut writing.tx, c => {
            let mut select = QueryBuilder::new(format!("SELECT {IMAGE_COLUMNS} FROM conflict WHERE id IN "));
            select.push_tuples(some, |mut row, id| {
                row.push_bind(id.0);
            });
            select.push(" ORDER BY id").build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            writing.note(row.entry()?);
        }
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct StoredConflict {
    id: Uuid,
    conflict: Json<ConflictKind>,
    action_id: Uuid,
    other_action_id: Option<Uuid>,
    work_order_id: Option<Uuid>,
    job_id: Option<Uuid>,
    opened_at: i64,
    closed_at: Option<i64>,
}

const COLUMNS: &str = "id, conflict, action_id, other_action_id, work_order_id, job_id, opened_at, closed_at";

impl From<StoredConflict> for ConflictRow {
    fn from(stored: StoredConflict) -> Self {
        Self {
            id: ConflictId(stored.id),
            conflict: stored.conflict.0,
            action_id: ActionId(stored.action_id),
            other_action_id: stored.other_action_id.map(ActionId),
            work_order_id: stored.work_order_id.map(WorkOrderId),
            job_id: stored.job_id.map(JobId),
            opened_at: from_ms(stored.opened_at),
            closed_at: stored.closed_at.map(from_ms),
        }
    }
}

/// How a conflict was closed, as stored beside it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Closed {
    /// What was decided.
    pub(crate) resolution: Resolution,
    /// Why.
    pub(crate) reason: Option<String>,
}

/// A conflict that a decision closes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Closing {
    pub(crate) id: ConflictId,
    /// Who decided; nobody where the office did.
    pub(crate) worker: Option<WorkerId>,
    /// The fact that decided.
    pub(crate) by: ActionId,
    pub(crate) closed: Closed,
}

/// Closes conflicts: each leaves the lists of those who lead the floor, with who, when and what on record. One that was
/// closed before stays as it was.
pub(crate) async fn close(writing: &mut Writing, closings: &[Closing]) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE conflict SET closed_at = $2, closed_by = $3, closed_by_action = $4, resolution = $5, \
                       row_version = row_version + 1 WHERE id = $1 AND closed_at IS NULL RETURNING row_version";
    let now_ms = writing.now_ms();
    for closing in closings {
        let version: Option<i64> = on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
            .bind(closing.id.0)
            .bind(now_ms)
            .bind(closing.worker.map(|id| id.0))
            .bind(closing.by.0)
            .bind(Json(&closing.closed))
            .fetch_optional(c)
            .await)?;
        if let Some(version) = version {
            writing.change(&Scope::Floor, Table::Conflict, closing.id, ChangeOp::Evict, version);
        }
    }
    note(writing, closings.iter().map(|closing| closing.id).collect()).await
}

/// Closes what was opened because facts had waited for too long: they wait no longer, by themselves or by a decision that
/// their verdicts name.
pub(crate) async fn end_waiting(writing: &mut Writing, over: &[ActionId]) -> Result<(), StoreFault> {
    let now_ms = writing.now_ms();
    for some in over.chunks(1_000) {
        let closed: Vec<(Uuid, i64)> = on!(&mut writing.tx, c => {
            let mut update = QueryBuilder::new("UPDATE conflict SET closed_at = ");
            update.push_bind(now_ms).push(
                ", closed_by_action = action_id, row_version = row_version + 1 \
                 WHERE closed_at IS NULL AND CAST(conflict AS TEXT) LIKE '%waited_too_long%' AND action_id IN ",
            );
            update.push_tuples(some, |mut row, id| {
                row.push_bind(id.0);
            });
            update.push(" RETURNING id, row_version");
            update.build_query_as().fetch_all(c).await
        })?;
        for (id, version) in &closed {
            writing.change(&Scope::Floor, Table::Conflict, id, ChangeOp::Evict, *version);
        }
        note(writing, closed.into_iter().map(|(id, _)| ConflictId(id)).collect()).await?;
    }
    Ok(())
}

/// A conflict as a judge needs it: open, or closed by a decision.
#[derive(Clone, Debug)]
pub(crate) struct KnownConflict {
    pub(crate) row: ConflictRow,
    /// The decision that closed it.
    pub(crate) decided: Option<(ActionId, Resolution)>,
}

#[derive(sqlx::FromRow)]
struct DecidedConflict {
    #[sqlx(flatten)]
    stored: StoredConflict,
    closed_by_action: Option<Uuid>,
    resolution: Option<Json<Closed>>,
}

impl From<DecidedConflict> for KnownConflict {
    fn from(found: DecidedConflict) -> Self {
        let decided =
            found.closed_by_action.zip(found.resolution).map(|(by, closed)| (ActionId(by), closed.0.resolution));
        Self { row: found.stored.into(), decided }
    }
}

/// The conflicts that some facts are part of, and those still open on some work orders.
pub(crate) async fn around(
    tx: &mut Tx,
    facts: &BTreeSet<ActionId>,
    work_orders: &BTreeSet<WorkOrderId>,
) -> Result<Vec<KnownConflict>, StoreFault> {
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<DecidedConflict> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!(
            "SELECT {COLUMNS}, closed_by_action, resolution FROM conflict WHERE action_id IN "
        ));
        select.push_tuples(facts, |mut row, id| {
            row.push_bind(id.0);
        });
        if !work_orders.is_empty() {
            select.push(" OR (closed_at IS NULL AND work_order_id IN ");
            select.push_tuples(work_orders, |mut row, id| {
                row.push_bind(id.0);
            });
            select.push(")");
        }
        select.push(" ORDER BY opened_at, id");
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(KnownConflict::from).collect())
}

/// Some conflicts by identifier.
pub(crate) async fn load(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<ConflictRow>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<StoredConflict> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!("SELECT {COLUMNS} FROM conflict WHERE id IN "));
        select.push_tuples(ids, |mut row, id| {
            row.push_bind(*id);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(ConflictRow::from).collect())
}

impl Store {
    /// Conflicts that nobody has closed yet, oldest first.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn open_conflicts(&self, site: &SiteId) -> Result<Vec<ConflictRow>, StoreFault> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM conflict WHERE site_id = $1 AND closed_at IS NULL ORDER BY opened_at, id"
        ));
        let mut tx = self.db().read().await?;
        let rows: Vec<StoredConflict> = on!(&mut tx, c => sqlx::query_as(sql).bind(site.as_str()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(ConflictRow::from).collect())
    }
}
