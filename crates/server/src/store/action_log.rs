//! What happened, exactly as it was signed, and its place in a station's history. Rows are only ever added.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cordwainer_domain::{ActionId, StationId};
use cordwainer_sync::{ActionHeader, Hash, link};
use serde_json::json;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::audit::{Entry, hash_of};
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::writing::Writing;

/// An action as it came.
#[derive(Clone, Debug)]
pub(crate) struct LoggedAction {
    pub(crate) id: ActionId,
    pub(crate) station: StationId,
    pub(crate) kind: String,
    pub(crate) kind_version: u32,
    /// The columns that the bytes tell; none if they cannot be read.
    pub(crate) header: Option<ActionHeader>,
    pub(crate) body: Vec<u8>,
    pub(crate) body_hash: Hash,
    pub(crate) sig: Vec<u8>,
    pub(crate) occurred_at: DateTime<Utc>,
}

impl LoggedAction {
    /// What the audit chain says of it.
    pub(crate) fn entry(&self) -> Result<Entry, StoreFault> {
        let image = ActionImage {
            station: self.station,
            kind: &self.kind,
            kind_version: i64::from(self.kind_version),
            body_hash: self.body_hash,
            sig: &self.sig,
            occurred_at: self.occurred_at.timestamp_millis(),
        };
        image.entry(self.id)
    }
}

/// What the audit chain says of an action beside the time of receipt, which is the entry's own. The columns that are not here
/// are inside the body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionImage<'a> {
    pub(crate) station: StationId,
    pub(crate) kind: &'a str,
    pub(crate) kind_version: i64,
    pub(crate) body_hash: Hash,
    pub(crate) sig: &'a [u8],
    pub(crate) occurred_at: i64,
}

impl ActionImage<'_> {
    pub(crate) fn entry(&self, id: ActionId) -> Result<Entry, StoreFault> {
        let what = json!({
            "station_id": self.station,
            "kind": self.kind,
            "kind_version": self.kind_version,
            "body_hash": self.body_hash,
            "sig": hex::encode(self.sig),
            "occurred_at": self.occurred_at,
        });
        Entry::new("action", id, &what)
    }
}

/// What the audit chain says of other bytes that came under a taken identifier.
pub(crate) fn evidence_entry(
    id: ActionId,
    station: StationId,
    body_hash: Hash,
    sig: &[u8],
) -> Result<Entry, StoreFault> {
    let what = json!({ "station_id": station, "sig": hex::encode(sig) });
    Entry::new("action_evidence", format!("{id}/{body_hash}"), &what)
}

