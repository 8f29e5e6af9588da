//! The print queue: a label is stored before its first byte leaves, and its state is never better than what is known.
//!
//! The moves themselves are [`PrintJobState`]'s; here they are committed and audited.

use cordwainer_devices::printer::{AttemptOutcome, Evidence, InvalidTransition, PrintJobState};
use cordwainer_domain::{WorkOrderId, WorkerId};
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_sync::body_hash;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use uuid::Uuid;

use super::super::fault::StoreFault;
use super::{Outbox, work_order_id};

/// A label to be printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrintDraft {
    /// Identifier of the job, should it be new.
    pub id: Uuid,
    /// From template, subject, purpose and copy: a double click or a double scan makes no second job.
    pub idem_key: String,
    /// `name@version`.
    pub template: String,
    /// What was filled in, as JSON.
    pub data: String,
    /// The bytes for the printer.
    pub payload: Vec<u8>,
    /// Address of the printer.
    pub printer: String,
    /// How many.
    pub copies: u32,
    /// What a scanner will read from the label.
    pub code: String,
    /// The pair's number, for people.
    pub number: String,
    /// Pair.
    pub work_order: WorkOrderId,
    /// 补打 R1: how many times before.
    pub reprint: u32,
    /// The job before, if this is a reprint.
    pub reprint_of: Option<String>,
    /// Why again.
    pub reason: Option<String>,
    /// Who asked.
    pub worker: Option<WorkerId>,
    /// When, Unix milliseconds.
    pub asked_at_ms: i64,
}

/// What adding a print job came to: its identifier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Made {
    /// It is queued.
    Queued(String),
    /// The same label was asked for before.
    Already(String),
}

/// A print job as the screens and the queue see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrintJobRow {
    /// Identifier.
    pub id: String,
    /// The pair's number.
    pub number: String,
    /// Pair.
    pub work_order: WorkOrderId,
    /// What a scanner reads from the label.
    pub code: String,
    /// Address of the printer.
    pub printer: String,
    /// How many.
    pub copies: u32,
    /// Where it stands.
    pub state: PrintJobState,
    /// How many times before.
    pub reprint: u32,
    /// Why again.
    pub reason: Option<String>,
    /// When it was asked for, Unix milliseconds.
    pub asked_at_ms: i64,
    /// Attempts so far.
    pub attempts: u32,
    /// Word for what the last attempt failed of.
    pub error: Option<String>,
}

/// A job whose turn it is, with its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrintWork {
    /// The job.
    pub job: PrintJobRow,
    /// The bytes for the printer.
    pub payload: Vec<u8>,
}

const COLUMNS: &str = "id, number, work_order_id, code, printer, copies, state, reprint, reason, asked_at,
    (SELECT count(*) FROM print_attempt WHERE job = print_job.id),
    (SELECT error FROM print_attempt WHERE job = print_job.id ORDER BY n DESC LIMIT 1)";

