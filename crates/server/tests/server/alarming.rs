//! What is parked, altered or stuck reaches a person.

use chrono::TimeDelta;
use cordwainer_domain::people::OfficeRole;
use cordwainer_domain::production::{ConflictKind, Fact, ParkReason};
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{AlarmKind, AlarmRow, ProblemCode, PullReply, Table, VerdictStatus};
use cordwainer_server::test_support::factory;
use cordwainer_sync::{BATCH_ACTIONS, Hash};
use serde_json::json;

use crate::world::{World, both_engines};

async fn alarms(world: &World) -> Vec<AlarmKind> {
    world.store().open_alarms(&factory::site()).await.unwrap().into_iter().map(|(_, alarm)| alarm.kind).collect()
}

both_engines!(what_has_waited_for_a_day_becomes_a_conflict_once, world => {
    factory::release(world.store(), [1, 2]).await;
    let (mut closing, mut cutting) = (world.enrol("close-1").await, world.enrol("cut-1").await);
    let scan = closing.action(Fact::ScanUnresolved { code: factory::traveller(9) }, None, None, factory::maker());
    let waiting = closing.push(&[closing.sign_off(1, 1), closing.sign_off(2, 1), scan]).await.unwrap().verdicts;
    world.store().do_what_is_due().await.unwrap();
    assert_eq!(world.store().open_conflicts(&factory::site()).await.unwrap(), [], "they may still heal by themselves");
    cutting.push(&[cutting.sign_off(2, 0)]).await.unwrap();
    world.clock.advance(TimeDelta::hours(25));
    for _ in 0..2 {
        world.store().do_what_is_due().await.unwrap();
        world.clock.advance(TimeDelta::minutes(11));
    }
    let conflicts = world.store().open_conflicts(&factory::site()).await.unwrap();
    assert_eq!(conflicts.len(), 2, "two still wait: {conflicts:?}");
    let about = |place: usize| conflicts.iter().find(|conflict| conflict.action_id == waiting[place].action_id);
    let kinds = [0, 1, 2].map(|place| about(place).map(|conflict| conflict.conflict.clone()));
    let waited = Some(ConflictKind::WaitedTooLong);
    assert_eq!(kinds, [waited.clone(), None, waited], "what still waits, each once; the second has found its predecessor");
    let told = closing.page(None, 5_000).await;
    let told = if told.is_err() { closing.page(None, 5_000).await } else { told }.unwrap().verdicts;
    let first = told.iter().find(|verdict| verdict.action_id == waiting[0].action_id).unwrap();
    assert_eq!(first.status, VerdictStatus::Parked, "it still waits");
    assert_eq!(first.conflict_id, about(0).map(|conflict| conflict.id), "and says which conflict is about it");
    world.proven().await;

    let arrived = cutting.push(&[cutting.sign_off(1, 0)]).await.unwrap();
    assert_eq!(arrived.verdicts[0].status, VerdictStatus::Applied, "the predecessor came after all");
    let work_order = world.store().work_order(factory::pair(1)).await.unwrap().unwrap();
    assert!(work_order.jobs[1].sign_off().is_some(), "and what waited for it counts");
    world.proven().await;
});

both_engines!(bytes_altered_on_a_disk_are_stored_and_a_person_is_called, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let good = station.record(&station.sign_off(1, 0));
    let mut altered = good.clone();
    altered.body = altered.body.replace("\"round\":0", "\"round\":1");
    let (status, problem) = station.push_offers(Hash::START, &[altered.clone()]).await.unwrap_err();
    assert_eq!((status, problem.code), (400, ProblemCode::Malformed), "its links no longer fit its bytes");
    assert_eq!(alarms(&world).await, [AlarmKind::BytesAltered], "which is told at once");
    // The station chains what is on its disk anew, under a new incarnation, with the old signature.
    "e".repeat(32).clone_into(&mut station.incarnation);
    (station.seq, station.chain) = (0, Hash::START);
    let mut again = station.record_bytes(altered.action_id, "job_finished", altered.body);
    (again.sig, again.body_hash) = (good.sig, good.body_hash);
    let reply = station.push_offers(Hash::START, &[again]).await.unwrap();
    assert_eq!(reply.verdicts[0].park_reason, Some(ParkReason::BadSignature), "it is kept as evidence and not believed");
    let next = station.push(&[station.sign_off(1, 0)]).await.unwrap();
    assert_eq!(next.verdicts[0].status, VerdictStatus::Applied, "what comes behind it is not held up");
    let proof = cordwainer_server::verify::verify(world.store()).await.unwrap();
    assert_eq!((proof.actions, proof.parked), (3, 1), "it is stored: {:?}", proof.problems);
});

