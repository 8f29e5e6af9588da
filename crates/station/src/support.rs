//! The station's support bundle: versions, how much lies in its stores and in which state, whether they are whole, recent
//! logs. Nothing of a worker or a customer: the names that the cache holds are taken out of every text.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use cordwainer_logs::{Bundle, FOLDER, Redactor};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

/// The two stores in a station's folder.
const STORES: [&str; 2] = ["outbox.db", "cache.db"];

/// Writes a bundle of a station's folder, and answers what is in it. The stores are read as SQLite sees them, so that a
/// station may go on working beside it.
///
/// # Errors
/// When a file cannot be read or written; an existing one is never written over.
pub fn write_bundle(folder: &Path, out: &Path) -> io::Result<Vec<String>> {
    let open = |name: &str| open(&folder.join(name));
    let redactor = open("cache.db").ok().and_then(|cache| words_to_hide(&cache).ok()).unwrap_or_default();
    let mut bundle = Bundle::new(redactor);
    bundle.add_json(
        "about.json",
        &json!({
            "program": "cordwainer-station",
            "version": env!("CARGO_PKG_VERSION"),
            "system": std::env::consts::OS,
            "machine": std::env::consts::ARCH,
        }),
    )?;
    for name in STORES {
        let told = open(name).and_then(|store| describe(&store));
        let told = told.unwrap_or_else(|fault| json!({ "fault": fault.to_string() }));
        bundle.add_json(&format!("{name}.json"), &told)?;
    }
    bundle.add_logs(&folder.join(FOLDER))?;
    bundle.write(out)
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// A store by numbers: schema, rows of each table, states of actions, and what SQLite finds when it looks it over.
fn describe(store: &Connection) -> rusqlite::Result<Value> {
    let schema: i64 = store.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let found: Vec<String> =
        store.prepare("PRAGMA quick_check(5)")?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let tables: Vec<String> = store
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut rows = BTreeMap::new();
    for table in &tables {
        let count: i64 = store.query_row(&format!("SELECT COUNT(*) FROM \"{table}\""), [], |row| row.get(0))?;
        rows.insert(table, count);
    }
    let mut states = BTreeMap::new();
    if tables.iter().any(|table| table == "outcome") {
        let mut select = store.prepare("SELECT state, COUNT(*) FROM outcome GROUP BY state")?;
        let counted = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        states = counted.collect::<rusqlite::Result<_>>()?;
    }
    Ok(json!({ "schema": schema, "quick_check": found, "rows": rows, "states": states }))
}

/// Names and badges of workers, and names of customers.
fn words_to_hide(cache: &Connection) -> rusqlite::Result<Redactor> {
    let mut redactor = Redactor::default();
    let mut select = cache.prepare("SELECT row FROM held WHERE tbl IN ('worker', 'work_order')")?;
    for row in select.query_map([], |row| row.get::<_, String>(0))? {
        let row: Value = serde_json::from_str(&row?).unwrap_or_default();
        hide_within(&row, &mut redactor);
    }
    Ok(redactor)
}

/// Members that are somebody's, wherever they stand in a row of a worker or a pair.
fn hide_within(value: &Value, redactor: &mut Redactor) {
    let Value::Object(members) = value else { return };
    let is_person = members.contains_key("badge");
    for (name, member) in members {
        let personal = match name.as_str() {
            "name" | "short" => is_person,
            "badge" | "customer_name" | "salt" | "hash" => true,
            _ => false,
        };
        match member {
            Value::String(text) if personal => redactor.hide(text),
            Value::Object(texts) if personal => {
                texts.values().filter_map(Value::as_str).for_each(|text| redactor.hide(text));
            }
            Value::Object(_) => hide_within(member, redactor),
            _ => {}
        }
    }
}
