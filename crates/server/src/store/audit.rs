//! The audit chain of a site: what is written into it, and how a link is made.
//!
//! `h_n = H(h_{n-1} ‖ bytes)`. The bytes are stored, so that anybody can hash them again; they name the hash of an action's
//! body rather than repeat it.
//!
//! An entry about a row is the row's *image*: every column that its table holds, in canonical bytes. `verify` makes the image
//! again from the live row and compares, so that a change of any column is found. A new column of such a table belongs into
//! its image.

use cordwainer_sync::{Hash, canonical_json, link};
use serde_json::{Value, json};
use sqlx::QueryBuilder;

use super::db::{Tx, on};
use super::fault::{StoreFault, bad_row};

/// An entry that waits for its place in the chain.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: &'static str,
    pub(crate) subject: String,
    /// Canonical bytes of what is said.
    what: Vec<u8>,
}

impl Entry {
    /// An entry about a subject; `what` must be a JSON object.
    pub(crate) fn new(kind: &'static str, subject: impl ToString, what: &Value) -> Result<Self, StoreFault> {
        Ok(Self { kind, subject: subject.to_string(), what: canonical_json(what)? })
    }

    /// The bytes that the chain covers: canonical, because the four keys stand in their order.
    pub(crate) fn bytes(&self, at_ms: i64) -> Result<Vec<u8>, StoreFault> {
        let (kind, subject) = (canonical_json(&json!(self.kind))?, canonical_json(&json!(self.subject))?);
        let at = at_ms.to_string();
        let parts: [&[u8]; 9] = [
            b"{\"at\":",
            at.as_bytes(),
            b",\"kind\":",
            &kind,
            b",\"subject\":",
            &subject,
            b",\"what\":",
            &self.what,
            b"}",
        ];
        Ok(parts.concat())
    }
}

/// The newest link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct AuditHead {
    pub(crate) seq: i64,
    pub(crate) hash: Hash,
}

/// Appends entries behind the head; the caller holds the head row.
pub(crate) async fn append(
    tx: &mut Tx,
    site: &str,
    head: AuditHead,
    entries: &[Entry],
    at_ms: i64,
) -> Result<AuditHead, StoreFault> {
    let mut newest = head;
    let mut links = Vec::with_capacity(entries.len());
    for entry in entries {
        let (before, bytes) = (newest.hash, entry.bytes(at_ms)?);
        newest = AuditHead { seq: newest.seq + 1, hash: link(before, &bytes) };
        links.push((newest.seq, before, newest.hash, entry, bytes));
    }
    for some in links.chunks(1_000) {
        on!(tx, c => {
            let mut insert =
                QueryBuilder::new("INSERT INTO audit (site_id, audit_seq, kind, subject, bytes, prev_hash, hash, at) ");
            insert.push_values(some, |mut row, (seq, before, hash, entry, bytes)| {
                row.push_bind(site)
                    .push_bind(*seq)
                    .push_bind(entry.kind)
                    .push_bind(&entry.subject)
                    .push_bind(bytes)
                    .push_bind(before.as_bytes())
                    .push_bind(hash.as_bytes())
                    .push_bind(at_ms);
            });
            insert.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(newest)
}

/// A stored link.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct AuditRow {
    pub(crate) audit_seq: i64,
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) at: i64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) prev_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

/// Links behind a place, in order.
pub(crate) async fn links_after(tx: &mut Tx, site: &str, seq: i64, limit: i64) -> Result<Vec<AuditRow>, StoreFault> {
    const SQL: &str = "SELECT audit_seq, kind, subject, at, bytes, prev_hash, hash FROM audit WHERE site_id = $1 AND audit_seq > $2 \
                       ORDER BY audit_seq LIMIT $3";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(site).bind(seq).bind(limit).fetch_all(c).await)?)
}

/// The hash at one place, if the chain is that long.
pub(crate) async fn hash_at(tx: &mut Tx, site: &str, seq: i64) -> Result<Option<Hash>, StoreFault> {
    const SQL: &str = "SELECT hash FROM audit WHERE site_id = $1 AND audit_seq = $2";
    let bytes: Option<Vec<u8>> = on!(tx, c => sqlx::query_scalar(SQL).bind(site).bind(seq).fetch_optional(c).await)?;
    bytes.map(|bytes| hash_of("audit", "hash", seq, &bytes)).transpose()
}

/// Reads a stored hash.
pub(crate) fn hash_of(
    table: &'static str,
    column: &'static str,
    id: impl ToString,
    bytes: &[u8],
) -> Result<Hash, StoreFault> {
    Hash::from_slice(bytes).ok_or_else(|| bad_row(table, column, id, "a hash has 32 bytes"))
}
