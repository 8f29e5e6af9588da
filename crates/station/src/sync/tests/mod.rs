//! The rounds and loops against a small server that speaks the protocol, and against things that do not.

mod clocks;
mod enrolling;
mod fake_channel;
mod fake_server;
mod loops;
mod pulling;
mod pushing;

use std::sync::{Arc, Mutex, PoisonError};

use super::SyncEvent;
use super::line::Line;
use crate::clock::Clock;
use crate::fixture::{Desk, enrolment};
use crate::ids::IdSource;
use crate::store::StationStore;
use fake_server::FakeServer;

/// A station at a desk, enrolled with a server, whose rounds the test turns by hand.
struct Station {
    desk: Desk,
    store: Arc<StationStore>,
    line: Line,
    told: Arc<Mutex<Vec<SyncEvent>>>,
}

impl Station {
    fn new(server: &FakeServer) -> Self {
        Self::at(Desk::new(), &server.url)
    }

    fn at(desk: Desk, server_url: &str) -> Self {
        let store = Arc::new(desk.open().0);
        if store.outbox.enrolment().expect("reads").is_none() {
            store.outbox.save_enrolment(&enrolment(server_url)).expect("kept");
        }
        let told: Arc<Mutex<Vec<SyncEvent>>> = Arc::default();
        let listener = Arc::clone(&told);
        let events = move |event| listener.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        let clock: Arc<dyn Clock> = Arc::<crate::fixture::TestClock>::clone(&desk.clock);
        let ids: Arc<dyn IdSource> = Arc::<crate::fixture::TestIds>::clone(&desk.ids);
        let line = Line::new(Arc::clone(&store), clock, ids, Box::new(events));
        Self { desk, store, line, told }
    }

    /// What was told since the last time.
    fn told(&self) -> Vec<SyncEvent> {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn unsent(&self) -> u64 {
        self.store.outbox.unsent().expect("reads").count
    }
}
