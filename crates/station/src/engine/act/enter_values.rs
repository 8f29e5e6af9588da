//! Keep parameters while the job runs. They are no record until the sign-off, but a restart must not lose them.

use cordwainer_domain::JobId;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::ValueDraft;

use super::super::Engine;
use super::super::record::not_recorded;
use super::super::say::Say;
use super::super::values;

impl Engine {
    pub(in crate::engine) fn enter_values(&mut self, job: JobId, entered: &[ValueDraft]) -> Result<(), Box<Say>> {
        let (_, found) = self.floor.job(job).ok_or_else(|| Say::failure(MessageCode::NothingRunning))?;
        let round = found.progress.round;
        self.keep_drafts(job, round, entered)
    }

    /// What was entered for this pass through the job.
    pub(in crate::engine) fn drafts(&self, job: JobId, round: u32) -> Vec<ValueDraft> {
        let kept = self.store.outbox.setting(&key(job, round)).unwrap_or_else(|fault| {
            tracing::error!(%fault, "values entered before could not be read");
            None
        });
        kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    }

    pub(in crate::engine) fn keep_drafts(&self, job: JobId, round: u32, now: &[ValueDraft]) -> Result<(), Box<Say>> {
        if now.is_empty() {
            return Ok(());
        }
        let merged = values::merge(self.drafts(job, round), now);
        let json = serde_json::to_string(&merged).map_err(|_| Say::failure(MessageCode::Internal))?;
        self.store.outbox.set_setting(&key(job, round), &json).map_err(|fault| Box::new(not_recorded(&fault)))
    }

    /// After the sign-off they stand in the record.
    pub(in crate::engine) fn forget_drafts(&self, job: JobId, round: u32) {
        if self.drafts(job, round).is_empty() {
            return;
        }
        if let Err(fault) = self.store.outbox.set_setting(&key(job, round), "[]") {
            tracing::warn!(%fault, "values of a signed-off job stay in the settings");
        }
    }
}

fn key(job: JobId, round: u32) -> String {
    format!("draft/{job}/{round}")
}