impl Outbox {
    /// Queues a label, payload and all.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not queued.
    pub fn add_print_job(&self, draft: &PrintDraft) -> Result<Made, StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before: Option<String> = tx
            .prepare_cached("SELECT id FROM print_job WHERE idem_key = ?1")?
            .query_row([&draft.idem_key], |row| row.get(0))
            .optional()?;
        if let Some(id) = before {
            return Ok(Made::Already(id));
        }
        let id = draft.id.to_string();
        let state = PrintJobState::Queued;
        tx.prepare_cached(
            "INSERT INTO print_job (id, idem_key, place, template, data, payload, payload_sha256, printer, copies, state,
                                    code, number, work_order_id, reprint, reprint_of, reason, worker_id, asked_at)
             VALUES (?1, ?2, (SELECT coalesce(max(place), 0) + 1 FROM print_job), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
                     ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            id,
            draft.idem_key,
            draft.template,
            draft.data,
            draft.payload,
            body_hash(&draft.payload).as_bytes(),
            draft.printer,
            draft.copies,
            state.to_string(),
            draft.code,
            draft.number,
            draft.work_order.0.as_bytes(),
            draft.reprint,
            draft.reprint_of,
            draft.reason,
            draft.worker.map(|worker| worker.0.into_bytes()),
            draft.asked_at_ms,
        ])?;
        audit(&tx, &id, draft.asked_at_ms, None, state, draft.worker)?;
        tx.commit()?;
        fail_point(Point::PrintQueued);
        Ok(Made::Queued(id))
    }

    /// The job whose turn it is at a printer: first in, first out. A job that needs an answer holds up none behind it.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn next_print_job(&self, printer: &str) -> Result<Option<PrintWork>, StoreFault> {
        let inner = self.lock();
        let sql = format!(
            "SELECT {COLUMNS}, payload FROM print_job WHERE printer = ?1 AND state IN ('queued', 'failed_clean')
             ORDER BY place LIMIT 1"
        );
        let mut statement = inner.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([printer])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(PrintWork { job: read_job(row)?, payload: row.get(12)? }))
    }

    /// Commits that bytes are about to leave; says which attempt this is.
    ///
    /// # Errors
    /// [`StoreFault::PrintJob`] when the job is not to be sent now.
    pub fn begin_attempt(&self, id: &str, at_ms: i64) -> Result<u32, StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        move_job(&tx, id, at_ms, None, PrintJobState::begin)?;
        let n: u32 =
            tx.query_row("SELECT coalesce(max(n), 0) + 1 FROM print_attempt WHERE job = ?1", [id], |row| row.get(0))?;
        tx.execute("INSERT INTO print_attempt (job, n, started_at) VALUES (?1, ?2, ?3)", params![id, n, at_ms])?;
        tx.commit()?;
        Ok(n)
    }

    /// Commits what an attempt came to.
    ///
    /// # Errors
    /// [`StoreFault::PrintJob`] when no attempt was under way.
    pub fn end_attempt(
        &self,
        id: &str,
        attempt: u32,
        outcome: &AttemptOutcome,
        at_ms: i64,
    ) -> Result<PrintJobState, StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let state = move_job(&tx, id, at_ms, None, |state| state.finish(outcome))?;
        let bytes = i64::try_from(outcome.bytes_written).unwrap_or(i64::MAX);
        let evidence = outcome.result.as_ref().ok().map(|evidence| evidence.as_str());
        let error = outcome.result.as_ref().err().map(|fault| fault.code());
        tx.execute(
            "UPDATE print_attempt SET ended_at = ?3, bytes_written = ?4, evidence = ?5, error = ?6
             WHERE job = ?1 AND n = ?2",
            params![id, attempt, at_ms, bytes, evidence, error],
        )?;
        tx.commit()?;
        Ok(state)
    }

    /// Print jobs, newest first.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn print_jobs(&self, limit: usize) -> Result<Vec<PrintJobRow>, StoreFault> {
        let inner = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM print_job ORDER BY place DESC LIMIT ?1");
        let mut statement = inner.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut jobs = Vec::new();
        while let Some(row) = rows.next()? {
            jobs.push(read_job(row)?);
        }
        Ok(jobs)
    }

    /// How often a pair's label was asked for here.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn prints_of(&self, work_order: WorkOrderId) -> Result<Vec<PrintJobRow>, StoreFault> {
        let inner = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM print_job WHERE work_order_id = ?1 ORDER BY place DESC");
        let mut statement = inner.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([work_order.0.as_bytes()])?;
        let mut jobs = Vec::new();
        while let Some(row) = rows.next()? {
            jobs.push(read_job(row)?);
        }
        Ok(jobs)
    }

    /// Whether a person has to say what became of a label of this printer.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn awaits_print_answer(&self, printer: &str) -> Result<bool, StoreFault> {
        let inner = self.lock();
        let sql = "SELECT EXISTS (SELECT 1 FROM print_job WHERE printer = ?1 AND state = 'unknown')";
        Ok(inner.conn.prepare_cached(sql)?.query_row([printer], |row| row.get(0))?)
    }

    /// A worker's answer to 标签出来了吗?
    ///
    /// # Errors
    /// [`StoreFault::PrintJob`] when nobody had to be asked.
    pub fn answer_print(
        &self,
        id: &str,
        came_out: bool,
        worker: Option<WorkerId>,
        at_ms: i64,
    ) -> Result<PrintJobState, StoreFault> {
        let answer = if came_out { PrintJobState::came_out } else { PrintJobState::did_not_come_out };
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let state = move_job(&tx, id, at_ms, worker, answer)?;
        tx.commit()?;
        Ok(state)
    }

    /// A scanner read this code: the newest label of it that may exist, does. Says which, if that was news.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept.
    pub fn scanned_back(&self, code: &str, at_ms: i64) -> Result<Option<PrintJobRow>, StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: Option<String> = tx
            .prepare_cached(
                "SELECT id FROM print_job
                 WHERE code = ?1 AND (state IN ('sending', 'unknown') OR state LIKE 'sent:%')
                 ORDER BY place DESC LIMIT 1",
            )?
            .query_row([code], |row| row.get(0))
            .optional()?;
        let Some(id) = found else { return Ok(None) };
        move_job(&tx, &id, at_ms, None, |state| state.prove(Evidence::ScannedBack))?;
        let sql = format!("SELECT {COLUMNS} FROM print_job WHERE id = ?1");
        let mut statement = tx.prepare(&sql)?;
        let mut rows = statement.query([&id])?;
        let job = rows.next()?.map(read_job).transpose()?;
        drop(rows);
        drop(statement);
        tx.commit()?;
        Ok(job)
    }
}

