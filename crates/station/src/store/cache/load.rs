//! A snapshot, chunk by chunk, beside the rows that are shown. It takes their place in one step once the feed behind it has
//! been followed to its head, so that no view ever shows half of it.

use std::collections::HashSet;

use cordwainer_domain::WorkOrderId;
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::{Change, ChangeOp, PullReply, RowText, SnapshotChunk, Table};
use cordwainer_sync::{Hash, chunk_hash, row_hash};
use rusqlite::{Connection, TransactionBehavior, params};

use super::super::fault::StoreFault;
use super::apply::{bad_page, put};
use super::{Cache, PageEffect};

/// What the server is asked for next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    /// The page of the feed behind a cursor.
    Page {
        /// The cursor.
        cursor: String,
    },
    /// A chunk of a snapshot.
    Chunk {
        /// Its moment, once the first chunk has told it.
        at: Option<String>,
        /// Where the chunk before ended.
        after: Option<String>,
    },
}

/// Which rows are shown, and how far the next ones have come.
pub(super) struct Lives {
    /// The rows that are shown.
    pub shown: i64,
    /// How far they follow the feed.
    pub cursor: Option<String>,
    pub commit_seq: u64,
    load_at: Option<String>,
    load_after: Option<String>,
    load_whole: bool,
}

impl Lives {
    pub fn read(conn: &Connection) -> Result<Self, StoreFault> {
        let sql = "SELECT shown, cursor, commit_seq, load_at, load_after, load_whole FROM followed";
        Ok(conn.prepare_cached(sql)?.query_row([], |row| {
            let commit_seq: i64 = row.get(2)?;
            Ok(Self {
                shown: row.get(0)?,
                cursor: row.get(1)?,
                commit_seq: u64::try_from(commit_seq).unwrap_or(0),
                load_at: row.get(3)?,
                load_after: row.get(4)?,
                load_whole: row.get(5)?,
            })
        })?)
    }

    /// The rows that are being loaded.
    pub const fn loading(&self) -> i64 {
        self.shown + 1
    }

    /// Whether the feed is followed by the rows of a snapshot that are not shown yet.
    pub const fn feed_loads(&self) -> bool {
        self.cursor.is_none() && self.load_whole
    }
}

impl Cache {
    /// What the server is asked for next. A snapshot that was cut off goes on where it stopped.
    ///
    /// # Errors
    /// [`StoreFault`] when the cache cannot be read.
    pub fn next(&self) -> Result<Next, StoreFault> {
        let lives = Lives::read(&self.lock())?;
        Ok(match lives {
            Lives { cursor: Some(cursor), .. } => Next::Page { cursor },
            Lives { load_whole: true, load_at: Some(cursor), .. } => Next::Page { cursor },
            Lives { load_at, load_after, .. } => Next::Chunk { at: load_at, after: load_after },
        })
    }

    /// Keeps a chunk, and how far the snapshot has come, in one transaction.
    ///
    /// # Errors
    /// [`StoreFault`] when nothing of it was kept: it is of another snapshot, or arrived otherwise than it was sent.
    pub fn take_chunk(&self, chunk: &SnapshotChunk) -> Result<(), StoreFault> {
        let hashes = chunk.rows.iter().map(hash_of);
        if chunk_hash(hashes).to_string() != chunk.sha256 {
            return Err(bad_page("a chunk arrived otherwise than it was sent"));
        }
        let mut conn = self.lock();
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let lives = Lives::read(&tx)?;
        if lives.load_at.as_ref().is_some_and(|at| *at != chunk.at) || lives.load_whole || lives.cursor.is_some() {
            return Err(bad_page("the chunk is of another snapshot"));
        }
        for change in &chunk.rows {
            if change.op != ChangeOp::Put {
                return Err(bad_page("a chunk holds rows, and nothing that has gone"));
            }
            put(&tx, change, lives.loading(), &self.device_key)?;
        }
        let after = chunk.next.as_ref().or(lives.load_after.as_ref());
        tx.prepare_cached("UPDATE followed SET load_at = ?1, load_after = ?2, load_whole = ?3")?.execute(params![
            chunk.at,
            after,
            chunk.next.is_none()
        ])?;
        fail_point(Point::ChunkWritten);
        tx.commit()?;
        fail_point(Point::ChunkCommitted);
        Ok(())
    }
}

/// Notes how far the feed behind a snapshot has been followed.
pub(super) fn note_progress(tx: &Connection, page: &PullReply) -> Result<(), StoreFault> {
    tx.prepare_cached("UPDATE followed SET load_at = ?1")?.execute([&page.to])?;
    Ok(())
}

/// The loaded rows are shown from now on. Pairs that left the scope and that unresolved actions refer to come along.
pub(super) fn show(
    tx: &Connection,
    lives: &Lives,
    pinned: &HashSet<WorkOrderId>,
    effect: &mut PageEffect,
) -> Result<(), StoreFault> {
    let (old, new) = (lives.shown, lives.loading());
    for id in pinned {
        tx.prepare_cached(
            "INSERT INTO held (life, tbl, pk, row, row_version, sent_hash, left_scope)
             SELECT ?2, tbl, pk, row, row_version, sent_hash, 1 FROM held WHERE life = ?1 AND tbl = ?3 AND pk = ?4
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![old, new, Table::WorkOrder.name(), id.to_string()])?;
    }
    {
        let mut statement = tx.prepare_cached("SELECT DISTINCT tbl, pk FROM held")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(table) = Table::from_name(row.get_ref(0)?.as_str().unwrap_or_default()) {
                effect.note(table, row.get_ref(1)?.as_str().unwrap_or_default());
            }
        }
    }
    tx.execute("DELETE FROM held WHERE life <> ?1", [new])?;
    tx.execute("UPDATE followed SET shown = ?1, load_at = NULL, load_after = NULL, load_whole = 0", [new])?;
    Ok(())
}

/// The hash of a row as it was sent.
pub(super) fn hash_of(change: &Change) -> Hash {
    let row = change.row.as_ref().map_or("null", RowText::as_str);
    row_hash(change.table.name(), &change.pk, change.row_version, row)
}
