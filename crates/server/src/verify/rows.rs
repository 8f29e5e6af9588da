//! The smaller kinds of history: evidence, conflicts, checkpoints, witnesses, and rows that belong to no site at all.

use cordwainer_domain::{ActionId, SiteId, StationId};
use cordwainer_sync::{Hash, PublicKey, Purpose, Signature, body_hash, checkpoint_bytes};
use uuid::Uuid;

use super::Proof;
use super::finding::Finding;
use super::told::{Told, image};
use crate::store::action_log::evidence_entry;
use crate::store::audit;
use crate::store::checkpoint::{self, Checkpoint, CheckpointRow};
use crate::store::conflict::{ConflictImage, IMAGE_COLUMNS};
use crate::store::db::{Tx, on};
use crate::store::fault::StoreFault;

/// Bytes that came under a taken identifier, every column.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct StoredEvidence {
    pub(super) action_id: Uuid,
    pub(super) body_hash: Vec<u8>,
    pub(super) station_id: Uuid,
    pub(super) body: Vec<u8>,
    pub(super) sig: Vec<u8>,
    pub(super) received_at: i64,
}

pub(super) fn check_evidence(site: &SiteId, row: &StoredEvidence, told: &mut Told) -> Result<Vec<Finding>, StoreFault> {
    let hash = body_hash(&row.body);
    let id = format!("{}/{}", row.action_id, hex::encode(&row.body_hash));
    let mut findings = Vec::new();
    if row.body_hash != hash.as_bytes() {
        findings.push(Finding::row(site, "action_evidence", &id, "its body was altered"));
    }
    let named = Hash::from_slice(&row.body_hash).unwrap_or(Hash::START);
    let entry = evidence_entry(ActionId(row.action_id), StationId(row.station_id), named, &row.sig)?;
    findings.extend(told.evidence.check(site, id.as_str(), image(&entry, row.received_at)?));
    Ok(findings)
}

pub(super) async fn evidence(tx: &mut Tx, site: &SiteId) -> Result<Vec<StoredEvidence>, StoreFault> {
    const SQL: &str = "SELECT action_id, body_hash, station_id, body, sig, received_at FROM action_evidence \
                       WHERE site_id = $1 ORDER BY action_id, body_hash";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?)
}

/// A conflict beside when it was opened or last changed.
pub(super) fn check_conflict(
    site: &SiteId,
    row: &ConflictImage,
    told: &mut Told,
) -> Result<Option<Finding>, StoreFault> {
    // The entry's own time is not a column of the row: it is the time of the last change, which the entry alone tells.
    let bytes = row.entry()?.bytes(0)?;
    Ok(told.conflicts.check(site, &row.id, body_hash(without_time(&bytes))))
}

/// The bytes of an entry behind its time.
pub(super) fn without_time(bytes: &[u8]) -> &[u8] {
    bytes.iter().position(|byte| *byte == b',').map_or(bytes, |comma| &bytes[comma..])
}

pub(super) async fn conflicts(tx: &mut Tx, site: &SiteId) -> Result<Vec<ConflictImage>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {IMAGE_COLUMNS} FROM conflict WHERE site_id = $1 ORDER BY id"));
    Ok(on!(tx, c => sqlx::query_as(sql).bind(site.as_str()).fetch_all(c).await)?)
}

/// A checkpoint against the chain and the server's key.
pub(super) fn check_checkpoint(
    site: &SiteId,
    row: &CheckpointRow,
    key: &PublicKey,
    told: &mut Told,
) -> Result<Vec<Finding>, StoreFault> {
    let id = format!("{}/{}", row.epoch, row.audit_seq);
    let mut findings = Vec::new();
    let bytes = checkpoint_bytes(row.audit_seq.cast_unsigned(), &hex::encode(&row.audit_head), &row.epoch);
    let signed = Signature::from_slice(&row.sig)
        .is_some_and(|signature| key.verify(Purpose::Checkpoint, &bytes, &signature).is_ok());
    if !signed {
        findings.push(Finding::row(site, "checkpoint", &id, "the server did not sign it"));
    }
    findings.extend(told.checkpoints.check(site, id.as_str(), image(&row.entry()?, row.at)?));
    Ok(findings)
}

