//! A row in the cache that brings the program down.

use std::sync::{Arc, OnceLock, Weak};

use cordwainer_protocol::station::{Command, Mode, RpcReply};

use super::factory::{page, pair};
use super::shop::Shop;
use crate::clock::Clock;
use crate::engine::{About, Engine, Input, StationHandle};
use crate::store::StationStore;

const TICKS: usize = 6;

/// A clock that panics as long as the cache holds the rows that are poison.
struct Poisoned {
    clock: Arc<crate::fixture::TestClock>,
    store: OnceLock<Weak<StationStore>>,
}

impl Clock for Poisoned {
    fn wall_ms(&self) -> i64 {
        self.clock.wall_ms()
    }

    // What the engine asks for at every tick.
    fn mono_ms(&self) -> i64 {
        let store = self.store.get().and_then(Weak::upgrade);
        let poisoned = store.is_some_and(|store| !store.cache.image().expect("reads").work_orders.is_empty());
        assert!(!poisoned, "this is the panic that the test is about");
        self.clock.mono_ms()
    }

    fn boot_id(&self) -> String {
        self.clock.boot_id()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_two_panics_over_the_cache_it_begins_again_and_the_outbox_is_untouched() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(super::factory::WANG);
    let before = shop.recorded();
    let Shop { desk, store, engine, .. } = shop;
    drop(engine);
    let clock = Arc::new(Poisoned { clock: desk.clock.clone(), store: OnceLock::new() });
    let about = About { mode: Mode::Joined, app_version: "0".to_owned(), data_folder: desk.folder.path().to_owned() };
    let engine = Engine::new(Arc::clone(&store), clock.clone(), desk.ids.clone(), about).expect("begins");
    clock.store.set(Arc::downgrade(&store)).expect("once");
    let (handle, thread) = StationHandle::start(engine, drop).expect("a thread");
    for _ in 0..TICKS {
        handle.tell(Input::Tick).await;
    }
    let Ok(RpcReply::State(state)) = handle.call(Command::GetState {}).await else { panic!("the station is down") };
    assert_eq!(state.mode, Mode::Joined, "it runs, without anybody having restarted it");
    assert!(store.cache.image().expect("reads").work_orders.is_empty(), "the poison is gone from the cache");
    let kept = std::fs::read_dir(desk.folder.path()).expect("a folder");
    let is_kept =
        kept.filter_map(Result::ok).any(|entry| entry.file_name().to_string_lossy().contains("cache.db.damaged"));
    assert!(is_kept, "and is kept for whoever mends the program");
    assert_eq!(store.outbox.overlay(0).expect("reads").len(), before.len(), "what was recorded is untouched");
    store
        .cache
        .apply_page(&page(&[pair(1)], 10, true), &std::collections::HashSet::new())
        .expect("the cache is usable");
    handle.stop().await;
    thread.join().expect("it ended in order");
}

#[test]
fn a_program_that_came_down_twice_while_it_read_the_cache_begins_with_another_one() {
    let desk = crate::fixture::Desk::new();
    let store = desk.open_sound();
    store.cache.apply_page(&page(&[pair(1)], 10, true), &std::collections::HashSet::new()).expect("a page");
    let recorded = desk.record(&store, 2);
    drop(store);
    let strikes = desk.folder.path().join("cache.strikes");
    assert!(!strikes.exists(), "an orderly start and end is no strike");
    // As the program leaves it when it dies while it reads.
    std::fs::write(&strikes, [1]).expect("written");
    let (store, report) = desk.open();
    assert_eq!(report.recoveries, [], "once may be chance");
    assert_eq!(store.cache.image().expect("reads").work_orders.len(), 1, "so the rows stay");
    drop(store);
    std::fs::write(&strikes, [2]).expect("written");
    let (store, report) = desk.open();
    assert!(
        matches!(&report.recoveries[..], [crate::store::Recovery::CacheRebuilt { aside }] if aside.exists()),
        "twice is not: {report:?}"
    );
    assert!(store.cache.image().expect("reads").work_orders.is_empty(), "everything is asked for again");
    assert!(store.outbox.outcome(recorded[1]).expect("reads").is_some(), "and the outbox is untouched");
    drop(store);
    assert!(!strikes.exists(), "the new cache has no strikes");
    desk.open_sound();
}
