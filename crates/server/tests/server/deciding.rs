//! What a supervisor's decision does on the server: rows close with who, when and what; verdicts change; everybody is told;
//! and the whole still adds up when it is proven from the bytes.
//!
//! Long because each case of the paper is one story on both engines.

use chrono::TimeDelta;
use cordwainer_domain::people::{AuthLevel, OfficeRole, Role, Worker};
use cordwainer_domain::production::{
    Action, AuthzProblem, ConflictKind, Fact, ParkReason, Resolution, WHOLE_PASS, WorkOrder, WorkOrderLife,
};
use cordwainer_domain::{ActionId, ConflictId, NonconformanceId, WorkerId};
use cordwainer_protocol::sync::{
    ChangeOp, ConflictRow, OpenConflict, OpenParked, ProofRow, PullReply, Table, VerdictStatus,
};
use cordwainer_server::OfficeFact;
use cordwainer_server::store::MasterRow;
use cordwainer_server::test_support::factory;
use serde::de::DeserializeOwned;
use serde_json::json;
use uuid::Uuid;

use crate::station::Station;
use crate::world::{World, both_engines};

fn boss(number: u128) -> WorkerId {
    WorkerId(Uuid::from_u128(40 + number))
}

/// Two supervisors, and a second maker who may do everything.
async fn people(world: &World) {
    let with = |id: WorkerId, roles: &[Role]| {
        let worker = Worker { id, roles: roles.to_vec(), ..factory::worker(id, true) };
        MasterRow::Worker(Box::new(worker), None)
    };
    let rows = [
        with(boss(1), &[Role::Worker, Role::Supervisor, Role::Inspector]),
        with(boss(2), &[Role::Worker, Role::Supervisor, Role::Inspector]),
        with(colleague(), &[Role::Worker]),
    ];
    world.store().put_master(&factory::site(), &rows).await.unwrap();
}

fn colleague() -> WorkerId {
    WorkerId(Uuid::from_u128(50))
}

/// The rows of a table that a page brings.
fn rows<T: DeserializeOwned>(page: &PullReply, table: Table) -> Vec<T> {
    let of = page.changes.iter().filter(|change| change.table == table && change.op == ChangeOp::Put);
    of.map(|change| change.row.as_ref().unwrap().read().unwrap()).collect()
}

fn evicted(page: &PullReply, table: Table) -> Vec<String> {
    let of = page.changes.iter().filter(|change| change.table == table && change.op == ChangeOp::Evict);
    of.map(|change| change.pk.clone()).collect()
}

fn resolve(desk: &Station, by: WorkerId, row: &ConflictRow, resolution: Resolution) -> Action {
    let fact = Fact::ConflictResolved {
        conflict: row.id,
        flagged: row.action_id,
        between: row.conflict.clone(),
        resolution,
        reason: Some("seen_on_floor".to_owned()),
    };
    Action { auth_level: AuthLevel::Pin, ..desk.action(fact, row.work_order_id, row.job_id, by) }
}

fn resolve_parked(desk: &Station, by: WorkerId, open: &OpenParked, resolution: Resolution) -> Action {
    let fact = Fact::ParkedResolved {
        parked: open.fact.action_id,
        waited_for: open.reason.clone(),
        resolution,
        reason: Some("worker_confirmed".to_owned()),
    };
    Action { auth_level: AuthLevel::Pin, ..desk.action(fact, open.work_order_id, open.job_id, by) }
}

async fn pair(world: &World, number: u32) -> WorkOrder {
    world.store().work_order(factory::pair(number)).await.unwrap().unwrap()
}

async fn open(world: &World) -> usize {
    let open = world.store().open_items(&factory::site()).await.unwrap();
    open.conflicts.len() + open.parked.len()
}

fn credited(work_order: &WorkOrder, place: usize) -> Vec<(WorkerId, u16)> {
    let job = work_order.jobs[place].spec.id;
    let credits = work_order.credits().into_iter().filter(|credit| credit.job == job);
    credits.map(|credit| (credit.share.worker.unwrap(), credit.share.per_mille)).collect()
}

