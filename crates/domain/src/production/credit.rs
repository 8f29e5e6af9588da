//! Who is counted for what, and what was kept because its order was closed when it was recorded.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::action::{Action, ClockClass, ClockReading, Fact};
use super::job::{CreditShare, Job, WHOLE_PASS};
use super::work_order::WorkOrder;
use crate::people::AuthLevel;
use crate::quality::NonconformanceState;
use crate::{ActionId, JobId, SiteId, StationId, WorkOrderId, WorkerId, WorkstationId};

/// What became of a fact that was recorded after its order was closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptOutcome {
    /// Nobody has decided yet.
    Kept,
    /// The order was reinstated, and it counts.
    Counted,
    /// What was made is used for another pair; the labour is credited.
    Reused,
    /// What was made was thrown away.
    Scrapped,
}

/// A fact recorded after its order was closed: nothing of it is lost, and it counts when a person says so.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KeptFact {
    /// The action.
    pub action: ActionId,
    /// Who.
    pub worker: Option<WorkerId>,
    /// How the worker was identified.
    pub auth_level: AuthLevel,
    /// At which installation.
    pub station: StationId,
    /// Where.
    pub workstation: WorkstationId,
    /// Which job.
    pub job: Option<JobId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What happened.
    pub fact: Fact,
    /// What became of it.
    pub outcome: KeptOutcome,
}

impl KeptFact {
    /// Keeps an action.
    pub(super) fn of(action: &Action, at: DateTime<Utc>) -> Self {
        Self {
            action: action.id,
            worker: action.worker,
            auth_level: action.auth_level,
            station: action.station,
            workstation: action.workstation.clone(),
            job: action.job,
            at,
            fact: action.fact.clone(),
            outcome: KeptOutcome::Kept,
        }
    }

    /// The action again, as far as judging it asks.
    pub(super) fn as_action(&self, site: &SiteId, work_order: WorkOrderId) -> Action {
        Action {
            id: self.action,
            site: site.clone(),
            station: self.station,
            workstation: self.workstation.clone(),
            worker: self.worker,
            grant: None,
            auth_level: self.auth_level,
            work_order: Some(work_order),
            job: self.job,
            base_version: None,
            base_cursor: None,
            clock: ClockReading {
                wall_ms: self.at.timestamp_millis(),
                mono_ms: 0,
                boot_id: String::new(),
                class: ClockClass::Unknown,
                offset_ms: 0,
            },
            app_version: String::new(),
            schema_version: 0,
            fact: self.fact.clone(),
        }
    }
}

/// Who is counted for one pass through a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credit {
    /// Job.
    pub job: JobId,
    /// Pass; only the first is output.
    pub round: u32,
    /// Who, and how much of the pass.
    pub share: CreditShare,
}

impl WorkOrder {
    /// Who is counted for what: for each pass through a job that is signed off, exactly one worker or a split of one whole.
    /// What was done after the order was closed is credited when a person decided to use it.
    pub fn credits(&self) -> Vec<Credit> {
        let signed = self.jobs.iter().flat_map(|job| {
            job.counted_sign_offs().flat_map(|signed| {
                signed.credits().into_iter().map(|share| Credit { job: job.spec.id, round: signed.round, share })
            })
        });
        let mut credits: Vec<Credit> = signed.collect();
        for kept in self.after_close.iter().filter_map(credit_of_kept) {
            // A pass that somebody is counted for earns nothing a second time.
            if !credits.iter().any(|credit| credit.job == kept.job && credit.round == kept.round) {
                credits.push(kept);
            }
        }
        credits
    }

    /// Whether a fact counts in the pair as it stands: for a sign-off, for work under way, for a failure, or for a part kept.
    pub fn counts(&self, action: ActionId) -> bool {
        let signed = |job: &Job| {
            job.counted_sign_offs()
                .any(|signed| signed.action == action || signed.shares.iter().any(|share| share.action == action))
        };
        let runs = |job: &Job| job.run().is_some_and(|run| run.action == action);
        self.jobs.iter().any(|job| signed(job) || runs(job))
            || self
                .nonconformances
                .iter()
                .any(|found| found.action == action && !matches!(found.state, NonconformanceState::Withdrawn { .. }))
            || self
                .after_close
                .iter()
                .any(|kept| kept.action == action && matches!(kept.outcome, KeptOutcome::Counted | KeptOutcome::Reused))
    }
}

fn credit_of_kept(kept: &KeptFact) -> Option<Credit> {
    let Fact::JobFinished { round, .. } = kept.fact else { return None };
    (kept.outcome == KeptOutcome::Reused).then_some(Credit {
        job: kept.job?,
        round,
        share: CreditShare { action: kept.action, worker: kept.worker, per_mille: WHOLE_PASS },
    })
}
