//! Reading a pair's history out of the database.

use std::collections::BTreeMap;

use cordwainer_domain::{ActionId, SiteId, StationId, WorkOrderId};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{FORMAT, Trace, TracedAction, TracedLink};
use crate::store::audit::links_after;
use crate::store::db::{Tx, on};
use crate::store::{Store, StoreFault};

/// Links read at a time.
const CHUNK: i64 = 1_000;

impl Store {
    /// The history of the pair with this number or identifier.
    ///
    /// # Errors
    /// [`StoreFault::Missing`] when there is no such pair.
    pub async fn trace(&self, name: &str) -> Result<Trace, StoreFault> {
        let mut tx = self.db().read().await?;
        let missing = || StoreFault::Missing { what: "work order", id: name.to_owned() };
        let (id, site, number) = find(&mut tx, name).await?.ok_or_else(missing)?;
        let site = SiteId(site);
        let mut actions = actions(&mut tx, &site, id).await?;
        actions.sort_by_key(|action| action.audit_seq);
        let first = actions.first().map_or(1, |action| action.audit_seq);
        let before = match first {
            1 => cordwainer_sync::Hash::START.to_string(),
            first => crate::store::audit::hash_at(&mut tx, site.as_str(), first - 1)
                .await?
                .map_or_else(String::new, |hash| hash.to_string()),
        };
        let chain = chain(&mut tx, &site, first).await?;
        // Of the same moment as the chain: another transaction may have gone on since.
        let head = self.checkpoint_within(&mut tx, &site).await?;
        Ok(Trace { format: FORMAT, site, work_order: WorkOrderId(id), number, actions, chain, before, head })
    }
}

async fn find(tx: &mut Tx, name: &str) -> Result<Option<(Uuid, String, String)>, StoreFault> {
    const BY_NUMBER: &str =
        "SELECT id, site_id, number FROM work_order WHERE number = $1 OR code = $1 ORDER BY id LIMIT 1";
    const BY_ID: &str = "SELECT id, site_id, number FROM work_order WHERE id = $1";
    Ok(match name.parse::<Uuid>() {
        Ok(id) => on!(tx, c => sqlx::query_as(BY_ID).bind(id).fetch_optional(c).await)?,
        Err(_) => on!(tx, c => sqlx::query_as(BY_NUMBER).bind(name).fetch_optional(c).await)?,
    })
}

#[derive(sqlx::FromRow)]
struct SignedRow {
    action_id: Uuid,
    station_id: Uuid,
    public_key: Vec<u8>,
    body: Vec<u8>,
    sig: Vec<u8>,
}

async fn actions(tx: &mut Tx, site: &SiteId, work_order: Uuid) -> Result<Vec<TracedAction>, StoreFault> {
    const SQL: &str = "SELECT a.action_id, a.station_id, s.public_key, a.body, a.sig FROM action_log a \
                       JOIN station s ON s.id = a.station_id WHERE a.work_order_id = $1 AND a.site_id = $2";
    let rows: Vec<SignedRow> =
        on!(&mut *tx, c => sqlx::query_as(SQL).bind(work_order).bind(site.as_str()).fetch_all(c).await)?;
    let told = told_at(tx, site, &rows).await?;
    let traced = rows.into_iter().map(|row| TracedAction {
        audit_seq: told.get(&row.action_id.to_string()).copied().unwrap_or_default(),
        id: ActionId(row.action_id),
        station: StationId(row.station_id),
        public_key: hex::encode(row.public_key),
        body: String::from_utf8_lossy(&row.body).into_owned(),
        sig: hex::encode(row.sig),
    });
    Ok(traced.collect())
}

/// The audit entry that tells of each action, found in one walk along the chain.
async fn told_at(tx: &mut Tx, site: &SiteId, rows: &[SignedRow]) -> Result<BTreeMap<String, i64>, StoreFault> {
    let mut told = BTreeMap::new();
    for some in rows.chunks(500) {
        let found: Vec<(String, i64)> = on!(&mut *tx, c => {
            let mut select = QueryBuilder::new("SELECT subject, audit_seq FROM audit WHERE kind = 'action' AND site_id = ");
            select.push_bind(site.as_str()).push(" AND subject IN ");
            select.push_tuples(some, |mut row, action| {
                row.push_bind(action.action_id.to_string());
            });
            select.build_query_as().fetch_all(c).await
        })?;
        told.extend(found);
    }
    Ok(told)
}

async fn chain(tx: &mut Tx, site: &SiteId, first: i64) -> Result<Vec<TracedLink>, StoreFault> {
    let (mut chain, mut seq) = (Vec::new(), first - 1);
    loop {
        let links = links_after(tx, site.as_str(), seq, CHUNK).await?;
        let Some(last) = links.last() else { return Ok(chain) };
        seq = last.audit_seq;
        chain.extend(links.into_iter().map(|row| TracedLink {
            audit_seq: row.audit_seq,
            bytes: String::from_utf8_lossy(&row.bytes).into_owned(),
        }));
    }
}
