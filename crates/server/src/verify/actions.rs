//! Every action and its verdict: each column against the signed bytes, the bytes against the station's key, both rows against
//! what the audit chain tells of them.

use std::collections::BTreeMap;

use cordwainer_domain::production::Action;
use cordwainer_domain::{ActionId, SiteId, StationId};
use cordwainer_sync::{ActionHeader, Hash, PublicKey, Purpose, Signature, all_signed, body_hash, decode};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::finding::Finding;
use super::told::{Told, image};
use super::{CHUNK, Proof};
use crate::store::action_log::ActionImage;
use crate::store::db::{Tx, on};
use crate::store::fault::{StoreFault, bad_row};
use crate::store::verdict::{Kept, VerdictImage};
use crate::sync::received::readable_header;

/// An action beside its verdict, every column of both.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct StoredAction {
    pub(super) action_id: Uuid,
    pub(super) station_id: Uuid,
    pub(super) kind: String,
    pub(super) kind_version: i64,
    pub(super) workstation: Option<String>,
    pub(super) work_order_id: Option<Uuid>,
    pub(super) job_id: Option<Uuid>,
    pub(super) body: Vec<u8>,
    pub(super) body_hash: Vec<u8>,
    pub(super) sig: Vec<u8>,
    pub(super) worker_id: Option<Uuid>,
    pub(super) grant_id: Option<Uuid>,
    pub(super) auth_level: Option<i64>,
    pub(super) base_version: Option<i64>,
    pub(super) base_cursor: Option<i64>,
    pub(super) wall_at: Option<i64>,
    pub(super) mono_at: Option<i64>,
    pub(super) boot_id: Option<String>,
    pub(super) clock_class: Option<i64>,
    pub(super) clock_offset_ms: Option<i64>,
    pub(super) app_version: Option<String>,
    pub(super) schema_version: Option<i64>,
    pub(super) received_at: i64,
    pub(super) occurred_at: i64,
    pub(super) v_station_id: Uuid,
    pub(super) v_work_order_id: Option<Uuid>,
    pub(super) awaits_code: Option<String>,
    pub(super) status: String,
    pub(super) reason: Option<Json<Value>>,
    pub(super) conflict: Option<Json<Value>>,
    pub(super) conflict_id: Option<Uuid>,
    pub(super) commit_seq: i64,
    pub(super) place_in_commit: i64,
    pub(super) judged_at: i64,
    #[sqlx(flatten)]
    pub(super) kept: Kept,
    /// The bytes of the decision by which a fact that waited is read.
    pub(super) decision: Option<Vec<u8>>,
}

impl StoredAction {
    /// The place of its effect among those of its pair.
    fn order(&self) -> (i64, i64) {
        (self.kept.counted_seq.unwrap_or(self.commit_seq), self.kept.counted_place.unwrap_or(self.place_in_commit))
    }
}

/// What could be found out about a row from the row alone.
pub(super) struct Examined {
    pub(super) row: StoredAction,
    /// What its bytes say, where it counts.
    pub(super) action: Option<Action>,
    action_image: Hash,
    verdict_image: Hash,
    faults: Vec<&'static str>,
}

/// Examines a chunk of rows: the part of the work that needs nothing else, and may be done beside the reading.
pub(super) fn examine(
    rows: Vec<StoredAction>,
    keys: &BTreeMap<StationId, PublicKey>,
) -> Result<Vec<Examined>, StoreFault> {
    let unsigned = unsigned(&rows, keys);
    rows.into_iter()
        .zip(unsigned)
        .map(|(row, unsigned)| {
            let action = counts(&row).then(|| decode(&row.body).ok()).flatten();
            Ok(Examined { action, ..examine_one(row, unsigned)? })
        })
        .collect()
}

/// Whether the state of a work order follows from an action.
pub(super) fn counts(row: &StoredAction) -> bool {
    row.v_work_order_id.is_some() && row.kept.counted_seq.is_some()
}

/// Examines one row, without reading what it says.
pub(super) fn examine_one(row: StoredAction, unsigned: bool) -> Result<Examined, StoreFault> {
    let mut faults = Vec::new();
    let hash = body_hash(&row.body);
    if row.body_hash != hash.as_bytes() {
        faults.push("its body was altered");
    }
    if unsigned {
        faults.push(UNSIGNED);
    }
    if !columns_agree(&row) {
        faults.push("its columns are not those inside its body");
    }
    let (action_image, verdict_image) = images(&row, hash)?;
    Ok(Examined { row, action: None, action_image, verdict_image, faults })
}

const UNSIGNED: &str = "its signature does not fit its body";

