//! Retention: settled records leave the station after 45 days. Until then a restored server can be offered them again.

use std::collections::HashSet;

use rusqlite::{Connection, TransactionBehavior};

use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::super::journal::{Journal, Replay};
use super::action_id;
use crate::clock::ServerTime;

/// At least twice the longest interval between the server's backups.
const RETENTION_MS: i64 = 45 * 24 * 3_600_000;

/// The day by the more careful of two clocks: a wall clock that is years ahead must not age anything.
pub(super) fn today_ms(wall_ms: i64, server: Option<&ServerTime>) -> i64 {
    server.map_or(i64::MIN, |server| server.server_ms).min(wall_ms)
}

/// Forgets what is settled and old. The journal goes first: what it no longer holds cannot come back as a recovery.
pub(super) fn forget(
    conn: &mut Connection,
    journal: &mut Journal,
    folder: &Folder,
    today_ms: i64,
    replay: &Replay,
) -> Result<(), StoreFault> {
    let floor_ms = today_ms.saturating_sub(RETENTION_MS);
    let due = due(conn, floor_ms)?;
    if !due.is_empty() {
        let kept: Vec<_> = replay.actions.iter().filter(|(id, ..)| !due.contains(id.0.as_bytes())).cloned().collect();
        journal.keep_only(folder, &kept)?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute("UPDATE retention SET floor_ms = ?1", [floor_ms])?;
    for id in &due {
        let id = action_id(*id).0;
        tx.prepare_cached("INSERT INTO retention_due (action_id) VALUES (?1)")?.execute([id.as_bytes()])?;
    }
    for table in ["submission", "outcome", "action"] {
        tx.execute(&format!("DELETE FROM {table} WHERE action_id IN (SELECT action_id FROM retention_due)"), [])?;
    }
    tx.execute("DELETE FROM retention_due", [])?;
    tx.execute("DELETE FROM scan_log WHERE read_at < ?1", [floor_ms])?;
    tx.execute(
        "UPDATE print_job SET payload = x'' WHERE asked_at < ?1 AND (state LIKE 'confirmed:%' OR state = 'cancelled')",
        [floor_ms],
    )?;
    Ok(tx.commit()?)
}

fn due(conn: &Connection, floor_ms: i64) -> Result<HashSet<[u8; 16]>, StoreFault> {
    let sql = "SELECT action_id FROM action JOIN outcome USING (action_id)
               WHERE wall_at < ?1 AND state IN ('applied', 'closed')";
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([floor_ms], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
