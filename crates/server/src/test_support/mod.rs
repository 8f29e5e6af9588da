//! What tests need of this crate, here and elsewhere: a private PostgreSQL, a clock that stands still, a small factory.
//!
//! Behind the feature `test-support`; no release carries it.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop at once, saying where")]

pub mod factory;
pub mod office;
pub mod postgres;

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{Clock, from_ms};

/// A clock that moves when it is told to. It begins at noon of 20 November 2026, UTC.
#[derive(Debug)]
pub struct StillClock(AtomicI64);

impl Default for StillClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_795_176_000_000))
    }
}

impl StillClock {
    /// Moves the clock.
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> DateTime<Utc> {
        from_ms(self.0.load(Ordering::SeqCst))
    }
}
