//! How a station sends: in what portions, and how long it waits after a failure.

/// Most actions in one push.
pub const BATCH_ACTIONS: usize = 200;
/// Most bytes of canonical bodies in one push.
pub const BATCH_BYTES: usize = 256 * 1024;

/// How many of the pending actions go into the next push: at least one if there is any, however large it is.
pub fn batch_length(sizes: impl IntoIterator<Item = usize>, most_actions: usize) -> usize {
    let mut bytes = 0;
    sizes
        .into_iter()
        .take(most_actions.clamp(1, BATCH_ACTIONS))
        .enumerate()
        .take_while(|(index, size)| {
            bytes += size;
            *index == 0 || bytes <= BATCH_BYTES
        })
        .count()
}

/// How much to ask of the line at once: halved when a request does not come back in time, doubled when it comes back fast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Portion {
    size: usize,
    most: usize,
}

impl Portion {
    /// A reply within this is fast.
    const FAST_MS: u64 = 2_000;
    /// A reply after this is slow: a little slower still, and it would be cut off.
    const SLOW_MS: u64 = 12_000;

    /// As much as there may be.
    pub const fn full(most: usize) -> Self {
        Self { size: most, most }
    }

    /// A small part of it to begin with: who comes back from an outage is not alone, and whoever is first must not keep the
    /// others waiting. A server that answers fast is soon given all.
    pub const fn careful(most: usize) -> Self {
        Self { size: most.div_ceil(8), most }
    }

    /// How much to ask for now; at least one.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// A reply came after this long.
    pub fn answered(&mut self, after_ms: u64) {
        if after_ms <= Self::FAST_MS {
            self.size = (self.size * 2).min(self.most);
        } else if after_ms > Self::SLOW_MS {
            self.halve(self.size);
        }
    }

    /// `sent` of it were too much, or took too long.
    pub fn halve(&mut self, sent: usize) {
        self.size = (sent / 2).clamp(1, self.most);
    }
}

/// Exponential back-off with full jitter. It never gives up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// First ceiling, milliseconds.
    const FIRST_MS: u64 = 250;
    /// Highest ceiling, milliseconds.
    const CAP_MS: u64 = 60_000;

    /// Counts a failure and says how long to wait, given a random number.
    pub fn failed(&mut self, random: u64) -> std::time::Duration {
        let ceiling = Self::FIRST_MS.saturating_mul(1 << self.failures.min(16)).min(Self::CAP_MS);
        self.failures = self.failures.saturating_add(1);
        std::time::Duration::from_millis(random % (ceiling + 1))
    }

    /// Forgets earlier failures.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}
