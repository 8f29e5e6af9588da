//! Every action against its own bytes, its station's key, and what the audit chain tells of it.

use std::collections::BTreeMap;

use cordwainer_domain::production::ParkReason;
use cordwainer_domain::{SiteId, StationId};
use cordwainer_sync::{PublicKey, Purpose, Signature, body_hash};
use sqlx::types::Json;
use uuid::Uuid;

use super::chain::Told;
use super::{CHUNK, Report};
use crate::store::db::{Tx, on};
use crate::store::fault::{StoreFault, bad_row};
use crate::sync::received::readable_header;

#[derive(sqlx::FromRow)]
struct StoredAction {
    action_id: Uuid,
    station_id: Uuid,
    kind: String,
    body: Vec<u8>,
    body_hash: Vec<u8>,
    sig: Vec<u8>,
    workstation: Option<String>,
    work_order_id: Option<Uuid>,
    job_id: Option<Uuid>,
    worker_id: Option<Uuid>,
    wall_at: Option<i64>,
    occurred_at: i64,
    status: Option<String>,
    reason: Option<Json<ParkReason>>,
    commit_seq: Option<i64>,
    place_in_commit: Option<i64>,
}

/// Checks every action of a site.
pub(super) async fn verify(tx: &mut Tx, site: &SiteId, told: &Told, report: &mut Report) -> Result<(), StoreFault> {
    const SQL: &str = "SELECT a.action_id, a.station_id, a.kind, a.body, a.body_hash, a.sig, a.workstation, \
                       a.work_order_id, a.job_id, a.worker_id, a.wall_at, a.occurred_at, v.status, v.reason, v.commit_seq, \
                       v.place_in_commit FROM action_log a LEFT JOIN verdict v ON v.action_id = a.action_id \
                       WHERE a.site_id = $1 AND a.action_id > $2 ORDER BY a.action_id LIMIT $3";
    let keys = keys(tx, site).await?;
    let (mut after, mut seen) = (Uuid::nil(), 0);
    loop {
        let rows: Vec<StoredAction> = on!(&mut *tx, c => sqlx::query_as(SQL)
            .bind(site.as_str())
            .bind(after)
            .bind(CHUNK)
            .fetch_all(c)
            .await)?;
        let Some(last) = rows.last() else { break };
        after = last.action_id;
        seen += rows.len();
        for row in &rows {
            for fault in faults_of(row, &keys, told) {
                report.problem(format!("action {}: {fault}", row.action_id));
            }
        }
    }
    if told.actions.len() != seen {
        report.problem(format!(
            "site {site}: the audit chain tells of {} actions, {seen} are stored",
            told.actions.len()
        ));
    }
    Ok(())
}

async fn keys(tx: &mut Tx, site: &SiteId) -> Result<BTreeMap<StationId, PublicKey>, StoreFault> {
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

fn faults_of(row: &StoredAction, keys: &BTreeMap<StationId, PublicKey>, told: &Told) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let mut expect = |holds: bool, fault: &'static str| {
        if !holds {
            faults.push(fault);
        }
    };
    let hash = body_hash(&row.body);
    expect(row.body_hash == hash.as_bytes(), "its body was altered");
    let known_bad = row.reason.as_ref().is_some_and(|reason| reason.0 == ParkReason::BadSignature);
    expect(known_bad || is_signed(row, keys), "its signature does not fit its body");
    let id = row.action_id.to_string();
    let as_told = told.actions.get(&id).is_some_and(|(body_hash, sig, occurred_at)| {
        *body_hash == hash.to_string() && *sig == hex::encode(&row.sig) && *occurred_at == row.occurred_at
    });
    expect(as_told, "the audit chain tells otherwise of it");
    let judged_as_told = match (&row.status, told.verdicts.get(&id)) {
        (Some(status), Some((told, commit_seq, place))) => {
            told == status && Some(*commit_seq) == row.commit_seq && Some(*place) == row.place_in_commit
        }
        _ => false,
    };
    expect(judged_as_told, "the audit chain tells of another verdict on it");
    expect(columns_agree(row), "its columns are not those inside its body");
    faults
}

fn is_signed(row: &StoredAction, keys: &BTreeMap<StationId, PublicKey>) -> bool {
    let key = keys.get(&StationId(row.station_id));
    let signature = Signature::from_slice(&row.sig);
    key.zip(signature).is_some_and(|(key, signature)| key.verify(Purpose::Action, &row.body, &signature).is_ok())
}

fn columns_agree(row: &StoredAction) -> bool {
    let Some(header) = std::str::from_utf8(&row.body).ok().and_then(readable_header) else {
        return row.workstation.is_none() && row.work_order_id.is_none() && row.job_id.is_none();
    };
    row.workstation.as_deref() == Some(header.workstation.as_str())
        && row.work_order_id == header.work_order_id.map(|id| id.0)
        && row.job_id == header.job_id.map(|id| id.0)
        && row.worker_id == header.worker_id.map(|id| id.0)
        && row.wall_at == Some(header.wall_at)
        && (row.kind == header.kind || row.reason.is_some())
}
