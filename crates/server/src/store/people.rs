//! Workers as the office keeps them. Written by [`super::master::put`], like every row that the factory defines.

use std::collections::BTreeSet;

use cordwainer_domain::people::Worker;
use cordwainer_domain::{SiteId, WorkerId};
use cordwainer_protocol::sync::PinVerifier;
use sqlx::types::Json;

use super::Store;
use super::db::{Tx, on};
use super::fault::StoreFault;

/// A worker with what stations need to check a PIN.
#[derive(Clone, Debug)]
pub(crate) struct KeptWorker {
    pub(crate) worker: Worker,
    pub(crate) pin: Option<PinVerifier>,
    pub(crate) row_version: i64,
}

#[derive(sqlx::FromRow)]
struct WorkerRow {
    doc: Json<Worker>,
    pin_salt: Option<String>,
    pin_hash: Option<String>,
    row_version: i64,
}

impl From<WorkerRow> for KeptWorker {
    fn from(row: WorkerRow) -> Self {
        let pin = row.pin_salt.zip(row.pin_hash).map(|(salt, hash)| PinVerifier { salt, hash });
        Self { worker: row.doc.0, pin, row_version: row.row_version }
    }
}

impl Store {
    /// Every worker of a site.
    pub(crate) async fn kept_workers(&self, site: &SiteId) -> Result<Vec<KeptWorker>, StoreFault> {
        const SQL: &str = "SELECT doc, pin_salt, pin_hash, row_version FROM worker WHERE site_id = $1 ORDER BY id";
        let mut tx = self.db().read().await?;
        let rows: Vec<WorkerRow> = on!(&mut tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(KeptWorker::from).collect())
    }
}

/// One worker, kept from others until the end of the transaction.
pub(crate) async fn lock(tx: &mut Tx, site: &SiteId, id: WorkerId) -> Result<Option<KeptWorker>, StoreFault> {
    const SQL: &str = "UPDATE worker SET row_version = row_version WHERE id = $1 AND site_id = $2 \
                       RETURNING doc, pin_salt, pin_hash, row_version";
    let row: Option<WorkerRow> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.0).bind(site.as_str()).fetch_optional(c).await)?;
    Ok(row.map(KeptWorker::from))
}

/// Keys of one of the factory's tables of a key and a document.
pub(crate) async fn keys(tx: &mut Tx, site: &SiteId, table: KeyedTable) -> Result<BTreeSet<String>, StoreFault> {
    let sql = match table {
        KeyedTable::WorkCentre => "SELECT id FROM work_centre WHERE site_id = $1",
        KeyedTable::Skill => "SELECT id FROM skill WHERE site_id = $1",
    };
    let rows: Vec<String> = on!(tx, c => sqlx::query_scalar(sql).bind(site.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// A table that a choice is made from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum KeyedTable {
    /// Groups of workstations.
    WorkCentre,
    /// Qualifications.
    Skill,
}
