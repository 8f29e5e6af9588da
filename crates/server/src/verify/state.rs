//! Every work order replayed from the facts that count, in the order in which they were judged, and compared with what the
//! server hands out: its row, its columns, its jobs, and where the feed shows it.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::production::{Outcome, WorkOrder, apply, apply_decided};
use cordwainer_domain::{SiteId, WorkOrderId};
use serde_json::Value;
use serde_json::value::RawValue;
use sqlx::QueryBuilder;
use sqlx::types::Json;
use uuid::Uuid;

use super::Proof;
use super::actions::{Examined, counts};
use super::finding::Finding;
use crate::clock::from_ms;
use crate::store::db::{Tx, on};
use crate::store::fault::StoreFault;
use crate::store::scope::{Scope, card_of, scopes_of};
use crate::store::work_order::{JOB_COLUMNS, JobRow, WorkOrderColumns, project};
use crate::sync::judging::decision_from;

/// Work orders compared at a time.
const COMPARED: usize = 200;

/// Table and scope of a row of the feed.
type Shown = (String, String);
/// Operation, commit and row version of a row of the feed.
type Change = (String, i64, i64);

/// A work order as its facts leave it, and the feed's rows of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Replayed {
    work_order: Option<WorkOrder>,
    /// As it was before the commit that is being replayed.
    before: Option<WorkOrder>,
    /// Whether that commit wrote it.
    written: bool,
    commit: i64,
    row_version: i64,
    feed: BTreeMap<Shown, Change>,
}

impl Replayed {
    /// Replays one fact.
    fn take(&mut self, row: &Examined) -> Result<(), String> {
        let action = row.action.as_ref().ok_or("its body cannot be read")?;
        let commit = row.row.kept.counted_seq.ok_or("it counts nowhere")?;
        if self.commit != commit {
            self.end_commit();
            self.commit = commit;
        }
        let at = from_ms(row.row.occurred_at);
        let standing = self.work_order.as_ref();
        if standing.is_none() && action.fact.is_a_resolution() {
            // It names a pair that was never released: it is taken note of, and nothing hangs on it.
            return Ok(());
        }
        let outcome =
            match row.row.decision.as_deref().map(|body| decision_from(body).ok_or("no decision let it count")) {
                Some(decision) => apply_decided(standing, action, at, &decision?),
                None => apply(standing, action, at),
            };
        let (flagged, next) = match outcome {
            Outcome::Applied(next) => (false, next),
            Outcome::Flagged(next, _) => (true, next),
            Outcome::Noted => return Ok(()),
            Outcome::Parked(reason) => return Err(format!("it counts, but replayed it waits: {reason:?}")),
        };
        (self.work_order, self.written) = (Some(next), true);
        // A decision may have changed the word since; the contradiction stays on record.
        let word = |flagged| if flagged { "flagged" } else { "applied" };
        let was = row.row.conflict.is_some();
        if flagged == was { Ok(()) } else { Err(format!("it was {}, but replayed it is {}", word(was), word(flagged))) }
    }

    /// Puts into the feed what a commit left: the same rules by which it was written.
    fn end_commit(&mut self) {
        if !std::mem::take(&mut self.written) {
            return;
        }
        let Some(now) = &self.work_order else { return };
        self.row_version += 1;
        let (held, holds) = (self.before.as_ref().map(scopes_of).unwrap_or_default(), scopes_of(now));
        let mut put = |table: &str, scope: &Scope, op: &str| {
            self.feed.insert((table.to_owned(), scope.key()), (op.to_owned(), self.commit, self.row_version));
        };
        holds.iter().for_each(|scope| put("work_order", scope, "put"));
        held.difference(&holds).for_each(|scope| put("work_order", scope, "evict"));
        let (had, has) = (self.before.as_ref().and_then(card_of), card_of(now));
        if had != has {
            put("work_order_card", &Scope::All, if has.is_some() { "put" } else { "del" });
        }
        self.before.clone_from(&self.work_order);
    }
}

/// A work order as it is stored and shown.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) customer_order: String,
    pub(super) row_version: i64,
    pub(super) columns: WorkOrderColumns,
    /// The row's document as it is stored.
    pub(super) doc: Box<RawValue>,
    pub(super) jobs: Vec<JobRow>,
    pub(super) feed: BTreeMap<Shown, Change>,
}

