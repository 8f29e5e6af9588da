//! Every row of a database as lines of JSON that either engine reads: what backups hold, and how a database moves from one
//! engine to the other.
//!
//! A table begins with a line that names it and its columns; a line for each row follows. A cell is a number, a text or null:
//! bytes and identifiers are hexadecimal, truth is 0 or 1, JSON is text. Tables stand in the order in which rows refer to each
//! other.

use std::collections::{BTreeMap, BTreeSet};

use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc::{Receiver, Sender};

use super::db::{Db, Tx, on};
use super::fault::StoreFault;

/// Bytes of rows that are inserted at once, and the most of them.
const INSERT_BYTES: usize = 1024 * 1024;
const INSERT_ROWS: usize = 500;

/// The line that begins a table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct TableHead {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
}

/// How many rows each table has.
pub(crate) type Counts = BTreeMap<String, u64>;

/// How an engine keeps a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kept {
    Number,
    Text,
    Bytes,
    Uuid,
    Json,
    Truth,
}

impl Kept {
    fn of(declared: &str) -> Option<Self> {
        Some(match declared.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => Self::Number,
            "text" => Self::Text,
            "blob" | "bytea" => Self::Bytes,
            "uuid" => Self::Uuid,
            "jsonb" => Self::Json,
            "boolean" => Self::Truth,
            _ => return None,
        })
    }
}

/// A table as an engine has it: columns by name.
type Table = BTreeMap<String, Kept>;

fn refused(what: String) -> StoreFault {
    StoreFault::Refused(what)
}

/// The tables of a database, with their columns.
async fn tables(tx: &mut Tx) -> Result<BTreeMap<String, Table>, StoreFault> {
    const SQLITE: &str = "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c \
                          WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> '_sqlx_migrations'";
    const POSTGRES: &str = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns \
                            WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'";
    let sql = if matches!(tx, Tx::Sqlite(_)) { SQLITE } else { POSTGRES };
    let rows: Vec<(String, String, String)> = on!(tx, c => sqlx::query_as(sql).fetch_all(c).await)?;
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for (table, column, declared) in rows {
        let kept = Kept::of(&declared)
            .ok_or_else(|| refused(format!("column {table}.{column} of type {declared} has no portable form")))?;
        tables.entry(table).or_default().insert(column, kept);
    }
    Ok(tables)
}

/// Table names in an order in which no row refers to one that comes later.
async fn in_order(tx: &mut Tx, tables: &BTreeMap<String, Table>) -> Result<Vec<String>, StoreFault> {
    const SQLITE: &str = "SELECT t.name, f.\"table\" FROM sqlite_master t, pragma_foreign_key_list(t.name) f \
                          WHERE t.type = 'table'";
    const POSTGRES: &str = "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint \
                            WHERE contype = 'f' AND connamespace = current_schema()::regnamespace";
    let sql = if matches!(tx, Tx::Sqlite(_)) { SQLITE } else { POSTGRES };
    let refers: Vec<(String, String)> = on!(tx, c => sqlx::query_as(sql).fetch_all(c).await)?;
    let (mut ordered, mut left): (Vec<String>, BTreeSet<&String>) = (Vec::new(), tables.keys().collect());
    while !left.is_empty() {
        let waits = |table: &String| refers.iter().any(|(from, to)| from == table && to != table && left.contains(to));
        let free: Vec<&String> = left.iter().copied().filter(|table| !waits(table)).collect();
        if free.is_empty() {
            return Err(refused("the tables refer to each other in a circle".to_owned()));
        }
        for table in free {
            left.remove(table);
            ordered.push(table.clone());
        }
    }
    Ok(ordered)
}

/// Sends every row of one moment down a channel, line by line. Answers how many rows each table has.
pub(crate) async fn export(tx: &mut Tx, lines: &Sender<String>) -> Result<Counts, StoreFault> {
    let tables = tables(tx).await?;
    let mut counts = Counts::new();
    for name in in_order(tx, &tables).await? {
        let Some(table) = tables.get(&name) else { continue };
        let head = TableHead { table: name.clone(), columns: table.keys().cloned().collect() };
        send(lines, serde_json::to_string(&head)?).await?;
        let rows = export_table(tx, &name, table, lines).await?;
        counts.insert(name, rows);
    }
    Ok(counts)
}

