//! Proof: whatever is changed behind the server's back is found.

use cordwainer_protocol::sync::Witness;
use cordwainer_server::test_support::factory;
use cordwainer_server::verify::{Report, verify};
use cordwainer_sync::{Hash, Purpose};

use crate::world::{Engine, World, both_engines};

/// A factory with some history: applied, flagged and parked facts, two stations.
async fn history(world: &World) {
    factory::release(world.store(), [1, 2]).await;
    for _ in 0..2 {
        let mut station = world.enrol("cut-1").await;
        station.push(&[station.sign_off(1, 0), station.sign_off(2, 0)]).await.unwrap();
    }
    let mut station = world.enrol("last-1").await;
    station.push(&[station.sign_off(1, 2)]).await.unwrap();
}

async fn found(world: &World) -> Report {
    verify(world.store()).await.unwrap()
}

both_engines!(a_true_history_adds_up, world => {
    history(&world).await;
    let report = world.proven().await;
    assert_eq!(
        (report.actions, report.applied, report.flagged, report.parked, report.closed),
        (7, 4, 2, 1, 0),
        "two releases, two sign-offs that count, two beside them, one that waits"
    );
    assert_eq!((report.work_orders, report.chain_ok, report.state_ok), (2, true, true), "both pairs were replayed");
});

both_engines!(every_edit_behind_the_servers_back_is_found, world => {
    history(&world).await;
    for table in ["action_log", "submission", "audit", "verdict", "change"] {
        world.disarm(table).await;
    }
    // Each edit, and how to take it back.
    let edits = [
        ("UPDATE job SET standing = 'ready' WHERE standing = 'done' AND position = 0",
         "UPDATE job SET standing = 'done' WHERE standing = 'ready' AND position = 0"),
        ("UPDATE work_order SET complete = NOT complete", "UPDATE work_order SET complete = NOT complete"),
        ("UPDATE work_order SET promise_at = promise_at + 1", "UPDATE work_order SET promise_at = promise_at - 1"),
        ("UPDATE change SET scope = 'wc:elsewhere' WHERE scope = 'floor' AND tbl = 'work_order'",
         "UPDATE change SET scope = 'floor' WHERE scope = 'wc:elsewhere'"),
        ("UPDATE action_log SET worker_id = station_id WHERE worker_id IS NULL",
         "UPDATE action_log SET worker_id = NULL WHERE worker_id = station_id"),
        ("UPDATE action_log SET occurred_at = occurred_at - 60000", "UPDATE action_log SET occurred_at = occurred_at + 60000"),
        ("UPDATE verdict SET status = 'closed' WHERE status = 'parked'", "UPDATE verdict SET status = 'parked' WHERE status = 'closed'"),
        ("UPDATE verdict SET place_in_commit = place_in_commit + 1", "UPDATE verdict SET place_in_commit = place_in_commit - 1"),
        ("UPDATE verdict SET counted_place = counted_place + 7 WHERE counted_place IS NOT NULL",
         "UPDATE verdict SET counted_place = counted_place - 7 WHERE counted_place IS NOT NULL"),
        ("UPDATE verdict SET decided_by = action_id WHERE status = 'parked'",
         "UPDATE verdict SET decided_by = NULL WHERE status = 'parked'"),
        ("UPDATE conflict SET alarm_at = alarm_at + 1", "UPDATE conflict SET alarm_at = alarm_at - 1"),
        ("UPDATE conflict SET alarmed_at = opened_at", "UPDATE conflict SET alarmed_at = NULL"),
        ("UPDATE conflict SET closed_by_action = action_id", "UPDATE conflict SET closed_by_action = NULL"),
        ("UPDATE submission SET seq = seq + 1 WHERE seq = 2", "UPDATE submission SET seq = seq - 1 WHERE seq = 3"),
        ("UPDATE audit SET prev_hash = hash WHERE audit_seq = 3",
         "UPDATE audit SET prev_hash = (SELECT hash FROM audit a WHERE a.site_id = audit.site_id AND a.audit_seq = 2) WHERE audit_seq = 3"),
        ("UPDATE sync_head SET audit_seq = audit_seq + 1", "UPDATE sync_head SET audit_seq = audit_seq - 1"),
    ];
    for (edit, undo) in edits {
        world.tamper(edit).await;
        let report = found(&world).await;
        assert!(!report.is_ok() && !report.problems.is_empty(), "{edit} must be found");
        world.tamper(undo).await;
        world.proven().await;
    }
});

