//! The judge alone, with a reducer that may have a fault.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{
    Action, ClockClass, ClockReading, Fact, Outcome, ParkReason, PauseReason, WorkOrder, apply,
};
use cordwainer_domain::{ActionId, ConflictId, StationId};
use cordwainer_protocol::sync::VerdictStatus;
use uuid::Uuid;

use super::{Case, Content, Judge, Judged, Known, Reach};
use crate::store::master::KnownWorker;
use crate::test_support::factory;

fn case(number: u128, fact: Fact, pair: u32, place: usize) -> Case {
    let (id, station) = (ActionId(Uuid::from_u128(number)), StationId(Uuid::from_u128(1)));
    let (work_order, job) = (Some(factory::pair(pair)), Some(factory::job(pair, place)));
    let workstation = factory::WORKSTATIONS[place];
    let clock =
        ClockReading { wall_ms: 0, mono_ms: 0, boot_id: String::new(), class: ClockClass::Synchronised, offset_ms: 0 };
    let action = Action {
        id,
        site: factory::site(),
        station,
        workstation: workstation.into(),
        worker: Some(factory::maker()),
        grant: None,
        auth_level: AuthLevel::Badge,
        work_order,
        job,
        base_version: None,
        base_cursor: None,
        clock,
        app_version: String::new(),
        schema_version: 1,
        fact,
    };
    Case {
        id,
        station,
        reach: Reach { is_server: false, scope: "*".to_owned(), workstation: workstation.into() },
        work_order,
        job,
        occurred_at: DateTime::UNIX_EPOCH,
        content: Content::Fact(Box::new(action)),
    }
}

fn known(pairs: &[u32]) -> Known {
    let release = |number: &u32| {
        let released = factory::released(*number, DateTime::UNIX_EPOCH);
        (factory::pair(*number), WorkOrder::release(&released, DateTime::UNIX_EPOCH).unwrap())
    };
    let maker = KnownWorker { worker: factory::worker(factory::maker(), true), revoked_at: None };
    Known {
        work_orders: pairs.iter().map(release).collect(),
        workers: BTreeMap::from([(factory::maker(), maker)]),
        ..Known::default()
    }
}

fn judged(known: Known, cases: Vec<Case>, apply: super::Apply) -> Judged {
    let mut next = || ConflictId(Uuid::nil());
    let mut judge = Judge::new(known, Vec::new(), DateTime::UNIX_EPOCH, apply, &mut next);
    cases.into_iter().for_each(|case| judge.judge(case));
    judge.finish()
}

fn finish() -> Fact {
    Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false }
}

/// A reducer with a fault: it cannot bear pauses.
fn faulty(work_order: Option<&WorkOrder>, action: &Action, at: DateTime<Utc>) -> Outcome {
    assert!(!matches!(action.fact, Fact::JobPaused { .. }), "the fault under test");
    apply(work_order, action, at)
}

#[test]
fn a_reducer_that_panics_parks_one_action_and_the_rest_goes_on() {
    let pause = Fact::JobPaused { round: 0, reason: PauseReason::Break };
    let cases = vec![case(1, finish(), 1, 0), case(2, pause, 2, 0), case(3, finish(), 3, 0)];
    let judged = judged(known(&[1, 2, 3]), cases, faulty);
    let statuses: Vec<_> = judged.verdicts.iter().map(|verdict| verdict.status).collect();
    assert_eq!(
        statuses,
        [VerdictStatus::Applied, VerdictStatus::Parked, VerdictStatus::Applied],
        "one bad fact never holds up a push"
    );
    assert_eq!(judged.verdicts[1].reason, Some(ParkReason::ServerError), "it waits for a better program");
    assert_eq!(judged.work_orders.len(), 2, "and changed nothing");
}

#[test]
fn a_whole_line_recorded_backwards_falls_into_place() {
    let cases = vec![case(1, finish(), 1, 2), case(2, finish(), 1, 1), case(3, finish(), 1, 0)];
    let judged = judged(known(&[1]), cases, apply);
    assert!(judged.verdicts.iter().all(|verdict| verdict.status == VerdictStatus::Applied), "nothing waits any more");
    let order: Vec<u128> = judged.verdicts.iter().map(|verdict| verdict.action.0.as_u128()).collect();
    assert_eq!(order, [3, 2, 1], "the places tell in which order they were applied");
    let (before, now) = &judged.work_orders[0];
    assert_eq!((before.as_ref().unwrap().version, now.version), (1, 4), "from the state that was loaded to the last");
}
