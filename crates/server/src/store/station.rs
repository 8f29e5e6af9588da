//! Stations: who may push and pull, how far each has come, and what the server last heard of it.
//!
//! Long because the statements over one row, each short, are read beside each other.

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::{SiteId, StationId, WorkstationId};
use cordwainer_protocol::sync::{StationStatus, Witness};
use cordwainer_sync::PublicKey;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Store;
use super::audit::Entry;
use super::db::{Tx, on, retried};
use super::fault::{StoreFault, bad_row};
use super::writing::Writing;
use crate::clock::from_ms;

/// The workstation that the office's facts are recorded at.
pub(crate) const OFFICE: &str = "office";
/// The one incarnation of the office station: the server's own memory is never restored beside itself.
pub(crate) const OFFICE_INCARNATION: &str = "0";

/// An enrolled station.
#[derive(Clone, PartialEq, Debug)]
pub struct Station {
    /// Identifier.
    pub id: StationId,
    /// Site.
    pub site: SiteId,
    /// Whether it is the server's own.
    pub is_server: bool,
    /// Where it stands.
    pub workstation: WorkstationId,
    /// What it holds: a work centre's key, or `*` for the whole site.
    pub scope: String,
    /// The key that its signatures fit.
    pub public_key: PublicKey,
    /// Since when.
    pub enrolled_at: DateTime<Utc>,
    /// When a person compared its fingerprint; until then it may do nothing.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Since when no longer.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it last asked for or sent anything.
    pub last_contact: Option<DateTime<Utc>>,
    /// Actions that it said were waiting.
    pub outbox_depth: u64,
    /// Age of the oldest of them when it said so, milliseconds.
    pub oldest_pending_age_ms: u64,
    /// When something of it last arrived, or it last said that nothing waits.
    pub progressed_at: Option<DateTime<Utc>>,
    /// How often its loops stood still or died since it was started.
    pub loop_restarts: u32,
    /// How the history that it saw differs from the one stored here, if it does.
    pub witness_fault: Option<String>,
    /// Program version; empty before its first push.
    pub app_version: String,
}

#[derive(sqlx::FromRow)]
struct StationRow {
    id: Uuid,
    site_id: String,
    kind: String,
    workstation: String,
    scope: String,
    public_key: Vec<u8>,
    enrolled_at: i64,
    confirmed_at: Option<i64>,
    revoked_at: Option<i64>,
    last_contact_at: Option<i64>,
    outbox_depth: i64,
    oldest_pending_age_ms: i64,
    progressed_at: Option<i64>,
    loop_restarts: i64,
    witness_fault: Option<String>,
    app_version: String,
}

const COLUMNS: &str = "id, site_id, kind, workstation, scope, public_key, enrolled_at, confirmed_at, revoked_at, \
                       last_contact_at, outbox_depth, oldest_pending_age_ms, progressed_at, loop_restarts, witness_fault, \
                       app_version";

impl TryFrom<StationRow> for Station {
    type Error = StoreFault;

    fn try_from(row: StationRow) -> Result<Self, StoreFault> {
        let public_key = PublicKey::from_slice(&row.public_key)
            .ok_or_else(|| bad_row("station", "public_key", row.id, "a key has 32 bytes"))?;
        Ok(Self {
            id: StationId(row.id),
            site: SiteId(row.site_id),
            is_server: row.kind == "server",
            workstation: WorkstationId(row.workstation),
            scope: row.scope,
            public_key,
            enrolled_at: from_ms(row.enrolled_at),
            confirmed_at: row.confirmed_at.map(from_ms),
            revoked_at: row.revoked_at.map(from_ms),
            last_contact: row.last_contact_at.map(from_ms),
            outbox_depth: row.outbox_depth.cast_unsigned(),
            oldest_pending_age_ms: row.oldest_pending_age_ms.cast_unsigned(),
            progressed_at: row.progressed_at.map(from_ms),
            loop_restarts: u32::try_from(row.loop_restarts).unwrap_or(u32::MAX),
            witness_fault: row.witness_fault,
            app_version: row.app_version,
        })
    }
}

/// A station that says for this long that actions wait, without any of them arriving, makes no progress.
const NO_PROGRESS: TimeDelta = TimeDelta::minutes(10);

impl Station {
    /// Since when it has said that actions wait there without any of them arriving, if that is too long.
    pub fn no_progress_since(&self) -> Option<DateTime<Utc>> {
        let since = self.progressed_at.unwrap_or(self.enrolled_at);
        let says_so = self.last_contact.is_some_and(|last| last - since >= NO_PROGRESS);
        (self.outbox_depth > 0 && self.revoked_at.is_none() && says_so).then_some(since)
    }

    /// The station as those who lead the floor see it.
    pub(crate) fn status(&self) -> StationStatus {
        StationStatus {
            station_id: self.id,
            workstation: self.workstation.clone(),
            last_contact: self.last_contact,
            outbox_depth: self.outbox_depth,
            oldest_pending_age_ms: self.oldest_pending_age_ms,
            revoked: self.revoked_at.is_some(),
            no_progress_since: self.no_progress_since(),
        }
    }
}

