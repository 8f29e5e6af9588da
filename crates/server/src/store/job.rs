//! Who does the work that is due: one server process at a time, by a lease that runs out if the process dies.

use chrono::TimeDelta;

use super::Store;
use super::db::{on, retried};
use super::fault::StoreFault;

/// How long a lease lasts. Every job is idempotent, so a slow one that is begun again by another process does no harm.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// The right to do a job now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Lease {
    until_ms: i64,
}

impl Store {
    /// Takes a job if it is due and nobody is at it.
    pub(crate) async fn take_job(&self, site: &str, name: &str) -> Result<Option<Lease>, StoreFault> {
        const DUE: &str = "SELECT COUNT(*) FROM background_job WHERE site_id = $1 AND name = $2 \
                           AND (due_at > $3 OR leased_until > $3)";
        let now_ms = self.clock().now().timestamp_millis();
        let mut tx = self.db().read().await?;
        let not_now: i64 = on!(&mut tx, c => sqlx::query_scalar(DUE)
            .bind(site)
            .bind(name)
            .bind(now_ms)
            .fetch_one(c)
            .await)?;
        drop(tx);
        if not_now > 0 { Ok(None) } else { retried!(self.try_take_job(site, name, now_ms)) }
    }

    async fn try_take_job(&self, site: &str, name: &str, now_ms: i64) -> Result<Option<Lease>, StoreFault> {
        const TAKE: &str = "INSERT INTO background_job (site_id, name, due_at, leased_until) VALUES ($1, $2, $3, $4) \
                            ON CONFLICT (site_id, name) DO UPDATE SET leased_until = excluded.leased_until \
                            WHERE background_job.due_at <= $3 AND background_job.leased_until <= $3 \
                            RETURNING leased_until";
        let mut tx = self.db().write().await?;
        let until_ms: Option<i64> = on!(&mut tx, c => sqlx::query_scalar(TAKE)
            .bind(site)
            .bind(name)
            .bind(now_ms)
            .bind(now_ms + LEASE.num_milliseconds())
            .fetch_optional(c)
            .await)?;
        tx.commit().await?;
        Ok(until_ms.map(|until_ms| Lease { until_ms }))
    }

    /// Gives a job back: it is due again after a while.
    pub(crate) async fn job_done(
        &self,
        site: &str,
        name: &str,
        lease: Lease,
        again_after: TimeDelta,
    ) -> Result<(), StoreFault> {
        const DONE: &str = "UPDATE background_job SET due_at = $4, leased_until = 0 \
                            WHERE site_id = $1 AND name = $2 AND leased_until = $3";
        let due_ms = (self.clock().now() + again_after).timestamp_millis();
        let mut tx = self.db().write().await?;
        on!(&mut tx, c => sqlx::query(DONE)
            .bind(site)
            .bind(name)
            .bind(lease.until_ms)
            .bind(due_ms)
            .execute(c)
            .await
            .map(|_| ()))?;
        tx.commit().await
    }
}