/// Which rows are not signed by their station. All at once first, because that is much faster and nearly always enough.
fn unsigned(rows: &[StoredAction], keys: &BTreeMap<StationId, PublicKey>) -> Vec<bool> {
    let signed = |row: &StoredAction| {
        Some((*keys.get(&StationId(row.station_id))?, row.body.clone(), Signature::from_slice(&row.sig)?))
    };
    let all: Option<Vec<(PublicKey, Vec<u8>, Signature)>> = rows.iter().map(signed).collect();
    if all.is_some_and(|all| all_signed(Purpose::Action, &all)) {
        return vec![false; rows.len()];
    }
    rows.iter()
        .map(|row| match signed(row) {
            Some((key, body, signature)) => key.verify(Purpose::Action, &body, &signature).is_err(),
            None => true,
        })
        .collect()
}

/// The images of both rows, as their audit entries would hold them.
fn images(row: &StoredAction, hash: Hash) -> Result<(Hash, Hash), StoreFault> {
    let id = ActionId(row.action_id);
    let action = ActionImage {
        station: StationId(row.station_id),
        kind: &row.kind,
        kind_version: row.kind_version,
        body_hash: hash,
        sig: &row.sig,
        occurred_at: row.occurred_at,
    };
    let json = |value: &Option<Json<Value>>| value.as_ref().map_or(Value::Null, |value| value.0.clone());
    let verdict = VerdictImage {
        station: row.v_station_id,
        work_order: row.v_work_order_id,
        awaits_code: row.awaits_code.as_deref(),
        status: &row.status,
        reason: json(&row.reason),
        conflict: json(&row.conflict),
        conflict_id: row.conflict_id,
        commit_seq: row.commit_seq,
        place: row.place_in_commit,
        kept: row.kept,
    };
    Ok((image(&action.entry(id)?, row.received_at)?, image(&verdict.entry(id)?, row.judged_at)?))
}

/// Every column of the log that the body tells, too.
fn columns_agree(row: &StoredAction) -> bool {
    let header = std::str::from_utf8(&row.body).ok().and_then(readable_header);
    let header = header.as_ref();
    let numbers = |of: fn(&ActionHeader) -> Option<u64>| header.and_then(of).map(u64::cast_signed);
    row.workstation.as_deref() == header.map(|header| header.workstation.as_str())
        && row.work_order_id == header.and_then(|header| header.work_order_id).map(|id| id.0)
        && row.job_id == header.and_then(|header| header.job_id).map(|id| id.0)
        && row.worker_id == header.and_then(|header| header.worker_id).map(|id| id.0)
        && row.grant_id == header.and_then(|header| header.grant_id).map(|id| id.0)
        && row.auth_level == header.map(|header| header.auth_level.as_number())
        && row.base_version == numbers(|header| header.base_version)
        && row.base_cursor == numbers(|header| header.base_cursor)
        && row.wall_at == header.map(|header| header.wall_at)
        && row.mono_at == header.map(|header| header.mono_at)
        && row.boot_id.as_deref() == header.map(|header| header.boot_id.as_str())
        && row.clock_class == header.map(|header| header.clock_class.as_number())
        && row.clock_offset_ms == header.map(|header| header.clock_offset_ms)
        && row.app_version.as_deref() == header.map(|header| header.app_version.as_str())
        && row.schema_version == header.map(|header| i64::from(header.schema_version))
}

/// Compares an examined row with what the chain tells.
pub(super) fn compare(site: &SiteId, examined: &Examined, told: &mut Told) -> Vec<Finding> {
    let id = examined.row.action_id;
    let known_bad = told.badly_signed.contains(&id);
    let seq = told.actions.audit_seq(&id);
    let of_itself = examined.faults.iter().filter(|fault| !(known_bad && **fault == UNSIGNED)).map(|fault| {
        let finding = Finding::row(site, "action", id, *fault);
        Finding { audit_seq: seq, ..finding }
    });
    let mut findings: Vec<Finding> = of_itself.collect();
    findings.extend(told.actions.check(site, &id, examined.action_image));
    findings.extend(told.verdicts.check(site, &id, examined.verdict_image));
    findings
}

