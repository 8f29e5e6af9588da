//! Small things that must survive a restart: the enrolment, settings, wrong PINs, and the last word on the server's clock.

use std::path::Path;

use cordwainer_domain::WorkerId;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::super::database;
use super::super::enrolment::{self, Enrolment};
use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::Outbox;
use crate::clock::ServerTime;

const SERVER_TIME: &str = "server_time";
/// Written again only when the two clocks have drifted this far apart: a page arrives every few seconds.
const DRIFT_WORTH_WRITING_MS: i64 = 1_000;
/// Or after this long, so that an expiry cannot be put off by restarting.
const AGE_WORTH_WRITING_MS: i64 = 600_000;

/// Wrong PINs of one worker at this station.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PinFailures {
    /// In a row.
    pub count: u32,
    /// No further try before this instant by the wall clock, Unix milliseconds.
    pub until_ms: i64,
}

impl Outbox {
    /// What makes this installation a station; `None` before enrolment.
    ///
    /// # Errors
    /// None today; reading it is part of opening.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, StoreFault> {
        Ok(self.lock().enrolment.clone())
    }

    /// Keeps an enrolment, or a change of it, in its private file.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept.
    pub fn save_enrolment(&self, enrolment: &Enrolment) -> Result<(), StoreFault> {
        let mut inner = self.lock();
        enrolment::write(&self.folder, enrolment)?;
        inner.enrolment = Some(enrolment.clone());
        Ok(())
    }

    /// A setting of this installation.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreFault> {
        read_setting(&self.lock().conn, key)
    }

    /// Keeps a setting.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<(), StoreFault> {
        write_setting(&self.lock().conn, key, value)
    }

    /// Wrong PINs of a worker.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read.
    pub fn pin_failures(&self, worker: WorkerId) -> Result<PinFailures, StoreFault> {
        let inner = self.lock();
        let mut statement =
            inner.conn.prepare_cached("SELECT count, until_ms FROM pin_failure WHERE worker_id = ?1")?;
        let found = statement
            .query_row([worker.0.as_bytes()], |row| Ok(PinFailures { count: row.get(0)?, until_ms: row.get(1)? }))
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Keeps a worker's wrong PINs; none of them after a right one.
    ///
    /// # Errors
    /// [`StoreFault`] when it was not kept: then the try must not count as checked.
    pub fn set_pin_failures(&self, worker: WorkerId, failures: PinFailures) -> Result<(), StoreFault> {
        self.lock()
            .conn
            .prepare_cached(
                "INSERT INTO pin_failure (worker_id, count, until_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (worker_id) DO UPDATE SET count = excluded.count, until_ms = excluded.until_ms",
            )?
            .execute(params![worker.0.as_bytes(), failures.count, failures.until_ms])?;
        Ok(())
    }

    /// Remembers what the server's clock said.
    ///
    /// # Errors
    /// [`StoreFault`] when it could not be written; it counts until the next restart all the same.
    pub fn note_server_time(&self, now: ServerTime) -> Result<(), StoreFault> {
        let mut inner = self.lock();
        let kept = read_server_time(&inner.conn)?;
        let worth_writing = kept.is_none_or(|kept| {
            kept.boot_id != now.boot_id
                || (kept.offset_ms() - now.offset_ms()).abs() > DRIFT_WORTH_WRITING_MS
                || now.server_ms - kept.server_ms > AGE_WORTH_WRITING_MS
        });
        if worth_writing && let Ok(text) = serde_json::to_string(&now) {
            write_setting(&inner.conn, SERVER_TIME, &text)?;
        }
        inner.server_time = Some(now);
        Ok(())
    }

    /// The last comparison with the server's clock.
    pub fn server_time(&self) -> Option<ServerTime> {
        self.lock().server_time.clone()
    }
}

/// The comparison that was written last; none if a later version wrote it in another form.
pub(super) fn read_server_time(conn: &Connection) -> Result<Option<ServerTime>, StoreFault> {
    Ok(read_setting(conn, SERVER_TIME)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Brings settings and wrong PINs over from a damaged outbox, as far as they can still be read. The journal has the rest.
pub(super) fn salvage(into: &Connection, folder: &Folder, damaged: &Path) {
    let name = damaged.file_name().unwrap_or_default().to_string_lossy();
    let salvaged = database::raw(folder, &name, OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|from| {
        let mut statement = from.prepare("SELECT key, value FROM setting")?;
        let settings = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        Ok(settings.filter_map(Result::ok).filter(|(key, value)| write_setting(into, key, value).is_ok()).count())
    });
    match salvaged {
        Ok(settings) => tracing::info!(settings, "settings were brought over from the damaged outbox"),
        Err(fault) => tracing::warn!(%fault, "no settings could be read from the damaged outbox"),
    }
}

fn read_setting(conn: &Connection, key: &str) -> Result<Option<String>, StoreFault> {
    let mut statement = conn.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

fn write_setting(conn: &Connection, key: &str, value: &str) -> Result<(), StoreFault> {
    conn.prepare_cached(
        "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute([key, value])?;
    Ok(())
}
