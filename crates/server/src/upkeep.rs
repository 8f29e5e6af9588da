//! What the server looks after by itself: the age of what waits for a person, and the nightly proof. Each look is harmless
//! to take twice, so any number of server processes on one database may take it.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::store::{Store, StoreFault};

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Looks until the server stops.
pub(crate) async fn run(store: Store, mut stopping: watch::Receiver<bool>) {
    let mut looks = tokio::time::interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
    loop {
        tokio::select! {
            () = stopped(&mut stopping) => return,
            _ = looks.tick() => {}
        }
        if let Err(fault) = look(&store).await {
            tracing::error!(%fault, "the upkeep failed; it will be tried again");
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server's owner is gone, which is a stop as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

async fn look(store: &Store) -> Result<(), StoreFault> {
    for site in store.sites().await? {
        store.raise_age_alarms(&site).await?;
        store.prove_if_due(&site).await?;
    }
    Ok(())
}