/// Two stations sign the cutting of pair 1; the second is flagged.
async fn sign_twice(world: &World) -> (Station, Station, ActionId, ActionId) {
    factory::release(world.store(), [1]).await;
    people(world).await;
    let mut one = world.enrol("cut-1").await;
    let mut other = world.enrol("cut-1").await;
    let (first, mut second) = (one.sign_off(1, 0), other.sign_off(1, 0));
    second.worker = Some(colleague());
    one.push(std::slice::from_ref(&first)).await.unwrap();
    let reply = other.push(std::slice::from_ref(&second)).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Flagged, "two sign-offs of one job");
    (one, other, first.id, second.id)
}

both_engines!(a_conflict_carries_both_facts_to_whoever_leads_the_floor, world => {
    let (one, other, first, second) = sign_twice(&world).await;
    let mut desk = world.enrol_floor().await;
    let page = desk.pull().await;
    let found: Vec<OpenConflict> = rows(&page, Table::Conflict);
    assert_eq!(found.len(), 1, "one item");
    let sides: Vec<_> = found[0].facts.iter().map(|fact| (fact.action_id, fact.station, fact.worker)).collect();
    let expected = [(first, one.id, Some(factory::maker())), (second, other.id, Some(colleague()))];
    assert_eq!(sides, expected, "the one that stands, then the other: who and where");
    assert_eq!(found[0].pair.as_ref().unwrap().number, "WO-1", "the pair in words, also without a network");
    assert!(found[0].facts.iter().all(|fact| fact.fact.is_some()), "with what happened");
    world.proven().await;
});

both_engines!(one_decision_closes_the_conflict_tells_both_stations_and_credits_one, world => {
    let (mut one, mut other, first, second) = sign_twice(&world).await;
    let mut desk = world.enrol_floor().await;
    one.pull().await;
    other.pull().await;
    let found: Vec<OpenConflict> = rows(&desk.pull().await, Table::Conflict);
    let decision = resolve(&desk, boss(1), &found[0].row, Resolution::CreditSecond);
    let reply = desk.push(&[decision]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "the decision stands");
    assert_eq!(open(&world).await, 0, "nothing is open any more");
    assert_eq!(evicted(&desk.pull().await, Table::Conflict), [found[0].row.id.to_string()], "it leaves the list");
    let told = |page: PullReply, id: ActionId| {
        page.verdicts.into_iter().rev().find(|verdict| verdict.action_id == id).map(|verdict| verdict.status)
    };
    assert_eq!(told(one.pull().await, first), Some(VerdictStatus::Closed), "the first no longer counts");
    assert_eq!(told(other.pull().await, second), Some(VerdictStatus::Applied), "the second does");
    assert_eq!(credited(&pair(&world, 1).await, 0), [(colleague(), WHOLE_PASS)], "one worker is paid, once");
    let report = world.proven().await;
    assert_eq!((report.flagged, report.closed), (0, 1), "every fact has its final verdict");
});

both_engines!(of_two_supervisors_the_first_stands_and_the_second_is_a_conflict, world => {
    let (_one, _other, _, _) = sign_twice(&world).await;
    let mut desk = world.enrol_floor().await;
    let mut second_desk = world.enrol_floor().await;
    let found: Vec<OpenConflict> = rows(&desk.pull().await, Table::Conflict);
    second_desk.pull().await;
    let one = resolve(&desk, boss(1), &found[0].row, Resolution::CreditFirst);
    let two = resolve(&second_desk, boss(2), &found[0].row, Resolution::Split);
    desk.push(std::slice::from_ref(&one)).await.unwrap();
    let reply = second_desk.push(&[two]).await.unwrap();
    assert_eq!(reply.verdicts[0].conflict, Some(ConflictKind::ResolvedTwice { first: one.id }), "the second is told");
    assert_eq!(credited(&pair(&world, 1).await, 0), [(factory::maker(), WHOLE_PASS)], "the first stands");
    let again: Vec<OpenConflict> = rows(&desk.pull().await, Table::Conflict);
    assert_eq!(again.len(), 1, "and a person must look at the second");
    let noted = resolve(&desk, boss(1), &again[0].row, Resolution::Acknowledge);
    desk.push(&[noted]).await.unwrap();
    assert_eq!(open(&world).await, 0, "taken note of");
    let report = world.proven().await;
    assert_eq!((report.parked, report.flagged), (0, 0), "everything is judged");
});

