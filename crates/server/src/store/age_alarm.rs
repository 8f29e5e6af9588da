//! The age alarm: what waits longer than it may is marked once, whichever server process looks first. A fact that was to
//! heal by itself and did not becomes a person's business.

use cordwainer_domain::{ConflictId, SiteId};
use cordwainer_protocol::sync::{ChangeOp, Table};
use uuid::Uuid;

use super::Store;
use super::conflict;
use super::db::{on, retried};
use super::fault::StoreFault;
use super::scope::Scope;

/// How many alarms a look has raised.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AgeAlarms {
    /// Conflicts that are open for too long.
    pub conflicts: usize,
    /// Facts that wait for too long.
    pub parked: usize,
}

impl Store {
    /// Marks what has become too old since the last look.
    ///
    /// # Errors
    /// [`StoreFault`]; nothing is marked then.
    pub async fn raise_age_alarms(&self, site: &SiteId) -> Result<AgeAlarms, StoreFault> {
        if !self.alarms_are_due(site).await? {
            return Ok(AgeAlarms::default());
        }
        retried!(self.try_raise_age_alarms(site))
    }

    async fn alarms_are_due(&self, site: &SiteId) -> Result<bool, StoreFault> {
        const SQL: &str = "SELECT (SELECT COUNT(*) FROM conflict WHERE site_id = $1 AND closed_at IS NULL \
                           AND alarmed_at IS NULL AND alarm_at <= $2) + (SELECT COUNT(*) FROM parked WHERE site_id = $1 \
                           AND closed_at IS NULL AND alarmed_at IS NULL AND alarm_at <= $2)";
        let now_ms = self.clock().now().timestamp_millis();
        let mut tx = self.db().read().await?;
        let due: i64 = on!(&mut tx, c => sqlx::query_scalar(SQL).bind(site.as_str()).bind(now_ms).fetch_one(c).await)?;
        Ok(due > 0)
    }

    async fn try_raise_age_alarms(&self, site: &SiteId) -> Result<AgeAlarms, StoreFault> {
        const CONFLICTS: &str = "UPDATE conflict SET alarmed_at = $2 WHERE site_id = $1 AND closed_at IS NULL \
                                 AND alarmed_at IS NULL AND alarm_at <= $2 RETURNING id";
        const PARKED: &str = "UPDATE parked SET alarmed_at = $2, shown_at = COALESCE(shown_at, $2), \
                              row_version = row_version + 1 WHERE site_id = $1 AND closed_at IS NULL \
                              AND alarmed_at IS NULL AND alarm_at <= $2 RETURNING action_id, row_version";
        let mut writing = self.writing(site).await?;
        let now_ms = writing.now_ms();
        let conflicts: Vec<Uuid> = on!(&mut writing.tx, c => sqlx::query_scalar(CONFLICTS)
            .bind(site.as_str())
            .bind(now_ms)
            .fetch_all(c)
            .await)?;
        let parked: Vec<(Uuid, i64)> = on!(&mut writing.tx, c => sqlx::query_as(PARKED)
            .bind(site.as_str())
            .bind(now_ms)
            .fetch_all(c)
            .await)?;
        for (id, version) in &parked {
            writing.change(&Scope::Floor, Table::Parked, id, ChangeOp::Put, *version);
        }
        for id in &conflicts {
            tracing::warn!(%site, conflict = %id, "a conflict is open for too long");
        }
        for (id, _) in &parked {
            tracing::warn!(%site, action = %id, "a fact waits for too long");
        }
        let found = AgeAlarms { conflicts: conflicts.len(), parked: parked.len() };
        conflict::note(&mut writing, conflicts.into_iter().map(ConflictId).collect()).await?;
        writing.close().await?;
        Ok(found)
    }
}