/// After a restart nobody knows how far an attempt had come.
pub(super) fn after_restart(tx: &Connection, at_ms: i64) -> Result<usize, StoreFault> {
    let under_way = {
        let mut statement = tx.prepare("SELECT id FROM print_job WHERE state = 'sending'")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    for id in &under_way {
        move_job(tx, id, at_ms, None, |state| Ok(state.after_restart()))?;
    }
    Ok(under_way.len())
}

fn move_job(
    tx: &Connection,
    id: &str,
    at_ms: i64,
    worker: Option<WorkerId>,
    step: impl FnOnce(PrintJobState) -> Result<PrintJobState, InvalidTransition>,
) -> Result<PrintJobState, StoreFault> {
    let refused = |detail: String| StoreFault::PrintJob { id: id.to_owned(), detail };
    let word: Option<String> =
        tx.prepare_cached("SELECT state FROM print_job WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?;
    let word = word.ok_or_else(|| refused("there is no such job".to_owned()))?;
    let before: PrintJobState = word.parse().map_err(|_| bad_state(id))?;
    let after = step(before).map_err(|fault| refused(fault.to_string()))?;
    if after != before {
        tx.prepare_cached("UPDATE print_job SET state = ?2 WHERE id = ?1")?.execute([id, &after.to_string()])?;
        audit(tx, id, at_ms, Some(before), after, worker)?;
    }
    Ok(after)
}

fn audit(
    tx: &Connection,
    job: &str,
    at_ms: i64,
    from: Option<PrintJobState>,
    to: PrintJobState,
    worker: Option<WorkerId>,
) -> Result<(), StoreFault> {
    tx.prepare_cached(
        "INSERT INTO print_audit (job, at, from_state, to_state, worker_id) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        job,
        at_ms,
        from.map(|state| state.to_string()),
        to.to_string(),
        worker.map(|worker| worker.0.into_bytes())
    ])?;
    Ok(())
}

fn bad_state(id: &str) -> StoreFault {
    StoreFault::BadRow { table: "print_job", column: "state", id: id.to_owned() }
}

fn read_job(row: &Row<'_>) -> Result<PrintJobRow, StoreFault> {
    let id: String = row.get(0)?;
    let state: String = row.get(6)?;
    Ok(PrintJobRow {
        number: row.get(1)?,
        work_order: work_order_id(row.get(2)?),
        code: row.get(3)?,
        printer: row.get(4)?,
        copies: row.get(5)?,
        state: state.parse().map_err(|_| bad_state(&id))?,
        reprint: row.get(7)?,
        reason: row.get(8)?,
        asked_at_ms: row.get(9)?,
        attempts: row.get(10)?,
        error: row.get(11)?,
        id,
    })
}
