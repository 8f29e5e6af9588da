//! The audit chain, hashed again link by link, its columns compared with the bytes that the hash covers.

use std::borrow::Cow;

use cordwainer_domain::SiteId;
use cordwainer_sync::{Hash, link};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::finding::Finding;
use super::told::Told;
use super::{CHUNK, Proof, beside};
use crate::store::audit::{AuditRow, links_after};
use crate::store::db::Tx;
use crate::store::fault::StoreFault;
use crate::store::writing::{HeadRow, audit_head};

/// How far the chain has been followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct At {
    pub(super) seq: i64,
    pub(super) hash: Hash,
}

impl At {
    pub(super) const START: Self = Self { seq: 0, hash: Hash::START };
}

/// What every entry says of itself.
#[derive(Deserialize)]
struct Saying<'a> {
    at: Option<i64>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(rename = "what")]
    _what: IgnoredAny,
}

/// Follows one link. What is stored is followed, so that one altered entry is one finding and not one for each entry after it.
pub(super) fn follow(site: &SiteId, at: At, row: &AuditRow) -> (At, Option<Finding>) {
    let hash = link(at.hash, &row.bytes);
    let next = At { seq: row.audit_seq, hash: Hash::from_slice(&row.hash).unwrap_or(hash) };
    let bad = |what: String| Some(Finding::chain(site, "audit", row.audit_seq, what).told_at(row.audit_seq));
    let fault = if row.audit_seq != at.seq + 1 {
        let (first, last) = (at.seq + 1, row.audit_seq - 1);
        bad(if last < first { "it stands twice".to_owned() } else { format!("entries {first} to {last} are missing") })
    } else if row.prev_hash != at.hash.as_bytes() || row.hash != hash.as_bytes() {
        bad("it does not follow from the one before".to_owned())
    } else {
        says_otherwise(row).and_then(|what| bad(what.to_owned()))
    };
    (next, fault)
}

fn says_otherwise(row: &AuditRow) -> Option<&'static str> {
    let Ok(saying) = serde_json::from_slice::<Saying<'_>>(&row.bytes) else {
        return Some("its bytes cannot be read");
    };
    let agrees = saying.kind == row.kind && saying.subject == row.subject && saying.at.is_none_or(|at| at == row.at);
    (!agrees).then_some("its columns are not those inside its bytes")
}

/// Whether the chain ends where the head row says.
pub(super) fn ends(site: &SiteId, at: At, head: Option<&HeadRow>) -> Option<Finding> {
    let remembered = head.and_then(|head| audit_head(site.as_str(), head).ok());
    if remembered.is_some_and(|head| head.seq == at.seq && head.hash == at.hash) {
        return None;
    }
    let remembered = remembered.map_or(0, |head| head.seq);
    let what = format!("the chain ends at {}, which is not where its head says ({remembered})", at.seq);
    Some(Finding::chain(site, "audit", at.seq, what).told_at(at.seq.min(remembered) + 1))
}

/// A walk along a chain.
struct Walk {
    site: SiteId,
    at: At,
    told: Told,
    findings: Vec<Finding>,
}

impl Walk {
    fn take(mut self, links: &[AuditRow]) -> Self {
        for row in links {
            let (next, fault) = follow(&self.site, self.at, row);
            self.at = next;
            self.findings.extend(fault);
            self.told.hear(row);
        }
        self
    }
}

/// Follows the chain of a site and learns what it tells of rows. While one chunk is followed on another core, the next is read.
pub(super) async fn verify(tx: &mut Tx, proof: &mut Proof, head: Option<&HeadRow>) -> Result<Told, StoreFault> {
    let site = proof.site.clone();
    let mut walk = Walk { site: site.clone(), at: At::START, told: Told::default(), findings: Vec::new() };
    let mut links = links_after(tx, site.as_str(), walk.at.seq, CHUNK).await?;
    while let Some(last) = links.last().map(|row| row.audit_seq) {
        proof.report.audit_entries += links.len() as u64;
        let following = beside(move || walk.take(&links));
        links = links_after(tx, site.as_str(), last, CHUNK).await?;
        walk = following.await?;
        proof.note(std::mem::take(&mut walk.findings));
    }
    let fault = ends(&site, walk.at, head);
    proof.note(fault);
    Ok(walk.told)
}
