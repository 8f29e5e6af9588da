//! Unsent records as a file, for a station that will not reach the server any more: its place was given to another PC, or
//! the PC itself is given away. The records are signed and chained, so the server believes the file no more and no less
//! than the station itself: `cordwainer-server station retire --export` stores and judges them.

use std::path::PathBuf;

use cordwainer_domain::StationId;
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{ClockReport, OutboxExport, PushRequest, StationHealth};
use cordwainer_sync::{BATCH_ACTIONS, batch_length};
use rusqlite::Connection;

use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::{Life, Outbox, SCHEMA_VERSION, live, owner, push};

impl Outbox {
    /// Everything that the server has not stored, as one document.
    ///
    /// # Errors
    /// [`StoreFault`] when the outbox cannot be read, or no station has recorded in it.
    pub fn export(&self) -> Result<OutboxExport, StoreFault> {
        let inner = self.lock();
        let (station, public_key) = owner::of(&inner.conn)?
            .ok_or_else(|| StoreFault::NotRecorded { detail: "no station has recorded here".to_owned() })?;
        unsent(&inner.conn, station, &public_key)
    }
}

/// Whether anything was ever recorded.
pub(super) fn has_records(conn: &Connection) -> Result<bool, StoreFault> {
    Ok(conn.query_row("SELECT EXISTS (SELECT 1 FROM action)", [], |row| row.get(0))?)
}

/// What the server has not stored, in portions as a station would push them.
pub(super) fn unsent(conn: &Connection, station: StationId, public_key: &[u8]) -> Result<OutboxExport, StoreFault> {
    let mut pushes = Vec::new();
    if let Some(mut life) = live(conn)? {
        while let Some(push) = next(conn, &life, station)? {
            life.stored_through = push.first_seq + push.actions.len() as u64 - 1;
            pushes.push(push);
        }
    }
    Ok(OutboxExport { station_id: station, public_key: hex::encode(public_key), pushes })
}

fn next(conn: &Connection, life: &Life, station_id: StationId) -> Result<Option<PushRequest>, StoreFault> {
    let (prev_chain, mut actions) = push::offers(conn, life, life.last_seq)?;
    actions.truncate(batch_length(actions.iter().map(|offer| offer.body.len()), BATCH_ACTIONS));
    let Some(first_seq) = actions.first().map(|offer| offer.seq) else { return Ok(None) };
    Ok(Some(PushRequest {
        protocol: PROTOCOL,
        station_id,
        incarnation: life.name(),
        lease: life.lease.clone(),
        first_seq,
        prev_chain: prev_chain.to_string(),
        actions,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: SCHEMA_VERSION,
        // Nobody knows how long the file lies about, so its monotonic clock says nothing.
        clock: ClockReport { wall_ms: 0, mono_ms: 0, boot_id: String::new() },
        outbox_depth: life.last_seq.saturating_sub(life.stored_through),
        oldest_pending_age_ms: 0,
        witnessed: None,
        epoch: None,
        health: StationHealth::default(),
        pin_tries: Vec::new(),
    }))
}

/// Writes the document into the data folder.
pub(super) fn write(folder: &Folder, export: &OutboxExport) -> Result<PathBuf, StoreFault> {
    let name = folder.free_name(&format!("unsent-{}.json", export.station_id));
    let bytes = serde_json::to_vec_pretty(export)
        .map_err(|fault| StoreFault::File { what: "write the unsent records".to_owned(), source: fault.into() })?;
    let file = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    folder.replace(&file, &bytes)?;
    Ok(name)
}