async fn export_table(tx: &mut Tx, name: &str, table: &Table, lines: &Sender<String>) -> Result<u64, StoreFault> {
    let is_sqlite = matches!(tx, Tx::Sqlite(_));
    let cells: Vec<String> = table.iter().map(|(column, kept)| shown(column, *kept, is_sqlite)).collect();
    let cells = cells.join(", ");
    let sql = AssertSqlSafe(if is_sqlite {
        format!("SELECT json_array({cells}) FROM \"{name}\"")
    } else {
        format!("SELECT json_build_array({cells})::text FROM \"{name}\"")
    });
    let mut count = 0;
    on!(tx, c => {
        let mut rows = sqlx::query_scalar::<_, String>(sql).fetch(c);
        while let Some(row) = rows.try_next().await? {
            send(lines, row).await?;
            count += 1;
        }
    });
    Ok(count)
}

/// A column as a portable cell.
fn shown(column: &str, kept: Kept, is_sqlite: bool) -> String {
    match (kept, is_sqlite) {
        (Kept::Bytes, true) => {
            format!("CASE WHEN \"{column}\" IS NULL THEN NULL ELSE lower(hex(\"{column}\")) END")
        }
        (Kept::Bytes, false) => format!("encode(\"{column}\", 'hex')"),
        (Kept::Uuid, _) => format!("replace(\"{column}\"::text, '-', '')"),
        (Kept::Json, _) => format!("\"{column}\"::text"),
        (Kept::Truth, _) => format!("\"{column}\"::int"),
        (Kept::Number | Kept::Text, _) => format!("\"{column}\""),
    }
}

/// A portable cell as a column: cell `index` of the row `value` (SQLite) or `r` (PostgreSQL).
fn read(index: usize, kept: Kept, is_sqlite: bool) -> String {
    if is_sqlite {
        let cell = format!("json_extract(value, '$[{index}]')");
        return if kept == Kept::Bytes { format!("unhex({cell})") } else { cell };
    }
    match kept {
        Kept::Number => format!("(r->>{index})::bigint"),
        Kept::Text => format!("r->>{index}"),
        Kept::Bytes => format!("decode(r->>{index}, 'hex')"),
        Kept::Uuid => format!("(r->>{index})::uuid"),
        Kept::Json => format!("(r->>{index})::jsonb"),
        Kept::Truth => format!("(r->>{index})::int::boolean"),
    }
}

async fn send(lines: &Sender<String>, line: String) -> Result<(), StoreFault> {
    lines.send(line).await.map_err(|_| refused("whoever takes the rows has gone away".to_owned()))
}

/// Whether a database has just been made: no site, no server.
pub(crate) async fn is_empty(tx: &mut Tx) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM site) + (SELECT COUNT(*) FROM server_identity) \
                       + (SELECT COUNT(*) FROM action_log)";
    let rows: i64 = on!(tx, c => sqlx::query_scalar(SQL).fetch_one(c).await)?;
    Ok(rows == 0)
}

/// Fills an empty database with rows, all of them or none. Answers how many rows each table got.
pub(crate) async fn import(db: &Db, lines: Receiver<String>) -> Result<Counts, StoreFault> {
    let mut tx = db.write().await?;
    if !is_empty(&mut tx).await? {
        return Err(refused("the database is not empty; nothing is ever written over one".to_owned()));
    }
    let tables = tables(&mut tx).await?;
    let triggers = disarm(&mut tx, &tables).await?;
    for name in in_order(&mut tx, &tables).await?.iter().rev() {
        run(&mut tx, format!("DELETE FROM \"{name}\"")).await?;
    }
    let counts = fill(&mut tx, &tables, lines).await?;
    rearm(&mut tx, &tables, triggers).await?;
    tx.commit().await?;
    Ok(counts)
}

