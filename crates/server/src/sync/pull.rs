//! Pull: one page of the feed as a station's scope sees it, and the verdicts on its actions.

use chrono::TimeDelta;
use cordwainer_domain::SiteId;
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{AuditCheckpoint, ChangeOp, PullReply, Table};
use cordwainer_sync::{Cursor, Purpose, checkpoint_bytes, may_pull};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::fault::Refusal;
use super::grant::day_of;
use super::{rows, snapshot};
use crate::store::db::{Tx, on, retried};
use crate::store::scope::{SCOPE_VERSION, Scope};
use crate::store::station::Waits;
use crate::store::writing::{HeadRow, audit_head, head_of};
use crate::store::{Station, Store, StoreFault, feed, station, verdict};

/// Entries in a page if the station does not say.
pub(crate) const DEFAULT_LIMIT: u32 = 500;
/// Most entries that a station may ask for; a page is a little larger when its last commit is.
const MOST: u32 = 5_000;
/// How old the last contact must be before it is worth a write.
const CONTACT_GRAIN: TimeDelta = TimeDelta::seconds(30);

/// What a station asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// Version that the station speaks; 1 if it does not say.
    pub(crate) protocol: u32,
    pub(crate) cursor: Option<String>,
    pub(crate) limit: Option<u32>,
    /// Whether it wants to compare its rows with those here.
    pub(crate) digest: bool,
    /// What it says waits there.
    pub(crate) waits: Option<Waits>,
}

/// Reads a page. Without a cursor it begins at nothing.
pub(crate) async fn pull(store: &Store, station: &Station, ask: &Ask) -> Result<PullReply, Refusal> {
    if !may_pull(ask.protocol, PROTOCOL) {
        return Err(Refusal::Version);
    }
    let now = store.clock().now();
    store.renew_grants(&station.site).await?;
    let site = station.site.as_str();
    let mut tx = store.db().read().await?;
    let head = head_of(&mut tx, site).await?.ok_or(Refusal::NotFound)?;
    let from = place_of(station, ask.cursor.as_deref(), &head)?;
    let limit = ask.limit.unwrap_or(DEFAULT_LIMIT).min(MOST);
    let scopes = Scope::followed(&station.scope);
    let to = if limit == 0 {
        from
    } else {
        feed::page_end(&mut tx, site, &scopes, station.id, from, i64::from(limit)).await?.unwrap_or(head.v)
    };
    let mut changes = feed::changes(&mut tx, site, &scopes, from, to).await?;
    changes.retain(|change| change.table.since() <= ask.protocol);
    let changes = rows::fill(&mut tx, store.identity(), station, head.grants_day, changes).await?;
    let verdicts = verdict::of_station(&mut tx, station.id, from, to).await?;
    let stations = if station.scope == "*" { station::of_site(&mut tx, site).await? } else { Vec::new() };
    let checkpoint = checkpoint(store, site, &head)?;
    let scope_digest = if ask.digest && to == head.v {
        Some(snapshot::digest(&mut tx, store.identity(), station, &head, ask.protocol).await?)
    } else {
        None
    };
    // Before another connection is asked for: sixty requests that each hold one and wait for one more would wait for ever.
    drop(tx);
    if station.last_contact.is_none_or(|last| now - last > CONTACT_GRAIN) || says_otherwise(station, ask.waits) {
        store.heard_of(station.id, from, ask.waits).await?;
    }
    Ok(PullReply {
        from: from.cast_unsigned(),
        to: cursor_at(station, &head, to).to_string(),
        head: head.v.cast_unsigned(),
        more: to < head.v,
        server_epoch: head.epoch.clone(),
        changes,
        verdicts,
        scope_digest,
        audit_checkpoint: Some(checkpoint),
        tombstone_floor: head.tombstone_floor.cast_unsigned(),
        server_time: now,
        stations: stations.iter().map(Station::status).collect(),
    })
}

/// Whether what a station says of its outbox is news worth a write: that something waits at all, or nothing any more.
fn says_otherwise(station: &Station, waits: Option<Waits>) -> bool {
    waits.is_some_and(|waits| (waits.count == 0) != (station.outbox_depth == 0))
}

