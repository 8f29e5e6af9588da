//! Lives of the database. A restore begins another one, by the operator's hand or because a station proves it.
//!
//! While the stations offer again what they hold, nothing of theirs is judged: it is stored and waits, so that two facts
//! about one job meet in the order in which they happened and not in that in which stations came back.

use chrono::TimeDelta;
use cordwainer_domain::SiteId;
use cordwainer_protocol::sync::AlarmKind;
use serde_json::json;

use super::audit::Entry;
use super::db::{Tx, on, retried};
use super::fault::StoreFault;
use super::writing::Writing;
use super::{Station, Store, alarm};
use crate::clock::random;

/// How long judging waits for stations that do not come back.
pub(crate) const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Why another life began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EpochCause {
    /// The operator says so: the restore procedure.
    Restored,
    /// A station presented a checkpoint that this server has signed and does not remember.
    RolledBack,
}

impl EpochCause {
    const fn word(self) -> &'static str {
        match self {
            Self::Restored => "restored",
            Self::RolledBack => "rolled_back",
        }
    }
}

impl Store {
    /// The present life of the database. Asked of the database every time: another process may have begun it.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn epoch(&self) -> Result<String, StoreFault> {
        present(&mut self.db().read().await?).await
    }

    /// Begins another life: the last step of a restore. Stations offer everything again that they retain, and judging
    /// pauses until they have, for some minutes at most.
    ///
    /// # Errors
    /// [`StoreFault`]; the life before goes on then.
    pub async fn begin_epoch(&self) -> Result<String, StoreFault> {
        let before = self.epoch().await?;
        let Some(site) = self.sites().await?.into_iter().next() else {
            return retried!(self.try_begin_without_site(&before));
        };
        self.begin_epoch_after(&before, &site, EpochCause::Restored, None, "the operator restored a backup").await
    }

    /// Begins another life, unless one has begun since `before`.
    pub(crate) async fn begin_epoch_after(
        &self,
        before: &str,
        site: &SiteId,
        cause: EpochCause,
        noticed_by: Option<&Station>,
        detail: &str,
    ) -> Result<String, StoreFault> {
        retried!(self.try_begin(before, site, cause, noticed_by, detail))
    }

    async fn try_begin_without_site(&self, before: &str) -> Result<String, StoreFault> {
        let mut tx = self.db().write().await?;
        let epoch = take(&mut tx, before, &hex::encode(random::<8>(self.ids()))).await?;
        let now_ms = self.clock().now().timestamp_millis();
        if let Some(epoch) = &epoch {
            remember(&mut tx, epoch, EpochCause::Restored.word(), now_ms, None).await?;
        }
        let now = present(&mut tx).await?;
        tx.commit().await?;
        Ok(now)
    }

    async fn try_begin(
        &self,
        before: &str,
        site: &SiteId,
        cause: EpochCause,
        noticed_by: Option<&Station>,
        detail: &str,
    ) -> Result<String, StoreFault> {
        let mut writing = self.writing(site).await?;
        let Some(epoch) = take(&mut writing.tx, before, &hex::encode(random::<8>(self.ids()))).await? else {
            return present(&mut writing.tx).await;
        };
        let (now_ms, resumes_at) = (writing.now_ms(), writing.now + LONGEST_PAUSE);
        remember(&mut writing.tx, &epoch, cause.word(), now_ms, Some(resumes_at.timestamp_millis())).await?;
        tracing::error!(before, epoch, cause = cause.word(), "another life of the database begins; judging pauses");
        writing.note(Entry::new("epoch_begun", &epoch, &json!({ "before": before, "cause": cause.word() }))?);
        alarm::raise(&mut writing, AlarmKind::ServerRestored, noticed_by, detail).await?;
        writing.close().await?;
        Ok(epoch)
    }

    /// Lets judging go on before the stations have come back: the administrator knows that they will not.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn end_judging_pause(&self) -> Result<(), StoreFault> {
        const SQL: &str = "UPDATE server_epoch SET judging_resumes_at = $1 WHERE judging_resumes_at > $1";
        let now_ms = self.clock().now().timestamp_millis();
        let mut tx = self.db().write().await?;
        on!(&mut tx, c => sqlx::query(SQL).bind(now_ms).execute(c).await.map(|_| ()))?;
        tx.commit().await
    }

    /// Whether judging pauses.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn judging_pauses(&self) -> Result<bool, StoreFault> {
        Ok(pause_ends(&mut self.db().read().await?).await?.is_some())
    }
}

