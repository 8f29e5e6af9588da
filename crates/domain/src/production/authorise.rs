//! Who may record what. Asked at the station before a move, and again on the server for every action.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::Fact;
use super::apply::ConflictKind;
use super::job::Job;
use crate::people::{AuthLevel, Role, Worker};
use crate::{SkillId, WorkCentreId};

/// Why a worker may not do something.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum AuthzProblem {
    /// Nobody is named.
    NoWorker,
    /// The site has no such worker.
    UnknownWorker,
    /// The worker's badge was revoked.
    Revoked,
    /// A qualification is missing.
    SkillMissing {
        /// Which.
        skill: SkillId,
    },
    /// A role is missing.
    RoleMissing {
        /// Which.
        role: Role,
    },
    /// A badge alone is not enough.
    PinNeeded,
    /// The worker belongs to other lines than the one where this is done.
    NotTheirLine {
        /// Where it is done.
        work_centre: WorkCentreId,
    },
    /// The station may not act at this workstation.
    WrongWorkstation,
    /// The permission had run out.
    GrantExpired,
}

/// Checks a fact about a job against the worker who recorded it.
///
/// # Errors
/// The first [`AuthzProblem`] found.
pub fn authorise(
    fact: &Fact,
    worker: Option<&Worker>,
    auth_level: AuthLevel,
    job: Option<&Job>,
) -> Result<(), AuthzProblem> {
    if fact.is_of_the_office() || matches!(fact, Fact::ScanUnresolved { .. } | Fact::SessionClosed {}) {
        return Ok(());
    }
    let worker = worker.ok_or(AuthzProblem::NoWorker)?;
    if !worker.active {
        return Err(AuthzProblem::Revoked);
    }
    if fact.is_a_resolution() {
        return may_resolve(fact, worker, auth_level);
    }
    let judges = matches!(
        fact,
        Fact::InspectionPassed { .. } | Fact::InspectionFailed { .. } | Fact::NonconformanceDisposed { .. }
    );
    if judges {
        if !worker.has_role(Role::Inspector) && !worker.has_role(Role::Supervisor) {
            return Err(AuthzProblem::RoleMissing { role: Role::Inspector });
        }
        if auth_level < AuthLevel::Pin {
            return Err(AuthzProblem::PinNeeded);
        }
    }
    // A failure needs no qualification: whoever may judge and saw a defect is believed.
    let works = matches!(
        fact,
        Fact::JobStarted { .. } | Fact::JobResumed { .. } | Fact::JobFinished { .. } | Fact::InspectionPassed { .. }
    );
    let Some(job) = job.filter(|_| works) else { return Ok(()) };
    if let Some(skill) = worker.lacks(&job.spec.skills) {
        return Err(AuthzProblem::SkillMissing { skill: skill.clone() });
    }
    if !worker.works_at(&job.spec.work_centre) {
        return Err(AuthzProblem::NotTheirLine { work_centre: job.spec.work_centre.clone() });
    }
    Ok(())
}

/// A decision about other people's facts is a supervisor's, with badge and PIN. Which of two judgements of a pair is right,
/// an inspector may say, too.
fn may_resolve(fact: &Fact, worker: &Worker, auth_level: AuthLevel) -> Result<(), AuthzProblem> {
    let of_judgements = matches!(fact, Fact::ConflictResolved { between: ConflictKind::PassAndFail { .. }, .. });
    let may_decide = worker.has_role(Role::Supervisor) || (of_judgements && worker.has_role(Role::Inspector));
    if !may_decide {
        return Err(AuthzProblem::RoleMissing { role: Role::Supervisor });
    }
    if auth_level < AuthLevel::Pin { Err(AuthzProblem::PinNeeded) } else { Ok(()) }
}
