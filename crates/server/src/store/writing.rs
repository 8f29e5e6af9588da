//! The one function through which every change of a synchronised row goes: it takes the head row last.
//!
//! A [`Writing`] collects what the transaction changes in the feed, which verdicts it gives and what the audit chain is to
//! say. [`Writing::close`] then takes the site's head row, gives the whole commit one number, writes those three, and
//! commits. Because the head row is held until the commit, numbers become visible in their order, and a reader at cursor N
//! never misses a row below N (`docs/decisions/0002-one-number-per-commit.md`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cordwainer_domain::SiteId;
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::{ChangeOp, Table};
use cordwainer_sync::controls::{Control, is_off};
use sqlx::QueryBuilder;

use super::Store;
use super::audit::{self, AuditHead, Entry};
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::scope::Scope;
use super::verdict::{self, Verdict};

/// A write transaction of one site.
pub(crate) struct Writing {
    pub(crate) tx: Tx,
    pub(crate) site: SiteId,
    pub(crate) now: DateTime<Utc>,
    store: Store,
    changes: BTreeMap<(String, &'static str, String), (ChangeOp, i64)>,
    verdicts: Vec<Verdict>,
    entries: Vec<Entry>,
    /// The head row as it stood before the transaction, where a control says that it is good enough.
    early: Option<HeadRow>,
}

/// What a site's head row holds.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct HeadRow {
    pub(crate) v: i64,
    pub(crate) audit_seq: i64,
    pub(crate) audit_head: Vec<u8>,
    pub(crate) tombstone_floor: i64,
    pub(crate) grants_day: i64,
    /// The present life of the database.
    pub(crate) epoch: String,
}

impl Store {
    /// Begins a write transaction of one site.
    pub(crate) async fn writing(&self, site: &SiteId) -> Result<Writing, StoreFault> {
        let early = self.head_before(site).await?;
        Ok(Writing {
            early,
            tx: self.db().write().await?,
            site: site.clone(),
            now: self.clock().now(),
            store: self.clone(),
            changes: BTreeMap::new(),
            verdicts: Vec::new(),
            entries: Vec::new(),
        })
    }
}

impl Store {
    /// What a sequence, or a chain without a lock, would go by: the head row from before the transaction. Only a negative
    /// control asks for it.
    async fn head_before(&self, site: &SiteId) -> Result<Option<HeadRow>, StoreFault> {
        const NEXT: &str = "UPDATE sync_head SET v = v + 1 WHERE site_id = $1";
        if !is_off(Control::NumberAtCommit) && !is_off(Control::AuditUnderLock) {
            return Ok(None);
        }
        let mut tx = self.db().write().await?;
        if is_off(Control::NumberAtCommit) {
            on!(&mut tx, c => sqlx::query(NEXT).bind(site.as_str()).execute(c).await.map(|_| ()))?;
        }
        let head = head_of(&mut tx, site.as_str()).await?;
        tx.commit().await?;
        Ok(head)
    }
}

