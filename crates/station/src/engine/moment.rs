//! When something was read, by both clocks of the station.

use crate::clock::Clock;

/// An instant as the station's clocks told it. A scan keeps the moment at which its last byte came, however long the
/// screen took afterwards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Wall clock, Unix milliseconds.
    pub wall_ms: i64,
    /// Monotonic clock since boot, milliseconds.
    pub mono_ms: i64,
}

impl Moment {
    /// This instant.
    pub fn now(clock: &dyn Clock) -> Self {
        Self { wall_ms: clock.wall_ms(), mono_ms: clock.mono_ms() }
    }

    /// The moment that was `age_ms` before this one.
    #[must_use]
    pub const fn earlier_by(self, age_ms: i64) -> Self {
        Self { wall_ms: self.wall_ms - age_ms, mono_ms: self.mono_ms - age_ms }
    }
}
