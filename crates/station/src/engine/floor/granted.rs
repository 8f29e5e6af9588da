//! What a worker may do here: what the server signed, and nothing else. Roles and skills that stand in the cached row beside
//! the grant could have been written there by anybody with a database tool.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cordwainer_domain::{GrantId, WorkerId};
use cordwainer_protocol::sync::{Grant, SignedGrant, WorkerRow};
use cordwainer_sync::Purpose;

use crate::store::{CacheImage, Enrolment};

/// A grant that the server of this station signed for this worker and this station.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Granted {
    /// Recorded in each action.
    pub id: GrantId,
    /// Its end.
    pub not_after: DateTime<Utc>,
}

/// Checks every worker's grant with the pinned key. What it says takes the place of what stands beside it; where it says
/// nothing that holds, the worker may do nothing.
pub(super) fn only_what_was_signed(
    image: &mut CacheImage,
    enrolment: Option<&Enrolment>,
) -> BTreeMap<WorkerId, Granted> {
    let mut granted = BTreeMap::new();
    for row in image.workers.values_mut() {
        let grant = enrolment.and_then(|enrolment| genuine(row, enrolment));
        if grant.is_none() && row.grant.is_some() {
            tracing::warn!(worker = %row.worker.id, "a permission that the server did not sign for this station");
        }
        let (roles, skills) =
            grant.as_ref().map(|grant| (grant.roles.clone(), grant.skills.clone())).unwrap_or_default();
        (row.worker.roles, row.worker.skills) = (roles, skills);
        if let Some(grant) = grant {
            granted.insert(row.worker.id, Granted { id: grant.grant_id, not_after: grant.not_after });
        }
    }
    granted
}

fn genuine(row: &WorkerRow, enrolment: &Enrolment) -> Option<Grant> {
    let SignedGrant { body, sig } = row.grant.as_ref()?;
    enrolment.server_key.verify(Purpose::Grant, body.as_bytes(), &sig.parse().ok()?).ok()?;
    let grant: Grant = serde_json::from_str(body).ok()?;
    let is_for_here = grant.station_group == "*" || grant.station_group == enrolment.scope;
    (grant.worker_id == row.worker.id && is_for_here).then_some(grant)
}
