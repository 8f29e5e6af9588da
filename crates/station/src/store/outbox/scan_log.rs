//! The scan log: a line for every frame of every scanner, on the disk before the scan has any effect.
//!
//! A line begins as [`READ`]. What the scan came to is written into it by the transaction of the record that it caused, or by
//! itself. A line that is still `read` when the station begins was cut off by a crash: it is marked, so that nobody wonders
//! whether the scan was seen.

use cordwainer_domain::ActionId;
use rusqlite::{Connection, params};

use super::super::fault::StoreFault;
use super::Outbox;

/// Nobody knows yet what it will come to.
const READ: &str = "read";
/// The program ended before it was known.
const INTERRUPTED: &str = "interrupted";
/// Lines that are kept at most: 45 days of a station that reads one frame every twenty seconds, day and night.
const MOST_LINES: i64 = 200_000;

/// A line of the scan log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScanId(i64);

/// A frame as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScanLine {
    /// Device path, `wedge`, `pad`.
    pub source: String,
    /// What was read; of a frame that is no text, its bytes as a person may read them.
    pub text: String,
    /// AIM identifier, where the scanner sends one.
    pub aim: Option<String>,
    /// When, Unix milliseconds.
    pub read_at_ms: i64,
}

/// What a logged scan came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScanOutcome {
    /// Which.
    pub scan: ScanId,
    /// In one word.
    pub outcome: String,
    /// The action it became.
    pub action: Option<ActionId>,
}

impl Outbox {
    /// Writes a frame down, before anything else is done about it.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not written; then nothing may come of the scan.
    pub fn log_scan(&self, line: &ScanLine) -> Result<ScanId, StoreFault> {
        self.must_be_writable()?;
        self.at_any_cost(|inner| {
            inner
                .conn
                .prepare_cached(
                    "INSERT INTO scan_log (source, text, aim, read_at, outcome) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![line.source, line.text, line.aim, line.read_at_ms, READ])?;
            Ok(ScanId(inner.conn.last_insert_rowid()))
        })
    }

    /// Says what a scan came to that became no record.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not written; the line is there all the same.
    pub fn note_scan(&self, outcome: &ScanOutcome) -> Result<(), StoreFault> {
        self.must_be_writable()?;
        note(&self.lock().conn, outcome)
    }

    /// Marks the scans that a crash cut off. Answers with how many there were.
    ///
    /// # Errors
    /// [`StoreFault`] when they were not marked.
    pub fn mark_interrupted_scans(&self) -> Result<usize, StoreFault> {
        self.must_be_writable()?;
        Ok(self.lock().conn.execute("UPDATE scan_log SET outcome = ?1 WHERE outcome = ?2", [INTERRUPTED, READ])?)
    }
}

/// Says what a scan came to.
pub(super) fn note(conn: &Connection, ScanOutcome { scan, outcome, action }: &ScanOutcome) -> Result<(), StoreFault> {
    conn.prepare_cached("UPDATE scan_log SET outcome = ?2, action_id = ?3 WHERE id = ?1")?.execute(params![
        scan.0,
        outcome,
        action.map(|id| id.0.into_bytes())
    ])?;
    Ok(())
}

/// Forgets the oldest lines beyond a bound, whatever any clock says.
pub(super) fn keep_the_newest(conn: &Connection) -> Result<(), StoreFault> {
    conn.execute("DELETE FROM scan_log WHERE id <= (SELECT max(id) FROM scan_log) - ?1", [MOST_LINES])?;
    Ok(())
}
