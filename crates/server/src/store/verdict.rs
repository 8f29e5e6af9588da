//! What actions came to: the only rows about an action that ever change.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::code::Code;
use cordwainer_domain::production::{ConflictKind, ParkReason};
use cordwainer_domain::{ActionId, ConflictId, StationId, WorkOrderId};
use cordwainer_protocol::sync::{VerdictRow, VerdictStatus};
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::audit::Entry;
use super::db::{Tx, on};
use super::fault::{StoreFault, bad_row};

/// A verdict before it has its number.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Verdict {
    pub(crate) action: ActionId,
    pub(crate) station: StationId,
    pub(crate) work_order: Option<WorkOrderId>,
    pub(crate) awaits_code: Option<Code>,
    pub(crate) status: VerdictStatus,
    pub(crate) reason: Option<ParkReason>,
    pub(crate) conflict: Option<ConflictKind>,
    pub(crate) conflict_id: Option<ConflictId>,
    /// Place in the order in which this commit judged.
    pub(crate) place: i64,
    /// Place at which it began to count in this commit. What counted before keeps the place it had.
    pub(crate) counted_place: Option<i64>,
    /// The decision by which a fact that waited is read.
    pub(crate) decided_by: Option<ActionId>,
}

impl Verdict {
    /// What the audit chain says of it, beside what its row keeps from earlier verdicts.
    pub(crate) fn entry(&self, commit_seq: i64, kept: &Kept) -> Result<Entry, StoreFault> {
        let image = VerdictImage {
            station: self.station.0,
            work_order: self.work_order.map(|id| id.0),
            awaits_code: self.awaits_code.as_ref().map(Code::as_str),
            status: status_word(self.status),
            reason: serde_json::to_value(&self.reason)?,
            conflict: serde_json::to_value(&self.conflict)?,
            conflict_id: self.conflict_id.map(|id| id.0),
            commit_seq,
            place: self.place,
            kept: *kept,
        };
        image.entry(self.action)
    }

    /// The verdict as the feed carries it.
    pub(crate) fn row(&self, commit_seq: u64) -> VerdictRow {
        VerdictRow {
            action_id: self.action,
            status: self.status,
            commit_seq,
            park_reason: self.reason.clone(),
            conflict: self.conflict.clone(),
            conflict_id: self.conflict_id,
        }
    }
}

/// The columns of a verdict that a later verdict on the same action does not take back.
#[derive(sqlx::FromRow, Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// The commit in which it began to count.
    pub(crate) counted_seq: Option<i64>,
    /// Its place in that commit.
    pub(crate) counted_place: Option<i64>,
    /// The decision by which a fact that waited is read.
    pub(crate) decided_by: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct Written {
    action_id: Uuid,
    #[sqlx(flatten)]
    kept: Kept,
}

/// Every column of a verdict but the time, which is its audit entry's own.
#[derive(Clone, Debug)]
pub(crate) struct VerdictImage<'a> {
    pub(crate) station: Uuid,
    pub(crate) work_order: Option<Uuid>,
    pub(crate) awaits_code: Option<&'a str>,
    pub(crate) status: &'a str,
    pub(crate) reason: Value,
    pub(crate) conflict: Value,
    pub(crate) conflict_id: Option<Uuid>,
    pub(crate) commit_seq: i64,
    pub(crate) place: i64,
    pub(crate) kept: Kept,
}

impl VerdictImage<'_> {
    pub(crate) fn entry(&self, action: ActionId) -> Result<Entry, StoreFault> {
        let what = json!({
            "station_id": self.station,
            "work_order_id": self.work_order,
            "awaits_code": self.awaits_code,
            "status": self.status,
            "reason": self.reason,
            "conflict": self.conflict,
            "conflict_id": self.conflict_id,
            "commit_seq": self.commit_seq,
            "place": self.place,
            "counted_seq": self.kept.counted_seq,
            "counted_place": self.kept.counted_place,
            "decided_by": self.kept.decided_by,
        });
        Entry::new("verdict", action, &what)
    }
}

