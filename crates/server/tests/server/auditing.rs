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
    assert!(first.audit_seq.is_some() && first.kind == "submission", "the first bad entry is named: {first:?}");
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
    let epoch = world.store().identity().epoch();
    let signed = format!("{}\n{}\n{epoch}", checkpoint.audit_seq, checkpoint.audit_head);
    let key = world.store().identity().public_key();
    assert!(key.verify(Purpose::Checkpoint, signed.as_bytes(), &checkpoint.sig.parse().unwrap()).is_ok(), "it is signed");
    for (audit_seq, audit_head, fault) in [
        (checkpoint.audit_seq, checkpoint.audit_head.clone(), None),
        (checkpoint.audit_seq, "00".repeat(32), Some("the audit chain differs from what this station saw")),
        (checkpoint.audit_seq + 99, "00".repeat(32), Some("the audit chain is shorter than this station saw")),
    ] {
        let mut request = station.request(Hash::START, &[]);
        request.witnessed = Some(Witness { audit_seq, audit_head });
        station.send(&request).await.unwrap();
        let told = world.store().station(station.id).await.unwrap().unwrap().witness_fault;
        assert_eq!(told.as_deref(), fault, "what the station saw is compared with what is here");
    }
});

#[tokio::test]
async fn fifty_audit_appends_at_once_make_one_chain() {
    let world = World::new(Engine::Postgres).await;
    let store = world.store();
    let codes = (0..50).map(|_| store.make_enrolment_code("cut-1", false));
    let made = futures::future::join_all(codes).await;
    assert!(made.iter().all(Result::is_ok), "all of them get through");
    assert!(world.proven().await.audit_entries >= 50, "one unforked chain");
}
