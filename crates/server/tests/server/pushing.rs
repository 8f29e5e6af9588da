//! Push: stored once, in order, whatever the network does.

use chrono::TimeDelta;
use cordwainer_protocol::sync::{AlarmKind, OutboxExport, PinTally, ProblemCode, VerdictStatus};
use cordwainer_server::RetireFault;
use cordwainer_server::test_support::factory;
use cordwainer_sync::{BATCH_ACTIONS, Hash};

use crate::world::both_engines;

both_engines!(the_same_push_twice_gets_the_original_verdicts, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let offer = station.record(&station.sign_off(1, 0));
    let request = station.request(Hash::START, std::slice::from_ref(&offer));
    let first = station.send(&request).await.unwrap();
    assert_eq!(first.verdicts[0].status, VerdictStatus::Applied, "the first job of the pair may begin");
    assert!(!first.verdicts[0].duplicate, "it is new");
    let second = station.send(&request).await.unwrap();
    assert!(second.verdicts[0].duplicate, "the reply was lost, and the push came again");
    assert_eq!(second.verdicts[0].commit_seq, first.verdicts[0].commit_seq, "the original verdict");
    assert_eq!(second.lease, first.lease, "whoever lost the reply is handed the current lease");
    assert_eq!(second.stored_through, 1, "nothing was stored again");
    station.lease.clone_from(&second.lease);
    let third = station.push(&[station.sign_off(1, 0)]).await.unwrap();
    assert_eq!(third.stored_through, 2, "the station goes on");
    world.proven().await;
});

both_engines!(a_gap_is_refused_with_the_number_that_is_due, world => {
    let mut station = world.enrol("cut-1").await;
    station.record(&station.sign_off(1, 0));
    let before = station.chain;
    let second = station.record(&station.sign_off(1, 0));
    let (status, problem) = station.push_offers(before, &[second]).await.unwrap_err();
    assert_eq!((status, problem.code, problem.expected_seq), (409, ProblemCode::Gap, Some(1)), "seq 1 never came");
    assert_eq!(world.proven().await.actions, 0, "nothing of it is stored");
});

both_engines!(a_clone_that_goes_on_with_an_old_lease_is_a_fork, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let mut clone = station.cloned_disk();
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    // Same place, other content.
    let (status, problem) = clone.push(&[clone.sign_off(1, 0)]).await.unwrap_err();
    assert_eq!((status, problem.code), (409, ProblemCode::Fork), "another history at a known place");
    assert_eq!(problem.last_seq, Some(2), "the station learns how far the server's memory goes");
    assert_eq!(problem.chain_hash, Some(station.chain.to_string()), "and which history it is");
    // An unseen place on top of the true history, by somebody without the current lease.
    let mut restored = station.cloned_disk();
    "00".repeat(16).clone_into(&mut restored.lease);
    let (_, problem) = restored.push(&[restored.sign_off(1, 0)]).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Fork, "a stale lease with something new");
    assert_eq!(world.proven().await.actions, 3, "the release and two pushes");
});

both_engines!(after_a_fork_a_new_incarnation_offers_everything_again, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let action = station.sign_off(1, 0);
    let first = station.push(std::slice::from_ref(&action)).await.unwrap();
    let old = station.cloned_disk();
    "f".repeat(32).clone_into(&mut station.incarnation);
    station.lease.clear();
    (station.seq, station.chain) = (0, Hash::START);
    let mut again = station.record(&action);
    again.fork_of = Some(old.incarnation.clone());
    let reply = station.push_offers(Hash::START, &[again]).await.unwrap();
    assert!(reply.verdicts[0].duplicate, "the server held it");
    assert_eq!(reply.verdicts[0].commit_seq, first.verdicts[0].commit_seq, "its verdict stands");
    let mut dead = old;
    let (_, problem) = dead.push(&[dead.sign_off(1, 0)]).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Fork, "a frozen incarnation never pushes again");
    world.proven().await;
});

both_engines!(two_deliveries_of_one_push_store_it_once, world => {
    factory::release(world.store(), 1..=20).await;
    let mut station = world.enrol("cut-1").await;
    let offers: Vec<_> = (1..=20).map(|pair| { let action = station.sign_off(pair, 0); station.record(&action) }).collect();
    let request = station.request(Hash::START, &offers);
    let (one, other) = tokio::join!(station.send(&request), station.send(&request));
    let (one, other) = (one.unwrap(), other.unwrap());
    let duplicates = one.verdicts.iter().chain(&other.verdicts).filter(|verdict| verdict.duplicate).count();
    assert_eq!(duplicates, 20, "one of the two stored, the other was told so");
    let places = |reply: &cordwainer_protocol::sync::PushReply| {
        reply.verdicts.iter().map(|verdict| (verdict.action_id, verdict.commit_seq)).collect::<Vec<_>>()
    };
    assert_eq!(places(&one), places(&other), "both got the same verdicts");
    assert_eq!(world.proven().await.actions, 40, "twenty releases, twenty sign-offs");
});

both_engines!(stations_that_push_at_once_all_get_their_verdicts, world => {
    factory::release(world.store(), 1..=10).await;
    let mut stations = Vec::new();
    for _ in 0..6 {
        stations.push(world.enrol("cut-1").await);
    }
    let pushes = stations.iter_mut().map(|station| {
        // Every station signs every pair off, each in another order of pairs.
        let actions: Vec<_> = (1..=10).map(|pair| station.sign_off(pair, 0)).collect();
        async move { station.push(&actions).await.unwrap() }
    });
    let replies = futures::future::join_all(pushes).await;
    let applied = replies.iter().flat_map(|reply| &reply.verdicts).filter(|v| v.status == VerdictStatus::Applied).count();
    assert_eq!(applied, 10, "each job is signed off once, whoever was first");
    let report = world.proven().await;
    assert_eq!((report.applied, report.flagged), (20, 50), "the other fifty are kept beside them");
});