/// Stores actions.
pub(crate) async fn write(
    tx: &mut Tx,
    site: &str,
    actions: &[LoggedAction],
    received_ms: i64,
) -> Result<(), StoreFault> {
    for some in actions.chunks(500) {
        on!(tx, c => {
            let mut insert = QueryBuilder::new(
                "INSERT INTO action_log (action_id, site_id, station_id, kind, kind_version, workstation, work_order_id, \
                 job_id, body, body_hash, sig, worker_id, grant_id, auth_level, base_version, base_cursor, wall_at, \
                 mono_at, boot_id, clock_class, clock_offset_ms, app_version, schema_version, received_at, occurred_at) ",
            );
            insert.push_values(some, |mut row, action| {
                let header = action.header.as_ref();
                row.push_bind(action.id.0)
                    .push_bind(site)
                    .push_bind(action.station.0)
                    .push_bind(&action.kind)
                    .push_bind(i64::from(action.kind_version))
                    .push_bind(header.map(|header| header.workstation.as_str()))
                    .push_bind(header.and_then(|header| header.work_order_id).map(|id| id.0))
                    .push_bind(header.and_then(|header| header.job_id).map(|id| id.0))
                    .push_bind(&action.body)
                    .push_bind(action.body_hash.as_bytes())
                    .push_bind(&action.sig)
                    .push_bind(header.and_then(|header| header.worker_id).map(|id| id.0))
                    .push_bind(header.and_then(|header| header.grant_id).map(|id| id.0))
                    .push_bind(header.map(|header| header.auth_level.as_number()))
                    .push_bind(header.and_then(|header| header.base_version).map(u64::cast_signed))
                    .push_bind(header.and_then(|header| header.base_cursor).map(u64::cast_signed))
                    .push_bind(header.map(|header| header.wall_at))
                    .push_bind(header.map(|header| header.mono_at))
                    .push_bind(header.map(|header| header.boot_id.as_str()))
                    .push_bind(header.map(|header| header.clock_class.as_number()))
                    .push_bind(header.map(|header| header.clock_offset_ms))
                    .push_bind(header.map(|header| header.app_version.as_str()))
                    .push_bind(header.map(|header| i64::from(header.schema_version)))
                    .push_bind(received_ms)
                    .push_bind(action.occurred_at.timestamp_millis());
            });
            insert.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// A place in a station's history.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    pub(crate) seq: u64,
    pub(crate) action: ActionId,
    pub(crate) body_hash: Hash,
    pub(crate) prev_chain: Hash,
    pub(crate) chain_hash: Hash,
    pub(crate) fork_of: Option<String>,
}

impl Submission {
    /// Every column of the place that is not the same for its whole push, as bytes.
    pub(crate) fn image(&self) -> Vec<u8> {
        let Self { seq, action, body_hash, prev_chain, chain_hash, fork_of } = self;
        let fork_of = fork_of.as_deref().unwrap_or("-");
        format!("{seq}\n{action}\n{body_hash}\n{prev_chain}\n{chain_hash}\n{fork_of}\n").into_bytes()
    }
}

/// What the audit chain says of the places of one push: between which numbers they lie, and one hash over all of them.
pub(crate) fn places_entry(
    station: StationId,
    incarnation: &str,
    (first, last): (u64, u64),
    places: Hash,
) -> Result<Entry, StoreFault> {
    let what = json!({ "last_seq": last, "places": places });
    Entry::new("places", format!("{station}/{incarnation}/{first}"), &what)
}

/// Stores places of one incarnation, which follow each other.
pub(crate) async fn write_submissions(
    writing: &mut Writing,
    station: StationId,
    incarnation: &str,
    places: &[Submission],
) -> Result<(), StoreFault> {
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return Ok(()) };
    let digest = places.iter().fold(Hash::START, |digest, place| link(digest, &place.image()));
    writing.note(places_entry(station, incarnation, (first.seq, last.seq), digest)?);
    let (site, received_ms) = (writing.site.as_str().to_owned(), writing.now_ms());
    let tx = &mut writing.tx;
    for some in places.chunks(1_000) {
        on!(&mut *tx, c => {
            let mut insert = QueryBuilder::new(
                "INSERT INTO submission (site_id, station_id, incarnation, seq, action_id, body_hash, prev_chain, \
                 chain_hash, fork_of, received_at) ",
            );
            insert.push_values(some, |mut row, place| {
                row.push_bind(&site)
                    .push_bind(station.0)
                    .push_bind(incarnation)
                    .push_bind(place.seq.cast_signed())
                    .push_bind(place.action.0)
                    .push_bind(place.body_hash.as_bytes())
                    .push_bind(place.prev_chain.as_bytes())
                    .push_bind(place.chain_hash.as_bytes())
                    .push_bind(place.fork_of.as_deref())
                    .push_bind(received_ms);
            });
            insert.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// What is stored at the places of one incarnation between two numbers, both included: each action and its chain hash.
pub(crate) async fn places(
    tx: &mut Tx,
    station: StationId,
    incarnation: &str,
    first: u64,
    last: u64,
) -> Result<BTreeMap<u64, (ActionId, Hash)>, StoreFault> {
    const SQL: &str = "SELECT seq, action_id, chain_hash FROM submission \
                       WHERE station_id = $1 AND incarnation = $2 AND seq >= $3 AND seq <= $4";
    let rows: Vec<(i64, Uuid, Vec<u8>)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(station.0)
        .bind(incarnation)
        .bind(first.cast_signed())
        .bind(last.cast_signed())
        .fetch_all(c)
        .await)?;
    rows.into_iter()
        .map(|(seq, action, chain)| {
            Ok((seq.cast_unsigned(), (ActionId(action), hash_of("submission", "chain_hash", seq, &chain)?)))
        })
        .collect()
}

/// The body hashes of those actions that are stored already.
pub(crate) async fn stored(tx: &mut Tx, actions: &[ActionId]) -> Result<BTreeMap<ActionId, Hash>, StoreFault> {
    if actions.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(Uuid, Vec<u8>)> = on!(tx, c => {
        let mut select = QueryBuilder::new("SELECT action_id, body_hash FROM action_log WHERE action_id IN ");
        select.push_tuples(actions, |mut row, action| {
            row.push_bind(action.0);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|(action, hash)| Ok((ActionId(action), hash_of("action_log", "body_hash", action, &hash)?)))
        .collect()
}

/// Keeps other bytes that came under an identifier already taken. Answers whether they are new.
pub(crate) async fn keep_evidence(
    tx: &mut Tx,
    site: &str,
    action: &LoggedAction,
    received_ms: i64,
) -> Result<bool, StoreFault> {
    const SQL: &str = "INSERT INTO action_evidence (action_id, body_hash, site_id, station_id, body, sig, received_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (action_id, body_hash) DO NOTHING";
    let added = on!(tx, c => sqlx::query(SQL)
        .bind(action.id.0)
        .bind(action.body_hash.as_bytes())
        .bind(site)
        .bind(action.station.0)
        .bind(&action.body)
        .bind(&action.sig)
        .bind(received_ms)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added > 0)
}