const SELECT: &str = "SELECT a.action_id, a.station_id, a.kind, a.kind_version, a.workstation, a.work_order_id, a.job_id, \
     a.body, a.body_hash, a.sig, a.worker_id, a.grant_id, a.auth_level, a.base_version, a.base_cursor, a.wall_at, a.mono_at, \
     a.boot_id, a.clock_class, a.clock_offset_ms, a.app_version, a.schema_version, a.received_at, a.occurred_at, \
     v.station_id AS v_station_id, v.work_order_id AS v_work_order_id, v.awaits_code, v.status, v.reason, v.conflict, \
     v.conflict_id, v.commit_seq, v.place_in_commit, v.judged_at, v.counted_seq, v.counted_place, v.decided_by, d.body AS decision \
     FROM verdict v JOIN action_log a ON a.action_id = v.action_id AND a.site_id = v.site_id \
     LEFT JOIN action_log d ON d.action_id = v.decided_by WHERE v.site_id = $1 ";

/// Where the reading of actions stands: those of work orders first, pair by pair in the order of judgement, then the rest.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading {
    OfPairs(Uuid, i64, i64),
    Others(i64, i64),
}

impl Reading {
    pub(super) const START: Self = Self::OfPairs(Uuid::nil(), 0, -1);
}

/// The next rows, and where to go on; no rows mean the end.
pub(super) async fn next_rows(
    tx: &mut Tx,
    site: &SiteId,
    reading: Reading,
) -> Result<(Vec<StoredAction>, Reading), StoreFault> {
    // The first of the two conditions follows from the second, but only it can be looked up in an index: without it every
    // chunk would be searched for from the beginning.
    const OF_PAIRS: &str = "AND v.work_order_id >= $2 AND (v.work_order_id, COALESCE(v.counted_seq, v.commit_seq), \
                            COALESCE(v.counted_place, v.place_in_commit)) > ($2, $3, $4) \
                            ORDER BY v.work_order_id, COALESCE(v.counted_seq, v.commit_seq), \
                            COALESCE(v.counted_place, v.place_in_commit) LIMIT $5";
    const OTHERS: &str = "AND v.work_order_id IS NULL AND (v.commit_seq, v.place_in_commit) > ($2, $3) \
                          ORDER BY v.commit_seq, v.place_in_commit LIMIT $4";
    match reading {
        Reading::OfPairs(pair, commit, place) => {
            let sql = sqlx::AssertSqlSafe(format!("{SELECT}{OF_PAIRS}"));
            let rows: Vec<StoredAction> = on!(&mut *tx, c => sqlx::query_as(sql)
                .bind(site.as_str())
                .bind(pair)
                .bind(commit)
                .bind(place)
                .bind(CHUNK)
                .fetch_all(c)
                .await)?;
            match rows.last() {
                Some(last) => {
                    let pair = last.v_work_order_id.unwrap_or_default();
                    let (commit, place) = last.order();
                    let next = Reading::OfPairs(pair, commit, place);
                    Ok((rows, next))
                }
                None => Box::pin(next_rows(tx, site, Reading::Others(0, -1))).await,
            }
        }
        Reading::Others(commit, place) => {
            let sql = sqlx::AssertSqlSafe(format!("{SELECT}{OTHERS}"));
            let rows: Vec<StoredAction> = on!(tx, c => sqlx::query_as(sql)
                .bind(site.as_str())
                .bind(commit)
                .bind(place)
                .bind(CHUNK)
                .fetch_all(c)
                .await)?;
            let next = rows.last().map_or(reading, |last| Reading::Others(last.commit_seq, last.place_in_commit));
            Ok((rows, next))
        }
    }
}

/// The keys that the stations of a site sign with.
pub(super) async fn keys(tx: &mut Tx, site: &SiteId) -> Result<BTreeMap<StationId, PublicKey>, StoreFault> {
    const SQL: &str = "SELECT id, public_key FROM station WHERE site_id = $1";
    let rows: Vec<(Uuid, Vec<u8>)> = on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(id, key)| {
            let key =
                PublicKey::from_slice(&key).ok_or_else(|| bad_row("station", "public_key", id, "32 bytes are due"))?;
            Ok((StationId(id), key))
        })
        .collect()
}

/// Actions without a verdict: a row that nobody judged, or whose verdict is gone.
pub(super) async fn unjudged(tx: &mut Tx, proof: &mut Proof) -> Result<(), StoreFault> {
    const SQL: &str = "SELECT a.action_id FROM action_log a LEFT JOIN verdict v ON v.action_id = a.action_id \
                       AND v.site_id = a.site_id WHERE a.site_id = $1 AND v.action_id IS NULL ORDER BY a.action_id LIMIT $2";
    let site = proof.site.clone();
    let ids: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(SQL).bind(site.as_str()).bind(CHUNK).fetch_all(c).await)?;
    for id in ids {
        proof.note([Finding::row(&site, "action", id, "it is stored without a verdict")]);
    }
    Ok(())
}
