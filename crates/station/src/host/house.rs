//! What is done once in a while beside the work: see [`StationStore::keep_house`].

use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::store::StationStore;

/// How often. What is due once a day looks for itself whether it is.
const EVERY_MS: i64 = 3_600_000;

#[derive(Default)]
pub(super) struct House {
    keeping: Option<JoinHandle<()>>,
    next_mono_ms: i64,
}

impl House {
    /// Keeps house in another thread, if it is time and nobody does.
    pub fn keep(&mut self, store: &Arc<StationStore>, clock: &Arc<dyn Clock>) {
        let now_mono_ms = clock.mono_ms();
        let is_busy = self.keeping.as_ref().is_some_and(|keeping| !keeping.is_finished());
        if is_busy || now_mono_ms < self.next_mono_ms {
            return;
        }
        self.next_mono_ms = now_mono_ms + EVERY_MS;
        let (store, clock) = (Arc::clone(store), Arc::clone(clock));
        self.keeping = Some(tokio::task::spawn_blocking(move || {
            if let Err(fault) = store.keep_house(clock.as_ref()) {
                tracing::error!(%fault, "old records, the daily copy or the reserve must wait");
            }
        }));
    }

    /// Waits until nobody keeps it any more: whoever does holds the stores.
    pub async fn leave(&mut self) {
        if let Some(keeping) = self.keeping.take()
            && keeping.await.is_err()
        {
            tracing::error!("the house was kept badly");
        }
    }
}