both_engines!(a_cut_tail_is_found, world => {
    history(&world).await;
    world.disarm("audit").await;
    world.tamper("DELETE FROM audit WHERE audit_seq = (SELECT MAX(audit_seq) FROM audit)").await;
    let report = found(&world).await;
    assert!(!report.chain_ok, "the head remembers more than there is");
});

both_engines!(a_deleted_fact_is_found, world => {
    history(&world).await;
    for table in ["action_log", "submission", "verdict"] {
        world.disarm(table).await;
    }
    let parked = "(SELECT action_id FROM verdict WHERE status = 'parked')";
    world.tamper(&format!("DELETE FROM submission WHERE action_id IN {parked}")).await;
    world.tamper("CREATE TABLE gone AS SELECT action_id FROM verdict WHERE status = 'parked'").await;
    world.tamper("DELETE FROM verdict WHERE status = 'parked'").await;
    world.tamper("DELETE FROM action_log WHERE action_id IN (SELECT action_id FROM gone)").await;
    let report = found(&world).await;
    let text = report.problems.join("\n");
    assert!(text.contains("the audit chain tells of this row, and it is gone"), "{text}");
    assert!(text.contains("its chain ends at seq 0, 1 is remembered"), "the station's chain misses it, too: {text}");
    let first = report.first_bad.unwrap();
    assert!(first.audit_seq.is_some() && first.kind == "action", "the first bad entry is named: {first:?}");
});

both_engines!(history_refuses_to_be_changed, world => {
    history(&world).await;
    for statement in [
        "UPDATE action_log SET kind = 'nothing'",
        "DELETE FROM submission",
        "UPDATE audit SET kind = 'nothing'",
        "UPDATE change SET commit_seq = 1 WHERE op = 'put'",
        "UPDATE verdict SET commit_seq = commit_seq + 1000",
    ] {
        assert!(world.try_tamper(statement).await.is_err(), "{statement} must be refused by the database");
    }
    world.proven().await;
});

both_engines!(stations_remember_the_head_of_the_history, world => {
    history(&world).await;
    let mut station = world.enrol("cut-1").await;
    let checkpoint = station.pull().await.audit_checkpoint.unwrap();
    let epoch = world.store().epoch().await.unwrap();
    let signed = format!("{}\n{}\n{epoch}", checkpoint.audit_seq, checkpoint.audit_head);
    let key = world.store().identity().public_key();
    assert!(key.verify(Purpose::Checkpoint, signed.as_bytes(), &checkpoint.sig.parse().unwrap()).is_ok(), "it is signed");
    for (audit_seq, audit_head, fault) in [
        (checkpoint.audit_seq, checkpoint.audit_head.clone(), None),
        (checkpoint.audit_seq, "00".repeat(32), Some("the audit chain differs from what this station saw")),
        (checkpoint.audit_seq + 99, "00".repeat(32), Some("the audit chain is shorter than this station saw")),
    ] {
        let mut request = station.request(Hash::START, &[]);
        request.witnessed = Some(Witness { audit_seq, audit_head, epoch: None, sig: None });
        station.send(&request).await.unwrap();
        let told = world.store().station(station.id).await.unwrap().unwrap().witness_fault;
        assert_eq!(told.as_deref(), fault, "what the station saw is compared with what is here");
    }
});

both_engines!(fifty_audit_appends_at_once_make_one_unforked_chain, world => {
    let store = world.store();
    let codes = (0..50).map(|_| store.make_enrolment_code("cut-1", false));
    let made = futures::future::join_all(codes).await;
    assert!(made.iter().all(Result::is_ok), "all of them get through");
    assert!(world.proven().await.audit_entries >= 50, "one unforked chain");
});

both_engines!(every_table_of_history_refuses_to_be_changed_or_emptied, world => {
    history(&world).await;
    world.store().make_checkpoints().await.unwrap();
    let evidence = "INSERT INTO action_evidence (action_id, body_hash, site_id, station_id, body, sig, received_at) \
                    SELECT action_id, body_hash, site_id, station_id, body, sig, 1 FROM action_log";
    world.tamper(evidence).await;
    for table in ["action_log", "submission", "action_evidence", "audit", "checkpoint"] {
        for statement in [format!("UPDATE {table} SET site_id = site_id"), format!("DELETE FROM {table}")] {
            assert!(world.try_tamper(&statement).await.is_err(), "{statement} must be refused by the database");
        }
        if world.engine == Engine::Postgres {
            let truncate = format!("TRUNCATE {table} CASCADE");
            assert!(world.try_tamper(&truncate).await.is_err(), "{truncate} must be refused by the database");
        }
    }
});

