//! A server whose database was put back to an older copy: it is found out, and nothing is lost.

use chrono::TimeDelta;
use cordwainer_domain::production::{ConflictKind, ParkReason};
use cordwainer_protocol::sync::{AlarmKind, ProblemCode, PushRequest, VerdictStatus, Witness};
use cordwainer_server::test_support::factory;
use cordwainer_sync::{Hash, Purpose, SigningKey, checkpoint_bytes};

use crate::station::Station;
use crate::world::{World, both_engines};

/// What a station holds after it has seen the server's newest word.
async fn witness(world: &World, station: &mut Station) -> Witness {
    let seen = station.pull().await.audit_checkpoint.unwrap();
    let epoch = Some(world.store().epoch().await.unwrap());
    Witness { audit_seq: seen.audit_seq, audit_head: seen.audit_head, epoch, sig: Some(seen.sig) }
}

fn testifies(station: &Station, witness: &Witness) -> PushRequest {
    let mut request = station.request(station.chain, &[]);
    request.witnessed = Some(witness.clone());
    request
}

/// The station's outbox after it has heard of another life: everything again, under a new incarnation.
fn begin_again(station: &mut Station, name: char) {
    name.to_string().repeat(32).clone_into(&mut station.incarnation);
    station.lease.clear();
    (station.seq, station.chain) = (0, Hash::START);
}

/// Offers actions of the life that is lived now.
async fn offer(
    station: &mut Station,
    epoch: &str,
    actions: &[cordwainer_domain::production::Action],
) -> Vec<ParkReasonOf> {
    let before = station.chain;
    let offers: Vec<_> = actions.iter().map(|action| station.record(action)).collect();
    let mut request = station.request(before, &offers);
    request.epoch = Some(epoch.to_owned());
    let reply = station.send(&request).await.unwrap();
    station.lease.clone_from(&reply.lease);
    reply.verdicts.into_iter().map(|verdict| (verdict.status, verdict.park_reason)).collect()
}

type ParkReasonOf = (VerdictStatus, Option<ParkReason>);

/// Cuts the audit chain behind the server's back, as an older copy of the database would have it.
async fn put_back(world: &World, to: u64) {
    world.disarm("audit").await;
    world.tamper(&format!("DELETE FROM audit WHERE audit_seq > {to}")).await;
    let head =
        format!("UPDATE sync_head SET audit_seq = {to}, audit_head = (SELECT hash FROM audit WHERE audit_seq = {to})");
    world.tamper(&head).await;
}

both_engines!(a_checkpoint_of_its_own_convicts_a_server_that_forgot, world => {
    let mut station = world.enrol("cut-1").await;
    let early = witness(&world, &mut station).await;
    factory::release(world.store(), [1, 2]).await;
    let seen = witness(&world, &mut station).await;
    let before = world.store().epoch().await.unwrap();
    assert!(station.send(&testifies(&station, &seen)).await.is_ok(), "as long as it remembers, all is well");
    put_back(&world, early.audit_seq).await;

    let liar = SigningKey::from_seed(&[9; 32]);
    let forged = liar.sign(Purpose::Checkpoint, &checkpoint_bytes(seen.audit_seq, &seen.audit_head, &before)).to_string();
    for sig in [None, Some(forged)] {
        let claim = Witness { sig, ..seen.clone() };
        assert!(station.send(&testifies(&station, &claim)).await.is_ok(), "a word that it never signed proves nothing");
    }
    assert_eq!(world.store().epoch().await.unwrap(), before, "one faulty station cannot stop a site");

    let (status, problem) = station.send(&testifies(&station, &seen)).await.unwrap_err();
    let now = world.store().epoch().await.unwrap();
    assert_eq!((status, problem.code), (409, ProblemCode::Epoch), "another life has begun");
    assert_eq!((problem.epoch.as_deref() == Some(now.as_str()), now == before), (true, false), "the station is told which");
    assert!(world.store().judging_pauses().await.unwrap(), "until the stations have offered what they hold");
    let alarms = world.store().open_alarms(&factory::site()).await.unwrap();
    assert!(alarms.iter().any(|(_, alarm)| alarm.kind == AlarmKind::ServerRestored), "a person is called: {alarms:?}");

    let again = station.send(&testifies(&station, &seen)).await;
    assert!(again.is_ok(), "the same word about a life that has ended does not begin a third: {again:?}");
    assert_eq!(world.store().epoch().await.unwrap(), now, "one proof, one life");
});

