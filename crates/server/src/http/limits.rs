//! How many requests an address or an account may send: a bucket each, in the memory of this process. What must hold across
//! processes, the failures of sign-ins, is counted in the database instead.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// How much one kind of sender may send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// At once.
    pub(crate) burst: u32,
    /// From then on.
    pub(crate) per_second: u32,
}

/// Whoever is not signed in, by address.
pub(crate) const STRANGER: Rate = Rate { burst: 60, per_second: 2 };
/// An account, over all its sessions.
pub(crate) const ACCOUNT: Rate = Rate { burst: 240, per_second: 20 };
/// Buckets that are kept; beyond, full ones are forgotten, and then everybody begins anew.
const BUCKETS_MAX: usize = 10_000;
const MILLI: i64 = 1_000;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Thousandths of a request that are left.
    left: i64,
    at_ms: i64,
    rate: Rate,
}

impl Bucket {
    fn refilled(self, now_ms: i64) -> i64 {
        let gained = (now_ms - self.at_ms).max(0).saturating_mul(i64::from(self.rate.per_second));
        self.left.saturating_add(gained).min(i64::from(self.rate.burst) * MILLI)
    }
}

/// Every bucket.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<String, Bucket>>);

impl Limits {
    /// Takes one request out of a sender's bucket.
    ///
    /// # Errors
    /// The seconds to wait, at least one.
    pub(crate) fn take(&self, sender: &str, rate: Rate, now: DateTime<Utc>) -> Result<(), u64> {
        let now_ms = now.timestamp_millis();
        // A thread that died while it held the lock left whole buckets behind.
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX && !buckets.contains_key(sender) {
            buckets.retain(|_, bucket| bucket.refilled(now_ms) < i64::from(bucket.rate.burst) * MILLI);
            if buckets.len() >= BUCKETS_MAX {
                buckets.clear();
            }
        }
        let full = Bucket { left: i64::from(rate.burst) * MILLI, at_ms: now_ms, rate };
        let bucket = buckets.entry(sender.to_owned()).or_insert(full);
        let left = bucket.refilled(now_ms);
        *bucket = Bucket { left: if left < MILLI { left } else { left - MILLI }, at_ms: now_ms, rate };
        if left >= MILLI {
            return Ok(());
        }
        let missing = u64::try_from(MILLI - left).unwrap_or_default();
        Err(missing.div_ceil(1_000 * u64::from(rate.per_second.max(1))).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS_MAX, Limits, Rate};
    use chrono::{DateTime, TimeDelta};

    const RATE: Rate = Rate { burst: 3, per_second: 1 };

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (limits, now) = (Limits::default(), DateTime::UNIX_EPOCH);
        for _ in 0..3 {
            assert!(limits.take("a", RATE, now).is_ok(), "three at once");
        }
        assert!(limits.take("a", RATE, now).is_err(), "the fourth waits");
        assert!(limits.take("b", RATE, now).is_ok(), "another sender does not");
        assert!(limits.take("a", RATE, now + TimeDelta::milliseconds(999)).is_err(), "not quite a second later");
        assert!(limits.take("a", RATE, now + TimeDelta::milliseconds(1_000)).is_ok(), "one a second");
        assert!(limits.take("a", RATE, now - TimeDelta::hours(1)).is_err(), "a clock that goes back gives nothing");
    }

    #[test]
    fn the_memory_is_bounded() {
        let (limits, now) = (Limits::default(), DateTime::UNIX_EPOCH);
        for sender in 0..=BUCKETS_MAX {
            assert!(limits.take(&sender.to_string(), RATE, now).is_ok(), "each is another sender");
        }
        assert!(limits.0.lock().unwrap().len() <= BUCKETS_MAX, "whoever invents senders fills no memory");
    }
}
