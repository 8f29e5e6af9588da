//! Alarms: what a person must look at although no fact contradicts another. Those who lead the floor follow them.
//!
//! One row for each kind and station. Raised again it counts on, at most once a minute, so that nobody can flood the feed.

use chrono::TimeDelta;
use cordwainer_domain::{SiteId, StationId, WorkstationId};
use cordwainer_protocol::sync::{AlarmKind, AlarmRow, ChangeOp, Table};
use serde_json::json;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::audit::Entry;
use super::db::{Tx, on, retried};
use super::fault::StoreFault;
use super::scope::Scope;
use super::writing::Writing;
use super::{Station, Store};
use crate::clock::from_ms;

/// Raised again within this, an alarm says nothing new.
const GRAIN: TimeDelta = TimeDelta::minutes(1);

/// Raises an alarm, about a station or about the site.
pub(crate) async fn raise(
    writing: &mut Writing,
    kind: AlarmKind,
    station: Option<&Station>,
    detail: &str,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO alarm (site_id, pk, kind, station_id, workstation, times, raised_at, last_raised_at, \
                       row_version) VALUES ($1, $2, $3, $4, $5, 1, $6, $6, 1) \
                       ON CONFLICT (site_id, pk) DO UPDATE SET \
                       times = CASE WHEN alarm.closed_at IS NULL THEN alarm.times + 1 ELSE 1 END, \
                       raised_at = CASE WHEN alarm.closed_at IS NULL THEN alarm.raised_at ELSE excluded.raised_at END, \
                       last_raised_at = excluded.last_raised_at, closed_at = NULL, closed_by = NULL, \
                       closed_reason = NULL, closed_note = NULL, \
                       row_version = alarm.row_version + 1 \
                       WHERE alarm.closed_at IS NOT NULL OR alarm.last_raised_at <= excluded.last_raised_at - $7 \
                       RETURNING row_version";
    let pk = key(kind, station.map(|station| station.id));
    let (site, now_ms) = (writing.site.as_str().to_owned(), writing.now_ms());
    let row_version: Option<i64> = on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(&site)
        .bind(&pk)
        .bind(kind.word())
        .bind(station.map(|station| station.id.0))
        .bind(station.map(|station| station.workstation.as_str()))
        .bind(now_ms)
        .bind(GRAIN.num_milliseconds())
        .fetch_optional(c)
        .await)?;
    let Some(row_version) = row_version else { return Ok(()) };
    tracing::error!(alarm = kind.word(), station = ?station.map(|station| station.id), detail, "an alarm was raised");
    writing.note(Entry::new("alarm_raised", &pk, &json!({ "kind": kind, "detail": detail }))?);
    writing.change(&Scope::Floor, Table::Alarm, pk, ChangeOp::Put, row_version);
    Ok(())
}

fn key(kind: AlarmKind, station: Option<StationId>) -> String {
    station.map_or_else(|| kind.word().to_owned(), |station| format!("{}:{station}", kind.word()))
}

#[derive(sqlx::FromRow)]
pub(super) struct StoredAlarm {
    pk: String,
    kind: String,
    station_id: Option<Uuid>,
    workstation: Option<String>,
    times: i64,
    raised_at: i64,
    last_raised_at: i64,
    closed_at: Option<i64>,
}

const COLUMNS: &str = "pk, kind, station_id, workstation, times, raised_at, last_raised_at, closed_at";

impl From<StoredAlarm> for (String, AlarmRow) {
    fn from(stored: StoredAlarm) -> Self {
        let row = AlarmRow {
            kind: AlarmKind::from_word(&stored.kind),
            station_id: stored.station_id.map(StationId),
            workstation: stored.workstation.map(WorkstationId),
            times: stored.times.cast_unsigned(),
            raised_at: from_ms(stored.raised_at),
            last_raised_at: from_ms(stored.last_raised_at),
            closed_at: stored.closed_at.map(from_ms),
        };
        (stored.pk, row)
    }
}

/// Some alarms by key.
pub(crate) async fn load(tx: &mut Tx, site: &str, keys: &[String]) -> Result<Vec<(String, AlarmRow)>, StoreFault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<StoredAlarm> = on!(tx, c => {
        let mut select = QueryBuilder::new(format!("SELECT {COLUMNS} FROM alarm WHERE site_id = "));
        select.push_bind(site).push(" AND pk IN ");
        select.push_tuples(keys, |mut row, key| {
            row.push_bind(key);
        });
        select.build_query_as().fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(Into::into).collect())
}

impl Store {
    /// Alarms that nobody has closed yet, by key, oldest first.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn open_alarms(&self, site: &SiteId) -> Result<Vec<(String, AlarmRow)>, StoreFault> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM alarm WHERE site_id = $1 AND closed_at IS NULL ORDER BY raised_at, pk"
        ));
        let mut tx = self.db().read().await?;
        let rows: Vec<StoredAlarm> = on!(&mut tx, c => sqlx::query_as(sql).bind(site.as_str()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Raises an alarm about a station in a transaction of its own.
    pub(crate) async fn alarm_about(&self, station: &Station, kind: AlarmKind, detail: &str) -> Result<(), StoreFault> {
        retried!(self.try_alarm_about(station, kind, detail))
    }

    async fn try_alarm_about(&self, station: &Station, kind: AlarmKind, detail: &str) -> Result<(), StoreFault> {
        let mut writing = self.writing(&station.site).await?;
        raise(&mut writing, kind, Some(station), detail).await?;
        writing.close().await?;
        Ok(())
    }
}
