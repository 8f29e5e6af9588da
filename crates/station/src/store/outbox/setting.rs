//! Small things that must survive a restart: the enrolment, settings, and the last word on the server's clock.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::super::database;
use super::super::enrolment::{self, Enrolment};
use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::{Outbox, pin};
use crate::clock::ServerTime;

const SERVER_TIME: &str = "server_time";
/// Written again only when the two clocks have drifted this far apart: a page arrives every few seconds.
const DRIFT_WORTH_WRITING_MS: i64 = 1_000;
/// Or after this long, so that an expiry cannot be put off by restarting.
const AGE_WORTH_WRITING_MS: i64 = 600_000;

impl Outbox {
    /// What makes this installation a station; `None` before enrolment.
    ///
    /// # Errors
    /// None today; reading it is part of opening.
    pub fn enrolment(&self) -> Result<Option<Enrolment>, StoreFault> {
        Ok(self.lock().enrolment.clone())
    }

    /// Keeps a change of the enrolment in its private file. Another station begins by [`Outbox::begin_as`].
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
        let settings =
            settings.filter_map(Result::ok).filter(|(key, value)| write_setting(into, key, value).is_ok()).count();
        Ok((settings, pin::salvage(into, &from)?))
    });
    match salvaged {
        Ok((settings, pins)) => {
            tracing::info!(settings, pins, "small things were brought over from the damaged outbox")
        }
        Err(fault) => tracing::warn!(%fault, "not everything could be read from the damaged outbox"),
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
