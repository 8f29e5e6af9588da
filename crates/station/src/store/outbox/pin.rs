//! Wrong PINs: counted on the disk before a PIN is checked, per worker and for the station as a whole, so that neither a
//! restart nor a turned clock forgives one. The server is told of all of them.

use cordwainer_domain::WorkerId;
use cordwainer_domain::people::PinPatience;
use cordwainer_protocol::sync::PinTally;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use uuid::Uuid;

use super::super::fault::StoreFault;
use super::{Outbox, number, stored};
use crate::clock::Clock;

/// Key of the row that counts for the station as a whole.
const STATION: &[u8] = &[];

/// Wrong PINs in a row, and the wait that they cost.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Failures {
    count: u32,
    wait_ms: i64,
    since_mono_ms: i64,
    boot_id: String,
}

impl Failures {
    /// What is left of the wait. Only the monotonic clock counts. After a restart of the machine nobody can say how long it was
    /// off, so the wait begins again: a restart never shortens it.
    fn left_ms(&self, clock: &dyn Clock) -> i64 {
        let began_ms = if self.boot_id == clock.boot_id() { self.since_mono_ms } else { 0 };
        let passed_ms = clock.mono_ms().saturating_sub(began_ms).max(0);
        self.wait_ms.saturating_sub(passed_ms).max(0)
    }
}

impl Outbox {
    /// How long nobody may try this worker's PIN here, milliseconds.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read: then no PIN may be tried.
    pub fn pin_wait_ms(&self, worker: WorkerId, clock: &dyn Clock) -> Result<i64, StoreFault> {
        let inner = self.lock();
        let worker = read(&inner.conn, worker.0.as_bytes())?.left_ms(clock);
        Ok(worker.max(read(&inner.conn, STATION)?.left_ms(clock)))
    }

    /// Counts a try as wrong, before it is checked: pulling the plug in between buys no free one. Answers how many wrong tries
    /// in a row this worker has had here.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept: then the PIN must not be checked.
    pub fn count_pin_try(&self, worker: WorkerId, clock: &dyn Clock) -> Result<u32, StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut counted = 0;
        for (key, patience) in
            [(STATION, PinPatience::WITH_A_STATION), (worker.0.as_bytes(), PinPatience::WITH_A_WORKER)]
        {
            counted = read(&tx, key)?.count.saturating_add(1);
            let failures = Failures {
                count: counted,
                wait_ms: patience.wait_after_ms(counted),
                since_mono_ms: clock.mono_ms(),
                boot_id: clock.boot_id(),
            };
            write(&tx, key, &failures, clock.wall_ms())?;
        }
        tx.prepare_cached("UPDATE pin_failure SET total = total + 1 WHERE worker_id = ?1")?
            .execute([worker.0.as_bytes()])?;
        tx.commit()?;
        Ok(counted)
    }

    /// The try just counted was the right PIN: the worker's wrong ones are forgiven, and the station no longer counts them.
    /// Those at other workers' PINs stay.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept; then they are simply not forgiven.
    pub fn forgive_pin_tries(&self, worker: WorkerId, clock: &dyn Clock) -> Result<(), StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let forgiven = read(&tx, worker.0.as_bytes())?.count;
        let left = read(&tx, STATION)?.count.saturating_sub(forgiven);
        write(&tx, STATION, &Failures { count: left, ..Failures::default() }, clock.wall_ms())?;
        write(&tx, worker.0.as_bytes(), &Failures::default(), clock.wall_ms())?;
        tx.prepare_cached("UPDATE pin_failure SET total = total - 1 WHERE worker_id = ?1")?
            .execute([worker.0.as_bytes()])?;
        Ok(tx.commit()?)
    }

    /// A supervisor has proven to be here: nobody waits any more. What was tried is still told to the server.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept.
    pub fn forgive_every_pin_try(&self) -> Result<(), StoreFault> {
        self.lock().conn.execute("UPDATE pin_failure SET count = 0, wait_ms = 0, until_ms = 0", [])?;
        Ok(())
    }

    /// Workers whose PIN was tried in vain since the server was told, with how often ever.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn untold_pin_tries(&self) -> Result<Vec<PinTally>, StoreFault> {
        let inner = self.lock();
        let mut statement = inner.conn.prepare_cached(
            "SELECT worker_id, total FROM pin_failure WHERE total > reported AND length(worker_id) = 16 ORDER BY worker_id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(PinTally { worker_id: WorkerId(Uuid::from_bytes(row.get(0)?)), wrong: number(row.get(1)?) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The server has been told.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept; the same counts are told again, which changes nothing.
    pub fn pin_tries_told(&self, told: &[PinTally]) -> Result<(), StoreFault> {
        let mut inner = self.lock();
        let tx = inner.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for tally in told {
            tx.prepare_cached("UPDATE pin_failure SET reported = max(reported, ?2) WHERE worker_id = ?1")?
                .execute(params![tally.worker_id.0.as_bytes(), stored(tally.wrong)])?;
        }
        Ok(tx.commit()?)
    }
}

fn read(conn: &Connection, key: &[u8]) -> Result<Failures, StoreFault> {
    let sql = "SELECT count, wait_ms, since_mono_ms, boot_id FROM pin_failure WHERE worker_id = ?1";
    let found = conn
        .prepare_cached(sql)?
        .query_row([key], |row| {
            Ok(Failures { count: row.get(0)?, wait_ms: row.get(1)?, since_mono_ms: row.get(2)?, boot_id: row.get(3)? })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn write(tx: &Connection, key: &[u8], failures: &Failures, wall_ms: i64) -> Result<(), StoreFault> {
    tx.prepare_cached(
        "INSERT INTO pin_failure (worker_id, count, until_ms, wait_ms, since_mono_ms, boot_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (worker_id) DO UPDATE
         SET count = excluded.count, until_ms = excluded.until_ms, wait_ms = excluded.wait_ms,
             since_mono_ms = excluded.since_mono_ms, boot_id = excluded.boot_id",
    )?
    .execute(params![
        key,
        failures.count,
        // For an earlier program, should this file ever be opened by one.
        wall_ms.saturating_add(failures.wait_ms),
        failures.wait_ms,
        failures.since_mono_ms,
        failures.boot_id
    ])?;
    Ok(())
}

/// Brings the wrong tries over from a damaged outbox. Answers how many rows there were.
pub(super) fn salvage(into: &Connection, from: &Connection) -> Result<usize, rusqlite::Error> {
    let sql = "SELECT worker_id, count, until_ms, wait_ms, since_mono_ms, boot_id, total, reported FROM pin_failure";
    let mut statement = from.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut salvaged = 0;
    while let Ok(Some(row)) = rows.next() {
        let values: Vec<rusqlite::types::Value> = (0..8).map(|index| row.get(index)).collect::<Result<_, _>>()?;
        salvaged += into.execute(
            "INSERT OR REPLACE INTO pin_failure (worker_id, count, until_ms, wait_ms, since_mono_ms, boot_id, total, reported)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            rusqlite::params_from_iter(values),
        )?;
    }
    Ok(salvaged)
}
