//! A page of the feed becomes rows: rows, evictions and cursor in one transaction, so that no view shows half of it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use cordwainer_domain::WorkOrderId;
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::{Change, ChangeOp, PinVerifier, PullReply, RowText, Table};
use cordwainer_sync::Cursor;
use cordwainer_sync::controls::{Control, is_off};
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::Value;

use super::super::fault::StoreFault;
use super::load::{self, Lives, hash_of};
use super::{Cache, pin};

/// What a page changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageEffect {
    /// Tables with changed rows.
    pub tables: BTreeSet<Table>,
    /// Work orders that changed, came or went.
    pub work_orders: BTreeSet<WorkOrderId>,
    /// The rows show the feed up to this commit now.
    pub commit_seq: u64,
    /// Whether there is another page.
    pub more: bool,
    /// Verdicts that came with it.
    pub verdicts: usize,
    /// The server's clock when it was sent.
    pub server_time: DateTime<Utc>,
}

/// What has left the scope of a life. The word `1` is part of the statement: that is how it finds the index.
pub(super) const LEFT_SCOPE: &str = "SELECT tbl, pk FROM held WHERE life = ?1 AND left_scope = 1";

impl Cache {
    /// Whether a page may make rows go, so that it must be known which pairs unresolved actions refer to.
    ///
    /// # Errors
    /// [`StoreFault`] when the cache cannot be read.
    pub fn may_let_go(&self, page: &PullReply) -> Result<bool, StoreFault> {
        let conn = self.lock();
        let lives = Lives::read(&conn)?;
        let evicts = page.changes.iter().any(|change| change.op == ChangeOp::Evict);
        Ok(evicts || lives.feed_loads() || conn.prepare_cached(LEFT_SCOPE)?.exists([lives.shown])?)
    }

    /// Applies a page to the rows that are shown, or to those of a snapshot whose last chunk is here; these are shown from the
    /// page on that ends at the head. A work order in `pinned` has left the scope but is referred to by an unresolved action: it stays
    /// until a later page finds it unpinned.
    ///
    /// # Errors
    /// [`StoreFault`] when nothing of the page was kept.
    pub fn apply_page(&self, page: &PullReply, pinned: &HashSet<WorkOrderId>) -> Result<PageEffect, StoreFault> {
        let to: Cursor = page.to.parse().map_err(|_| bad_page("the cursor is none"))?;
        let mut conn = self.lock();
        if is_off(Control::CursorWithRows) {
            // A cursor that runs ahead of its rows: only a negative control asks for it.
            conn.execute("UPDATE followed SET cursor = ?1", [&page.to])?;
        }
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let lives = Lives::read(&tx)?;
        let loads = lives.feed_loads();
        let life = if loads { lives.loading() } else { lives.shown };
        let mut effect = PageEffect {
            tables: BTreeSet::new(),
            work_orders: BTreeSet::new(),
            commit_seq: to.commit_seq,
            more: page.more,
            verdicts: page.verdicts.len(),
            server_time: page.server_time,
        };
        for change in &page.changes {
            apply_change(&tx, change, life, &self.device_key)?;
            effect.note(change.table, &change.pk);
        }
        if loads && page.more {
            // Nothing of it is shown yet.
            effect.commit_seq = lives.commit_seq;
            load::note_progress(&tx, page)?;
        } else {
            if loads {
                load::show(&tx, &lives, pinned, &mut effect)?;
            }
            evict(&tx, life, pinned, &mut effect)?;
            save(&tx, page, &effect)?;
        }
        fail_point(Point::PageWritten);
        tx.commit()?;
        fail_point(Point::PageCommitted);
        Ok(effect)
    }
}

impl PageEffect {
    pub(super) fn note(&mut self, table: Table, pk: &str) {
        self.tables.insert(table);
        if table == Table::WorkOrder
            && let Ok(id) = pk.parse()
        {
            self.work_orders.insert(id);
        }
    }
}

