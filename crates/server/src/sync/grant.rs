//! Grants: what a worker may do at stations that may be offline, signed by the server.
//!
//! A grant is the same for a whole day, so that a worker's row in the feed is, too. Once a day every worker's row is put into
//! the feed again, with a grant that lasts for three more days. The identifier says when the grant ends, so that a fact can
//! be judged by it without a table of grants.

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::people::Worker;
use cordwainer_domain::{GrantId, WorkerId};
use cordwainer_protocol::sync::{Grant, SignedGrant};
use cordwainer_sync::{Purpose, body_hash, canonical_json};

use crate::clock::from_ms;
use crate::store::{Identity, StoreFault};

const DAY_MS: i64 = 86_400_000;
/// How long a grant is good for after the day on which it was issued.
const GOOD_FOR: TimeDelta = TimeDelta::hours(72);

/// The day of an instant, counted in UTC.
pub(crate) fn day_of(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis().div_euclid(DAY_MS)
}

/// When the grants of a day end: 72 hours after that day does.
pub(crate) fn not_after(day: i64) -> DateTime<Utc> {
    from_ms((day + 1) * DAY_MS) + GOOD_FOR
}

/// The grant's identifier: its end, and a part of the worker's hash.
pub(crate) fn grant_id(worker: WorkerId, not_after: DateTime<Utc>) -> GrantId {
    let hash = body_hash(worker.0.as_bytes());
    let mut part = [0; 10];
    part.copy_from_slice(&hash.as_bytes()[..10]);
    let millis = u64::try_from(not_after.timestamp_millis()).unwrap_or_default();
    GrantId(uuid::Builder::from_unix_timestamp_millis(millis, &part).into_uuid())
}

/// Whether a grant had ended at an instant. An identifier that this server never gave out says nothing.
pub(crate) fn had_ended(grant: GrantId, worker: WorkerId, at: DateTime<Utc>) -> bool {
    let Some(timestamp) = grant.0.get_timestamp() else { return false };
    let (seconds, nanos) = timestamp.to_unix();
    let Some(end) = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, nanos)) else {
        return false;
    };
    grant == grant_id(worker, end) && end < at
}

/// What a worker may do, signed; nothing once revoked.
pub(crate) fn issue(
    identity: &Identity,
    worker: &Worker,
    station_group: &str,
    day: i64,
) -> Result<Option<SignedGrant>, StoreFault> {
    if !worker.active {
        return Ok(None);
    }
    let not_after = not_after(day);
    let grant = Grant {
        grant_id: grant_id(worker.id, not_after),
        worker_id: worker.id,
        roles: worker.roles.clone(),
        skills: worker.skills.clone(),
        station_group: station_group.to_owned(),
        not_after,
    };
    let body = canonical_json(&serde_json::to_value(grant)?)?;
    let sig = identity.key().sign(Purpose::Grant, &body).to_string();
    Ok(Some(SignedGrant { body: String::from_utf8_lossy(&body).into_owned(), sig }))
}

#[cfg(test)]
mod tests {
    use super::{day_of, grant_id, had_ended, not_after};
    use chrono::{DateTime, TimeDelta};
    use cordwainer_domain::{GrantId, WorkerId};
    use uuid::Uuid;

    #[test]
    fn a_grant_says_when_it_ended() {
        let worker = WorkerId(Uuid::from_u128(7));
        let end = not_after(day_of(DateTime::from_timestamp_millis(1_790_000_000_123).unwrap()));
        let grant = grant_id(worker, end);
        assert!(!had_ended(grant, worker, end), "it is good until its end");
        assert!(had_ended(grant, worker, end + TimeDelta::milliseconds(1)), "and not a moment longer");
        assert!(!had_ended(grant, WorkerId(Uuid::from_u128(8)), end + TimeDelta::days(9)), "it is another worker's");
        assert!(!had_ended(GrantId(Uuid::from_u128(9)), worker, end), "an identifier of another server says nothing");
    }
}