both_engines!(work_on_a_cancelled_order_is_kept_and_the_order_may_go_on, world => {
    factory::release(world.store(), [1]).await;
    people(&world).await;
    let mut station = world.enrol("cut-1").await;
    let cancel = Fact::WorkOrderCancelled { reason: "客户取消".to_owned() };
    world.store().record_office(&factory::site(), &[OfficeFact::own(cancel, factory::pair(1))]).await.unwrap();
    let signed = station.sign_off(1, 0);
    let reply = station.push(std::slice::from_ref(&signed)).await.unwrap();
    assert_eq!(reply.verdicts[0].conflict, Some(ConflictKind::OrderClosed), "the station did not know");
    let mut desk = world.enrol_floor().await;
    let page = desk.pull().await;
    let found: Vec<OpenConflict> = rows(&page, Table::Conflict);
    assert!(rows::<WorkOrder>(&page, Table::WorkOrder).is_empty(), "no station holds the pair any more");
    assert_eq!(found[0].pair.as_ref().unwrap().number, "WO-1", "the item shows it all the same");
    desk.push(&[resolve(&desk, boss(1), &found[0].row, Resolution::Reinstate)]).await.unwrap();
    let work_order = pair(&world, 1).await;
    assert_eq!(work_order.life, WorkOrderLife::Open, "the order goes on");
    assert_eq!(work_order.jobs[0].sign_off().unwrap().action, signed.id, "with the work that was done");
    let told = station.pull().await.verdicts;
    assert_eq!(told.last().unwrap().status, VerdictStatus::Applied, "and the worker is told");
    world.proven().await;
});

both_engines!(a_routing_that_was_revised_parks_what_is_gone_and_flags_what_is_left, world => {
    factory::release(world.store(), [1]).await;
    people(&world).await;
    let before = pair(&world, 1).await.version;
    let mut new = factory::released(1, chrono::DateTime::UNIX_EPOCH).jobs[1].clone();
    new.id = factory::job(1, 9);
    let revised = Fact::RoutingRevised { removed: vec![factory::job(1, 1)], added: vec![new], reason: "换工艺".to_owned() };
    world.store().record_office(&factory::site(), &[OfficeFact::own(revised, factory::pair(1))]).await.unwrap();
    let mut cutting = world.enrol("cut-1").await;
    let mut closing = world.enrol("close-1").await;
    let mut still = cutting.sign_off(1, 0);
    still.base_version = Some(before);
    let reply = cutting.push(&[still]).await.unwrap();
    assert_eq!(reply.verdicts[0].conflict, Some(ConflictKind::RoutingRevised), "its job is still there");
    let gone = closing.sign_off(1, 1);
    let reply = closing.push(std::slice::from_ref(&gone)).await.unwrap();
    assert_eq!(reply.verdicts[0].park_reason, Some(ParkReason::JobVoid), "this one is gone");
    let mut desk = world.enrol_floor().await;
    let page = desk.pull().await;
    let (flagged, waiting) = (rows::<OpenConflict>(&page, Table::Conflict), rows::<OpenParked>(&page, Table::Parked));
    assert_eq!((flagged.len(), waiting.len()), (1, 1), "both are for a person");
    let accept = resolve(&desk, boss(1), &flagged[0].row, Resolution::Accept);
    let map = resolve_parked(&desk, boss(1), &waiting[0], Resolution::MapToJob { job: factory::job(1, 9) });
    let reply = desk.push(&[accept, map]).await.unwrap();
    assert!(reply.verdicts.iter().all(|verdict| verdict.status == VerdictStatus::Applied), "both decisions stand");
    let work_order = pair(&world, 1).await;
    let signed = work_order.job(factory::job(1, 9)).unwrap().sign_off().map(|signed| signed.action);
    assert_eq!(signed, Some(gone.id), "the old fact signs the new job");
    assert_eq!(open(&world).await, 0, "nothing is left");
    world.proven().await;
});

