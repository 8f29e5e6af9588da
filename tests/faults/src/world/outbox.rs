//! What is on a disk, read past everything that the programs do with it.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::ActionId;
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use crate::disk::{Image, SimDisk, vfs};

/// A connection to a database on a disk; nothing is written through it.
///
/// # Errors
/// What SQLite says.
pub fn look(disk: &SimDisk, file: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags_and_vfs(disk.folder().join(file), flags, vfs::name())
}

/// Whether a station's disk was copied between an offer and its answer.
pub(super) fn is_under_way(image: &Image) -> bool {
    let disk = SimDisk::of(image);
    let sql = "SELECT offered_through > stored_through FROM incarnation ORDER BY inc DESC LIMIT 1";
    look(&disk, "outbox.db").and_then(|outbox| outbox.query_row(sql, [], |row| row.get(0))).unwrap_or(false)
}

/// The actions that a server's disk holds, each with its verdict's word; none from a disk that has no database yet.
///
/// # Errors
/// What SQLite says.
pub fn stored(disk: &SimDisk) -> rusqlite::Result<BTreeMap<ActionId, String>> {
    const SQL: &str =
        "SELECT action_log.action_id, coalesce(verdict.status, '') FROM action_log LEFT JOIN verdict USING (action_id)";
    looked_up(disk, "cordwainer.db", SQL)
}

/// Reads identifiers and words from a copy: no fault that waits on the disk is met by whoever only looks.
fn looked_up(disk: &SimDisk, file: &str, sql: &str) -> rusqlite::Result<BTreeMap<ActionId, String>> {
    let copy = SimDisk::of(&disk.image());
    let database = look(&copy, file)?;
    let mut statement = database.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((action_id(row.get(0)?), row.get(1)?)))?;
    rows.collect()
}

/// The actions that a station's disk holds, each with the word of what became of it.
///
/// # Errors
/// What SQLite says.
pub fn recorded(disk: &SimDisk) -> rusqlite::Result<BTreeMap<ActionId, String>> {
    looked_up(disk, "outbox.db", "SELECT action_id, state FROM outcome")
}

/// The rows that a station holds, as text; what binds a PIN to one device is left out.
///
/// # Errors
/// What SQLite says.
pub fn held(disk: &SimDisk) -> rusqlite::Result<BTreeSet<(String, String, String)>> {
    let cache = look(disk, "cache.db")?;
    let mut statement =
        cache.prepare("SELECT tbl, pk, row FROM held WHERE life = (SELECT shown FROM followed) AND left_scope = 0")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, without_pin(row.get(2)?))))?;
    rows.collect()
}

fn without_pin(row: String) -> String {
    match serde_json::from_str::<serde_json::Value>(&row) {
        Ok(mut value) if value.get("pin").is_some() => {
            value["pin"] = serde_json::Value::Null;
            value.to_string()
        }
        _ => row,
    }
}

pub(crate) fn action_id(bytes: Vec<u8>) -> ActionId {
    ActionId(Uuid::from_slice(&bytes).unwrap_or_default())
}