/// Checks what a site remembers of its own chain.
pub(super) async fn verify(tx: &mut Tx, proof: &mut Proof, key: &PublicKey, told: &mut Told) -> Result<(), StoreFault> {
    let site = proof.site.clone();
    for row in evidence(tx, &site).await? {
        let findings = check_evidence(&site, &row, told)?;
        proof.note(findings);
    }
    for row in conflicts(tx, &site).await? {
        let finding = check_conflict(&site, &row, told)?;
        proof.note(finding);
    }
    for row in checkpoint::all(tx, site.as_str()).await? {
        let findings = check_checkpoint(&site, &row, key, told)?;
        proof.note(findings);
        let seen = Witnessed { by: "checkpoint", id: row.epoch.clone(), seq: row.audit_seq, head: row.audit_head };
        proof.note(compare_witness(tx, &site, &seen).await?);
    }
    for seen in stations(tx, &site).await? {
        proof.note(compare_witness(tx, &site, &seen).await?);
    }
    for kind in [told.evidence.missing(&site), told.conflicts.missing(&site), told.checkpoints.missing(&site)] {
        proof.note(kind);
    }
    Ok(())
}

/// Somebody's memory of the chain.
struct Witnessed {
    by: &'static str,
    id: String,
    seq: i64,
    head: Vec<u8>,
}

async fn stations(tx: &mut Tx, site: &SiteId) -> Result<Vec<Witnessed>, StoreFault> {
    const SQL: &str = "SELECT id, witnessed_seq, witnessed_head FROM station WHERE site_id = $1 \
                       AND witnessed_seq IS NOT NULL AND witnessed_head IS NOT NULL ORDER BY id";
    let rows: Vec<(Uuid, i64, Vec<u8>)> = on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, seq, head)| Witnessed { by: "station", id: id.to_string(), seq, head }).collect())
}

async fn compare_witness(tx: &mut Tx, site: &SiteId, seen: &Witnessed) -> Result<Option<Finding>, StoreFault> {
    let what = match audit::hash_at(tx, site.as_str(), seen.seq).await? {
        Some(hash) if hash.as_bytes() == seen.head => return Ok(None),
        Some(_) => format!("it saw another entry {} than the one stored", seen.seq),
        None => format!("it saw entry {}, and the chain is shorter", seen.seq),
    };
    Ok(Some(Finding::chain(site, seen.by, &seen.id, what).told_at(seen.seq)))
}

/// Compares a checkpoint that was kept elsewhere, on paper or on another machine.
pub(super) async fn compare_kept(tx: &mut Tx, proof: &mut Proof, kept: &Checkpoint) -> Result<(), StoreFault> {
    let site = proof.site.clone();
    let bytes = checkpoint_bytes(kept.audit_seq.cast_unsigned(), &kept.audit_head, &kept.epoch);
    let signed = kept
        .public_key
        .parse::<PublicKey>()
        .ok()
        .zip(kept.sig.parse().ok())
        .is_some_and(|(key, signature)| key.verify(Purpose::Checkpoint, &bytes, &signature).is_ok());
    if !signed {
        proof.note([Finding::chain(&site, "witness", kept.audit_seq, "the kept checkpoint is not signed by its key")]);
    }
    let head = hex::decode(&kept.audit_head).unwrap_or_default();
    let seen = Witnessed { by: "witness", id: kept.at.to_rfc3339(), seq: kept.audit_seq, head };
    proof.note(compare_witness(tx, &site, &seen).await?);
    Ok(())
}

/// Rows of history that name no site of this database: nobody would ever look at them.
pub(super) async fn strays(tx: &mut Tx, proof: &mut Proof) -> Result<(), StoreFault> {
    const TABLES: [&str; 9] = [
        "audit",
        "action_log",
        "submission",
        "action_evidence",
        "verdict",
        "conflict",
        "checkpoint",
        "work_order",
        "job",
    ];
    for table in TABLES {
        let sql =
            sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE site_id NOT IN (SELECT id FROM site)"));
        let strays: i64 = on!(&mut *tx, c => sqlx::query_scalar(sql).fetch_one(c).await)?;
        if strays > 0 {
            let site = proof.site.clone();
            proof.note([Finding::row(&site, table, strays, "that many rows name a site that does not exist")]);
        }
    }
    Ok(())
}
