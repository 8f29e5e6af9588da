//! What is due is done by one of several servers: whoever has the lease.

use std::time::Duration;

use chrono::TimeDelta;
use cordwainer_domain::people::OfficeRole;
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

both_engines!(a_night_is_proven_at_three_in_the_morning_by_the_clock_of_the_site, world => {
    factory::release(world.store(), [1]).await;
    world.store().do_what_is_due().await.unwrap();
    // The server's own look at the clock is kept away: this is about the hour.
    world.tamper("UPDATE background_job SET leased_until = 9000000000000").await;
    let proven = async || world.store().prove_if_due(&factory::site()).await.unwrap().is_some();
    // Three o'clock in Shanghai is seven in the evening before, in UTC.
    let now = world.clock.now();
    let hour = now.date_naive().and_hms_opt(19, 0, 0).unwrap().and_utc();
    let hour = if hour > now { hour } else { hour + TimeDelta::days(1) };
    world.clock.advance(hour - now - TimeDelta::seconds(1));
    assert!(!proven().await, "a second before, it is still the same working day");
    world.clock.advance(TimeDelta::seconds(1));
    assert!(proven().await, "and now its night is over");
    assert!(!proven().await, "once");
    world.clock.advance(TimeDelta::hours(23));
    assert!(!proven().await, "not before the next one");
});

both_engines!(sessions_that_say_nothing_any_more_are_forgotten, world => {
    const SESSIONS: &str = "SELECT begun_at, token_hash FROM account_session";
    world.person("chen", &[OfficeRole::Auditor]).await;
    let kept = world.rows(SESSIONS).await.len();
    assert!(kept > 0, "whoever signed in has a session");
    for (days, expected) in [(29, kept), (2, 0)] {
        world.clock.advance(TimeDelta::days(days));
        world.store().do_what_is_due().await.unwrap();
        let sessions = async {
            // The server looks by itself as well, and whichever was first may still be at it.
            while world.rows(SESSIONS).await.len() != expected {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), sessions).await.expect("an address is known for thirty days");
    }
});
