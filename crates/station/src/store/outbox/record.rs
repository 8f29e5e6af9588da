//! Recording: the journal first, then one transaction. The screen says yes only after both are on the disk.

use cordwainer_domain::ActionId;
use cordwainer_domain::people::AuthLevel;
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_sync::{Signature, body_hash, link, read_header};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::super::database::{self, Durability};
use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::super::journal::{Frame, JournalAction};
use super::scan_log::{ScanOutcome, note};
use super::{FILE, Inner, Life, Outbox, SignedAction, live, number, stored};

impl Outbox {
    /// Records actions, and what the scan that they came from has come to, together or not at all. An action that is already there is left
    /// as it is, so a repeated call does no harm.
    ///
    /// # Errors
    /// [`StoreFault`] when nothing was recorded: the worker must be told so.
    pub fn record(&self, actions: &[SignedAction], scan: Option<&ScanOutcome>) -> Result<(), StoreFault> {
        self.must_be_writable()?;
        if actions.iter().any(|signed| signed.action.fact.begins_work()) {
            self.room.must_suffice()?;
            return self.try_record(&mut self.lock(), actions, scan);
        }
        self.at_any_cost(|inner| self.try_record(inner, actions, scan))
    }

    fn try_record(
        &self,
        inner: &mut Inner,
        actions: &[SignedAction],
        scan: Option<&ScanOutcome>,
    ) -> Result<(), StoreFault> {
        let fresh = fresh(&inner.conn, actions)?;
        fail_point(Point::RecordBegun);
        let length_before = inner.journal.length();
        if !fresh.is_empty() {
            let frame = frame(&inner.conn, &fresh)?;
            inner.journal.append(&frame)?;
            fail_point(Point::JournalSynced);
        }
        let Err(fault) = commit(&mut inner.conn, &fresh, scan) else { return Ok(()) };
        // A commit whose sync failed may or may not have reached the disk. Only a new connection can tell.
        let reached = reconnect(inner, &self.folder).and_then(|()| all_known(&inner.conn, &fresh));
        if !fresh.is_empty() && reached.unwrap_or(false) {
            return Ok(());
        }
        take_back(inner, &fresh, length_before);
        Err(as_not_recorded(fault))
    }
}

/// The actions that are not there yet.
fn fresh<'a>(conn: &Connection, actions: &'a [SignedAction]) -> Result<Vec<&'a SignedAction>, StoreFault> {
    let mut fresh = Vec::with_capacity(actions.len());
    for signed in actions {
        match known_hash(conn, signed.action.id)? {
            None => fresh.push(signed),
            Some(hash) if hash == body_hash(&signed.body).as_bytes() => {}
            Some(_) => {
                let detail = format!("action {} is already recorded with other content", signed.action.id);
                return Err(StoreFault::NotRecorded { detail });
            }
        }
    }
    Ok(fresh)
}

fn frame(conn: &Connection, actions: &[&SignedAction]) -> Result<Frame, StoreFault> {
    let not_recorded = |detail: String| StoreFault::NotRecorded { detail };
    let life = live(conn)?.ok_or_else(|| not_recorded("the outbox has no incarnation".to_owned()))?;
    let actions = actions
        .iter()
        .map(|signed| {
            let body = String::from_utf8(signed.body.clone()).map_err(|fault| not_recorded(fault.to_string()))?;
            Ok(JournalAction { body, sig: signed.sig })
        })
        .collect::<Result<_, StoreFault>>()?;
    Ok(Frame::Recorded { incarnation: life.name(), actions })
}

fn commit(conn: &mut Connection, actions: &[&SignedAction], scan: Option<&ScanOutcome>) -> Result<(), StoreFault> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if let Some(mut life) = live(&tx)? {
        for signed in actions {
            insert(&tx, &mut life, &signed.body, &signed.sig, None)?;
        }
        save_life(&tx, &life)?;
    }
    if let Some(scan) = scan {
        note(&tx, scan)?;
    }
    fail_point(Point::RecordInserted);
    tx.commit()?;
    fail_point(Point::RecordCommitted);
    Ok(())
}

/// Opens the outbox anew. The connection before is closed first: while it is open, its idea of where the log ends is shared
/// with the new one, and a commit that did reach the file would stay hidden until the next start.
pub(super) fn reconnect(inner: &mut Inner, folder: &Folder) -> Result<(), StoreFault> {
    if !inner.adrift {
        drop(std::mem::replace(&mut inner.conn, Connection::open_in_memory()?));
        inner.adrift = true;
    }
    inner.conn = database::connect(folder, FILE, Durability::EveryCommit)?;
    inner.adrift = false;
    Ok(())
}

