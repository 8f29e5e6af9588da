//! What facts come to when they meet others.

use chrono::TimeDelta;
use cordwainer_domain::ActionId;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{AuthzProblem, ConflictKind, Fact, ParkReason};
use cordwainer_protocol::sync::{ProblemCode, Table, VerdictStatus};
use cordwainer_server::store::MasterRow;
use cordwainer_server::test_support::factory;
use cordwainer_sync::encode;
use uuid::Uuid;

use crate::world::both_engines;

both_engines!(two_stations_sign_the_same_job_and_the_first_counts, world => {
    factory::release(world.store(), [1]).await;
    let (mut one, mut other) = (world.enrol("cut-1").await, world.enrol("cut-1").await);
    let mut floor = world.enrol_floor().await;
    let first = one.sign_off(1, 0);
    one.push(std::slice::from_ref(&first)).await.unwrap();
    let reply = other.push(&[other.sign_off(1, 0)]).await.unwrap();
    let verdict = &reply.verdicts[0];
    assert_eq!(verdict.status, VerdictStatus::Flagged, "it is kept beside the first");
    assert_eq!(verdict.conflict, Some(ConflictKind::SignedTwice { first: first.id }), "and says beside which");
    let page = floor.pull().await;
    let conflicts: Vec<_> = page.changes.iter().filter(|change| change.table == Table::Conflict).collect();
    assert_eq!(conflicts.len(), 1, "whoever leads the floor is asked to close it");
    assert_eq!(conflicts[0].pk, verdict.conflict_id.unwrap().to_string(), "it is the one of the verdict");
    assert!(one.pull().await.changes.iter().all(|change| change.table != Table::Conflict), "others are not asked");
    let work_order = world.store().work_order(factory::pair(1)).await.unwrap().unwrap();
    assert_eq!(work_order.jobs[0].sign_off().unwrap().action, first.id, "the first one counts");
    world.proven().await;
});

both_engines!(a_sign_off_waits_for_its_predecessor_and_then_applies_by_itself, world => {
    factory::release(world.store(), [1]).await;
    let (mut cutting, mut closing) = (world.enrol("cut-1").await, world.enrol("close-1").await);
    let waiting = closing.push(&[closing.sign_off(1, 1)]).await.unwrap();
    assert_eq!(
        waiting.verdicts[0].park_reason,
        Some(ParkReason::Dependency { jobs: vec![factory::job(1, 0)] }),
        "cutting has not been heard of yet"
    );
    closing.pull().await;
    let arrived = cutting.push(&[cutting.sign_off(1, 0)]).await.unwrap();
    let page = closing.pull().await;
    let verdict = &page.verdicts[0];
    assert_eq!(verdict.status, VerdictStatus::Applied, "what it waited for has arrived");
    assert_eq!(Some(verdict.commit_seq), arrived.verdicts[0].commit_seq, "in the same commit");
    let effect = page.changes.iter().find(|change| change.table == Table::WorkOrder).unwrap();
    assert_eq!(effect.commit_seq, verdict.commit_seq, "verdict and effect share a number");
    let report = world.proven().await;
    assert_eq!((report.applied, report.parked), (3, 0), "release and both sign-offs");
});

both_engines!(what_a_station_recorded_in_order_is_never_applied_out_of_order, world => {
    factory::release(world.store(), [1]).await;
    let (mut cutting, mut closing) = (world.enrol("cut-1").await, world.enrol("close-1").await);
    let (pair, job) = (Some(factory::pair(1)), Some(factory::job(1, 1)));
    let start = closing.action(Fact::JobStarted { round: 0 }, pair, job, factory::maker());
    let actions = [start.clone(), closing.sign_off(1, 1)];
    let reply = closing.push(&actions).await.unwrap();
    assert_eq!(
        reply.verdicts[1].park_reason,
        Some(ParkReason::BlockedBy { action: start.id }),
        "the finish waits behind the start"
    );
    cutting.push(&[cutting.sign_off(1, 0)]).await.unwrap();
    let verdicts = closing.pull().await.verdicts;
    let order: Vec<_> = verdicts.iter().map(|verdict| (verdict.action_id, verdict.status)).collect();
    let expected = [(start.id, VerdictStatus::Applied), (actions[1].id, VerdictStatus::Applied)];
    assert_eq!(order, expected, "both apply, in the order in which they were recorded");
    world.proven().await;
});

