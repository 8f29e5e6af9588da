//! Label templates: a draft of a kind, and every version that was released. A released version never changes.

use chrono::{DateTime, Utc};
use cordwainer_domain::{AccountId, SiteId};
use cordwainer_protocol::office::{LabelDraftMark, LabelRelease};
use cordwainer_protocol::sync::{ChangeOp, Table};
use serde_json::Value;
use sqlx::types::Json;

use super::Store;
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::scope::Scope;
use super::writing::Writing;
use crate::sync::pull::keyed;

/// A draft, with who changed it last.
#[derive(Clone, Debug)]
pub(crate) struct KeptDraft {
    pub(crate) kind: String,
    pub(crate) template: Value,
    pub(crate) mark: LabelDraftMark,
    pub(crate) row_version: i64,
}

/// A released version, with who released it.
#[derive(Clone, Debug)]
pub(crate) struct KeptRelease {
    pub(crate) kind: String,
    pub(crate) template: Value,
    pub(crate) release: LabelRelease,
}

#[derive(sqlx::FromRow)]
struct DraftRow {
    kind: String,
    doc: Json<Value>,
    changed_at: i64,
    name: Option<String>,
    row_version: i64,
}

#[derive(sqlx::FromRow)]
struct ReleaseRow {
    kind: String,
    version: i64,
    doc: Json<Value>,
    reason: String,
    released_at: i64,
    name: Option<String>,
}

impl From<DraftRow> for KeptDraft {
    fn from(row: DraftRow) -> Self {
        let mark = LabelDraftMark { at: instant(row.changed_at), by: row.name };
        Self { kind: row.kind, template: row.doc.0, mark, row_version: row.row_version }
    }
}

impl From<ReleaseRow> for KeptRelease {
    fn from(row: ReleaseRow) -> Self {
        let version = u32::try_from(row.version).unwrap_or_default();
        let release = LabelRelease { version, at: instant(row.released_at), by: row.name, reason: row.reason };
        Self { kind: row.kind, template: row.doc.0, release }
    }
}

fn instant(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

impl Store {
    /// The drafts of a site, and its released versions, newest first.
    pub(crate) async fn labels(&self, site: &SiteId) -> Result<(Vec<KeptDraft>, Vec<KeptRelease>), StoreFault> {
        const DRAFTS: &str = "SELECT d.kind, d.doc, d.changed_at, account.name, d.row_version FROM label_draft d \
                              LEFT JOIN account ON account.id = d.changed_by WHERE d.site_id = $1";
        const RELEASES: &str = "SELECT r.kind, r.version, r.doc, r.reason, r.released_at, account.name \
                                FROM label_release r LEFT JOIN account ON account.id = r.released_by \
                                WHERE r.site_id = $1 ORDER BY r.version DESC";
        let mut tx = self.db().read().await?;
        let drafts: Vec<DraftRow> = on!(&mut tx, c => sqlx::query_as(DRAFTS).bind(site.as_str()).fetch_all(c).await)?;
        let releases: Vec<ReleaseRow> =
            on!(&mut tx, c => sqlx::query_as(RELEASES).bind(site.as_str()).fetch_all(c).await)?;
        Ok((drafts.into_iter().map(Into::into).collect(), releases.into_iter().map(Into::into).collect()))
    }
}

/// A draft and its version, kept from others until the end of the transaction.
pub(crate) async fn lock_draft(tx: &mut Tx, site: &SiteId, kind: &str) -> Result<Option<(Value, i64)>, StoreFault> {
    const LOCK: &str = "UPDATE label_draft SET row_version = row_version WHERE site_id = $1 AND kind = $2";
    const SQL: &str = "SELECT doc, row_version FROM label_draft WHERE site_id = $1 AND kind = $2";
    on!(&mut *tx, c => sqlx::query(LOCK).bind(site.as_str()).bind(kind).execute(c).await.map(|_| ()))?;
    let row: Option<(Json<Value>, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).bind(kind).fetch_optional(c).await)?;
    Ok(row.map(|(doc, row_version)| (doc.0, row_version)))
}

/// Keeps a draft. Answers with its version.
pub(crate) async fn put_draft(
    writing: &mut Writing,
    kind: &str,
    template: &Value,
    by: AccountId,
) -> Result<i64, StoreFault> {
    const SQL: &str = "INSERT INTO label_draft (site_id, kind, doc, changed_by, changed_at, row_version) \
                       VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (site_id, kind) DO UPDATE SET doc = excluded.doc, \
                       changed_by = excluded.changed_by, changed_at = excluded.changed_at, \
                       row_version = label_draft.row_version + 1 RETURNING row_version";
    let now_ms = writing.now_ms();
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(writing.site.as_str())
        .bind(kind)
        .bind(Json(template))
        .bind(by.0)
        .bind(now_ms)
        .fetch_one(c)
        .await)?)
}

/// Throws a draft away.
pub(crate) async fn delete_draft(writing: &mut Writing, kind: &str) -> Result<(), StoreFault> {
    const SQL: &str = "DELETE FROM label_draft WHERE site_id = $1 AND kind = $2";
    let site = writing.site.as_str();
    on!(&mut writing.tx, c => sqlx::query(SQL).bind(site).bind(kind).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The newest released version of a kind; none before the first.
pub(crate) async fn newest_version(tx: &mut Tx, site: &SiteId, kind: &str) -> Result<Option<u32>, StoreFault> {
    const SQL: &str = "SELECT MAX(version) FROM label_release WHERE site_id = $1 AND kind = $2";
    let newest: Option<i64> = on!(tx, c => sqlx::query_scalar(SQL).bind(site.as_str()).bind(kind).fetch_one(c).await)?;
    Ok(newest.and_then(|version| u32::try_from(version).ok()))
}

/// Adds a released version, and says so in the feed.
pub(crate) async fn add_release(
    writing: &mut Writing,
    kind: &str,
    version: u32,
    template: &Value,
    (by, reason): (AccountId, &str),
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO label_release (site_id, kind, version, doc, reason, released_by, released_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let now_ms = writing.now_ms();
    on!(&mut writing.tx, c => sqlx::query(SQL)
        .bind(writing.site.as_str())
        .bind(kind)
        .bind(i64::from(version))
        .bind(Json(template))
        .bind(reason)
        .bind(by.0)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    writing.change(&Scope::All, Table::LabelTemplate, kind, ChangeOp::Put, i64::from(version));
    Ok(())
}

/// What stations print some kinds with: kind and template, for those of which something was released.
pub(crate) async fn in_use(tx: &mut Tx, site: &str, kinds: &[String]) -> Result<Vec<(String, Value)>, StoreFault> {
    const SELECT: &str = "SELECT kind, version, doc FROM label_release";
    let mut rows: Vec<(String, i64, Json<Value>)> = keyed(tx, SELECT, site, "kind", kinds).await?;
    rows.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    rows.dedup_by(|later, first| later.0 == first.0);
    Ok(rows.into_iter().map(|(kind, _, doc)| (kind, doc.0)).collect())
}