both_engines!(a_pass_and_a_failure_of_one_shoe_are_decided_by_a_person, world => {
    factory::release(world.store(), [1]).await;
    people(&world).await;
    for (workstation, place) in [("cut-1", 0), ("close-1", 1), ("last-1", 2)] {
        let mut station = world.enrol(workstation).await;
        station.push(&[station.sign_off(1, place)]).await.unwrap();
    }
    let (mut one, mut other) = (world.enrol("judge-1").await, world.enrol("judge-1").await);
    let judge = |station: &Station, fact: Fact| {
        let action = station.action(fact, Some(factory::pair(1)), Some(factory::job(1, 3)), factory::inspector());
        Action { auth_level: AuthLevel::Pin, ..action }
    };
    let passed = judge(&one, Fact::InspectionPassed { round: 0, results: Vec::new() });
    let finding = serde_json::json!({
        "defect": "stitch.skipped", "severity": "major", "side": "left", "view": "side", "x": 1, "y": 1, "photos": [],
    });
    let failed = judge(&other, Fact::InspectionFailed {
        round: 0,
        nonconformance: NonconformanceId(Uuid::from_u128(77)),
        findings: vec![serde_json::from_value(finding).unwrap()],
        disposition: None,
        results: Vec::new(),
    });
    one.push(std::slice::from_ref(&passed)).await.unwrap();
    let reply = other.push(std::slice::from_ref(&failed)).await.unwrap();
    assert_eq!(reply.verdicts[0].conflict, Some(ConflictKind::PassAndFail { other: passed.id }), "they disagree");
    assert!(!pair(&world, 1).await.is_complete(), "the failure governs meanwhile");
    let mut desk = world.enrol_floor().await;
    let found: Vec<OpenConflict> = rows(&desk.pull().await, Table::Conflict);
    desk.push(&[resolve(&desk, boss(1), &found[0].row, Resolution::PassStands)]).await.unwrap();
    assert!(pair(&world, 1).await.is_complete(), "the pass stands after all");
    let told = other.pull().await.verdicts;
    assert_eq!(told.last().unwrap().status, VerdictStatus::Closed, "whoever failed it is told");
    world.proven().await;
});

both_engines!(a_fact_of_doubtful_authority_waits_for_a_person_and_counts_as_they_say, world => {
    factory::release(world.store(), 1..=3).await;
    people(&world).await;
    let mut station = world.enrol("cut-1").await;
    let unskilled = |pair| {
        let mut action = station.sign_off(pair, 0);
        action.worker = Some(factory::apprentice());
        action
    };
    let facts = [unskilled(1), unskilled(2), unskilled(3)];
    station.push(&facts).await.unwrap();
    let mut desk = world.enrol_floor().await;
    let waiting: Vec<OpenParked> = rows(&desk.pull().await, Table::Parked);
    assert_eq!(waiting.len(), 3, "three wait for a person");
    let of = |place: usize| waiting.iter().find(|open| open.fact.action_id == facts[place].id).unwrap();
    let decisions = [
        resolve_parked(&desk, boss(1), of(0), Resolution::Accept),
        resolve_parked(&desk, boss(1), of(1), Resolution::Reassign { worker: colleague() }),
        resolve_parked(&desk, boss(1), of(2), Resolution::Refuse),
    ];
    desk.push(&decisions).await.unwrap();
    assert_eq!(credited(&pair(&world, 1).await, 0), [(factory::apprentice(), WHOLE_PASS)], "accepted as recorded");
    assert_eq!(credited(&pair(&world, 2).await, 0), [(colleague(), WHOLE_PASS)], "credited to another");
    assert!(credited(&pair(&world, 3).await, 0).is_empty(), "refused");
    assert_eq!(evicted(&desk.pull().await, Table::Parked).len(), 3, "all three leave the list");
    let told: Vec<_> = station.pull().await.verdicts.iter().map(|verdict| verdict.status).collect();
    let expected = [VerdictStatus::Applied, VerdictStatus::Applied, VerdictStatus::Closed];
    assert_eq!(told, expected, "and the worker's station hears of each");
    let report = world.proven().await;
    assert_eq!((report.parked, report.closed), (0, 1), "refused is closed, not gone");
});

