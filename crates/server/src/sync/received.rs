//! What came over the wire, read and checked against the station that sent it. Pure; nothing here is ever refused.

use chrono::{DateTime, Utc};
use cordwainer_domain::production::{AuthzProblem, Fact, ParkReason};
use cordwainer_domain::{ActionId, SiteId, StationId};
use cordwainer_protocol::sync::ClockReport;
use cordwainer_sync::{ActionHeader, DecodeFault, Hash, PublicKey, Purpose, Signature, body_hash, decode, read_header};

use super::judge::{Case, Content, Reach};
use crate::clock::from_ms;
use crate::store::Station;
use crate::store::action_log::LoggedAction;

/// An action as offered: its columns beside the bytes, which must agree with those inside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'a> {
    pub(crate) action_id: ActionId,
    pub(crate) kind: &'a str,
    pub(crate) kind_version: u32,
    pub(crate) body: &'a str,
    pub(crate) body_hash: &'a str,
    pub(crate) sig: &'a str,
}

/// Who sends it.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) station: StationId,
    pub(crate) site: SiteId,
    pub(crate) public_key: PublicKey,
    pub(crate) reach: Reach,
}

impl From<&Station> for Sender {
    fn from(station: &Station) -> Self {
        Self {
            station: station.id,
            site: station.site.clone(),
            public_key: station.public_key,
            reach: Reach {
                is_server: station.is_server,
                scope: station.scope.clone(),
                workstation: station.workstation.clone(),
            },
        }
    }
}

/// An action, stored and ready to be judged.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) logged: LoggedAction,
    pub(crate) case: Case,
}

/// Reads an offer. `clock` is what the station's clocks say as it sends; without it the wall clock is believed.
pub(crate) fn receive(offer: Offer<'_>, sender: &Sender, clock: Option<&ClockReport>, now: DateTime<Utc>) -> Received {
    let hash = body_hash(offer.body.as_bytes());
    let header = readable_header(offer.body);
    let content = content_of(offer, sender, header.as_ref(), hash);
    let occurred_at = header.as_ref().map_or(now, |header| occurred_at(header, clock, now));
    let case = Case {
        id: offer.action_id,
        station: sender.station,
        reach: sender.reach.clone(),
        work_order: header.as_ref().and_then(|header| header.work_order_id),
        job: header.as_ref().and_then(|header| header.job_id),
        occurred_at,
        content,
    };
    let logged = LoggedAction {
        id: offer.action_id,
        station: sender.station,
        kind: offer.kind.replace('\0', ""),
        kind_version: offer.kind_version,
        header,
        body: offer.body.as_bytes().to_vec(),
        body_hash: hash,
        sig: hex::decode(offer.sig).unwrap_or_default(),
        occurred_at,
    };
    Received { logged, case }
}

fn content_of(offer: Offer<'_>, sender: &Sender, header: Option<&ActionHeader>, hash: Hash) -> Content {
    let signed = offer
        .sig
        .parse::<Signature>()
        .is_ok_and(|signature| sender.public_key.verify(Purpose::Action, offer.body.as_bytes(), &signature).is_ok());
    if !signed || offer.body_hash != hash.to_string() {
        return Content::Unjudgeable(ParkReason::BadSignature);
    }
    let Some(header) = header else { return Content::Unjudgeable(ParkReason::Unreadable) };
    let agrees =
        header.action_id == offer.action_id && header.kind == offer.kind && header.kind_version == offer.kind_version;
    if !agrees {
        return Content::Unjudgeable(ParkReason::Unreadable);
    }
    if header.station_id != sender.station || header.site_id != sender.site {
        return Content::Unjudgeable(ParkReason::Authz { problem: AuthzProblem::WrongWorkstation });
    }
    read(offer.body.as_bytes())
}

/// What the bytes of an action say, as far as this program understands them.
pub(crate) fn read(body: &[u8]) -> Content {
    match decode(body) {
        Ok(action) => match &action.fact {
            Fact::WorkOrderReleased(released) if action.work_order != Some(released.id) => {
                Content::Unjudgeable(ParkReason::Unreadable)
            }
            _ => Content::Fact(Box::new(action)),
        },
        Err(DecodeFault::UnknownKind { .. }) => Content::Unjudgeable(ParkReason::UnknownKind),
        Err(DecodeFault::Unreadable(_)) => Content::Unjudgeable(ParkReason::Unreadable),
    }
}