both_engines!(more_than_one_push_may_carry_is_sent_back, world => {
    let mut station = world.enrol("cut-1").await;
    let offers: Vec<_> = (0..=BATCH_ACTIONS).map(|_| { let action = station.sign_off(1, 0); station.record(&action) }).collect();
    let (status, problem) = station.push_offers(Hash::START, &offers).await.unwrap_err();
    assert_eq!((status, problem.code), (413, ProblemCode::TooLarge), "the station halves its batch");
    let reply = station.push_offers(Hash::START, &offers[..BATCH_ACTIONS]).await.unwrap();
    assert_eq!(reply.stored_through, BATCH_ACTIONS as u64, "the limit itself is within");
});

both_engines!(what_a_push_brings_no_longer_waits_at_the_station, world => {
    let mut station = world.enrol("cut-1").await;
    let offers: Vec<_> = (0..2).map(|_| { let action = station.sign_off(1, 0); station.record(&action) }).collect();
    let mut request = station.request(Hash::START, &offers);
    (request.outbox_depth, request.oldest_pending_age_ms) = (2, 5_000);
    station.send(&request).await.unwrap();
    let stations = world.store().stations(&factory::site()).await.unwrap();
    let waiting = (stations[0].outbox_depth, stations[0].oldest_pending_age_ms);
    assert_eq!(waiting, (0, 0), "or the board would call every busy station behind");
});

both_engines!(an_empty_push_reports_and_changes_nothing, world => {
    let mut station = world.enrol("cut-1").await;
    let mut request = station.request(Hash::START, &[]);
    request.outbox_depth = 7;
    let before = station.pull().await.head;
    let reply = station.send(&request).await.unwrap();
    assert_eq!((reply.head, reply.stored_through), (before, 0), "no commit moved the feed");
    let stations = world.store().stations(&factory::site()).await.unwrap();
    assert_eq!(stations[0].outbox_depth, 7, "but the server knows how much waits there");
});

both_engines!(wrong_pins_are_heard_once_written_into_the_audit_chain_and_many_call_a_person, world => {
    let mut station = world.enrol("cut-1").await;
    let audited = world.proven().await.audit_entries;
    let tell = |wrong| vec![PinTally { worker_id: factory::maker(), wrong }];
    for (wrong, expected) in [(3, 3), (3, 3), (2, 3), (9, 9)] {
        let mut request = station.request(Hash::START, &[]);
        request.pin_tries = tell(wrong);
        // Nothing else waits: the push is empty, and the lease stays.
        station.lease = station.send(&request).await.unwrap().lease;
        let heard = world.store().pin_tries(station.id).await.unwrap();
        assert_eq!(heard, tell(expected), "the count only grows");
    }
    assert_eq!(world.proven().await.audit_entries, audited + 2, "two pieces of news, and no repetition");
    for (wrong, alarms) in [(10, 1), (12, 1), (19, 1), (25, 2)] {
        world.clock.advance(TimeDelta::minutes(2));
        let mut request = station.request(Hash::START, &[]);
        request.pin_tries = tell(wrong);
        station.lease = station.send(&request).await.unwrap().lease;
        let open = world.store().open_alarms(&factory::site()).await.unwrap();
        let [(_, alarm)] = open.as_slice() else { panic!("one alarm for one station: {open:?}") };
        assert_eq!((alarm.kind, alarm.station_id), (AlarmKind::PinsTried, Some(station.id)), "{wrong} wrong PINs");
        assert_eq!(alarm.times, alarms, "every ten of one worker raise it again: {wrong}");
    }
});

both_engines!(a_station_is_retired_with_what_it_had_not_sent_and_nobody_speaks_in_its_name_again, world => {
    factory::release(world.store(), [1, 2]).await;
    let mut station = world.enrol("cut-1").await;
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let before = station.chain;
    let late = station.record(&station.sign_off(2, 0));
    let push = station.request(before, std::slice::from_ref(&late));
    let export = OutboxExport { station_id: station.id, public_key: station.public_key().to_string(), pushes: vec![push] };
    world.tamper("UPDATE station SET outbox_depth = 1").await;
    let refused = world.store().retire_station(station.id, None, false).await;
    assert!(matches!(refused, Err(RetireFault::StillWaiting(1))), "it said that one waits: {refused:?}");
    let other = OutboxExport { public_key: "00".repeat(32), ..export.clone() };
    let refused = world.store().retire_station(station.id, Some(&other), false).await;
    assert!(matches!(refused, Err(RetireFault::NotItsFile)), "another key: {refused:?}");
    let retired = world.store().retire_station(station.id, Some(&export), false).await.unwrap();
    assert_eq!((retired.stored, retired.given_up), (1, 0), "the file brought it");
    let (status, problem) = station.push(&[station.sign_off(2, 1)]).await.unwrap_err();
    assert_eq!((status, problem.code), (401, ProblemCode::Unauthorised), "the old PC is no station any more");
    assert_eq!(world.proven().await.actions, 4, "two releases, the push, and the file");
});