both_engines!(facts_that_came_before_their_pair_apply_when_it_is_released, world => {
    let mut station = world.enrol("cut-1").await;
    let scan = station.action(Fact::ScanUnresolved { code: factory::traveller(1) }, None, None, factory::maker());
    let reply = station.push(&[scan, station.sign_off(1, 0)]).await.unwrap();
    let reasons: Vec<_> = reply.verdicts.iter().map(|verdict| verdict.park_reason.clone().unwrap()).collect();
    assert_eq!(reasons, [ParkReason::UnresolvedCode, ParkReason::UnknownWorkOrder], "nothing is known of the pair");
    factory::release(world.store(), [1]).await;
    let verdicts = station.pull().await.verdicts;
    assert!(verdicts.iter().all(|verdict| verdict.status == VerdictStatus::Applied), "now both have their meaning");
    let again = station.action(Fact::ScanUnresolved { code: factory::traveller(1) }, None, None, factory::maker());
    assert_eq!(station.push(&[again]).await.unwrap().verdicts[0].status, VerdictStatus::Applied, "the code resolves");
    world.proven().await;
});

both_engines!(bytes_that_cannot_be_judged_are_stored_and_wait, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let before = station.chain;
    let known = station.sign_off(1, 0);
    let body = |action: &cordwainer_domain::production::Action| String::from_utf8(encode(action).unwrap()).unwrap();
    let newer = station.sign_off(1, 0);
    let newer_body = body(&newer).replace("\"job_finished\"", "\"job_polished\"");
    let mut unsigned = station.record(&known);
    unsigned.sig = "00".repeat(64);
    let with_nul = station.sign_off(1, 0);
    let nul_body = body(&with_nul).replace("\"boot\"", "\"bo\\u0000ot\"");
    let liar = station.sign_off(1, 0);
    let offers = [
        unsigned,
        station.record_bytes(newer.id, "job_polished", newer_body),
        station.record_bytes(with_nul.id, "job_finished", nul_body),
        station.record_bytes(ActionId(Uuid::from_u128(5)), "job_finished", body(&liar)),
        station.record_bytes(ActionId(Uuid::from_u128(6)), "job_\0finished", "no JSON at all".to_owned()),
    ];
    let reply = station.push_offers(before, &offers).await.unwrap();
    let reasons: Vec<_> = reply.verdicts.iter().map(|verdict| verdict.park_reason.clone().unwrap()).collect();
    let expected = [
        ParkReason::BadSignature,
        ParkReason::UnknownKind,
        ParkReason::Unreadable,
        ParkReason::Unreadable,
        ParkReason::Unreadable,
    ];
    assert_eq!(reasons, expected, "nothing is dropped and nothing is believed");
    let good = station.sign_off(1, 0);
    let verdict = &station.push(&[good]).await.unwrap().verdicts[0];
    assert_eq!(
        verdict.park_reason,
        Some(ParkReason::BlockedBy { action: newer.id }),
        "what a newer station did to the job is not known, so nothing overtakes it"
    );
    let report = world.proven().await;
    assert_eq!((report.actions, report.parked), (7, 6), "all of it is stored");
});

both_engines!(nobody_may_do_more_than_their_rights, world => {
    factory::release(world.store(), 1..=3).await;
    let mut station = world.enrol("cut-1").await;
    let unskilled = { let mut action = station.sign_off(1, 0); action.worker = Some(factory::apprentice()); action };
    let unknown = { let mut action = station.sign_off(2, 0); action.worker = Some(cordwainer_domain::WorkerId(Uuid::from_u128(99))); action };
    let elsewhere = station.sign_off(3, 1);
    let foreign = { let mut action = station.sign_off(3, 0); action.station = cordwainer_domain::StationId(Uuid::from_u128(9)); action };
    let judge = {
        let fact = Fact::InspectionPassed { round: 0, results: Vec::new() };
        station.action(fact, Some(factory::pair(3)), None, factory::inspector())
    };
    let release = {
        let fact = Fact::WorkOrderReleased(Box::new(factory::released(9, chrono::DateTime::UNIX_EPOCH)));
        station.action(fact, Some(factory::pair(9)), None, factory::maker())
    };
    let reply = station.push(&[unskilled, unknown, elsewhere, foreign, judge, release]).await.unwrap();
    let problems: Vec<_> = reply.verdicts.iter().map(|verdict| verdict.park_reason.clone().unwrap()).collect();
    let expected = [
        AuthzProblem::SkillMissing { skill: "cutting".into() },
        AuthzProblem::UnknownWorker,
        AuthzProblem::WrongWorkstation,
        AuthzProblem::WrongWorkstation,
        AuthzProblem::PinNeeded,
        AuthzProblem::WrongWorkstation,
    ]
    .map(|problem| ParkReason::Authz { problem });
    assert_eq!(problems, expected, "each is stored, and a supervisor decides");
    world.proven().await;
});

both_engines!(t21_a_worker_of_another_line_is_heard_and_not_believed, world => {
    factory::release(world.store(), [1, 2]).await;
    let line = |id: &str| cordwainer_domain::WorkCentreId::from(id);
    let mut maker = factory::worker(factory::maker(), true);
    maker.work_centres = vec![line("lasting")];
    world.store().put_master(&factory::site(), &[MasterRow::Worker(Box::new(maker.clone()), None)]).await.unwrap();
    let mut station = world.enrol("cut-1").await;
    let reply = station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let problem = AuthzProblem::NotTheirLine { work_centre: line("cutting") };
    let due = ParkReason::Authz { problem };
    assert_eq!(reply.verdicts[0].park_reason, Some(due), "whatever the station let pass, the server asks again");
    maker.work_centres.push(line("cutting"));
    world.store().put_master(&factory::site(), &[MasterRow::Worker(Box::new(maker), None)]).await.unwrap();
    let reply = station.push(&[station.sign_off(2, 0)]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "on an own line it counts");
    world.proven().await;
});