/// Writes verdicts, new ones and changed ones alike. Answers with what each action's row keeps.
pub(crate) async fn write(
    tx: &mut Tx,
    site: &str,
    verdicts: &[Verdict],
    commit_seq: i64,
    now_ms: i64,
) -> Result<BTreeMap<ActionId, Kept>, StoreFault> {
    let mut kept = BTreeMap::new();
    for some in verdicts.chunks(1_000) {
        let written: Vec<Written> = on!(&mut *tx, c => {
            let mut upsert = QueryBuilder::new(
                "INSERT INTO verdict (action_id, site_id, station_id, work_order_id, awaits_code, status, reason, conflict, \
                 conflict_id, commit_seq, place_in_commit, judged_at, counted_seq, counted_place, decided_by) ",
            );
            upsert.push_values(some, |mut row, verdict| {
                row.push_bind(verdict.action.0)
                    .push_bind(site)
                    .push_bind(verdict.station.0)
                    .push_bind(verdict.work_order.map(|id| id.0))
                    .push_bind(verdict.awaits_code.as_ref().map(Code::as_str))
                    .push_bind(status_word(verdict.status))
                    .push_bind(verdict.reason.as_ref().map(Json))
                    .push_bind(verdict.conflict.as_ref().map(Json))
                    .push_bind(verdict.conflict_id.map(|id| id.0))
                    .push_bind(commit_seq)
                    .push_bind(verdict.place)
                    .push_bind(now_ms)
                    .push_bind(verdict.counted_place.map(|_| commit_seq))
                    .push_bind(verdict.counted_place)
                    .push_bind(verdict.decided_by.map(|id| id.0));
            });
            upsert.push(
                " ON CONFLICT (action_id) DO UPDATE SET work_order_id = excluded.work_order_id, \
                 awaits_code = excluded.awaits_code, status = excluded.status, reason = excluded.reason, \
                 conflict = excluded.conflict, conflict_id = excluded.conflict_id, commit_seq = excluded.commit_seq, \
                 place_in_commit = excluded.place_in_commit, judged_at = excluded.judged_at, \
                 counted_seq = COALESCE(verdict.counted_seq, excluded.counted_seq), \
                 counted_place = COALESCE(verdict.counted_place, excluded.counted_place), \
                 decided_by = COALESCE(excluded.decided_by, verdict.decided_by) \
                 RETURNING action_id, counted_seq, counted_place, decided_by",
            );
            upsert.build_query_as().fetch_all(c).await
        })?;
        kept.extend(written.into_iter().map(|row| (ActionId(row.action_id), row.kept)));
    }
    Ok(kept)
}

#[derive(sqlx::FromRow)]
struct StoredVerdict {
    action_id: Uuid,
    status: String,
    reason: Option<Json<ParkReason>>,
    conflict: Option<Json<ConflictKind>>,
    conflict_id: Option<Uuid>,
    commit_seq: i64,
}

impl TryFrom<StoredVerdict> for VerdictRow {
    type Error = StoreFault;

    fn try_from(stored: StoredVerdict) -> Result<Self, StoreFault> {
        let status = status_of(&stored.status)
            .ok_or_else(|| bad_row("verdict", "status", stored.action_id, "it is none of the four"))?;
        Ok(Self {
            action_id: ActionId(stored.action_id),
            status,
            commit_seq: stored.commit_seq.cast_unsigned(),
            park_reason: stored.reason.map(|reason| reason.0),
            conflict: stored.conflict.map(|conflict| conflict.0),
            conflict_id: stored.conflict_id.map(ConflictId),
        })
    }
}

