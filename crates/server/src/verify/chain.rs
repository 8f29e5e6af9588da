//! The audit chain, hashed again, and what it tells of actions and verdicts.

use std::collections::BTreeMap;

use cordwainer_domain::SiteId;
use cordwainer_sync::{Hash, link};
use serde::Deserialize;
use serde_json::Value;

use super::{CHUNK, Report};
use crate::store::audit::{AuditRow, links_after};
use crate::store::db::Tx;
use crate::store::fault::StoreFault;
use crate::store::writing::{audit_head, head_of};

/// What the audit chain tells: of each action what it was, and the newest verdict on it.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// `(body_hash, sig, occurred_at)` by action.
    pub(super) actions: BTreeMap<String, (String, String, i64)>,
    /// `(status, commit_seq, place)` by action.
    pub(super) verdicts: BTreeMap<String, (String, i64, i64)>,
}

#[derive(Deserialize)]
struct Entry {
    kind: String,
    subject: String,
    what: Value,
}

impl Told {
    fn hear(&mut self, entry: Entry) {
        let text = |name: &str| entry.what.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |name: &str| entry.what.get(name).and_then(Value::as_i64).unwrap_or_default();
        match entry.kind.as_str() {
            "action" => {
                let told = (text("body_hash"), text("sig"), number("occurred_at"));
                self.actions.insert(entry.subject, told);
            }
            "verdict" => {
                let told = (text("status"), number("commit_seq"), number("place"));
                self.verdicts.insert(entry.subject, told);
            }
            _ => {}
        }
    }
}

/// Hashes the chain again. Names the first place that does not fit, and goes on to learn the rest.
pub(super) async fn verify(tx: &mut Tx, site: &SiteId, report: &mut Report) -> Result<Told, StoreFault> {
    let mut told = Told::default();
    let (mut seq, mut chain) = (0, Hash::START);
    loop {
        let links = links_after(tx, site.as_str(), seq, CHUNK).await?;
        let Some(last) = links.last().map(|link| link.audit_seq) else { break };
        for row in links {
            seq += 1;
            chain = check_link(site, row, &mut seq, chain, &mut told, report);
        }
        seq = seq.max(last);
    }
    let head = head_of(tx, site.as_str()).await?;
    let remembered = head.as_ref().map(|head| audit_head(site.as_str(), head)).transpose()?;
    if remembered.is_none_or(|head| head.seq != seq || head.hash != chain) {
        report.chain_problem(format!("site {site}: the audit chain ends at {seq}, which is not where its head says"));
    }
    Ok(told)
}

fn check_link(site: &SiteId, row: AuditRow, seq: &mut i64, before: Hash, told: &mut Told, report: &mut Report) -> Hash {
    report.audit_entries += 1;
    if row.audit_seq != *seq {
        report.chain_problem(format!("site {site}: audit entries {seq} to {} are missing", row.audit_seq - 1));
        *seq = row.audit_seq;
    }
    let hash = link(before, &row.bytes);
    if row.prev_hash != before.as_bytes() || row.hash != hash.as_bytes() {
        report.chain_problem(format!("site {site}: audit entry {} does not follow from the one before", row.audit_seq));
    }
    match serde_json::from_slice(&row.bytes) {
        Ok(entry) => told.hear(entry),
        Err(fault) => report.chain_problem(format!("site {site}: audit entry {}: {fault}", row.audit_seq)),
    }
    // What is stored is followed, so that one altered entry is one problem and not one for each entry after it.
    Hash::from_slice(&row.hash).unwrap_or(hash)
}