async fn take(tx: &mut Tx, before: &str, epoch: &str) -> Result<Option<String>, StoreFault> {
    const SQL: &str = "UPDATE server_identity SET epoch = $2 WHERE id = 1 AND epoch = $1 RETURNING epoch";
    Ok(on!(tx, c => sqlx::query_scalar(SQL).bind(before).bind(epoch).fetch_optional(c).await)?)
}

/// Writes a life down.
pub(crate) async fn remember(
    tx: &mut Tx,
    epoch: &str,
    cause: &str,
    began_ms: i64,
    judging_resumes_ms: Option<i64>,
) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO server_epoch (epoch, cause, began_at, judging_resumes_at) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (epoch) DO NOTHING";
    on!(tx, c => sqlx::query(SQL)
        .bind(epoch)
        .bind(cause)
        .bind(began_ms)
        .bind(judging_resumes_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// The present life, as this transaction sees it.
pub(crate) async fn present(tx: &mut Tx) -> Result<String, StoreFault> {
    const SQL: &str = "SELECT epoch FROM server_identity WHERE id = 1";
    Ok(on!(tx, c => sqlx::query_scalar(SQL).fetch_one(c).await)?)
}

/// Whether this database remembers a life.
pub(crate) async fn is_remembered(tx: &mut Tx, epoch: &str) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM server_epoch WHERE epoch = $1";
    let count: i64 = on!(tx, c => sqlx::query_scalar(SQL).bind(epoch).fetch_one(c).await)?;
    Ok(count > 0)
}

/// When judging goes on at the latest; none if it does not pause.
pub(crate) async fn pause_ends(tx: &mut Tx) -> Result<Option<i64>, StoreFault> {
    const SQL: &str = "SELECT judging_resumes_at FROM server_epoch \
                       WHERE epoch = (SELECT epoch FROM server_identity WHERE id = 1)";
    let ends: Option<Option<i64>> = on!(tx, c => sqlx::query_scalar(SQL).fetch_optional(c).await)?;
    Ok(ends.flatten())
}

/// Stations that were heard of before and have not offered everything again yet.
pub(crate) async fn still_awaited(tx: &mut Tx, site: &str) -> Result<i64, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM station WHERE site_id = $1 AND kind = 'station' AND revoked_at IS NULL \
                       AND last_contact_at IS NOT NULL \
                       AND offered_epoch <> (SELECT epoch FROM server_identity WHERE id = 1)";
    Ok(on!(tx, c => sqlx::query_scalar(SQL).bind(site).fetch_one(c).await)?)
}

/// Remembers that a station has offered everything again.
pub(crate) async fn has_offered(writing: &mut Writing, station: &Station, epoch: &str) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE station SET offered_epoch = $2 WHERE id = $1 AND offered_epoch <> $2";
    on!(&mut writing.tx, c => sqlx::query(SQL).bind(station.id.0).bind(epoch).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Lets nobody else take up what waits for judging to go on, until the end of the transaction.
pub(crate) async fn lock_judging(tx: &mut Tx) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE server_identity SET epoch = epoch WHERE id = 1";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Judging goes on: nothing waits for it any more.
pub(crate) async fn end_pause(tx: &mut Tx) -> Result<(), StoreFault> {
    const SQL: &str = "UPDATE server_epoch SET judging_resumes_at = NULL WHERE judging_resumes_at IS NOT NULL";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|_| ()))?;
    Ok(())
}
