//! PINs that were tried in vain at a station. The counts only grow, so hearing one twice changes nothing; a new one is
//! written into the audit chain, where nobody can take it out again, and many call a person.

use cordwainer_domain::{StationId, WorkerId};
use cordwainer_protocol::sync::{AlarmKind, PinTally};
use serde_json::json;
use uuid::Uuid;

use super::audit::Entry;
use super::db::{Tx, on};
use super::fault::StoreFault;
use super::writing::Writing;
use super::{Station, Store, alarm};

/// So many wrong PINs of one worker at one station, and each time as many more, are nobody's slip of the finger.
const ALARMING: i64 = 10;

/// Keeps what a station tells.
pub(crate) async fn hear(writing: &mut Writing, station: &Station, told: &[PinTally]) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO pin_tries (station_id, worker_id, wrong, told_at) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (station_id, worker_id) DO UPDATE SET wrong = excluded.wrong, told_at = excluded.told_at \
                       WHERE excluded.wrong > pin_tries.wrong";
    if told.is_empty() {
        return Ok(());
    }
    let known = known(&mut writing.tx, station.id).await?;
    let now_ms = writing.now_ms();
    let mut tried = false;
    let mut news = Vec::new();
    for tally in told {
        let wrong = i64::try_from(tally.wrong).unwrap_or(i64::MAX);
        let changed = on!(&mut writing.tx, c => sqlx::query(SQL)
            .bind(station.id.0)
            .bind(tally.worker_id.0)
            .bind(wrong)
            .bind(now_ms)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if changed > 0 {
            tracing::warn!(station = %station.id, worker = %tally.worker_id, wrong, "wrong PINs");
            let before = known.iter().find(|known| known.worker_id == tally.worker_id);
            tried |= wrong / ALARMING > before.map_or(0, |known| known.wrong.cast_signed() / ALARMING);
            news.push(json!({ "worker_id": tally.worker_id, "wrong": wrong }));
        }
    }
    if !news.is_empty() {
        writing.note(Entry::new("pin_tries", station.id, &json!({ "workers": news }))?);
    }
    if tried {
        alarm::raise(writing, AlarmKind::PinsTried, Some(station), "many wrong PINs").await?;
    }
    Ok(())
}

async fn known(tx: &mut Tx, station: StationId) -> Result<Vec<PinTally>, StoreFault> {
    const SQL: &str = "SELECT worker_id, wrong FROM pin_tries WHERE station_id = $1 ORDER BY worker_id";
    let rows: Vec<(Uuid, i64)> = on!(tx, c => sqlx::query_as(SQL).bind(station.0).fetch_all(c).await)?;
    let tally = |(worker, wrong): (Uuid, i64)| PinTally { worker_id: WorkerId(worker), wrong: wrong.cast_unsigned() };
    Ok(rows.into_iter().map(tally).collect())
}

impl Store {
    /// How often each worker's PIN was tried in vain at a station, ever.
    ///
    /// # Errors
    /// [`StoreFault`] when the database refuses.
    pub async fn pin_tries(&self, station: StationId) -> Result<Vec<PinTally>, StoreFault> {
        let mut tx = self.db().read().await?;
        known(&mut tx, station).await
    }
}
