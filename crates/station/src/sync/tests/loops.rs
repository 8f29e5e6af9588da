//! The loops as a whole: woken by work, apart from each other, and started again when they die.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use futures::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::super::line::Trouble;
use super::super::{SyncEvent, SyncHandle, start, watch};
use super::Station;
use super::fake_server::{FakeServer, HTML, Instead};
use crate::clock::Clock;
use crate::fixture::{Desk, TestClock, TestIds, enrolment};
use crate::ids::IdSource;
use crate::store::StationStore;

/// Far more than any of this takes; only a failure waits so long.
const DEADLINE: Duration = Duration::from_secs(20);

struct Running {
    desk: Desk,
    store: Arc<StationStore>,
    handle: SyncHandle,
    events: UnboundedReceiver<SyncEvent>,
}

impl Running {
    fn start(desk: Desk) -> Self {
        let store = Arc::new(desk.open_sound());
        let (sender, events) = unbounded_channel();
        let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(&desk.clock);
        let ids: Arc<dyn IdSource> = Arc::<TestIds>::clone(&desk.ids);
        let tell = move |event| sender.send(event).unwrap_or_default();
        let handle = start(Arc::clone(&store), clock, ids, tell, Handle::current());
        Self { desk, store, handle, events }
    }

    async fn until(&mut self, wanted: impl Fn(&SyncEvent) -> bool) {
        let seen = async {
            while let Some(event) = self.events.recv().await {
                if wanted(&event) {
                    return true;
                }
            }
            false
        };
        assert_eq!(tokio::time::timeout(DEADLINE, seen).await, Ok(true), "the event never came");
    }
}

#[tokio::test]
async fn an_action_is_sent_when_it_is_recorded_and_the_loops_end_when_told() {
    let server = FakeServer::start().await;
    let mut running = Running::start(Desk::new());
    running.store.outbox.save_enrolment(&enrolment(&server.url)).expect("kept");
    running.handle.wake_push();
    running.handle.wake_pull();
    running.until(|event| matches!(event, SyncEvent::Online)).await;
    let recorded = running.desk.record(&running.store, 1);
    running.handle.wake_push();
    running.until(|event| matches!(event, SyncEvent::Pushed)).await;
    assert_eq!(server.kept(|kept| kept.actions.clone()), recorded, "without waiting for the next look");
    let Running { desk, store, handle, .. } = running;
    tokio::time::timeout(DEADLINE, handle.stop()).await.expect("they end");
    drop(store);
    desk.open_sound();
}

#[tokio::test]
async fn the_feed_goes_on_while_pushes_fail() {
    let server = FakeServer::start().await;
    let mut running = Running::start(Desk::new());
    for _ in 0..1_000 {
        server.next("/sync/v1/push", Instead::Before(StatusCode::OK, HTML.to_owned()));
    }
    running.desk.record(&running.store, 1);
    running.store.outbox.save_enrolment(&enrolment(&server.url)).expect("kept");
    running.handle.wake_push();
    running.until(|event| matches!(event, SyncEvent::Offline(_))).await;
    for commit in 1..=3 {
        server.kept(|kept| kept.feed.push((commit, vec![], vec![])));
        running.handle.wake_pull();
        running.until(|event| matches!(event, SyncEvent::Page(effect) if effect.commit_seq == commit)).await;
    }
    assert_eq!(running.store.outbox.unsent().expect("reads").count, 1, "the work is kept meanwhile");
    running.handle.stop().await;
}

#[tokio::test]
async fn a_push_does_not_wait_out_its_failures_once_the_server_answers_again() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    station.desk.record(&station.store, 1);
    server.next("/sync/v1/push", Instead::Before(StatusCode::OK, HTML.to_owned()));
    assert!(super::pushing::push(&station).await.is_err(), "a page of somebody else's");
    assert!(
        station.line.push_wake.notified().now_or_never().is_none(),
        "nothing has changed: the back-off is waited out"
    );
    station.line.round_ended(&Ok::<(), Trouble>(()));
    assert!(
        station.line.push_wake.notified().now_or_never().is_some(),
        "the feed was heard: the push is tried at once"
    );
}

#[tokio::test]
async fn a_loop_that_dies_is_started_again() {
    static LIVES: AtomicU32 = AtomicU32::new(0);
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let watched = watch::keep_running("mortal", Arc::new(station.line), stopped, |line, _| {
        Box::pin(async move {
            assert!(LIVES.fetch_add(1, Ordering::SeqCst) >= 2, "dies on purpose");
            line.pull_wake.notify_one();
            std::future::pending::<()>().await;
        })
    });
    let watched = tokio::spawn(watched);
    let third = async {
        while LIVES.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, third).await.expect("the third life");
    stop.send_replace(true);
    tokio::time::timeout(DEADLINE, watched).await.expect("it ends").expect("in order");
}
