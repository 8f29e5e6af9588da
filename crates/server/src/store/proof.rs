//! The nightly proof: what was stored is applied, flagged, parked or closed, each with the record that it must have. Kept as
//! a row a day, and shown to whoever leads the floor; one that fails raises an alarm.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use cordwainer_domain::SiteId;
use cordwainer_protocol::sync::{AlarmKind, ChangeOp, ProofRow, SiteRow, Table};
use sqlx::types::Json;

use super::db::{Tx, on, retried};
use super::fault::StoreFault;
use super::scope::Scope;
use super::writing::Writing;
use super::{Store, alarm};
use crate::clock::from_ms;

/// A day of the proof turns at this hour of the site's own clock: counting holds up every commit for its while, and nobody
/// waits for one then.
const QUIET_HOUR: i64 = 3;

/// What must not be there, and how to say it.
const NEVER: [(&str, &str); 6] = [
    (
        "SELECT COUNT(*) FROM action_log a LEFT JOIN verdict v ON v.action_id = a.action_id \
         WHERE a.site_id = $1 AND v.action_id IS NULL",
        "actions without a verdict",
    ),
    (
        "SELECT COUNT(*) FROM verdict v LEFT JOIN conflict c ON c.id = v.conflict_id \
         WHERE v.site_id = $1 AND v.status = 'flagged' AND (c.id IS NULL OR c.closed_at IS NOT NULL)",
        "flagged actions without an open conflict",
    ),
    (
        "SELECT COUNT(*) FROM verdict v LEFT JOIN parked p ON p.action_id = v.action_id \
         WHERE v.site_id = $1 AND v.status = 'parked' AND (p.action_id IS NULL OR p.closed_at IS NOT NULL)",
        "waiting actions that nobody follows",
    ),
    (
        "SELECT COUNT(*) FROM parked p JOIN verdict v ON v.action_id = p.action_id \
         WHERE p.site_id = $1 AND p.closed_at IS NULL AND v.status <> 'parked'",
        "followed actions that wait no longer",
    ),
    (
        "SELECT COUNT(*) FROM conflict WHERE site_id = $1 AND closed_at IS NOT NULL \
         AND (closed_by_action IS NULL OR (resolution IS NULL AND CAST(conflict AS TEXT) NOT LIKE '%waited_too_long%'))",
        "conflicts that left the list without a recorded decision",
    ),
    (
        "SELECT COUNT(*) FROM verdict v WHERE v.site_id = $1 AND v.status = 'closed' AND v.decided_by IS NULL \
         AND NOT EXISTS (SELECT 1 FROM conflict c WHERE c.closed_by_action IS NOT NULL \
         AND (c.action_id = v.action_id OR c.other_action_id = v.action_id))",
        "closed actions without a recorded decision",
    ),
];

impl Store {
    /// Proves a site once a night; several server processes may ask at once, and one of them does it. The first is due on the
    /// day after the first action. Answers with the proof if it was made now.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn prove_if_due(&self, site: &SiteId) -> Result<Option<ProofRow>, StoreFault> {
        const LAST: &str = "SELECT (SELECT MAX(day) FROM proof WHERE site_id = $1), \
                            (SELECT MIN(received_at) FROM action_log WHERE site_id = $1)";
        let mut tx = self.db().read().await?;
        let (proved, first): (Option<i64>, Option<i64>) =
            on!(&mut tx, c => sqlx::query_as(LAST).bind(site.as_str()).fetch_one(c).await)?;
        let zone = zone_of(&mut tx, site).await?;
        drop(tx);
        let last = proved.or_else(|| first.map(|first_ms| day(from_ms(first_ms), zone)));
        let today = day(self.clock().now(), zone);
        if last.is_some_and(|last| last < today) { retried!(self.try_prove(site, false)) } else { Ok(None) }
    }

    /// Proves a site now, in the place of an earlier proof of the day.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn prove(&self, site: &SiteId) -> Result<ProofRow, StoreFault> {
        let made: Option<ProofRow> = retried!(self.try_prove(site, true))?;
        made.ok_or_else(|| StoreFault::Missing { what: "proof", id: site.to_string() })
    }

    async fn try_prove(&self, site: &SiteId, again: bool) -> Result<Option<ProofRow>, StoreFault> {
        // Counted and written under the site's head, so that nothing is committed in between.
        let mut writing = self.writing(site).await?;
        let proof = count(&mut writing).await?;
        let zone = zone_of(&mut writing.tx, site).await?;
        let today = day(proof.proved_at, zone);
        let Some(version) = keep(&mut writing, &proof, today, again).await? else { return Ok(None) };
        writing.change(&Scope::Floor, Table::Proof, site, ChangeOp::Put, version);
        if !proof.ok {
            alarm::raise(&mut writing, AlarmKind::ProofFails, None, &proof.differs.join("; ")).await?;
        }
        writing.close().await?;
        Ok(Some(proof))
    }
}