async fn fill(
    tx: &mut Tx,
    tables: &BTreeMap<String, Table>,
    mut lines: Receiver<String>,
) -> Result<Counts, StoreFault> {
    let mut counts = Counts::new();
    let mut head: Option<TableHead> = None;
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(line) = lines.recv().await {
        let begins = line.starts_with('{');
        if begins || bytes + line.len() > INSERT_BYTES || rows.len() >= INSERT_ROWS {
            insert(tx, tables, head.as_ref(), &mut rows, &mut counts).await?;
            bytes = 0;
        }
        if begins {
            let next: TableHead = serde_json::from_str(&line)?;
            counts.entry(next.table.clone()).or_default();
            head = Some(next);
        } else {
            bytes += line.len();
            rows.push(line);
        }
    }
    insert(tx, tables, head.as_ref(), &mut rows, &mut counts).await?;
    Ok(counts)
}

async fn insert(
    tx: &mut Tx,
    tables: &BTreeMap<String, Table>,
    head: Option<&TableHead>,
    rows: &mut Vec<String>,
    counts: &mut Counts,
) -> Result<(), StoreFault> {
    let Some(head) = head.filter(|_| !rows.is_empty()) else { return Ok(()) };
    let is_sqlite = matches!(tx, Tx::Sqlite(_));
    let unknown = |what: &str| refused(format!("the rows name {what} of {}, which is not known here", head.table));
    let table = tables.get(&head.table).ok_or_else(|| unknown("the table"))?;
    let mut cells = Vec::with_capacity(head.columns.len());
    for (index, column) in head.columns.iter().enumerate() {
        let kept = table.get(column).ok_or_else(|| unknown(&format!("a column {column}")))?;
        cells.push(read(index, *kept, is_sqlite));
    }
    let from = if is_sqlite { "json_each($1)" } else { "json_array_elements($1::json) AS r" };
    let columns = head.columns.join("\", \"");
    let sql = AssertSqlSafe(format!(
        "INSERT INTO \"{}\" (\"{columns}\") SELECT {} FROM {from}",
        head.table,
        cells.join(", ")
    ));
    let json = format!("[{}]", rows.join(","));
    let added = on!(tx, c => sqlx::query(sql).bind(json).execute(c).await.map(|done| done.rows_affected()))?;
    if added != rows.len() as u64 {
        return Err(refused(format!("{added} of {} rows of {} went in", rows.len(), head.table)));
    }
    *counts.entry(head.table.clone()).or_default() += added;
    rows.clear();
    Ok(())
}

/// Puts the triggers aside: they protect a history that is being made, and here one is copied. Answers what brings them back.
async fn disarm(tx: &mut Tx, tables: &BTreeMap<String, Table>) -> Result<Vec<String>, StoreFault> {
    if !matches!(tx, Tx::Sqlite(_)) {
        for name in tables.keys() {
            run(tx, format!("ALTER TABLE \"{name}\" DISABLE TRIGGER USER")).await?;
        }
        return Ok(Vec::new());
    }
    const SQL: &str = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name";
    let triggers: Vec<(String, String)> = on!(&mut *tx, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    for (name, _) in &triggers {
        run(tx, format!("DROP TRIGGER \"{name}\"")).await?;
    }
    Ok(triggers.into_iter().map(|(_, sql)| sql).collect())
}

async fn rearm(tx: &mut Tx, tables: &BTreeMap<String, Table>, triggers: Vec<String>) -> Result<(), StoreFault> {
    if !matches!(tx, Tx::Sqlite(_)) {
        for name in tables.keys() {
            run(tx, format!("ALTER TABLE \"{name}\" ENABLE TRIGGER USER")).await?;
        }
    }
    for sql in triggers {
        run(tx, sql).await?;
    }
    Ok(())
}

async fn run(tx: &mut Tx, sql: String) -> Result<(), StoreFault> {
    on!(tx, c => sqlx::query(AssertSqlSafe(sql)).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The schema step of a database.
pub(crate) async fn schema_step(tx: &mut Tx) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
    Ok(on!(tx, c => sqlx::query_scalar(SQL).fetch_one(c).await)?)
}

/// How many rows each table has.
pub(crate) async fn counts(tx: &mut Tx) -> Result<Counts, StoreFault> {
    let mut counts = Counts::new();
    for name in tables(tx).await?.into_keys() {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{name}\""));
        let rows: i64 = on!(&mut *tx, c => sqlx::query_scalar(sql).fetch_one(c).await)?;
        counts.insert(name, rows.cast_unsigned());
    }
    Ok(counts)
}
