//! Conflicts and parked facts as the office sees and decides them. A decision of the office is a fact of the server's own
//! station, judged like anybody's; which account made it stands in its reason.

use cordwainer_domain::production::{Fact, Resolution, ResolutionKind};
use cordwainer_domain::{ActionId, ConflictId};
use cordwainer_protocol::office::OfficeRefusal;
use cordwainer_protocol::sync::{OpenConflict, OpenParked, VerdictRow};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::caller::Caller;
use super::fault::OfficeFault;
use crate::OfficeFact;
use crate::store::{OpenItems, Store};

/// One open item, with what may be decided about it.
#[derive(Serialize, Debug)]
pub(crate) struct OpenItemSheet {
    /// A conflict with both its facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) conflict: Option<OpenConflict>,
    /// A fact that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parked: Option<OpenParked>,
    /// What may be decided, the likeliest first.
    pub(crate) choices: Vec<ResolutionKind>,
}

/// What the office decides.
#[derive(Deserialize, Debug)]
pub(crate) struct Decide {
    pub(crate) resolution: Resolution,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// Everything open at the caller's site.
pub(crate) async fn list(store: &Store, caller: &Caller) -> Result<Vec<OpenItemSheet>, OfficeFault> {
    let OpenItems { conflicts, parked } = store.open_items(&caller.site).await?;
    Ok(conflicts.into_iter().map(of_conflict).chain(parked.into_iter().map(of_parked)).collect())
}

fn of_conflict(open: OpenConflict) -> OpenItemSheet {
    OpenItemSheet { choices: open.row.conflict.choices().to_vec(), conflict: Some(open), parked: None }
}

fn of_parked(open: OpenParked) -> OpenItemSheet {
    OpenItemSheet { choices: open.reason.choices().to_vec(), conflict: None, parked: Some(open) }
}

/// One open item, by the identifier of the conflict or of the fact that waits.
pub(crate) async fn show(store: &Store, caller: &Caller, id: Uuid) -> Result<OpenItemSheet, OfficeFault> {
    let open = list(store, caller).await?;
    open.into_iter().find(|sheet| sheet.is(id)).ok_or(OfficeFault::NotFound)
}

impl OpenItemSheet {
    fn is(&self, id: Uuid) -> bool {
        self.conflict.as_ref().is_some_and(|open| open.row.id == ConflictId(id))
            || self.parked.as_ref().is_some_and(|open| open.fact.action_id == ActionId(id))
    }

    fn decided(self, resolution: Resolution, reason: Option<String>) -> Option<OfficeFact> {
        let (fact, work_order, job) = match (self.conflict, self.parked) {
            (Some(open), _) => {
                let (conflict, flagged, between) = (open.row.id, open.row.action_id, open.row.conflict);
                let fact = Fact::ConflictResolved { conflict, flagged, between, resolution, reason };
                (fact, open.row.work_order_id, open.row.job_id)
            }
            (None, Some(open)) => {
                let (parked, waited_for) = (open.fact.action_id, open.reason);
                (Fact::ParkedResolved { parked, waited_for, resolution, reason }, open.work_order_id, open.job_id)
            }
            (None, None) => return None,
        };
        Some(OfficeFact { work_order, job, ..OfficeFact::beside_a_pair(fact) })
    }
}

/// Records a decision, and answers with the verdict on it.
pub(crate) async fn resolve(
    store: &Store,
    caller: &Caller,
    id: Uuid,
    decide: Decide,
) -> Result<VerdictRow, OfficeFault> {
    let sheet = show(store, caller, id).await?;
    let kind = decide.resolution.kind();
    let reason = decide.reason.filter(|reason| !reason.trim().is_empty());
    if !sheet.choices.contains(&kind) || (kind.needs_reason() && reason.is_none()) {
        return Err(OfficeFault::Malformed("the decision does not answer this item, or lacks its reason".to_owned()));
    }
    let by = caller.account.id;
    let reason = Some(reason.map_or_else(|| format!("account {by}"), |reason| format!("{reason} · account {by}")));
    let fact = sheet.decided(decide.resolution, reason).ok_or(OfficeFault::NotFound)?;
    let verdicts = store.record_office(&caller.site, &[fact]).await?;
    tracing::info!(item = %id, %by, decision = ?kind, "an open item was decided");
    verdicts.into_iter().next().ok_or_else(|| OfficeRefusal::Unknown.into())
}
