//! Copies of `outbox.db`: one a day, and one before its schema changes. Only SQLite itself copies a live database; a copy of
//! a damaged one is refused, and no older copy goes before the new one is proven.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::database;
use super::disk::Opening;
use super::fault::StoreFault;
use super::folder::Folder;

/// How many daily copies are kept.
const KEPT: usize = 3;
const DAY_MS: i64 = 24 * 3_600_000;

/// Copies a database if the last copy is a day old, and lets the oldest go. Answers where the new one is.
///
/// A second connection reads, so that nobody waits.
pub(super) fn daily(folder: &Folder, file: &str, wall_ms: i64) -> Result<Option<PathBuf>, StoreFault> {
    let before = copies(folder, file);
    // A clock that was turned back must not put the next copy off for years.
    if before.iter().any(|(at_ms, _)| (wall_ms - at_ms).abs() < DAY_MS) {
        return Ok(None);
    }
    let conn = database::raw(folder, file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let copy = format!("{file}.backup-{wall_ms}");
    sound_copy(folder, &conn, file, &copy)?;
    let mut all = copies(folder, file);
    all.sort_unstable_by(|one, other| other.cmp(one));
    for (_, old) in all.into_iter().skip(KEPT) {
        if let Err(fault) = std::fs::remove_file(&old) {
            tracing::warn!(%fault, copy = %old.display(), "an old copy of the outbox stays");
        }
    }
    Ok(Some(folder.file(&copy)))
}

/// The newest daily copy.
pub(super) fn newest(folder: &Folder, file: &str) -> Option<PathBuf> {
    copies(folder, file).into_iter().max().map(|(_, path)| path)
}

/// Copies the database behind a connection, if it is sound, and proves the copy.
pub(super) fn sound_copy(folder: &Folder, conn: &Connection, file: &str, copy: &str) -> Result<(), StoreFault> {
    must_be_sound(conn, &folder.file(file))?;
    let name = format!("{copy}.part");
    let part = folder.file(&name);
    // SQLite fills an empty file, and would make its own readable for everyone.
    let empty = || folder.disk().open(&part, Opening::Afresh);
    empty().map_err(|fault| StoreFault::of_file("make", &part, fault))?;
    let keep = || {
        folder.disk().open(&part, Opening::Append)?.sync()?;
        folder.disk().rename(&part, &folder.file(copy))?;
        folder.disk().sync_folder(folder.path())
    };
    let made = conn
        .execute("VACUUM INTO ?1", [part.display().to_string()])
        .map_err(StoreFault::from)
        .and_then(|_| must_be_sound(&database::raw(folder, &name, OpenFlags::SQLITE_OPEN_READ_ONLY)?, &part))
        .and_then(|()| keep().map_err(|fault| StoreFault::of_file("keep", &part, fault)));
    if made.is_err() {
        // Half a copy is none, and on a full disk it is in the way.
        drop(empty());
    }
    made
}

/// Asks SQLite whether a database is whole.
pub(super) fn must_be_sound(conn: &Connection, path: &Path) -> Result<(), StoreFault> {
    let said: String = conn.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    Err(StoreFault::Damaged { file: path.display().to_string(), detail: said })
}

/// The daily copies, each with its time.
fn copies(folder: &Folder, file: &str) -> Vec<(i64, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder.path()) else { return Vec::new() };
    let prefix = format!("{file}.backup-");
    let stamped = |entry: std::fs::DirEntry| {
        let at_ms = entry.file_name().to_str()?.strip_prefix(&prefix)?.parse().ok()?;
        Some((at_ms, entry.path()))
    };
    entries.filter_map(Result::ok).filter_map(stamped).collect()
}
