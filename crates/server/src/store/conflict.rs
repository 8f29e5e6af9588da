//! Contradictions that a person must close. Those who lead the floor follow them.

use cordwainer_domain::production::ConflictKind;
use cordwainer_domain::{ActionId, ConflictId, JobId, SiteId, WorkOrderId};
use cordwainer_protocol::sync::{ChangeOp, ConflictRow, Table};
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
                 opened_at, row_version) ",
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
    resolution: Option<Json<Value>>,
    row_version: i64,
}

/// The columns of [`ConflictImage`], for a select.
pub(crate) const IMAGE_COLUMNS: &str = "id, conflict, action_id, other_action_id, work_order_id, job_id, opened_at, \
                                        closed_at, closed_by, resolution, row_version";

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