/// Replays a site pair by pair, and compares in batches.
pub(super) struct Replay {
    site: SiteId,
    at: Option<(WorkOrderId, Replayed)>,
    done: Vec<(WorkOrderId, Replayed)>,
    compared: BTreeSet<Uuid>,
}

impl Replay {
    pub(super) fn new(site: &SiteId) -> Self {
        Self { site: site.clone(), at: None, done: Vec::new(), compared: BTreeSet::new() }
    }

    /// Takes the next action, in the order of work order, commit and place.
    pub(super) fn take(&mut self, row: &Examined) -> Option<Finding> {
        let id = row.row.v_work_order_id.filter(|_| counts(&row.row))?;
        let id = WorkOrderId(id);
        if self.at.as_ref().is_none_or(|(at, _)| *at != id) {
            self.end_pair();
            self.at = Some((id, Replayed::default()));
        }
        let (_, replayed) = self.at.as_mut()?;
        let fault = replayed.take(row).err()?;
        Some(Finding::state(&self.site, "action", row.row.action_id, fault))
    }

    pub(super) fn end_pair(&mut self) {
        if let Some((id, mut replayed)) = self.at.take() {
            replayed.end_commit();
            self.done.push((id, replayed));
        }
    }

    /// Compares what has been replayed, if it is enough to be worth a question to the database, or all of it at the end.
    pub(super) async fn compare(&mut self, tx: &mut Tx, proof: &mut Proof, at_the_end: bool) -> Result<(), StoreFault> {
        if self.done.len() < COMPARED && !at_the_end {
            return Ok(());
        }
        let done = std::mem::take(&mut self.done);
        for some in done.chunks(COMPARED) {
            let ids: Vec<Uuid> = some.iter().map(|(id, _)| id.0).collect();
            let mut stored = load(tx, &self.site, &ids).await?;
            for (id, replayed) in some {
                let found = stored.remove(&id.0);
                self.compared.insert(id.0);
                proof.report.work_orders += u64::from(found.is_some());
                proof.note(compare(&self.site, *id, replayed, found.as_ref())?);
            }
        }
        if at_the_end { self.leftovers(tx, proof).await } else { Ok(()) }
    }

    /// Rows that no fact accounts for.
    async fn leftovers(&mut self, tx: &mut Tx, proof: &mut Proof) -> Result<(), StoreFault> {
        for (kind, sql) in [
            ("work_order", "SELECT id FROM work_order WHERE site_id = $1"),
            ("job", "SELECT DISTINCT work_order_id FROM job WHERE site_id = $1"),
        ] {
            let ids: Vec<Uuid> =
                on!(&mut *tx, c => sqlx::query_scalar(sql).bind(self.site.as_str()).fetch_all(c).await)?;
            for id in ids.into_iter().filter(|id| !self.compared.contains(id)) {
                proof.note([Finding::state(&self.site, kind, id, "no fact ever released this work order")]);
            }
        }
        Ok(())
    }
}

/// Replays actions that lie in memory.
#[cfg(test)]
pub(super) fn replayed(site: &SiteId, rows: &[Examined]) -> Vec<(WorkOrderId, Replayed)> {
    let mut replay = Replay::new(site);
    let faults: Vec<Finding> = rows.iter().filter_map(|row| replay.take(row)).collect();
    assert_eq!(faults, [], "an honest history replays");
    replay.end_pair();
    replay.done
}

/// Compares a replayed work order with the stored one.
pub(super) fn compare(
    site: &SiteId,
    id: WorkOrderId,
    replayed: &Replayed,
    stored: Option<&Stored>,
) -> Result<Vec<Finding>, StoreFault> {
    let Some(work_order) = &replayed.work_order else { return Ok(Vec::new()) };
    let bad = |what: &str| Finding::state(site, "work_order", id, what);
    let Some(stored) = stored else { return Ok(vec![bad("its row is gone")]) };
    let mut findings = Vec::new();
    if !says(&stored.doc, work_order)? {
        findings.push(bad("its row is not what its facts give"));
    }
    let columns = (&stored.columns, stored.number.as_str(), stored.customer_order.as_str(), stored.row_version);
    let due = WorkOrderColumns::of(work_order)?;
    let due = (&due, work_order.number.as_str(), work_order.customer_order.0.as_str(), replayed.row_version);
    if columns != due {
        findings.push(bad("its columns are not those of its row"));
    }
    let mut projected = project(work_order);
    projected.sort();
    if stored.jobs != projected {
        findings.push(bad("its jobs are not those of its row"));
    }
    if !shows(&replayed.feed, &stored.feed) {
        findings.push(bad("the feed does not show it to the right stations, or not in the right commit"));
    }
    Ok(findings)
}