impl Store {
    /// Every station of a site but the server's own.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn stations(&self, site: &SiteId) -> Result<Vec<Station>, StoreFault> {
        let mut tx = self.db().read().await?;
        of_site(&mut tx, site.as_str()).await
    }

    /// The station with this identifier.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn station(&self, id: StationId) -> Result<Option<Station>, StoreFault> {
        let mut tx = self.db().read().await?;
        find(&mut tx, id).await
    }

    /// Takes a station's rights away. What it recorded before stays stored.
    ///
    /// # Errors
    /// [`StoreFault::Missing`] when there is no such station.
    pub async fn revoke_station(&self, id: StationId) -> Result<(), StoreFault> {
        self.revoke_station_by(id, &json!("command_line")).await
    }

    /// Takes a station's rights away, and notes who did.
    pub(crate) async fn revoke_station_by(&self, id: StationId, by: &Value) -> Result<(), StoreFault> {
        retried!(self.try_revoke_station(id, by))
    }

    async fn try_revoke_station(&self, id: StationId, by: &Value) -> Result<(), StoreFault> {
        const SQL: &str = "UPDATE station SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 AND kind = 'station'";
        let found = self.station(id).await?.filter(|station| !station.is_server);
        let station = found.ok_or_else(|| StoreFault::Missing { what: "station", id: id.to_string() })?;
        let mut writing = self.writing(&station.site).await?;
        let now_ms = writing.now_ms();
        on!(&mut writing.tx, c => sqlx::query(SQL).bind(id.0).bind(now_ms).execute(c).await.map(|_| ()))?;
        writing.note(Entry::new("station_revoked", id, &json!({ "by": by }))?);
        writing.close().await?;
        Ok(())
    }

    /// Remembers that a station was heard of, how far it follows the feed, and what it says waits there.
    pub(crate) async fn heard_of(
        &self,
        id: StationId,
        followed_through: i64,
        waits: Option<Waits>,
    ) -> Result<(), StoreFault> {
        const SQL: &str = "UPDATE station SET last_contact_at = $2, followed_through = $3, \
                           outbox_depth = COALESCE($4, outbox_depth), \
                           oldest_pending_age_ms = COALESCE($5, oldest_pending_age_ms), \
                           progressed_at = CASE WHEN $4 = 0 THEN $2 ELSE progressed_at END WHERE id = $1";
        let now_ms = self.clock().now().timestamp_millis();
        let storable = |number: u64| number.min(i64::MAX.cast_unsigned()).cast_signed();
        let mut tx = self.db().write().await?;
        on!(&mut tx, c => sqlx::query(SQL)
            .bind(id.0)
            .bind(now_ms)
            .bind(followed_through)
            .bind(waits.map(|waits| storable(waits.count)))
            .bind(waits.map(|waits| storable(waits.oldest_age_ms)))
            .execute(c)
            .await
            .map(|_| ()))?;
        tx.commit().await
    }
}

pub(crate) async fn find(tx: &mut Tx, id: StationId) -> Result<Option<Station>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM station WHERE id = $1"));
    let row: Option<StationRow> = on!(tx, c => sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
    row.map(Station::try_from).transpose()
}

pub(crate) async fn of_site(tx: &mut Tx, site: &str) -> Result<Vec<Station>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM station WHERE site_id = $1 AND kind = 'station' ORDER BY enrolled_at, workstation"
    ));
    let rows: Vec<StationRow> = on!(tx, c => sqlx::query_as(sql).bind(site).fetch_all(c).await)?;
    rows.into_iter().map(Station::try_from).collect()
}

/// What a station says waits there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Waits {
    pub(crate) count: u64,
    pub(crate) oldest_age_ms: u64,
}

/// What a push says about the station that sends it.
#[derive(Clone, Debug)]
pub(crate) struct Report<'a> {
    pub(crate) app_version: &'a str,
    pub(crate) schema_version: u32,
    pub(crate) outbox_depth: u64,
    pub(crate) oldest_pending_age_ms: u64,
    pub(crate) loop_restarts: u32,
}

/// A station that is locked, and what else a push needs to know before it goes on.
#[derive(Clone, Debug)]
pub(crate) struct Locked {
    pub(crate) station: Station,
    /// The present life of the database.
    pub(crate) epoch: String,
    /// Whether nothing is judged for now.
    pub(crate) judging_pauses: bool,
    /// How many of its facts are parked.
    pub(crate) parked: i64,
    /// How often its rows were not the server's, as it said before.
    pub(crate) digest_mismatches: i64,
}

#[derive(sqlx::FromRow)]
struct LockedRow {
    #[sqlx(flatten)]
    station: StationRow,
    epoch: String,
    judging_resumes_at: Option<i64>,
    parked: i64,
    digest_mismatches: i64,
}

