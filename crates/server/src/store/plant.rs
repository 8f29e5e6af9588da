//! Workstations as the office keeps them, and the names to choose from. Written by [`super::master::put`].

use cordwainer_domain::equipment::{WorkCentre, Workstation};
use cordwainer_domain::{SiteId, WorkstationId};
use sqlx::types::Json;

use super::Store;
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::master::Skill;
use super::writing::Writing;

/// A workstation with what the office knows of it.
#[derive(Clone, Debug)]
pub(crate) struct KeptWorkstation {
    pub(crate) workstation: Workstation,
    pub(crate) retired: bool,
    /// Stations that work there.
    pub(crate) stations: u32,
    pub(crate) row_version: i64,
}

#[derive(sqlx::FromRow)]
struct WorkstationRow {
    doc: Json<Workstation>,
    retired_at: Option<i64>,
    stations: i64,
    row_version: i64,
}

impl From<WorkstationRow> for KeptWorkstation {
    fn from(row: WorkstationRow) -> Self {
        let stations = u32::try_from(row.stations).unwrap_or_default();
        let retired = row.retired_at.is_some();
        Self { workstation: row.doc.0, retired, stations, row_version: row.row_version }
    }
}

const SELECT: &str = "SELECT doc, retired_at, row_version, (SELECT COUNT(*) FROM station \
                      WHERE station.site_id = workstation.site_id AND station.workstation = workstation.id \
                      AND station.kind = 'station' AND station.revoked_at IS NULL) AS stations FROM workstation";

impl Store {
    /// Every workstation of a site, retired ones included.
    pub(crate) async fn kept_workstations(&self, site: &SiteId) -> Result<Vec<KeptWorkstation>, StoreFault> {
        let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE site_id = $1 ORDER BY id"));
        let mut tx = self.db().read().await?;
        let rows: Vec<WorkstationRow> = on!(&mut tx, c => sqlx::query_as(sql).bind(site.as_str()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(KeptWorkstation::from).collect())
    }

    /// The work centres of a site.
    pub(crate) async fn work_centres(&self, site: &SiteId) -> Result<Vec<WorkCentre>, StoreFault> {
        const SQL: &str = "SELECT doc FROM work_centre WHERE site_id = $1 ORDER BY id";
        let mut tx = self.db().read().await?;
        let rows: Vec<Json<WorkCentre>> =
            on!(&mut tx, c => sqlx::query_scalar(SQL).bind(site.as_str()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|doc| doc.0).collect())
    }

    /// The qualifications of a site.
    pub(crate) async fn skills(&self, site: &SiteId) -> Result<Vec<Skill>, StoreFault> {
        const SQL: &str = "SELECT doc FROM skill WHERE site_id = $1 ORDER BY id";
        let mut tx = self.db().read().await?;
        let rows: Vec<Json<Skill>> = on!(&mut tx, c => sqlx::query_scalar(SQL).bind(site.as_str()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(|doc| doc.0).collect())
    }
}

/// One workstation, kept from others until the end of the transaction.
pub(crate) async fn lock(
    tx: &mut Tx,
    site: &SiteId,
    id: &WorkstationId,
) -> Result<Option<KeptWorkstation>, StoreFault> {
    const LOCK: &str = "UPDATE workstation SET row_version = row_version WHERE site_id = $1 AND id = $2";
    on!(&mut *tx, c => sqlx::query(LOCK).bind(site.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE site_id = $1 AND id = $2"));
    let row: Option<WorkstationRow> =
        on!(tx, c => sqlx::query_as(sql).bind(site.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    Ok(row.map(KeptWorkstation::from))
}

/// Remembers that a workstation is no longer used, or is again.
pub(crate) async fn set_retired(writing: &mut Writing, id: &WorkstationId, retired: bool) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE workstation SET retired_at = CASE WHEN $4 THEN COALESCE(retired_at, $3) ELSE NULL END \
                       WHERE site_id = $1 AND id = $2";
    let now_ms = writing.now_ms();
    on!(&mut writing.tx, c => sqlx::query(SQL)
        .bind(writing.site.as_str())
        .bind(id.as_str())
        .bind(now_ms)
        .bind(retired)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