/// Whether a document says what a work order is. An engine that keeps documents as text has it word by word, which is found out
/// much faster than what the words mean.
fn says(doc: &RawValue, work_order: &WorkOrder) -> Result<bool, StoreFault> {
    let due = serde_json::to_string(work_order)?;
    Ok(due == doc.get() || serde_json::from_str::<Value>(&due)? == serde_json::from_str::<Value>(doc.get())?)
}

/// Whether the feed's rows are those that follow from the facts. What left a scope may have been swept away since.
fn shows(due: &BTreeMap<Shown, Change>, stored: &BTreeMap<Shown, Change>) -> bool {
    stored.iter().all(|(place, change)| due.get(place) == Some(change))
        && due.iter().all(|(place, change)| change.0 != "put" || stored.contains_key(place))
}

#[derive(sqlx::FromRow)]
struct WorkOrderRow {
    id: Uuid,
    number: String,
    customer_order: String,
    row_version: i64,
    #[sqlx(flatten)]
    columns: WorkOrderColumns,
    doc: Json<Box<RawValue>>,
}

/// Loads work orders as they are stored and shown.
pub(super) async fn load(tx: &mut Tx, site: &SiteId, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Stored>, StoreFault> {
    const ROWS: &str = "SELECT id, number, customer_order, row_version, code, priority, promise_at, life, complete, version, \
                        doc FROM work_order";
    let rows: Vec<WorkOrderRow> = of_some(tx, ROWS, "id", site, ids, |id| *id).await?;
    let mut jobs: BTreeMap<Uuid, Vec<JobRow>> = BTreeMap::new();
    let select = format!("SELECT {JOB_COLUMNS} FROM job");
    let job_rows: Vec<JobRow> = of_some(tx, &select, "work_order_id", site, ids, |id| *id).await?;
    for row in job_rows {
        jobs.entry(row.work_order_id).or_default().push(row);
    }
    jobs.values_mut().for_each(|rows| rows.sort());
    let mut feed = feed_of(tx, site, ids).await?;
    let stored = rows.into_iter().map(|row| Stored {
        jobs: jobs.remove(&row.id).unwrap_or_default(),
        feed: feed.remove(&row.id.to_string()).unwrap_or_default(),
        id: row.id,
        number: row.number,
        customer_order: row.customer_order,
        row_version: row.row_version,
        columns: row.columns,
        doc: row.doc.0,
    });
    Ok(stored.map(|stored| (stored.id, stored)).collect())
}

async fn feed_of(
    tx: &mut Tx,
    site: &SiteId,
    ids: &[Uuid],
) -> Result<BTreeMap<String, BTreeMap<Shown, Change>>, StoreFault> {
    const ROWS: &str = "SELECT pk, tbl, scope, op, commit_seq, row_version FROM change";
    let rows: Vec<(String, String, String, String, i64, i64)> =
        of_some(tx, ROWS, "tbl IN ('work_order', 'work_order_card') AND pk", site, ids, ToString::to_string).await?;
    let mut feed: BTreeMap<String, BTreeMap<Shown, Change>> = BTreeMap::new();
    for (pk, table, scope, op, commit_seq, row_version) in rows {
        feed.entry(pk).or_default().insert((table, scope), (op, commit_seq, row_version));
    }
    Ok(feed)
}

/// The rows of a site whose key is among some.
async fn of_some<K, R>(
    tx: &mut Tx,
    select: &str,
    column: &str,
    site: &SiteId,
    ids: &[Uuid],
    key: fn(&Uuid) -> K,
) -> Result<Vec<R>, StoreFault>
where
    K: Send + Sync + for<'q> sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    K: for<'q> sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'static,
    R: Send
        + Unpin
        + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
        + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    Ok(on!(tx, c => {
        let mut query = QueryBuilder::new(format!("{select} WHERE site_id = "));
        query.push_bind(site.as_str()).push(format!(" AND {column} IN "));
        query.push_tuples(ids, |mut row, id| {
            row.push_bind(key(id));
        });
        query.build_query_as().fetch_all(c).await
    })?)
}
