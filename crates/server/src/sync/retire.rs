//! A station goes out of service: its PC was replaced, or is given away. What it had not sent comes as a file, is believed
//! as far as its signatures go, and is judged like any other push; then nobody may speak in its name any more.

use cordwainer_domain::StationId;
use cordwainer_protocol::sync::{ClockReport, OutboxExport, PushRequest};
use serde::Serialize;
use serde_json::json;

use super::fault::Refusal;
use super::push::push;
use crate::store::audit::Entry;
use crate::store::db::{on, retried};
use crate::store::{Station, Store, StoreFault, incarnation};

/// What retiring came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Retirement {
    /// Station.
    pub retired: StationId,
    /// Records of the file that the server did not have yet.
    pub stored: u64,
    /// Records that the station had said were waiting, and that nobody brought.
    pub given_up: u64,
}

/// Why a station is not retired. It is then as it was, but for what the file brought.
#[derive(Debug, thiserror::Error)]
pub enum RetireFault {
    /// The file is of another station, or of another key.
    #[error("the file is not of this station")]
    NotItsFile,
    /// Something of the file cannot be taken.
    #[error("the file cannot be taken: {0}")]
    Refused(String),
    /// The station said that so many records wait there.
    #[error(
        "{0} records were waiting at the station when it last spoke: bring them with --export, or give them up with --give-up"
    )]
    StillWaiting(u64),
    /// The database refuses.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl Store {
    /// Takes what a station had not sent, and retires the station.
    ///
    /// # Errors
    /// [`RetireFault`].
    pub async fn retire_station(
        &self,
        id: StationId,
        export: Option<&OutboxExport>,
        give_up: bool,
    ) -> Result<Retirement, RetireFault> {
        let found = self.station(id).await?.filter(|station| !station.is_server);
        let station = found.ok_or_else(|| StoreFault::Missing { what: "station", id: id.to_string() })?;
        let mut stored = 0;
        if let Some(export) = export {
            if export.station_id != id || export.public_key != station.public_key.to_string() {
                return Err(RetireFault::NotItsFile);
            }
            for request in &export.pushes {
                stored += take(self, &station, request).await?;
            }
        }
        let waiting = self.station(id).await?.map_or(0, |station| station.outbox_depth);
        if waiting > 0 && !give_up {
            return Err(RetireFault::StillWaiting(waiting));
        }
        retried!(end(self, &station, waiting))?;
        Ok(Retirement { retired: id, stored, given_up: waiting })
    }
}

/// Stores and judges one portion of the file, under the lease that the station would have been handed.
async fn take(store: &Store, station: &Station, request: &PushRequest) -> Result<u64, RetireFault> {
    let mut tx = store.db().read().await?;
    let head = incarnation::head(&mut tx, station.id).await?;
    drop(tx);
    // How long the file has lain about is not known, so its monotonic clock says nothing.
    let clock = ClockReport { boot_id: String::new(), ..request.clock.clone() };
    let request = PushRequest { lease: head.lease, clock, ..request.clone() };
    let refused = |refusal: Refusal| RetireFault::Refused(refusal.to_string());
    let reply = push(store, station, &request).await.map_err(refused)?;
    Ok(reply.verdicts.iter().map(|verdict| u64::from(!verdict.duplicate)).sum())
}

async fn end(store: &Store, station: &Station, given_up: u64) -> Result<(), StoreFault> {
    const REVOKE: &str = "UPDATE station SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1";
    const RETIRE: &str = "UPDATE station_incarnation SET retired_at = $2 WHERE station_id = $1 AND retired_at IS NULL";
    let mut writing = store.writing(&station.site).await?;
    let now_ms = writing.now_ms();
    for sql in [REVOKE, RETIRE] {
        on!(&mut writing.tx, c => sqlx::query(sql).bind(station.id.0).bind(now_ms).execute(c).await.map(|_| ()))?;
    }
    writing.note(Entry::new("station_retired", station.id, &json!({ "given_up": given_up }))?);
    writing.close().await?;
    Ok(())
}
