//! The watchdog: a loop that died or stands still is started again, and that is counted.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cordwainer_sync::Backoff;
use tokio::sync::watch::Receiver;
use tokio::task::JoinError;

use super::line::Line;

/// One of the loops.
pub(super) type Loop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Beats once a round.
#[derive(Clone, Default)]
pub(super) struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// Another round begins.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A loop that has not beaten for this long stands still: a request takes half a minute at most, and so does a wait.
const STALLED: Duration = Duration::from_secs(120);
/// How often its pulse is felt.
const FEEL: Duration = Duration::from_secs(10);

/// Runs a loop until told to stop.
pub(super) async fn keep_running(
    name: &'static str,
    line: Arc<Line>,
    mut stopped: Receiver<bool>,
    run: fn(Arc<Line>, Pulse) -> Loop,
) {
    let mut restarts = 0_u32;
    let mut backoff = Backoff::default();
    loop {
        let pulse = Pulse::default();
        let mut task = tokio::spawn(run(Arc::clone(&line), pulse.clone()));
        let why = tokio::select! {
            () = told_to_stop(&mut stopped) => {
                task.abort();
                report(name, (&mut task).await);
                return;
            }
            ended = &mut task => { report(name, ended); "it ended" }
            () = stall(&pulse) => { task.abort(); "it stood still" }
        };
        restarts += 1;
        line.loop_restarts.fetch_add(1, Ordering::Relaxed);
        tracing::error!(name, why, restarts, "a sync loop is started again");
        tokio::select! {
            () = told_to_stop(&mut stopped) => return,
            () = tokio::time::sleep(backoff.failed(line.ids.random_u64())) => {}
        }
    }
}

/// Dropping the handle stops the loops too.
async fn told_to_stop(stopped: &mut Receiver<bool>) {
    while !*stopped.borrow_and_update() {
        if stopped.changed().await.is_err() {
            return;
        }
    }
}

fn report(name: &str, ended: Result<(), JoinError>) {
    if let Err(fault) = ended
        && fault.is_panic()
    {
        tracing::error!(name, %fault, "a sync loop panicked");
    }
}

async fn stall(pulse: &Pulse) {
    let (mut seen, mut since) = (pulse.count(), tokio::time::Instant::now());
    while since.elapsed() < STALLED {
        tokio::time::sleep(FEEL).await;
        if seen != pulse.count() {
            (seen, since) = (pulse.count(), tokio::time::Instant::now());
        }
    }
}