both_engines!(one_identifier_with_two_contents_is_a_conflict_of_its_own_kind, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let action = station.sign_off(1, 0);
    station.push(std::slice::from_ref(&action)).await.unwrap();
    let other = { let mut other = action.clone(); other.app_version = "another".to_owned(); other };
    let reply = station.push(&[other]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "the first stands");
    let conflicts = world.store().open_conflicts(&factory::site()).await.unwrap();
    assert_eq!(conflicts[0].conflict, ConflictKind::SameIdentifier, "and the second is shown to a person");
});

both_engines!(a_copied_station_is_told_to_those_who_lead_the_floor, world => {
    let mut floor = world.enrol_floor().await;
    let mut station = world.enrol("cut-1").await;
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let mut clone = station.cloned_disk();
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    for _ in 0..3 {
        clone.cloned_disk().push(&[clone.sign_off(1, 0)]).await.unwrap_err();
    }
    let page = floor.pull().await;
    let rows: Vec<AlarmRow> = page
        .changes
        .iter()
        .filter(|change| change.table == Table::Alarm)
        .map(|change| change.row.as_ref().unwrap().read().unwrap())
        .collect();
    assert_eq!((rows.len(), rows[0].kind, rows[0].station_id), (1, AlarmKind::StationForked, Some(station.id)), "once");
    assert_eq!(rows[0].times, 1, "however often it tries within a minute");
    let mut old = world.enrol_floor().await;
    let path = "/sync/v1/pull?limit=5000";
    let page: PullReply = old.get(path).await.unwrap();
    assert!(page.changes.iter().all(|change| change.table != Table::Alarm), "a program that does not know the table is spared it");

    let mut chen = world.person("chen", &[OfficeRole::Supervisor]).await;
    let line = chen.browser.get("/alarms").await.ok()[0].clone();
    let path = format!("/alarms/{}/closing", line["id"].as_str().unwrap());
    assert_eq!(chen.browser.post(&path, &json!({ "reason": "meant" })).await.status, 204, "closed");
    assert_eq!(alarms(&world).await, [], "a person has looked");
    clone.push(&[clone.sign_off(1, 0)]).await.unwrap_err();
    assert_eq!(alarms(&world).await, [AlarmKind::StationForked], "and it is still so");
    world.proven().await;
});

both_engines!(a_flood_of_parked_facts_ends_at_the_quota_and_loses_nothing, world => {
    let mut station = world.enrol("cut-1").await;
    for _ in 0..25 {
        let flood: Vec<_> = (0..BATCH_ACTIONS).map(|_| station.sign_off(7, 0)).collect();
        station.push(&flood).await.unwrap();
    }
    let before = station.chain;
    let offer = station.record(&station.sign_off(7, 0));
    let (status, problem) = station.push_offers(before, std::slice::from_ref(&offer)).await.unwrap_err();
    assert_eq!((status, problem.code), (429, ProblemCode::Busy), "it keeps the rest, and asks again in a minute");
    assert_eq!(alarms(&world).await, [AlarmKind::TooMuchParked], "a person is called");
    factory::release(world.store(), [7]).await;
    let reply = station.push_offers(before, &[offer]).await.unwrap();
    assert_eq!(reply.stored_through, 5_001, "what they waited for came, and the queue moves on");
    world.proven().await;
});