/// The header, if both engines can store it: no NUL in a text, no number beyond 63 bits.
pub(crate) fn readable_header(body: &str) -> Option<ActionHeader> {
    let header = read_header(body.as_bytes()).ok()?;
    let numbers = [header.base_version, header.base_cursor];
    let storable = numbers.iter().flatten().all(|number| i64::try_from(*number).is_ok());
    (storable && !holds_nul(body)).then_some(header)
}

/// Whether any text inside a JSON value holds a NUL, which PostgreSQL cannot store.
fn holds_nul(body: &str) -> bool {
    fn within(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::String(text) => text.contains('\0'),
            serde_json::Value::Array(items) => items.iter().any(within),
            serde_json::Value::Object(members) => members.iter().any(|(key, item)| key.contains('\0') || within(item)),
            _ => false,
        }
    }
    body.contains("\\u0000") && serde_json::from_str(body).is_ok_and(|value| within(&value))
}

/// When it happened. Within the boot that sends, the monotonic clock tells; else the wall clock with the last known offset.
/// Never later than now, never before the epoch.
fn occurred_at(header: &ActionHeader, clock: Option<&ClockReport>, now: DateTime<Utc>) -> DateTime<Utc> {
    let now_ms = now.timestamp_millis();
    let by_wall = header.wall_at.saturating_add(header.clock_offset_ms);
    let by_mono = clock
        .filter(|clock| !clock.boot_id.is_empty() && clock.boot_id == header.boot_id && clock.mono_ms >= header.mono_at)
        .map(|clock| now_ms.saturating_sub(clock.mono_ms.saturating_sub(header.mono_at)));
    from_ms(by_mono.unwrap_or(by_wall).clamp(0, now_ms.max(0)))
}

#[cfg(test)]
mod tests {
    use super::{holds_nul, occurred_at};
    use chrono::{DateTime, Utc};
    use cordwainer_domain::people::AuthLevel;
    use cordwainer_domain::production::ClockClass;
    use cordwainer_domain::{ActionId, SiteId, StationId, WorkstationId};
    use cordwainer_protocol::sync::ClockReport;
    use cordwainer_sync::ActionHeader;
    use uuid::Uuid;

    fn header(wall_at: i64, offset: i64, mono_at: i64, boot: &str) -> ActionHeader {
        ActionHeader {
            action_id: ActionId(Uuid::nil()),
            kind: "job_started".to_owned(),
            kind_version: 1,
            site_id: SiteId::from("a"),
            station_id: StationId(Uuid::nil()),
            workstation: WorkstationId::from("last-1"),
            worker_id: None,
            grant_id: None,
            auth_level: AuthLevel::Badge,
            work_order_id: None,
            job_id: None,
            base_version: None,
            base_cursor: None,
            wall_at,
            mono_at,
            boot_id: boot.to_owned(),
            clock_class: ClockClass::Synchronised,
            clock_offset_ms: offset,
            app_version: String::new(),
            schema_version: 1,
        }
    }

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(ms).unwrap()
    }

    #[test]
    fn the_monotonic_clock_tells_when_whatever_the_wall_clock_says() {
        let sends = ClockReport { wall_ms: 0, mono_ms: 9_000, boot_id: "b".to_owned() };
        let three_years_fast = header(100_000_000_000, 0, 4_000, "b");
        assert_eq!(occurred_at(&three_years_fast, Some(&sends), at(1_000_000)), at(995_000), "five seconds before now");
        let earlier_boot = header(900_000, 50_000, 4_000, "a");
        assert_eq!(occurred_at(&earlier_boot, Some(&sends), at(1_000_000)), at(950_000), "wall clock and last offset");
        let future = header(2_000_000, 0, 4_000, "a");
        assert_eq!(occurred_at(&future, Some(&sends), at(1_000_000)), at(1_000_000), "nothing happened in the future");
        let broken = header(i64::MIN, i64::MIN, i64::MIN, "b");
        assert_eq!(occurred_at(&broken, Some(&sends), at(1_000_000)), at(0), "absurd numbers do not overflow");
    }

    #[test]
    fn a_nul_is_found_where_it_is_one() {
        assert!(holds_nul(r#"{"a":["x\u0000"]}"#), "PostgreSQL could not store it");
        assert!(!holds_nul(r#"{"a":"\\u0000"}"#), "a backslash and five characters are text");
    }
}