fn apply_change(tx: &Connection, change: &Change, life: i64, device_key: &[u8; 32]) -> Result<(), StoreFault> {
    let key = params![life, change.table.name(), change.pk];
    match change.op {
        ChangeOp::Put => put(tx, change, life, device_key)?,
        ChangeOp::Del => {
            tx.prepare_cached("DELETE FROM held WHERE life = ?1 AND tbl = ?2 AND pk = ?3")?.execute(key)?;
        }
        ChangeOp::Evict => {
            let sql = "UPDATE held SET left_scope = 1 WHERE life = ?1 AND tbl = ?2 AND pk = ?3";
            tx.prepare_cached(sql)?.execute(key)?;
        }
    }
    Ok(())
}

/// Keeps a row, unless a newer one is there.
pub(super) fn put(tx: &Connection, change: &Change, life: i64, device_key: &[u8; 32]) -> Result<(), StoreFault> {
    let Change { table, pk, row, row_version, .. } = change;
    let sent = row.as_ref().ok_or_else(|| bad_page("a put without a row"))?;
    let (text, sent_hash) = if *table == Table::Worker {
        (Cow::Owned(bound_worker(sent, device_key)?), Some(hash_of(change)))
    } else {
        (Cow::Borrowed(sent.as_str()), None)
    };
    let version = i64::try_from(*row_version).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "INSERT INTO held (life, tbl, pk, row, row_version, sent_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (life, tbl, pk) DO UPDATE
         SET row = excluded.row, row_version = excluded.row_version, sent_hash = excluded.sent_hash, left_scope = 0
         WHERE excluded.row_version >= held.row_version",
    )?
    .execute(params![life, table.name(), pk, text, version, sent_hash.map(|hash| hash.as_bytes().to_vec())])?;
    Ok(())
}

/// A worker's row as it may be stored: the PIN's hash bound to this device, or left out if it is none.
fn bound_worker(row: &RowText, device_key: &[u8; 32]) -> Result<String, StoreFault> {
    let mut row: Value = row.read().map_err(|fault| bad_page(&fault.to_string()))?;
    if let Some(pin) = row.get_mut("pin").filter(|pin| !pin.is_null()) {
        let bound =
            serde_json::from_value::<PinVerifier>(pin.take()).ok().and_then(|sent| pin::bind(device_key, &sent));
        *pin = serde_json::to_value(bound).map_err(|fault| bad_page(&fault.to_string()))?;
    }
    Ok(row.to_string())
}

fn evict(tx: &Connection, life: i64, pinned: &HashSet<WorkOrderId>, effect: &mut PageEffect) -> Result<(), StoreFault> {
    let left = {
        let mut statement = tx.prepare_cached(LEFT_SCOPE)?;
        let rows = statement.query_map([life], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for (name, pk) in left {
        let table = Table::from_name(&name);
        let is_pinned = table == Some(Table::WorkOrder) && pk.parse().is_ok_and(|id| pinned.contains(&id));
        if is_pinned {
            continue;
        }
        tx.prepare_cached("DELETE FROM held WHERE life = ?1 AND tbl = ?2 AND pk = ?3")?
            .execute(params![life, name, pk])?;
        if let Some(table) = table {
            effect.note(table, &pk);
        }
    }
    Ok(())
}

fn save(tx: &Connection, page: &PullReply, effect: &PageEffect) -> Result<(), StoreFault> {
    let stations = serde_json::to_string(&page.stations).map_err(|fault| bad_page(&fault.to_string()))?;
    let commit_seq = i64::try_from(effect.commit_seq).unwrap_or(i64::MAX);
    tx.execute(
        "UPDATE followed SET cursor = ?1, commit_seq = ?2, epoch = ?3, stations = ?4",
        params![page.to, commit_seq, page.server_epoch, stations],
    )?;
    Ok(())
}

pub(super) fn bad_page(detail: &str) -> StoreFault {
    StoreFault::BadPage { detail: detail.to_owned() }
}
