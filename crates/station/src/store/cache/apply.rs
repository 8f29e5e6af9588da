//! A page of the feed becomes rows: rows, evictions and cursor in one transaction, so that no view shows half of it.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use cordwainer_domain::WorkOrderId;
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::{Change, ChangeOp, PinVerifier, PullReply, Table};
use cordwainer_sync::Cursor;
use cordwainer_sync::controls::{Control, is_off};
use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::Value;

use super::super::fault::StoreFault;
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

impl Cache {
    /// Applies a page. A work order in `pinned` has left the scope but is referred to by an unresolved action: it stays
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
        let at = read_generation(&tx)?;
        let mut effect = PageEffect {
            tables: BTreeSet::new(),
            work_orders: BTreeSet::new(),
            commit_seq: to.commit_seq,
            more: page.more,
            verdicts: page.verdicts.len(),
            server_time: page.server_time,
        };
        for change in &page.changes {
            apply_change(&tx, change, &at, &self.device_key)?;
            effect.note(change.table, &change.pk);
        }
        let complete = at.in_snapshot && !page.more;
        if complete {
            mark_unconfirmed(&tx, at.generation)?;
        }
        evict(&tx, pinned, &mut effect)?;
        // In a snapshot, older rows still show what was followed before, unless they are of another life of the server.
        if at.in_snapshot && !complete && at.epoch.as_deref() == Some(page.server_epoch.as_str()) {
            effect.commit_seq = effect.commit_seq.max(at.commit_seq);
        }
        save(&tx, page, &effect, at.in_snapshot && !complete)?;
        fail_point(Point::PageWritten);
        tx.commit()?;
        fail_point(Point::PageCommitted);
        Ok(effect)
    }
}

impl PageEffect {
    fn note(&mut self, table: Table, pk: &str) {
        self.tables.insert(table);
        if table == Table::WorkOrder
            && let Ok(id) = pk.parse()
        {
            self.work_orders.insert(id);
        }
    }
}

struct Generation {
    generation: i64,
    in_snapshot: bool,
    commit_seq: u64,
    epoch: Option<String>,
}

fn read_generation(tx: &Connection) -> Result<Generation, StoreFault> {
    Ok(tx.query_row("SELECT generation, in_snapshot, commit_seq, epoch FROM followed", [], |row| {
        let commit_seq: i64 = row.get(2)?;
        Ok(Generation {
            generation: row.get(0)?,
            in_snapshot: row.get(1)?,
            commit_seq: u64::try_from(commit_seq).unwrap_or(0),
            epoch: row.get(3)?,
        })
    })?)
}

fn apply_change(tx: &Connection, change: &Change, at: &Generation, device_key: &[u8; 32]) -> Result<(), StoreFault> {
    let (table, pk) = (change.table.name(), &change.pk);
    match change.op {
        ChangeOp::Put => {
            let row = change.row.as_ref().ok_or_else(|| bad_page("a put without a row"))?;
            let text = if change.table == Table::Worker { bound_worker(row, device_key)? } else { row.to_string() };
            let version = i64::try_from(change.row_version).unwrap_or(i64::MAX);
            tx.prepare_cached(
                "INSERT INTO held (tbl, pk, row, row_version, generation) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (tbl, pk) DO UPDATE
                 SET row = excluded.row, row_version = excluded.row_version, generation = excluded.generation, left_scope = 0
                 WHERE excluded.row_version >= held.row_version OR ?6",
            )?
            .execute(params![table, pk, text, version, at.generation, at.in_snapshot])?;
        }
        ChangeOp::Del => {
            tx.prepare_cached("DELETE FROM held WHERE tbl = ?1 AND pk = ?2")?.execute([table, pk])?;
        }
        ChangeOp::Evict => {
            tx.prepare_cached("UPDATE held SET left_scope = 1 WHERE tbl = ?1 AND pk = ?2")?.execute([table, pk])?;
        }
    }
    Ok(())
}

/// A worker's row as it may be stored: the PIN's hash bound to this device, or left out if it is none.
fn bound_worker(row: &Value, device_key: &[u8; 32]) -> Result<String, StoreFault> {
    let mut row = row.clone();
    if let Some(pin) = row.get_mut("pin").filter(|pin| !pin.is_null()) {
        let bound =
            serde_json::from_value::<PinVerifier>(pin.take()).ok().and_then(|sent| pin::bind(device_key, &sent));
        *pin = serde_json::to_value(bound).map_err(|fault| bad_page(&fault.to_string()))?;
    }
    Ok(row.to_string())
}

/// After a whole snapshot, what it did not confirm has left.
fn mark_unconfirmed(tx: &Connection, generation: i64) -> Result<(), StoreFault> {
    tx.execute("UPDATE held SET left_scope = 1 WHERE generation < ?1", [generation])?;
    Ok(())
}

fn evict(tx: &Connection, pinned: &HashSet<WorkOrderId>, effect: &mut PageEffect) -> Result<(), StoreFault> {
    let left = {
        let mut statement = tx.prepare_cached("SELECT tbl, pk FROM held WHERE left_scope = 1")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for (name, pk) in left {
        let table = Table::from_name(&name);
        let is_pinned = table == Some(Table::WorkOrder) && pk.parse().is_ok_and(|id| pinned.contains(&id));
        if is_pinned {
            continue;
        }
        tx.prepare_cached("DELETE FROM held WHERE tbl = ?1 AND pk = ?2")?.execute([&name, &pk])?;
        if let Some(table) = table {
            effect.note(table, &pk);
        }
    }
    Ok(())
}

fn save(tx: &Connection, page: &PullReply, effect: &PageEffect, in_snapshot: bool) -> Result<(), StoreFault> {
    let stations = serde_json::to_string(&page.stations).map_err(|fault| bad_page(&fault.to_string()))?;
    let commit_seq = i64::try_from(effect.commit_seq).unwrap_or(i64::MAX);
    tx.execute(
        "UPDATE followed SET cursor = ?1, commit_seq = ?2, epoch = ?3, in_snapshot = ?4, stations = ?5",
        params![page.to, commit_seq, page.server_epoch, in_snapshot, stations],
    )?;
    Ok(())
}

fn bad_page(detail: &str) -> StoreFault {
    StoreFault::BadPage { detail: detail.to_owned() }
}
