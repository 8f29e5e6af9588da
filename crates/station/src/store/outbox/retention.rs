//! Retention: settled records leave the station after 45 days. Until then a restored server can be offered them again.

use std::collections::HashSet;

use rusqlite::{Connection, TransactionBehavior};

use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::super::journal::Journal;
use super::action_id;
use super::scan_log::keep_the_newest;
use crate::clock::ServerTime;

/// At least twice the longest interval between the server's backups.
const RETENTION_MS: i64 = 45 * 24 * 3_600_000;

/// Forgets what is settled and was stored long ago, by the server's clock: the one here may be years off, or have been when
/// the record was made. The journal goes first: what it no longer holds cannot come back as a recovery.
pub(super) fn forget(
    conn: &mut Connection,
    journal: &mut Journal,
    folder: &Folder,
    server: Option<&ServerTime>,
) -> Result<(), StoreFault> {
    keep_the_newest(conn)?;
    // Never having heard of the server, nothing was ever stored there.
    let Some(server) = server else { return Ok(()) };
    let floor_ms = server.server_ms.saturating_sub(RETENTION_MS);
    let due = due(conn, floor_ms)?;
    if !due.is_empty() {
        journal.leave_out(folder, |id| due.contains(id.0.as_bytes()))?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute("UPDATE retention SET floor_ms = ?1", [floor_ms])?;
    // Settled by the feed before the answer to its push came, or by an earlier program: its age counts from today.
    tx.execute(
        "UPDATE outcome SET stored_at = ?1 WHERE stored_at IS NULL AND state IN ('applied', 'closed')",
        [server.server_ms],
    )?;
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
    let sql = "SELECT action_id FROM outcome WHERE stored_at < ?1 AND state IN ('applied', 'closed')";
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([floor_ms], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