both_engines!(a_checkpoint_is_stored_when_something_changed_and_when_the_server_stops, world => {
    history(&world).await;
    let site = factory::site();
    assert!(world.store().make_checkpoint(&site).await.unwrap(), "there is history that no checkpoint covers");
    assert!(!world.store().make_checkpoint(&site).await.unwrap(), "nothing but the checkpoint itself was added");
    factory::release(world.store(), [3]).await;
    world.proven().await;
    let World { server, config, .. } = &mut world;
    let fresh = cordwainer_server::boot::Server::start(config.clone()).await.unwrap();
    std::mem::replace(server, fresh).shutdown().await;
    assert!(!world.store().make_checkpoint(&site).await.unwrap(), "the server that stopped left the last one");
    for edit in ["UPDATE checkpoint SET at = at + 1", "UPDATE checkpoint SET sig = audit_head", "DELETE FROM checkpoint"] {
        world.disarm("checkpoint").await;
        world.tamper("CREATE TABLE kept AS SELECT * FROM checkpoint").await;
        world.tamper(edit).await;
        assert!(!found(&world).await.is_ok(), "{edit} must be found");
        world.tamper("DELETE FROM checkpoint").await;
        world.tamper("INSERT INTO checkpoint SELECT * FROM kept").await;
        world.tamper("DROP TABLE kept").await;
        world.proven().await;
    }
});

both_engines!(a_chain_that_was_made_anew_is_caught_by_a_kept_checkpoint_and_by_the_stations, world => {
    history(&world).await;
    let mut station = world.enrol("cut-1").await;
    let seen = station.pull().await.audit_checkpoint.unwrap();
    let kept = world.store().checkpoint(&factory::site()).await.unwrap();
    world.disarm("audit").await;
    world.disarm("checkpoint").await;
    rewrite_the_chain(&world).await;
    let report = found(&world).await;
    assert!(report.chain_ok, "the new chain agrees with itself: {:?}", report.problems);

    let report = cordwainer_server::verify::verify_with(world.store(), std::slice::from_ref(&kept)).await.unwrap();
    let first = report.first_bad.clone().unwrap();
    assert_eq!((first.kind, first.audit_seq), ("witness", Some(kept.audit_seq)), "the kept one disagrees: {first}");
    let mut request = station.request(Hash::START, &[]);
    request.witnessed = Some(Witness { audit_seq: seen.audit_seq, audit_head: seen.audit_head, epoch: None, sig: None });
    station.send(&request).await.unwrap();
    let told = world.store().station(station.id).await.unwrap().unwrap().witness_fault;
    assert!(told.is_some(), "and so does the station, at its next word");
    let report = found(&world).await;
    assert_eq!(report.first_bad.unwrap().kind, "station", "which the proof tells from then on");
});

/// What somebody with every right on the database would do: leave the last entry about a sign-off out, make every hash anew,
/// and forget the checkpoints. The server's key lies in the same database, so that the new head can be signed.
async fn rewrite_the_chain(world: &World) {
    let site = factory::site();
    let key_entry = "DELETE FROM audit WHERE kind = 'checkpoint'";
    world.tamper("DELETE FROM checkpoint").await;
    world.tamper(key_entry).await;
    // An entry that nothing else depends on: that a code for enrolment was made.
    world
        .tamper(
            "DELETE FROM audit WHERE audit_seq = (SELECT MIN(audit_seq) FROM audit WHERE kind = 'enrolment_code_made')",
        )
        .await;
    let rows = world.rows("SELECT audit_seq, bytes FROM audit ORDER BY audit_seq").await;
    let (mut chain, mut seq) = (Hash::START, 0);
    for (old, bytes) in rows {
        let hash = cordwainer_sync::link(chain, &bytes);
        seq += 1;
        world
            .tamper(&format!(
                "UPDATE audit SET audit_seq = {seq}, prev_hash = {}, hash = {} WHERE audit_seq = {old}",
                world.literal(chain.as_bytes()),
                world.literal(hash.as_bytes()),
            ))
            .await;
        chain = hash;
    }
    world
        .tamper(&format!(
            "UPDATE sync_head SET audit_seq = {seq}, audit_head = {} WHERE site_id = '{site}'",
            world.literal(chain.as_bytes())
        ))
        .await;
}