both_engines!(a_revoked_worker_may_not_go_on_but_what_was_done_before_counts, world => {
    factory::release(world.store(), [1, 2]).await;
    let mut station = world.enrol("cut-1").await;
    let before = station.sign_off(1, 0);
    world.clock.advance(TimeDelta::hours(1));
    let revoked = MasterRow::Worker(Box::new(factory::worker(factory::maker(), false)), None);
    world.store().put_master(&factory::site(), &[revoked]).await.unwrap();
    // The station sends an hour later: its monotonic clock says that the scan is an hour old.
    let offer = station.record(&before);
    let mut request = station.request(cordwainer_sync::Hash::START, &[offer]);
    request.clock.mono_ms = before.clock.mono_ms + 3_600_001;
    let reply = station.send(&request).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "it happened before the badge was taken back");
    station.lease = reply.lease;
    world.clock.advance(TimeDelta::minutes(1));
    let reply = station.push(&[station.sign_off(2, 0)]).await.unwrap();
    let revoked = ParkReason::Authz { problem: AuthzProblem::Revoked };
    assert_eq!(reply.verdicts[0].park_reason, Some(revoked), "it happened afterwards, and is stored all the same");
    world.proven().await;
});

both_engines!(an_identifier_used_twice_raises_the_alarm_and_the_first_stands, world => {
    factory::release(world.store(), [1, 2]).await;
    let mut station = world.enrol("cut-1").await;
    let first = station.sign_off(1, 0);
    let mut second = station.sign_off(2, 0);
    second.id = first.id;
    let reply = station.push(&[first.clone(), second]).await.unwrap();
    assert_eq!(reply.verdicts[1].commit_seq, reply.verdicts[0].commit_seq, "the first one's verdict is all there is");
    assert!(reply.verdicts[1].duplicate, "the identifier was taken");
    let open = world.store().open_conflicts(&factory::site()).await.unwrap();
    assert_eq!((open.len(), open[0].action_id), (1, first.id), "a person is called");
    let untouched = world.store().work_order(factory::pair(2)).await.unwrap().unwrap();
    assert!(untouched.jobs[0].sign_off().is_none(), "the second content has no effect");
    let report = world.proven().await;
    assert_eq!(report.actions, 3, "two releases and the first; the other bytes are kept as evidence");
});

both_engines!(a_pin_lets_an_inspector_pass_a_pair_and_the_pair_is_complete, world => {
    factory::release(world.store(), [1]).await;
    for (workstation, place) in [("cut-1", 0), ("close-1", 1), ("last-1", 2)] {
        let mut station = world.enrol(workstation).await;
        station.push(&[station.sign_off(1, place)]).await.unwrap();
    }
    let mut station = world.enrol("judge-1").await;
    let fact = Fact::InspectionPassed { round: 0, results: Vec::new() };
    let mut pass = station.action(fact, Some(factory::pair(1)), Some(factory::job(1, 3)), factory::inspector());
    pass.auth_level = AuthLevel::Pin;
    assert_eq!(station.push(&[pass]).await.unwrap().verdicts[0].status, VerdictStatus::Applied, "badge and PIN");
    let work_order = world.store().work_order_by_code(&factory::site(), &factory::traveller(1)).await.unwrap().unwrap();
    assert!(work_order.is_complete(), "every job is out of the way");
    world.proven().await;
});

both_engines!(two_pairs_never_share_a_traveller, world => {
    factory::release(world.store(), [1]).await;
    let mut released = factory::released(2, chrono::DateTime::UNIX_EPOCH);
    released.code = factory::traveller(1);
    let fact = Fact::WorkOrderReleased(Box::new(released));
    let fact = cordwainer_server::OfficeFact::own(fact, factory::pair(2));
    let fault = world.store().record_office(&factory::site(), &[fact]).await.unwrap_err();
    assert!(fault.to_string().contains("is taken"), "the office is told at once: {fault}");
    assert_eq!(world.proven().await.actions, 1, "nothing of it is stored");
});

both_engines!(a_push_that_does_not_chain_is_refused_whole, world => {
    let mut station = world.enrol("cut-1").await;
    let mut offer = station.record(&station.sign_off(1, 0));
    offer.body.push(' ');
    let (status, problem) = station.push_offers(cordwainer_sync::Hash::START, &[offer]).await.unwrap_err();
    assert_eq!((status, problem.code), (400, ProblemCode::Malformed), "the bytes are not those that were chained");
});