/// The cursor of a station at a place in the feed.
pub(crate) fn cursor_at(station: &Station, head: &HeadRow, commit_seq: i64) -> Cursor {
    Cursor {
        server_epoch: head.epoch.clone(),
        scope: station.scope.clone(),
        scope_version: SCOPE_VERSION,
        commit_seq: commit_seq.cast_unsigned(),
    }
}

/// Where a cursor stands in the feed.
pub(crate) fn place_of(station: &Station, cursor: Option<&str>, head: &HeadRow) -> Result<i64, Refusal> {
    let Some(text) = cursor.filter(|text| !text.is_empty()) else { return Ok(0) };
    let cursor: Cursor = text.parse().map_err(|_| Refusal::Malformed("the cursor cannot be read".to_owned()))?;
    if cursor.server_epoch != head.epoch {
        return Err(Refusal::Epoch { epoch: head.epoch.clone() });
    }
    let same_scope = cursor.scope == station.scope && cursor.scope_version == SCOPE_VERSION;
    let seq = i64::try_from(cursor.commit_seq).map_err(|_| Refusal::CursorGone)?;
    let within = seq <= head.v && (seq == 0 || seq >= head.tombstone_floor);
    if same_scope && within { Ok(seq) } else { Err(Refusal::CursorGone) }
}

/// The newest link of the audit chain, signed: stations remember it, so that history cannot be rewritten unseen.
pub(crate) fn checkpoint(store: &Store, site: &str, head: &HeadRow) -> Result<AuditCheckpoint, StoreFault> {
    let newest = audit_head(site, head)?;
    let audit_head = newest.hash.to_string();
    let audit_seq = newest.seq.cast_unsigned();
    let bytes = checkpoint_bytes(audit_seq, &audit_head, &head.epoch);
    let sig = store.identity().key().sign(Purpose::Checkpoint, &bytes).to_string();
    Ok(AuditCheckpoint { audit_seq, audit_head, sig })
}

impl Store {
    /// Puts every active worker into the feed again on the first pull of a day, because a grant lasts for some days only.
    pub(crate) async fn renew_grants(&self, site: &SiteId) -> Result<(), StoreFault> {
        let mut tx = self.db().read().await?;
        let due =
            head_of(&mut tx, site.as_str()).await?.is_some_and(|head| head.grants_day < day_of(self.clock().now()));
        drop(tx);
        if due { retried!(self.try_renew_grants(site)) } else { Ok(()) }
    }

    async fn try_renew_grants(&self, site: &SiteId) -> Result<(), StoreFault> {
        const TAKE: &str = "UPDATE sync_head SET grants_day = $2 WHERE site_id = $1 AND grants_day < $2 RETURNING v";
        const BUMP: &str = "UPDATE worker SET row_version = row_version + 1 WHERE site_id = $1 AND revoked_at IS NULL \
                            RETURNING id, row_version";
        let mut writing = self.writing(site).await?;
        let today = day_of(writing.now);
        let taken: Option<i64> = on!(&mut writing.tx, c => sqlx::query_scalar(TAKE)
            .bind(site.as_str())
            .bind(today)
            .fetch_optional(c)
            .await)?;
        if taken.is_none() {
            return Ok(());
        }
        let workers: Vec<(Uuid, i64)> =
            on!(&mut writing.tx, c => sqlx::query_as(BUMP).bind(site.as_str()).fetch_all(c).await)?;
        for (id, row_version) in workers {
            writing.change(&Scope::All, Table::Worker, id, ChangeOp::Put, row_version);
        }
        writing.close().await?;
        Ok(())
    }
}

/// Rows of two columns, found by keys.
pub(crate) async fn keyed<K, V>(
    tx: &mut Tx,
    select: &'static str,
    site: &str,
    column: &'static str,
    keys: &[K],
) -> Result<Vec<V>, StoreFault>
where
    K: Clone + Send + Sync + for<'q> sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    K: for<'q> sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    V: Send
        + Unpin
        + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    let mut found = Vec::new();
    for some in keys.chunks(1_000) {
        let rows: Vec<V> = on!(&mut *tx, c => {
            let mut query = QueryBuilder::new(select);
            query.push(" WHERE site_id = ").push_bind(site).push(format!(" AND {column} IN "));
            query.push_tuples(some, |mut row, key| {
                row.push_bind(key.clone());
            });
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}