/// The verdicts on some actions.
pub(crate) async fn of_actions(tx: &mut Tx, actions: &[ActionId]) -> Result<Vec<VerdictRow>, StoreFault> {
    if actions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<StoredVerdict> = on!(tx, c => {
        let mut select = QueryBuilder::new(
            "SELECT action_id, status, reason, conflict, conflict_id, commit_seq FROM verdict WHERE action_id IN ",
        );
        select.push_tuples(actions, |mut row, action| {
            row.push_bind(action.0);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter().map(VerdictRow::try_from).collect()
}

/// Where a page of at least so many of a station's verdicts ends, so that its last commit is whole; `None` if all up to `to`
/// fit.
pub(crate) async fn page_end(
    tx: &mut Tx,
    station: StationId,
    from: i64,
    to: i64,
    limit: i64,
) -> Result<Option<i64>, StoreFault> {
    const SQL: &str = "SELECT commit_seq FROM verdict WHERE station_id = $1 AND commit_seq > $2 AND commit_seq <= $3 \
                       ORDER BY commit_seq LIMIT 1 OFFSET $4";
    Ok(on!(tx, c => sqlx::query_scalar(SQL)
        .bind(station.0)
        .bind(from)
        .bind(to)
        .bind(limit)
        .fetch_optional(c)
        .await)?)
}

/// A verdict as a judge needs it, to give another one in its place.
#[derive(Clone, Debug)]
pub(crate) struct KnownVerdict {
    pub(crate) row: VerdictRow,
    pub(crate) station: StationId,
    pub(crate) work_order: Option<WorkOrderId>,
}

#[derive(sqlx::FromRow)]
struct StoredWithPlace {
    #[sqlx(flatten)]
    verdict: StoredVerdict,
    station_id: Uuid,
    work_order_id: Option<Uuid>,
}

/// The verdicts on some facts, with whose they are.
pub(crate) async fn known(
    tx: &mut Tx,
    facts: &BTreeSet<ActionId>,
) -> Result<BTreeMap<ActionId, KnownVerdict>, StoreFault> {
    if facts.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<StoredWithPlace> = on!(tx, c => {
        let mut select = QueryBuilder::new(
            "SELECT action_id, status, reason, conflict, conflict_id, commit_seq, station_id, work_order_id FROM verdict \
             WHERE action_id IN ",
        );
        select.push_tuples(facts, |mut row, id| {
            row.push_bind(id.0);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    rows.into_iter()
        .map(|found| {
            let row = VerdictRow::try_from(found.verdict)?;
            let (station, work_order) = (StationId(found.station_id), found.work_order_id.map(WorkOrderId));
            Ok((row.action_id, KnownVerdict { row, station, work_order }))
        })
        .collect()
}

/// A station's verdicts with numbers in `(from, to]`, in the order in which they were given.
pub(crate) async fn of_station(
    tx: &mut Tx,
    station: StationId,
    from: i64,
    to: i64,
) -> Result<Vec<VerdictRow>, StoreFault> {
    const SQL: &str = "SELECT action_id, status, reason, conflict, conflict_id, commit_seq FROM verdict \
                       WHERE station_id = $1 AND commit_seq > $2 AND commit_seq <= $3 \
                       ORDER BY commit_seq, place_in_commit";
    let rows: Vec<StoredVerdict> =
        on!(tx, c => sqlx::query_as(SQL).bind(station.0).bind(from).bind(to).fetch_all(c).await)?;
    rows.into_iter().map(VerdictRow::try_from).collect()
}

/// The word stored for a status.
pub(crate) const fn status_word(status: VerdictStatus) -> &'static str {
    match status {
        VerdictStatus::Applied => "applied",
        VerdictStatus::Flagged => "flagged",
        VerdictStatus::Parked => "parked",
        VerdictStatus::Closed => "closed",
    }
}

fn status_of(word: &str) -> Option<VerdictStatus> {
    [VerdictStatus::Applied, VerdictStatus::Flagged, VerdictStatus::Parked, VerdictStatus::Closed]
        .into_iter()
        .find(|status| status_word(*status) == word)
}
