//! Closing alarms: who looked, when, and what came of it. The last closing stays with the alarm until it is raised again; the
//! audit chain keeps them all.

use cordwainer_domain::{AccountId, SiteId};
use cordwainer_protocol::office::{AlarmClosing, AlarmLine, AlarmReason, CloseAlarm};
use cordwainer_protocol::sync::{ChangeOp, Table};
use serde_json::json;

use super::Store;
use super::alarm::StoredAlarm;
use super::audit::Entry;
use super::db::{on, retried};
use super::fault::StoreFault;
use super::scope::Scope;
use super::writing::Writing;

#[derive(sqlx::FromRow)]
struct ListedAlarm {
    #[sqlx(flatten)]
    alarm: StoredAlarm,
    closed_reason: Option<String>,
    closed_note: Option<String>,
    name: Option<String>,
}

impl From<ListedAlarm> for AlarmLine {
    fn from(listed: ListedAlarm) -> Self {
        let (by, note) = (listed.name, listed.closed_note);
        let reason = listed.closed_reason.as_deref().and_then(reason_of);
        let (id, row) = listed.alarm.into();
        Self {
            id,
            kind: row.kind,
            station: row.station_id,
            workstation: row.workstation,
            times: row.times,
            raised_at: row.raised_at,
            last_raised_at: row.last_raised_at,
            closing: row.closed_at.map(|at| AlarmClosing { at, by, reason, note }),
        }
    }
}

/// A reason of a later program is none that could be said here.
fn reason_of(word: &str) -> Option<AlarmReason> {
    serde_json::from_value(word.into()).ok()
}

impl Store {
    /// Every alarm of a site: open ones first, the oldest of them at the top, then what was closed last.
    pub(crate) async fn alarm_lines(&self, site: &SiteId) -> Result<Vec<AlarmLine>, StoreFault> {
        const SQL: &str = "SELECT a.pk, a.kind, a.station_id, a.workstation, a.times, a.raised_at, a.last_raised_at, \
                           a.closed_at, a.closed_reason, a.closed_note, account.name FROM alarm a \
                           LEFT JOIN account ON account.id = a.closed_by WHERE a.site_id = $1 \
                           ORDER BY CASE WHEN a.closed_at IS NULL THEN 0 ELSE 1 END, a.closed_at DESC, a.raised_at, a.pk";
        let mut tx = self.db().read().await?;
        let rows: Vec<ListedAlarm> = on!(&mut tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Closes an alarm: a person has looked. What is still wrong raises it again.
    ///
    /// # Errors
    /// [`StoreFault::Missing`] when no such alarm is open.
    pub async fn close_alarm(
        &self,
        site: &SiteId,
        key: &str,
        by: AccountId,
        closing: &CloseAlarm,
    ) -> Result<(), StoreFault> {
        retried!(self.try_close_alarm(site, key, by, closing))
    }

    async fn try_close_alarm(
        &self,
        site: &SiteId,
        key: &str,
        by: AccountId,
        closing: &CloseAlarm,
    ) -> Result<(), StoreFault> {
        let mut writing = self.writing(site).await?;
        let row_version = close(&mut writing, key, by, closing).await?;
        let row_version = row_version.ok_or_else(|| StoreFault::Missing { what: "open alarm", id: key.to_owned() })?;
        let said = json!({ "by": by, "reason": closing.reason, "note": closing.note });
        writing.note(Entry::new("alarm_closed", key, &said)?);
        writing.change(&Scope::Floor, Table::Alarm, key, ChangeOp::Put, row_version);
        writing.close().await?;
        Ok(())
    }
}

/// Closes an alarm if it is open. Answers with the row's version.
async fn close(
    writing: &mut Writing,
    key: &str,
    by: AccountId,
    closing: &CloseAlarm,
) -> Result<Option<i64>, StoreFault> {
    const SQL: &str = "UPDATE alarm SET closed_at = $3, closed_by = $4, closed_reason = $5, closed_note = $6, \
                       row_version = row_version + 1 \
                       WHERE site_id = $1 AND pk = $2 AND closed_at IS NULL RETURNING row_version";
    let (site, now_ms) = (writing.site.as_str().to_owned(), writing.now_ms());
    let reason = serde_json::to_value(closing.reason)?;
    Ok(on!(&mut writing.tx, c => sqlx::query_scalar(SQL)
        .bind(&site)
        .bind(key)
        .bind(now_ms)
        .bind(by.0)
        .bind(reason.as_str())
        .bind(closing.note.as_deref())
        .fetch_optional(c)
        .await)?)
}
