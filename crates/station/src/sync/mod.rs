//! Carrying facts to the server and verdicts back: enrolment, and loops for push, pull and poke that never wait for each
//! other.
//!
//! Every wait has an end, every failure is tried again for ever, and nothing that is not an answer of our own protocol ever
//! counts as one.

mod compare;
mod enrol;
mod http;
mod line;
mod poke;
mod pull;
mod push;
mod rounds;
mod snapshot;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use cordwainer_protocol::Message;
use tokio::runtime::Handle;
use tokio::sync::watch::Sender;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::ids::IdSource;
use crate::store::{PageEffect, StationStore};
use line::Line;

pub use enrol::{EnrolFault, enrol};
pub use http::{CallFault, server_address};
pub use line::Trouble;
pub use pull::Pulled;
pub use push::Pushed;
pub use rounds::Rounds;
pub use wire::{Dial, Wire, WireFault, WireReply, WireRequest};

/// What synchronisation has to tell.
#[derive(Clone, PartialEq, Debug)]
pub enum SyncEvent {
    /// Rows changed.
    Page(PageEffect),
    /// The server has stored and judged actions of ours.
    Pushed,
    /// The server answered, after it had not.
    Online,
    /// The server does not answer; why, in words.
    Offline(Message),
    /// The server does not know this station, or no longer. Everything is kept.
    Revoked,
    /// Something else answers at the server's address.
    OtherServer,
    /// Somebody must compare this station's fingerprint first.
    Unconfirmed,
    /// Somebody has; the station may work.
    Confirmed,
    /// By this machine's clock the server's certificate is not in force, or it is again.
    ClockDoubtful(bool),
    /// The server's database was restored; everything retained is being offered again.
    EpochChanged,
}

/// Runs the loops until it is stopped or dropped.
pub struct SyncHandle {
    line: Arc<Line>,
    stop: Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl SyncHandle {
    /// There is something to send, or the station has just been enrolled.
    pub fn wake_push(&self) {
        self.line.push_wake.notify_one();
    }

    /// There may be something to fetch.
    pub fn wake_pull(&self) {
        self.line.pull_wake.notify_one();
    }

    /// Ends the loops and waits until they have let go of the store.
    pub async fn stop(self) {
        // No receiver left means that the loops have ended already.
        self.stop.send_replace(true);
        for task in self.tasks {
            if let Err(fault) = task.await {
                tracing::error!(%fault, "a sync loop ended badly");
            }
        }
        self.line.let_go().await;
    }
}

/// Starts the loops. Before enrolment they only wait to be woken.
pub fn start(
    store: Arc<StationStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    events: impl Fn(SyncEvent) + Send + Sync + 'static,
    runtime: Handle,
) -> SyncHandle {
    let line = Arc::new(Line::new(store, clock, ids, Box::new(events)));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let watched = |name, run| runtime.spawn(watch::keep_running(name, Arc::clone(&line), stopped.clone(), run));
    let tasks = vec![
        watched("push", |line, pulse| Box::pin(push::run(line, pulse)) as watch::Loop),
        watched("pull", |line, pulse| Box::pin(pull::run(line, pulse)) as watch::Loop),
        watched("poke", |line, pulse| Box::pin(poke::run(line, pulse)) as watch::Loop),
    ];
    SyncHandle { line, stop, tasks }
}