/// The day of a proof, counted from 1970.
fn day(at: DateTime<Utc>, zone: Tz) -> i64 {
    let local = (at - TimeDelta::hours(QUIET_HOUR)).with_timezone(&zone);
    local.date_naive().signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days()
}

async fn zone_of(tx: &mut Tx, site: &SiteId) -> Result<Tz, StoreFault> {
    const SQL: &str = "SELECT doc FROM site WHERE id = $1";
    let row: Option<Json<SiteRow>> = on!(tx, c => sqlx::query_scalar(SQL).bind(site.as_str()).fetch_optional(c).await)?;
    row.map(|row| row.0.calendar.time_zone).ok_or_else(|| StoreFault::Missing { what: "site", id: site.to_string() })
}

async fn count(writing: &mut Writing) -> Result<ProofRow, StoreFault> {
    const STORED: &str = "SELECT COUNT(*) FROM action_log WHERE site_id = $1";
    const VERDICTS: &str = "SELECT status, COUNT(*) FROM verdict WHERE site_id = $1 GROUP BY status";
    let site = writing.site.as_str().to_owned();
    let now = writing.now;
    let tx = &mut writing.tx;
    hold(tx, &site).await?;
    let stored: i64 = on!(&mut *tx, c => sqlx::query_scalar(STORED).bind(&site).fetch_one(c).await)?;
    let verdicts: Vec<(String, i64)> = on!(&mut *tx, c => sqlx::query_as(VERDICTS).bind(&site).fetch_all(c).await)?;
    let mut differs = Vec::new();
    for (sql, what) in NEVER {
        let found: i64 = on!(&mut *tx, c => sqlx::query_scalar(sql).bind(&site).fetch_one(c).await)?;
        if found > 0 {
            differs.push(format!("{found} {what}"));
        }
    }
    let of = |status: &str| verdicts.iter().find(|(word, _)| word == status).map_or(0, |(_, n)| n.cast_unsigned());
    let (applied, flagged, parked, closed) = (of("applied"), of("flagged"), of("parked"), of("closed"));
    let stored = stored.cast_unsigned();
    if stored != applied + flagged + parked + closed {
        differs.push(format!("{stored} stored, {} judged", applied + flagged + parked + closed));
    }
    Ok(ProofRow { proved_at: now, ok: differs.is_empty(), stored, applied, flagged, parked, closed, differs })
}

/// Holds the head row, so that no commit of this site comes between the counts.
async fn hold(tx: &mut Tx, site: &str) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE sync_head SET v = v WHERE site_id = $1";
    Ok(on!(tx, c => sqlx::query(SQL).bind(site).execute(c).await.map(|_| ()))?)
}

/// Keeps the proof of the day. Answers with its version, or nothing if another process was first.
async fn keep(writing: &mut Writing, proof: &ProofRow, day: i64, again: bool) -> Result<Option<i64>, StoreFault> {
    const FIRST: &str = "INSERT INTO proof (site_id, day, proved_at, ok, doc, row_version) VALUES ($1, $2, $3, $4, $5, $3) \
                         ON CONFLICT (site_id, day) DO NOTHING RETURNING row_version";
    const AGAIN: &str = "INSERT INTO proof (site_id, day, proved_at, ok, doc, row_version) VALUES ($1, $2, $3, $4, $5, $3) \
                         ON CONFLICT (site_id, day) DO UPDATE SET proved_at = excluded.proved_at, ok = excluded.ok, \
                         doc = excluded.doc, row_version = proof.row_version + 1 RETURNING row_version";
    let sql = if again { AGAIN } else { FIRST };
    let now_ms = writing.now_ms();
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(sql)
        .bind(writing.site.as_str())
        .bind(day)
        .bind(now_ms)
        .bind(i64::from(proof.ok))
        .bind(Json(proof))
        .fetch_optional(c)
        .await)?)
}

/// The newest proof of a site.
pub(crate) async fn newest(tx: &mut Tx, site: &str) -> Result<Option<ProofRow>, StoreFault> {
    const SQL: &str = "SELECT doc FROM proof WHERE site_id = $1 ORDER BY day DESC LIMIT 1";
    let doc: Option<Json<ProofRow>> = on!(tx, c => sqlx::query_scalar(SQL).bind(site).fetch_optional(c).await)?;
    Ok(doc.map(|doc| doc.0))
}