/// Locks an unrevoked station against every other push of it, and remembers what it reports.
pub(crate) async fn lock(
    tx: &mut Tx,
    id: StationId,
    report: &Report<'_>,
    now_ms: i64,
) -> Result<Option<Locked>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!(
        "UPDATE station SET last_contact_at = $2, app_version = $3, schema_version = $4, outbox_depth = $5, \
         oldest_pending_age_ms = $6, loop_restarts = $7, \
         progressed_at = CASE WHEN $5 = 0 THEN $2 ELSE progressed_at END \
         WHERE id = $1 AND revoked_at IS NULL RETURNING {COLUMNS}, digest_mismatches, \
         (SELECT epoch FROM server_identity WHERE id = 1) AS epoch, \
         (SELECT judging_resumes_at FROM server_epoch \
          WHERE epoch = (SELECT epoch FROM server_identity WHERE id = 1)) AS judging_resumes_at, \
         (SELECT COUNT(*) FROM verdict WHERE verdict.station_id = station.id AND verdict.status = 'parked') AS parked"
    ));
    let row: Option<LockedRow> = on!(tx, c => sqlx::query_as(sql)
        .bind(id.0)
        .bind(now_ms)
        .bind(report.app_version)
        .bind(i64::from(report.schema_version))
        .bind(report.outbox_depth.cast_signed())
        .bind(report.oldest_pending_age_ms.cast_signed())
        .bind(i64::from(report.loop_restarts))
        .fetch_optional(c)
        .await)?;
    let Some(LockedRow { station, epoch, judging_resumes_at, parked, digest_mismatches }) = row else {
        return Ok(None);
    };
    let (station, judging_pauses) = (Station::try_from(station)?, judging_resumes_at.is_some());
    Ok(Some(Locked { station, epoch, judging_pauses, parked, digest_mismatches }))
}

/// Remembers how often a station's rows were not the server's.
pub(crate) async fn save_mismatches(tx: &mut Tx, id: StationId, mismatches: u32) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE station SET digest_mismatches = $2 WHERE id = $1";
    on!(tx, c => sqlx::query(SQL).bind(id.0).bind(i64::from(mismatches)).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Adds a station.
pub(crate) async fn add(tx: &mut Tx, station: &Station) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO station (id, site_id, kind, workstation, scope, public_key, enrolled_at, confirmed_at, outbox_depth, \
                       oldest_pending_age_ms, app_version, schema_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, '', 0)";
    on!(tx, c => sqlx::query(SQL)
        .bind(station.id.0)
        .bind(station.site.as_str())
        .bind(if station.is_server { "server" } else { "station" })
        .bind(station.workstation.as_str())
        .bind(&station.scope)
        .bind(station.public_key.as_bytes())
        .bind(station.enrolled_at.timestamp_millis())
        .bind(station.confirmed_at.map(|at| at.timestamp_millis()))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// The office station of a site.
pub(crate) async fn office(tx: &mut Tx, site: &str) -> Result<Option<Station>, StoreFault> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM station WHERE site_id = $1 AND kind = 'server'"));
    let row: Option<StationRow> = on!(tx, c => sqlx::query_as(sql).bind(site).fetch_optional(c).await)?;
    row.map(Station::try_from).transpose()
}

/// Makes the office station of a site that has none yet.
pub(crate) async fn ensure_office(writing: &mut Writing, key: &PublicKey) -> Result<(), StoreFault> {
    let site = writing.site.clone();
    if office(&mut writing.tx, site.as_str()).await?.is_some() {
        return Ok(());
    }
    let station = Station {
        id: StationId(writing.next_id()),
        site,
        is_server: true,
        workstation: WorkstationId::from(OFFICE),
        scope: "*".to_owned(),
        public_key: *key,
        enrolled_at: writing.now,
        confirmed_at: Some(writing.now),
        revoked_at: None,
        last_contact: None,
        outbox_depth: 0,
        oldest_pending_age_ms: 0,
        progressed_at: None,
        loop_restarts: 0,
        witness_fault: None,
        app_version: String::new(),
    };
    add(&mut writing.tx, &station).await?;
    writing.note(Entry::new("station_enrolled", station.id, &json!({ "workstation": OFFICE, "public_key": key }))?);
    Ok(())
}

/// Remembers what a station has seen of the audit chain, and what is wrong with that.
pub(crate) async fn save_witness(
    tx: &mut Tx,
    id: StationId,
    witness: &Witness,
    fault: Option<&str>,
) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE station SET witnessed_seq = $2, witnessed_head = $3, witness_fault = $4 WHERE id = $1";
    let head = hex::decode(&witness.audit_head).unwrap_or_default();
    on!(tx, c => sqlx::query(SQL)
        .bind(id.0)
        .bind(witness.audit_seq.cast_signed())
        .bind(head.as_slice())
        .bind(fault)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
