//! What is due is done by one of several servers: whoever has the lease.

use std::time::Duration;

use chrono::TimeDelta;
use cordwainer_server::boot::Server;
use cordwainer_server::clock::Clock;
use cordwainer_server::test_support::factory;

use crate::world::{World, both_engines};

const PROOFS: &str = "SELECT proved_at, hash FROM proof, (SELECT hash FROM audit LIMIT 1) AS any_bytes";

async fn proofs(world: &World) -> usize {
    world.rows(PROOFS).await.len()
}

both_engines!(two_servers_do_not_both_make_the_nightly_proof, world => {
    factory::release(world.store(), [1]).await;
    let other = Server::start(world.config.clone()).await.unwrap();
    world.store().do_what_is_due().await.unwrap();
    assert_eq!(proofs(&world).await, 0, "no night has passed yet");

    // A third server has begun, and dies at it.
    let until = world.clock.now() + TimeDelta::days(1) + TimeDelta::minutes(2);
    let held = format!("UPDATE background_job SET due_at = 0, leased_until = {}", until.timestamp_millis());
    world.tamper(&held).await;
    world.clock.advance(TimeDelta::days(1));
    for store in [world.store(), &other.store] {
        store.do_what_is_due().await.unwrap();
    }
    assert_eq!(proofs(&world).await, 0, "what another server has begun is left to it");

    world.clock.advance(TimeDelta::minutes(3));
    let (one, two) = tokio::join!(world.store().do_what_is_due(), other.store.do_what_is_due());
    one.unwrap();
    two.unwrap();
    // Both look by themselves as well: whichever of the four was first may still be at it.
    let made = async {
        while proofs(&world).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), made).await.expect("its lease runs out, and the night is proven");
    assert_eq!(proofs(&world).await, 1, "once");
    other.shutdown().await;
    world.proven().await;
});
