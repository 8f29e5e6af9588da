//! Commits of other processes on the same database: a second server, or a command of the operator. Their stations' pokes
//! come from here. The head row is looked at twice a second: one indexed row, on either engine, and a look that is missed
//! costs nothing but the time to the next.

use std::collections::BTreeMap;
use std::time::Duration;

use cordwainer_domain::SiteId;
use tokio::sync::watch::Receiver;

use crate::store::{Store, StoreFault};

const LOOK: Duration = Duration::from_millis(500);

/// Announces what others have committed, until the server stops.
pub(crate) async fn listen(store: Store, mut stopping: Receiver<bool>) {
    let mut seen = BTreeMap::new();
    loop {
        if let Err(fault) = look(&store, &mut seen).await {
            tracing::debug!(%fault, "the heads could not be looked at");
        }
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn look(store: &Store, seen: &mut BTreeMap<SiteId, u64>) -> Result<(), StoreFault> {
    for (site, head) in store.heads().await? {
        let before = seen.insert(site.clone(), head);
        // At the first look there is nothing that anybody could have missed.
        if before.is_some_and(|before| before < head) && store.announced(&site) < head {
            store.announce(&site, head);
        }
    }
    Ok(())
}
