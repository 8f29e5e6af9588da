//! A pair's history as a file that proves itself.

use cordwainer_server::test_support::factory;
use cordwainer_server::trace::{Trace, check};

use crate::world::{World, both_engines};

/// One thing that somebody changes in the file.
type Edit = fn(&mut Trace);

async fn traced(world: &World) -> Trace {
    factory::release(world.store(), [1, 2]).await;
    let mut station = world.enrol("cut-1").await;
    station.push(&[station.sign_off(1, 0), station.sign_off(2, 0)]).await.unwrap();
    let mut lasting = world.enrol("last-1").await;
    lasting.push(&[lasting.sign_off(1, 2)]).await.unwrap();
    world.store().trace("WO-1").await.unwrap()
}

both_engines!(a_pairs_history_is_checked_from_its_file_alone, world => {
    let trace = traced(&world).await;
    let checked = check(&trace);
    assert!(checked.problems.is_empty(), "an honest file: {:?}", checked.problems);
    assert_eq!(checked.actions, 3, "its release and both sign-offs, and nothing of the other pair");
    assert_eq!(checked.server_key, world.store().identity().public_key().to_string(), "the key that stations have pinned");
    let text = serde_json::to_string(&trace).unwrap();
    assert_eq!(check(&serde_json::from_str(&text).unwrap()), checked, "the file is all that is needed");
});

#[tokio::test]
async fn whatever_is_changed_in_the_file_of_a_pair_is_found() {
    let world = World::new(crate::world::Engine::Sqlite).await;
    let honest = traced(&world).await;
    let edits: [(&str, Edit); 9] = [
        ("a body", |trace| trace.actions[1].body = trace.actions[1].body.replace("job_finished", "job_started")),
        ("a signature", |trace| trace.actions[1].sig.replace_range(0..2, "00")),
        ("a key", |trace| trace.actions[1].public_key = trace.actions[0].public_key.clone()),
        ("an action left out", |trace| drop(trace.actions.remove(1))),
        ("an action told elsewhere", |trace| trace.actions[1].audit_seq += 1),
        ("an entry", |trace| trace.chain[2].bytes.push(' ')),
        ("an entry left out", |trace| drop(trace.chain.remove(2))),
        ("the end left out", |trace| drop(trace.chain.pop())),
        ("another head", |trace| trace.head.audit_head.replace_range(0..2, "zz")),
    ];
    for (what, edit) in edits {
        let mut trace = honest.clone();
        edit(&mut trace);
        assert!(!check(&trace).problems.is_empty(), "{what} must be found");
    }
}