both_engines!(a_predecessor_that_never_comes_is_overridden_and_is_heard_when_it_does, world => {
    factory::release(world.store(), [1]).await;
    people(&world).await;
    let mut closing = world.enrol("close-1").await;
    let early = closing.sign_off(1, 1);
    closing.push(std::slice::from_ref(&early)).await.unwrap();
    let mut desk = world.enrol_floor().await;
    assert!(rows::<OpenParked>(&desk.pull().await, Table::Parked).is_empty(), "it heals by itself, as a rule");
    world.clock.advance(TimeDelta::hours(25));
    world.store().raise_age_alarms(&factory::site()).await.unwrap();
    let waiting: Vec<OpenParked> = rows(&desk.pull().await, Table::Parked);
    assert_eq!(waiting[0].fact.action_id, early.id, "after a day it is a person's business");
    desk.push(&[resolve_parked(&desk, boss(1), &waiting[0], Resolution::Accept)]).await.unwrap();
    assert!(pair(&world, 1).await.jobs[1].is_done(), "the supervisor has the pair in hand");
    let mut cutting = world.enrol("cut-1").await;
    let reply = cutting.push(&[cutting.sign_off(1, 0)]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "the late one is heard");
    world.proven().await;
});

both_engines!(bytes_that_nobody_can_read_leave_the_list_only_by_a_refusal, world => {
    people(&world).await;
    let mut station = world.enrol("cut-1").await;
    let before = station.chain;
    let mut forged = station.record(&station.sign_off(1, 0));
    forged.sig = "00".repeat(64);
    station.push_offers(before, std::slice::from_ref(&forged)).await.unwrap();
    let mut desk = world.enrol_floor().await;
    let waiting: Vec<OpenParked> = rows(&desk.pull().await, Table::Parked);
    assert_eq!(waiting[0].reason, ParkReason::BadSignature, "a person is called");
    let accept = resolve_parked(&desk, boss(1), &waiting[0], Resolution::Accept);
    let reply = desk.push(&[accept]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Parked, "nobody can let forged bytes count");
    let refuse = resolve_parked(&desk, boss(1), &waiting[0], Resolution::Refuse);
    let reply = desk.push(&[refuse]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "refusing closes it");
    let told = station.pull().await.verdicts;
    assert_eq!(told.last().unwrap().status, VerdictStatus::Closed, "the bytes are kept and closed");
    world.proven().await;
});

both_engines!(a_decision_by_somebody_without_the_right_waits_like_any_other_fact, world => {
    let (_one, _other, _, _) = sign_twice(&world).await;
    let mut desk = world.enrol_floor().await;
    let found: Vec<OpenConflict> = rows(&desk.pull().await, Table::Conflict);
    let by_worker = resolve(&desk, factory::maker(), &found[0].row, Resolution::CreditFirst);
    let mut by_badge = resolve(&desk, boss(1), &found[0].row, Resolution::CreditFirst);
    by_badge.auth_level = AuthLevel::Badge;
    let reply = desk.push(&[by_worker, by_badge]).await.unwrap();
    let problems: Vec<_> = reply.verdicts.iter().map(|verdict| verdict.park_reason.clone().unwrap()).collect();
    let expected = [AuthzProblem::RoleMissing { role: Role::Supervisor }, AuthzProblem::PinNeeded];
    assert_eq!(problems, expected.map(|problem| ParkReason::Authz { problem }), "neither counts");
    assert_eq!(credited(&pair(&world, 1).await, 0), [(factory::maker(), WHOLE_PASS)], "nothing was decided");
    assert_eq!(open(&world).await, 3, "the conflict, and the two decisions that nobody may make");
    world.proven().await;
});

both_engines!(what_is_open_for_too_long_is_marked_once, world => {
    let (_one, _other, _, _) = sign_twice(&world).await;
    let site = factory::site();
    let raised = |alarms: cordwainer_server::store::AgeAlarms| (alarms.conflicts, alarms.parked);
    assert_eq!(raised(world.store().raise_age_alarms(&site).await.unwrap()), (0, 0), "it is young");
    world.clock.advance(TimeDelta::hours(25));
    let (one, other) = (world.store().raise_age_alarms(&site), world.store().raise_age_alarms(&site));
    let (one, other) = tokio::join!(one, other);
    let marked = raised(one.unwrap()).0 + raised(other.unwrap()).0;
    assert_eq!(marked, 1, "two processes look at once, one of them marks it");
    assert_eq!(raised(world.store().raise_age_alarms(&site).await.unwrap()), (0, 0), "and nobody again");
    world.proven().await;
});

