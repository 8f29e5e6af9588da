//! Tombstones: what the feed says of rows that are gone. They are kept for ninety days, and for as long as a station that
//! still comes may need them; whoever was away for longer begins from nothing.

use chrono::TimeDelta;
use cordwainer_domain::SiteId;

use super::Store;
use super::db::{Tx, on, retried};
use super::fault::StoreFault;

/// How long a tombstone is kept at least, and how long ago a station may have been heard of to be waited for.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(90);
const DAY_MS: i64 = 86_400_000;

impl Store {
    /// Removes the tombstones that nobody needs any more, and raises the floor over them. Answers with the floor.
    pub(crate) async fn sweep_tombstones(&self, site: &SiteId) -> Result<i64, StoreFault> {
        retried!(self.try_sweep_tombstones(site))
    }

    async fn try_sweep_tombstones(&self, site: &SiteId) -> Result<i64, StoreFault> {
        const RAISE: &str = "UPDATE sync_head SET tombstone_floor = CASE WHEN tombstone_floor < $2 THEN $2 \
                             ELSE tombstone_floor END WHERE site_id = $1 RETURNING tombstone_floor";
        const SWEEP: &str = "DELETE FROM change WHERE site_id = $1 AND op <> 'put' AND commit_seq < $2";
        let now_ms = self.clock().now().timestamp_millis();
        let mut tx = self.db().write().await?;
        let floor = floor_at(&mut tx, site.as_str(), now_ms).await?;
        // The floor first: a cursor below it is refused before what it would miss is gone.
        let floor: Option<i64> = on!(&mut tx, c => sqlx::query_scalar(RAISE)
            .bind(site.as_str())
            .bind(floor)
            .fetch_optional(c)
            .await)?;
        let floor = floor.unwrap_or_default();
        on!(&mut tx, c => sqlx::query(SWEEP).bind(site.as_str()).bind(floor).execute(c).await.map(|_| ()))?;
        note_day(&mut tx, site.as_str(), now_ms).await?;
        tx.commit().await?;
        Ok(floor)
    }
}

/// The least of how far the feed had come ninety days ago and how far the slowest station that still comes follows it.
async fn floor_at(tx: &mut Tx, site: &str, now_ms: i64) -> Result<i64, StoreFault> {
    const OLD: &str = "SELECT MAX(commit_seq) FROM feed_day WHERE site_id = $1 AND day < $2";
    const SLOWEST: &str = "SELECT MIN(followed_through) FROM station WHERE site_id = $1 AND kind = 'station' \
                           AND revoked_at IS NULL AND last_contact_at >= $2";
    let old_ms = now_ms - KEPT.num_milliseconds();
    let old: Option<i64> = on!(&mut *tx, c => sqlx::query_scalar(OLD)
        .bind(site)
        .bind(old_ms.div_euclid(DAY_MS))
        .fetch_one(c)
        .await)?;
    let slowest: Option<i64> = on!(tx, c => sqlx::query_scalar(SLOWEST).bind(site).bind(old_ms).fetch_one(c).await)?;
    let old = old.unwrap_or_default();
    Ok(slowest.map_or(old, |slowest| slowest.min(old)))
}

async fn note_day(tx: &mut Tx, site: &str, now_ms: i64) -> Result<(), StoreFault> {
    const NOTE: &str = "INSERT INTO feed_day (site_id, day, commit_seq) \
                        SELECT site_id, $2, v FROM sync_head WHERE site_id = $1 \
                        ON CONFLICT (site_id, day) DO UPDATE SET commit_seq = excluded.commit_seq";
    const FORGET: &str = "DELETE FROM feed_day WHERE site_id = $1 AND day < $2";
    let today = now_ms.div_euclid(DAY_MS);
    on!(&mut *tx, c => sqlx::query(NOTE).bind(site).bind(today).execute(c).await.map(|_| ()))?;
    // Only the newest of the old days tells the floor.
    let forgotten = today - 2 * KEPT.num_days();
    on!(tx, c => sqlx::query(FORGET).bind(site).bind(forgotten).execute(c).await.map(|_| ()))?;
    Ok(())
}