impl Writing {
    /// Now, as stored.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now.timestamp_millis()
    }

    /// The store that this belongs to.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// A fresh identifier.
    pub(crate) fn next_id(&self) -> uuid::Uuid {
        self.store.ids().uuid_v7(self.now)
    }

    /// Says that a row changed, seen from one scope. The last word on a row counts.
    pub(crate) fn change(&mut self, scope: &Scope, table: Table, pk: impl ToString, op: ChangeOp, row_version: i64) {
        self.changes.insert((scope.key(), table.name(), pk.to_string()), (op, row_version));
    }

    /// Gives a verdict.
    pub(crate) fn judge(&mut self, verdict: Verdict) {
        self.verdicts.push(verdict);
    }

    /// The verdicts given so far; [`Self::close`] will number them.
    pub(crate) fn verdicts_of_this_commit(&self) -> Vec<Verdict> {
        self.verdicts.clone()
    }

    /// Adds to the audit chain.
    pub(crate) fn note(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Takes the head row, numbers what was changed, and commits. Answers with the head of the feed.
    pub(crate) async fn close(mut self) -> Result<u64, StoreFault> {
        const TAKE: &str = "UPDATE sync_head SET v = v + $2 WHERE site_id = $1 \
                            RETURNING v, audit_seq, audit_head, tombstone_floor, grants_day, \
                            (SELECT epoch FROM server_identity WHERE id = 1) AS epoch";
        let site = self.site.as_str().to_owned();
        let moves = !self.changes.is_empty() || !self.verdicts.is_empty();
        let handed_out = self.early.clone().filter(|_| is_off(Control::NumberAtCommit));
        let step = if handed_out.is_some() { 0 } else { i64::from(moves) };
        let head: Option<HeadRow> =
            on!(&mut self.tx, c => sqlx::query_as(TAKE).bind(&site).bind(step).fetch_optional(c).await)?;
        let head = head.ok_or_else(|| StoreFault::Missing { what: "site", id: site.clone() })?;
        fail_point(Point::TakeNumbered);
        self.write_changes(head.v).await?;
        let now_ms = self.now.timestamp_millis();
        let kept = verdict::write(&mut self.tx, &site, &self.verdicts, head.v, now_ms).await?;
        for judged in &self.verdicts {
            let id = judged.action;
            let kept = kept.get(&id).ok_or_else(|| StoreFault::Missing { what: "verdict", id: id.to_string() })?;
            self.entries.push(judged.entry(head.v, kept)?);
        }
        self.write_audit(&head).await?;
        fail_point(Point::TakeWritten);
        self.tx.commit().await?;
        fail_point(Point::TakeCommitted);
        if moves {
            self.store.announce(&self.site, head.v.cast_unsigned());
        }
        Ok(head.v.cast_unsigned())
    }

    async fn write_changes(&mut self, commit_seq: i64) -> Result<(), StoreFault> {
        let site = self.site.as_str();
        let rows: Vec<_> = self.changes.iter().collect();
        for some in rows.chunks(2_000) {
            on!(&mut self.tx, c => {
                let mut upsert =
                    QueryBuilder::new("INSERT INTO change (site_id, scope, tbl, pk, op, commit_seq, row_version) ");
                upsert.push_values(some, |mut row, ((scope, table, pk), (op, row_version))| {
                    row.push_bind(site)
                        .push_bind(scope)
                        .push_bind(*table)
                        .push_bind(pk)
                        .push_bind(op_word(*op))
                        .push_bind(commit_seq)
                        .push_bind(*row_version);
                });
                upsert.push(
                    " ON CONFLICT (site_id, scope, tbl, pk) DO UPDATE SET op = excluded.op, \
                     commit_seq = excluded.commit_seq, row_version = excluded.row_version",
                );
                upsert.build().execute(c).await.map(|_| ())
            })?;
        }
        Ok(())
    }

    async fn write_audit(&mut self, head: &HeadRow) -> Result<(), StoreFault> {
        const SQL: &str = "UPDATE sync_head SET audit_seq = $2, audit_head = $3 WHERE site_id = $1";
        if self.entries.is_empty() {
            return Ok(());
        }
        let site = self.site.as_str();
        let now_ms = self.now.timestamp_millis();
        let mut before = audit_head(site, head)?;
        if let Some(early) = self.early.as_ref().filter(|_| is_off(Control::AuditUnderLock)) {
            before.hash = audit_head(site, early)?.hash;
        }
        let newest = audit::append(&mut self.tx, site, before, &self.entries, now_ms).await?;
        on!(&mut self.tx, c => sqlx::query(SQL)
            .bind(site)
            .bind(newest.seq)
            .bind(newest.hash.as_bytes())
            .execute(c)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}

/// The newest link as the head row remembers it.
pub(crate) fn audit_head(site: &str, head: &HeadRow) -> Result<AuditHead, StoreFault> {
    let hash = audit::hash_of("sync_head", "audit_head", site, &head.audit_head)?;
    Ok(AuditHead { seq: head.audit_seq, hash })
}

/// A site's head row as it stands in this transaction.
pub(crate) async fn head_of(tx: &mut Tx, site: &str) -> Result<Option<HeadRow>, StoreFault> {
    const SQL: &str = "SELECT v, audit_seq, audit_head, tombstone_floor, grants_day, \
                       (SELECT epoch FROM server_identity WHERE id = 1) AS epoch FROM sync_head WHERE site_id = $1";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(site).fetch_optional(c).await)?)
}

/// Makes the head row of a site that has none yet.
pub(crate) async fn ensure_head(tx: &mut Tx, site: &str, grants_day: i64) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO sync_head (site_id, v, audit_seq, audit_head, tombstone_floor, grants_day) \
                       VALUES ($1, 0, 0, $2, 0, $3) ON CONFLICT (site_id) DO NOTHING";
    let start = cordwainer_sync::Hash::START;
    on!(tx, c => sqlx::query(SQL).bind(site).bind(start.as_bytes()).bind(grants_day).execute(c).await.map(|_| ()))?;
    Ok(())
}

const fn op_word(op: ChangeOp) -> &'static str {
    match op {
        ChangeOp::Put => "put",
        ChangeOp::Del => "del",
        ChangeOp::Evict => "evict",
    }
}