fn take_back(inner: &mut Inner, actions: &[&SignedAction], length_before: u64) {
    if !actions.is_empty() {
        inner.journal.abort(actions.iter().map(|signed| signed.action.id).collect(), length_before);
    }
}

fn as_not_recorded(fault: StoreFault) -> StoreFault {
    match fault {
        StoreFault::DiskFull | StoreFault::NotRecorded { .. } | StoreFault::ReadOnlyFolder { .. } => fault,
        other => {
            use std::error::Error;
            let detail = other.source().map_or_else(|| other.to_string(), ToString::to_string);
            StoreFault::NotRecorded { detail }
        }
    }
}

fn all_known(conn: &Connection, actions: &[&SignedAction]) -> Result<bool, StoreFault> {
    for signed in actions {
        if !is_known(conn, signed.action.id)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The place of an action in the newest life that holds it.
pub(super) fn seq_of(conn: &Connection, id: ActionId) -> Result<Option<u64>, StoreFault> {
    let mut statement =
        conn.prepare_cached("SELECT seq FROM submission WHERE action_id = ?1 ORDER BY inc DESC LIMIT 1")?;
    Ok(statement.query_row([id.0.as_bytes()], |row| row.get(0)).optional()?.map(number))
}

pub(super) fn is_known(conn: &Connection, id: ActionId) -> Result<bool, StoreFault> {
    Ok(known_hash(conn, id)?.is_some())
}

fn known_hash(conn: &Connection, id: ActionId) -> Result<Option<Vec<u8>>, StoreFault> {
    let mut statement = conn.prepare_cached("SELECT body_hash FROM action WHERE action_id = ?1")?;
    Ok(statement.query_row([id.0.as_bytes()], |row| row.get(0)).optional()?)
}

/// Stores an action and gives it its place in a life.
pub(super) fn insert(
    tx: &Connection,
    life: &mut Life,
    body: &[u8],
    sig: &Signature,
    fork_of: Option<&[u8]>,
) -> Result<(), StoreFault> {
    let header = read_header(body).map_err(|fault| StoreFault::NotRecorded { detail: fault.to_string() })?;
    tx.prepare_cached(
        "INSERT INTO action (action_id, kind, kind_version, work_order_id, job_id, body, body_hash, sig, worker_id, grant_id,
                             auth_level, base_version, base_cursor, wall_at, mono_at, boot_id, clock_class, app_version,
                             schema_version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?
    .execute(params![
        header.action_id.0.as_bytes(),
        header.kind,
        header.kind_version,
        header.work_order_id.map(|id| id.0.into_bytes()),
        header.job_id.map(|id| id.0.into_bytes()),
        body,
        body_hash(body).as_bytes(),
        sig.as_bytes(),
        header.worker_id.map(|id| id.0.into_bytes()),
        header.grant_id.map(|id| id.0.into_bytes()),
        AuthLevel::as_number(header.auth_level),
        header.base_version.map(stored),
        header.base_cursor.map(stored),
        header.wall_at,
        header.mono_at,
        header.boot_id,
        header.clock_class.as_number(),
        header.app_version,
        header.schema_version,
    ])?;
    tx.prepare_cached("INSERT INTO outcome (action_id, state) VALUES (?1, 'pending')")?
        .execute([header.action_id.0.as_bytes()])?;
    submit(tx, life, header.action_id, body, fork_of)
}

/// Gives an action the next place in a life. The life itself is saved by [`save_life`].
pub(super) fn submit(
    tx: &Connection,
    life: &mut Life,
    id: ActionId,
    body: &[u8],
    fork_of: Option<&[u8]>,
) -> Result<(), StoreFault> {
    let chain = link(life.last_chain, body);
    tx.prepare_cached(
        "INSERT INTO submission (inc, seq, action_id, prev_chain, chain_hash, fork_of) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        life.inc,
        stored(life.last_seq + 1),
        id.0.as_bytes(),
        life.last_chain.as_bytes(),
        chain.as_bytes(),
        fork_of
    ])?;
    life.last_seq += 1;
    life.last_chain = chain;
    Ok(())
}

pub(super) fn save_life(tx: &Connection, life: &Life) -> Result<(), StoreFault> {
    tx.prepare_cached(
        "UPDATE incarnation
         SET last_seq = ?2, last_chain = ?3, lease = ?4, offered_through = ?5, stored_through = ?6
         WHERE inc = ?1",
    )?
    .execute(params![
        life.inc,
        stored(life.last_seq),
        life.last_chain.as_bytes(),
        life.lease,
        stored(life.offered_through),
        stored(life.stored_through)
    ])?;
    Ok(())
}
