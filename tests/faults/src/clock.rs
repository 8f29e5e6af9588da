//! Clocks that move when the world says so: one for the server, one for each station, which may be wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Utc};

/// Noon of 20 November 2026, UTC.
pub const BEGINNING_MS: i64 = 1_795_176_000_000;

/// The time of the world; the server's clock shows it.
#[derive(Debug)]
pub struct WorldClock(AtomicI64);

impl Default for WorldClock {
    fn default() -> Self {
        Self(AtomicI64::new(BEGINNING_MS))
    }
}

impl WorldClock {
    /// Time passes.
    pub fn pass_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Now, Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl cordwainer_server::clock::Clock for WorldClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now_ms()).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// A station's clocks: its wall clock may be wrong, its monotonic one begins with each boot.
#[derive(Debug)]
pub struct StationClock {
    world: Arc<WorldClock>,
    name: String,
    ahead_ms: AtomicI64,
    booted_ms: AtomicI64,
    boots: AtomicU64,
}

impl StationClock {
    /// A clock that is right.
    pub fn new(world: &Arc<WorldClock>, name: String) -> Self {
        let booted_ms = AtomicI64::new(world.now_ms());
        Self { world: Arc::clone(world), name, ahead_ms: AtomicI64::new(0), booted_ms, boots: AtomicU64::new(1) }
    }

    /// Somebody sets the wall clock so far ahead of the world's time; behind it, if negative.
    pub fn set_ahead_ms(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::SeqCst);
    }

    /// The machine starts again.
    pub fn reboot(&self) {
        self.boots.fetch_add(1, Ordering::SeqCst);
        self.booted_ms.store(self.world.now_ms(), Ordering::SeqCst);
    }
}

impl cordwainer_station::clock::Clock for StationClock {
    fn wall_ms(&self) -> i64 {
        self.world.now_ms() + self.ahead_ms.load(Ordering::SeqCst)
    }

    fn mono_ms(&self) -> i64 {
        self.world.now_ms() - self.booted_ms.load(Ordering::SeqCst)
    }

    fn boot_id(&self) -> String {
        format!("{}-{}", self.name, self.boots.load(Ordering::SeqCst))
    }
}
