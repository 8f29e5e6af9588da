//! The feed: which rows changed, for whom, in which commit.

use cordwainer_domain::StationId;
use cordwainer_protocol::sync::{ChangeOp, Table};

use super::db::{Tx, on};
use super::fault::{StoreFault, bad_row};

/// A change without its row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ChangeRow {
    pub(crate) table: Table,
    pub(crate) pk: String,
    pub(crate) op: ChangeOp,
    pub(crate) commit_seq: u64,
    pub(crate) row_version: u64,
}

/// The key behind which a chunk of a snapshot begins.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Behind {
    pub(crate) scope: String,
    pub(crate) table: String,
    pub(crate) pk: String,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    scope: String,
    #[sqlx(flatten)]
    change: StoredChange,
}

#[derive(sqlx::FromRow)]
struct StoredChange {
    tbl: String,
    pk: String,
    op: String,
    commit_seq: i64,
    row_version: i64,
}

impl TryFrom<StoredChange> for ChangeRow {
    type Error = StoreFault;

    fn try_from(stored: StoredChange) -> Result<Self, StoreFault> {
        let table = Table::from_name(&stored.tbl)
            .ok_or_else(|| bad_row("change", "tbl", &stored.pk, "it is no table of the feed"))?;
        let op = match stored.op.as_str() {
            "put" => ChangeOp::Put,
            "del" => ChangeOp::Del,
            "evict" => ChangeOp::Evict,
            _ => return Err(bad_row("change", "op", &stored.pk, "it is none of the three")),
        };
        Ok(Self {
            table,
            pk: stored.pk,
            op,
            commit_seq: stored.commit_seq.cast_unsigned(),
            row_version: stored.row_version.cast_unsigned(),
        })
    }
}

/// Where a page of at least `limit` entries ends, so that the last commit is whole; `None` if everything fits.
///
/// Verdicts count as entries: a commit may hold nothing else for a station.
pub(crate) async fn page_end(
    tx: &mut Tx,
    site: &str,
    scopes: &[String; 2],
    station: StationId,
    from: i64,
    limit: i64,
) -> Result<Option<i64>, StoreFault> {
    const SQL: &str = "SELECT commit_seq FROM (\
                       SELECT commit_seq FROM change WHERE site_id = $1 AND scope IN ($2, $3) AND commit_seq > $4 \
                       UNION ALL SELECT commit_seq FROM verdict WHERE station_id = $5 AND commit_seq > $4) AS entry \
                       ORDER BY commit_seq LIMIT 1 OFFSET $6";
    Ok(on!(tx, c => sqlx::query_scalar(SQL)
        .bind(site)
        .bind(&scopes[0])
        .bind(&scopes[1])
        .bind(from)
        .bind(station.0)
        .bind(limit - 1)
        .fetch_optional(c)
        .await)?)
}

/// The changes with numbers in `(from, to]`, in commit order and within a commit in the order in which rows refer to each
/// other.
pub(crate) async fn changes(
    tx: &mut Tx,
    site: &str,
    scopes: &[String; 2],
    from: i64,
    to: i64,
) -> Result<Vec<ChangeRow>, StoreFault> {
    const SQL: &str = "SELECT tbl, pk, op, commit_seq, row_version FROM change WHERE site_id = $1 AND scope IN ($2, $3) \
                       AND commit_seq > $4 AND commit_seq <= $5";
    let rows: Vec<StoredChange> = on!(tx, c => sqlx::query_as(SQL)
        .bind(site)
        .bind(&scopes[0])
        .bind(&scopes[1])
        .bind(from)
        .bind(to)
        .fetch_all(c)
        .await)?;
    let mut changes = rows.into_iter().map(ChangeRow::try_from).collect::<Result<Vec<_>, _>>()?;
    changes.sort_by(|a, b| (a.commit_seq, a.table, &a.pk).cmp(&(b.commit_seq, b.table, &b.pk)));
    Ok(changes)
}

/// Rows in scope that have not moved since a moment, in the order of their keys, each with the part of the feed that it is in.
pub(crate) async fn held(
    tx: &mut Tx,
    site: &str,
    scopes: &[String; 2],
    at: i64,
    behind: &Behind,
    limit: i64,
) -> Result<Vec<(String, ChangeRow)>, StoreFault> {
    const SQL: &str = "SELECT scope, tbl, pk, op, commit_seq, row_version FROM change WHERE site_id = $1 \
                       AND scope IN ($2, $3) AND op = 'put' AND commit_seq <= $4 AND (scope, tbl, pk) > ($5, $6, $7) \
                       ORDER BY scope, tbl, pk LIMIT $8";
    let rows: Vec<HeldRow> = on!(tx, c => sqlx::query_as(SQL)
        .bind(site)
        .bind(&scopes[0])
        .bind(&scopes[1])
        .bind(at)
        .bind(&behind.scope)
        .bind(&behind.table)
        .bind(&behind.pk)
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(|row| Ok((row.scope, row.change.try_into()?))).collect()
}

/// How many rows in scope have not moved since a moment.
pub(crate) async fn count_held(tx: &mut Tx, site: &str, scopes: &[String; 2], at: i64) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM change WHERE site_id = $1 AND scope IN ($2, $3) AND op = 'put' \
                       AND commit_seq <= $4";
    Ok(on!(tx, c => sqlx::query_scalar(SQL)
        .bind(site)
        .bind(&scopes[0])
        .bind(&scopes[1])
        .bind(at)
        .fetch_one(c)
        .await)?)
}