both_engines!(a_station_that_makes_no_progress_is_named, world => {
    let mut station = world.enrol("cut-1").await;
    let path = format!("/sync/v1/pull?protocol={PROTOCOL}&pending=3&oldest_ms=60000");
    let _: PullReply = station.get(&path).await.unwrap();
    world.store().do_what_is_due().await.unwrap();
    assert_eq!(alarms(&world).await, [], "it has just begun to wait");
    for _ in 0..4 {
        world.clock.advance(TimeDelta::minutes(4));
        let _: PullReply = station.get(&path).await.unwrap();
        world.store().do_what_is_due().await.unwrap();
    }
    assert_eq!(alarms(&world).await, [AlarmKind::NoProgress], "it says that actions wait, and none arrives");
    let floor = world.enrol_floor().await.pull().await;
    assert!(floor.stations[0].no_progress_since.is_some(), "those who lead the floor see since when");
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let floor = world.enrol_floor().await.pull().await;
    assert_eq!(floor.stations[0].no_progress_since, None, "it moves again");
});

both_engines!(an_alarm_is_closed_in_the_office_with_a_name_and_a_reason, world => {
    let mut station = world.enrol("cut-1").await;
    let mut floor = world.enrol_floor().await;
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    station.cloned_disk().push(&[station.sign_off(1, 0)]).await.unwrap();
    station.push(&[station.sign_off(1, 0)]).await.unwrap_err();
    let mut chen = world.person("chen", &[OfficeRole::Supervisor]).await;
    let line = chen.browser.get("/alarms").await.ok()[0].clone();
    assert_eq!((&line["kind"], &line["workstation"], &line["times"]), (&json!("station_forked"), &json!("cut-1"), &json!(1)), "what and where");
    assert!(line["closing"].is_null(), "it is open");

    let path = format!("/alarms/{}/closing", line["id"].as_str().unwrap());
    let closing = |note: &str| json!({ "reason": "meant", "note": note });
    for (why, bad) in [("no reason", json!({})), ("a reason that is none", json!({ "reason": "tired" }))] {
        assert_eq!(chen.browser.post(&path, &bad).await.status, 400, "{why}");
    }
    assert_eq!(chen.browser.post(&path, &closing(&"长".repeat(501))).await.status, 413, "no novels");
    assert_eq!(alarms(&world).await.len(), 1, "nothing of that closed it");
    assert_eq!(chen.browser.post(&path, &closing(" the PC was replaced ")).await.status, 204, "closed");
    assert_eq!(chen.browser.post(&path, &closing("")).await.status, 404, "once");

    let line = chen.browser.get("/alarms").await.ok()[0].clone();
    let said = (&line["closing"]["by"], &line["closing"]["reason"], &line["closing"]["note"]);
    assert_eq!(said, (&json!("Somebody"), &json!("meant"), &json!("the PC was replaced")), "who and why");
    let rows: Vec<AlarmRow> = floor
        .pull()
        .await
        .changes
        .into_iter()
        .filter(|change| change.table == Table::Alarm)
        .map(|change| change.row.unwrap().read().unwrap())
        .collect();
    assert!(rows[0].closed_at.is_some(), "and the floor no longer shows it");
    let entries = world.notes("alarm_closed").await;
    assert_eq!(entries.len(), 1, "one entry of the audit chain");
    assert_eq!(entries[0]["by"], chen.account, "with who");
    assert_eq!((&entries[0]["reason"], &entries[0]["note"]), (&json!("meant"), &json!("the PC was replaced")), "and why");
    world.proven().await;
});

both_engines!(a_proof_that_fails_calls_a_person, world => {
    factory::release(world.store(), [1]).await;
    world.store().prove(&factory::site()).await.unwrap();
    assert_eq!(alarms(&world).await, [], "everything adds up");
    world.disarm("verdict").await;
    world.tamper("DELETE FROM verdict").await;
    let proof = world.store().prove(&factory::site()).await.unwrap();
    assert!(!proof.ok, "an action without its verdict");
    assert_eq!(alarms(&world).await, [AlarmKind::ProofFails], "a person is called");
});

both_engines!(a_station_that_remembers_another_history_calls_a_person, world => {
    let mut station = world.enrol("cut-1").await;
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    world.tamper("UPDATE station SET witness_fault = 'the audit chain differs from what this station saw'").await;
    world.store().do_what_is_due().await.unwrap();
    world.clock.advance(TimeDelta::minutes(2));
    world.store().do_what_is_due().await.unwrap();
    assert_eq!(alarms(&world).await, [AlarmKind::HistoryDiffers], "once, until a person closes it");
});