both_engines!(another_hash_at_a_known_entry_convicts_it_too, world => {
    let mut station = world.enrol("cut-1").await;
    let early = witness(&world, &mut station).await;
    factory::release(world.store(), [1]).await;
    let seen = witness(&world, &mut station).await;
    put_back(&world, early.audit_seq).await;
    // It goes on from the older copy, past what the station has seen.
    for name in ["close-1", "last-1", "judge-1", "cut-1"] {
        world.enrol(name).await;
    }
    let (_, problem) = station.send(&testifies(&station, &seen)).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Epoch, "the entry is there, and it is another one");
});

both_engines!(judging_waits_until_every_station_has_offered_again, world => {
    factory::release(world.store(), [1]).await;
    let (mut one, mut other) = (world.enrol("cut-1").await, world.enrol("cut-1").await);
    let _gone = world.enrol("close-1").await;
    one.pull().await;
    other.pull().await;
    let early = one.sign_off(1, 0);
    let late = { let mut late = other.sign_off(1, 0); late.clock.mono_ms += 500; late };
    let epoch = world.store().begin_epoch().await.unwrap();

    begin_again(&mut other, 'b');
    begin_again(&mut one, 'a');
    let paused = (VerdictStatus::Parked, Some(ParkReason::JudgingPaused));
    assert_eq!(offer(&mut other, &epoch, std::slice::from_ref(&late)).await, std::slice::from_ref(&paused), "stored, not judged");
    world.store().do_what_is_due().await.unwrap();
    assert!(world.store().judging_pauses().await.unwrap(), "the first station has not come back yet");
    assert_eq!(offer(&mut one, &epoch, std::slice::from_ref(&early)).await, [paused], "neither is this");
    world.store().do_what_is_due().await.unwrap();
    assert!(!world.store().judging_pauses().await.unwrap(), "both are back; one that was never heard of is not waited for");
    let work_order = world.store().work_order(factory::pair(1)).await.unwrap().unwrap();
    assert_eq!(work_order.jobs[0].sign_off().unwrap().action, early.id, "whoever was first at the job, not at the server");
    let told = one.page(None, 5_000).await.unwrap().verdicts;
    assert_eq!(told[0].status, VerdictStatus::Applied, "it counts");
    let told = other.page(None, 5_000).await.unwrap().verdicts;
    assert_eq!(told[0].conflict, Some(ConflictKind::SignedTwice { first: early.id }), "the other stands beside it");
    world.proven().await;
});

both_engines!(a_station_that_never_comes_back_delays_judging_for_minutes_only, world => {
    factory::release(world.store(), [1]).await;
    let (mut here, mut away) = (world.enrol("cut-1").await, world.enrol("close-1").await);
    here.pull().await;
    away.pull().await;
    let epoch = world.store().begin_epoch().await.unwrap();
    begin_again(&mut here, 'a');
    let action = here.sign_off(1, 0);
    offer(&mut here, &epoch, &[action]).await;
    world.clock.advance(TimeDelta::minutes(9));
    world.store().do_what_is_due().await.unwrap();
    assert!(world.store().judging_pauses().await.unwrap(), "it may still come");
    world.clock.advance(TimeDelta::minutes(2));
    world.store().do_what_is_due().await.unwrap();
    let report = world.proven().await;
    assert_eq!((report.applied, report.parked), (2, 0), "what was stored meanwhile is judged");
});

both_engines!(a_station_of_the_life_before_is_told_before_it_is_asked_for_places, world => {
    let mut station = world.enrol("cut-1").await;
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let before = world.store().epoch().await.unwrap();
    let epoch = world.store().begin_epoch().await.unwrap();
    let mut request = station.request(station.chain, &[]);
    request.epoch = Some(before);
    let (status, problem) = station.send(&request).await.unwrap_err();
    assert_eq!((status, problem.code, problem.epoch), (409, ProblemCode::Epoch, Some(epoch)), "it offers everything again");
});