both_engines!(a_proof_fails_when_something_is_gone_and_the_floor_sees_it, world => {
    let (_one, _other, _, second) = sign_twice(&world).await;
    let site = factory::site();
    assert_eq!(world.store().prove_if_due(&site).await.unwrap(), None, "no night has passed yet");
    let made = [world.store().prove(&site).await.unwrap()];
    assert!(made[0].ok, "everything adds up: {:?}", made[0].differs);
    assert_eq!(made[0].stored, made[0].applied + made[0].flagged + made[0].parked + made[0].closed, "the sum");
    let mut desk = world.enrol_floor().await;
    assert_eq!(rows::<ProofRow>(&desk.pull().await, Table::Proof), made, "whoever leads the floor sees it");
    world.tamper(&format!("UPDATE conflict SET closed_at = 1 WHERE action_id = {}", literal(&world, second))).await;
    world.clock.advance(TimeDelta::days(1));
    let proof = world.store().prove(&site).await.unwrap();
    assert!(!proof.ok, "a conflict left the list without a decision");
    let shown: Vec<ProofRow> = rows(&desk.pull().await, Table::Proof);
    assert!(!shown[0].ok && shown[0].differs.iter().any(|what| what.contains("without")), "and it is shown: {shown:?}");
});

fn literal(world: &World, id: ActionId) -> String {
    match world.engine {
        crate::world::Engine::Sqlite => format!("x'{}'", id.0.simple()),
        crate::world::Engine::Postgres => format!("'{id}'"),
    }
}

both_engines!(the_office_sees_the_same_items_and_decides_them_through_its_door, world => {
    let (_one, _other, _, _) = sign_twice(&world).await;
    let mut person = world.person("supervisor", &[OfficeRole::Supervisor]).await;
    let listed = person.browser.get("/conflicts").await;
    assert_eq!((listed.status, listed.body.as_array().unwrap().len()), (200, 1), "one item: {listed:?}");
    let item = &listed.body[0];
    assert_eq!(item["conflict"]["facts"].as_array().unwrap().len(), 2, "both facts side by side");
    let path = format!("/conflicts/{}/resolution", item["conflict"]["id"].as_str().unwrap());
    let without_reason = json!({ "resolution": { "choice": "split" } });
    let said = person.browser.post(&path, &without_reason).await;
    assert_eq!(said.status, 400, "a split asks for a reason: {said:?}");
    let split = json!({ "resolution": { "choice": "split" }, "reason": "paper_record" });
    let said = person.browser.post(&path, &split).await;
    assert_eq!((said.status, &said.body["status"]), (200, &json!("applied")), "a fact like any other: {said:?}");
    let half = WHOLE_PASS / 2;
    let expected = [(factory::maker(), half), (colleague(), half)];
    assert_eq!(credited(&pair(&world, 1).await, 0), expected, "half each");
    assert_eq!(open(&world).await, 0, "and it has left the list");
    world.proven().await;
});

both_engines!(a_decision_about_a_conflict_that_does_not_exist_waits, world => {
    factory::release(world.store(), [1]).await;
    people(&world).await;
    let mut desk = world.enrol_floor().await;
    let nowhere = ConflictRow {
        id: ConflictId(Uuid::nil()),
        conflict: ConflictKind::FinishWithoutStart,
        action_id: ActionId(Uuid::from_u128(9)),
        other_action_id: None,
        work_order_id: Some(factory::pair(1)),
        job_id: Some(factory::job(1, 0)),
        opened_at: chrono::DateTime::UNIX_EPOCH,
        closed_at: None,
    };
    let reply = desk.push(&[resolve(&desk, boss(1), &nowhere, Resolution::Accept)]).await.unwrap();
    assert_eq!(reply.verdicts[0].park_reason, Some(ParkReason::UnknownSubject), "after a restore it may still come");
    world.proven().await;
});
