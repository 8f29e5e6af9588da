//! Clocks: the station's own two, and what it knows of the server's.
//!
//! A wall clock may be wrong or jump; the monotonic one cannot, but means nothing after a restart of the machine. So every
//! action carries both, with the boot that the second belongs to and the last known distance to the server's clock.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use cordwainer_channel::Now;
use cordwainer_domain::production::{ClockClass, ClockReading};
use serde::{Deserialize, Serialize};

/// Where a station takes its time from; tests bring their own.
pub trait Clock: Send + Sync {
    /// Wall clock, Unix milliseconds.
    fn wall_ms(&self) -> i64;
    /// Milliseconds since the machine started, sleep included.
    fn mono_ms(&self) -> i64;
    /// Which start of the machine the monotonic clock counts from.
    fn boot_id(&self) -> String;
}

/// The wall clock, as the channel to the server asks for it.
pub(crate) fn now_of(clock: &Arc<dyn Clock>) -> Now {
    let clock = Arc::clone(clock);
    Arc::new(move || DateTime::from_timestamp_millis(clock.wall_ms()).unwrap_or(DateTime::UNIX_EPOCH))
}

/// The clocks of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where a station asks the machine for the time"
    )]
    fn wall_ms(&self) -> i64 {
        Utc::now().timestamp_millis()
    }

    #[cfg(target_os = "linux")]
    fn mono_ms(&self) -> i64 {
        let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        since_boot.tv_sec * 1000 + since_boot.tv_nsec / 1_000_000
    }

    // Elsewhere the count begins with the process, and so does the boot id below: a sleep is then at worst not counted.
    #[cfg(not(target_os = "linux"))]
    fn mono_ms(&self) -> i64 {
        static BEGAN: OnceLock<std::time::Instant> = OnceLock::new();
        i64::try_from(BEGAN.get_or_init(std::time::Instant::now).elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    fn boot_id(&self) -> String {
        static BOOT: OnceLock<String> = OnceLock::new();
        BOOT.get_or_init(|| {
            let told = if cfg!(target_os = "linux") {
                std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default()
            } else {
                String::new()
            };
            let told = told.trim();
            if told.is_empty() { format!("{:032x}", rand::random::<u128>()) } else { told.to_owned() }
        })
        .clone()
    }
}

/// The last comparison with the server's clock.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ServerTime {
    /// What the server's clock said, Unix milliseconds.
    pub server_ms: i64,
    /// What the wall clock here said then.
    pub wall_ms: i64,
    /// What the monotonic clock here said then.
    pub mono_ms: i64,
    /// The boot that it belongs to.
    pub boot_id: String,
}

impl ServerTime {
    /// Compares the server's word with the clocks here.
    pub fn compare(server: DateTime<Utc>, clock: &dyn Clock) -> Self {
        Self {
            server_ms: server.timestamp_millis(),
            wall_ms: clock.wall_ms(),
            mono_ms: clock.mono_ms(),
            boot_id: clock.boot_id(),
        }
    }

    /// Server time minus wall time, milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.server_ms - self.wall_ms
    }
}

/// What goes into an action: both clocks, and how far the wall clock can be trusted.
pub fn read_clock(clock: &dyn Clock, known: Option<&ServerTime>) -> ClockReading {
    let boot_id = clock.boot_id();
    let (wall_ms, mono_ms) = (clock.wall_ms(), clock.mono_ms());
    let (class, offset_ms) = match known {
        None => (ClockClass::Unknown, 0),
        // Within one boot the monotonic clock carries the server's time on, whatever was done to the wall clock since.
        Some(known) if known.boot_id == boot_id => {
            (ClockClass::Synchronised, known.server_ms + (mono_ms - known.mono_ms) - wall_ms)
        }
        // A clock that stands before the server's last word has lost its battery: nothing is known but that it is later.
        Some(known) if wall_ms.saturating_add(known.offset_ms()) < known.server_ms => {
            (ClockClass::Unknown, known.server_ms.saturating_sub(wall_ms))
        }
        Some(known) => (ClockClass::Remembered, known.offset_ms()),
    };
    ClockReading { wall_ms, mono_ms, boot_id, class, offset_ms }
}

/// The instant against which an expiry is judged, Unix milliseconds: never earlier than the server's last word and what has
/// passed since, so that turning the clock back extends nothing.
pub fn expiry_now_ms(clock: &dyn Clock, known: Option<&ServerTime>) -> i64 {
    let wall_ms = clock.wall_ms();
    let Some(known) = known else { return wall_ms };
    let passed_ms = if known.boot_id == clock.boot_id() { (clock.mono_ms() - known.mono_ms).max(0) } else { 0 };
    wall_ms.max(known.server_ms + passed_ms)
}

/// How far the wall clock is off, milliseconds; none where nobody can tell.
pub fn wrong_by_ms(clock: &dyn Clock, known: Option<&ServerTime>) -> Option<i64> {
    let known = known.filter(|known| known.boot_id == clock.boot_id())?;
    let server_ms = known.server_ms.saturating_add(clock.mono_ms().saturating_sub(known.mono_ms));
    Some(clock.wall_ms().saturating_sub(server_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::TestClock;

    const HOUR_MS: i64 = 3_600_000;

    fn known(clock: &TestClock, server_ahead_ms: i64) -> ServerTime {
        let server = DateTime::from_timestamp_millis(clock.wall_ms() + server_ahead_ms).expect("an instant");
        ServerTime::compare(server, clock)
    }

    #[test]
    fn a_jump_of_the_wall_clock_within_a_boot_changes_no_instant() {
        let clock = TestClock::default();
        let known = known(&clock, 5_000);
        clock.pass_ms(1_000);
        let before = read_clock(&clock, Some(&known));
        clock.set_wall_back_ms(HOUR_MS);
        let after = read_clock(&clock, Some(&known));
        assert_eq!(after.class, ClockClass::Synchronised, "the same boot");
        assert_eq!(after.instant(), before.instant(), "the monotonic clock carries the server's time on");
    }

    #[test]
    fn after_a_restart_of_the_machine_the_offset_is_only_remembered() {
        let clock = TestClock::default();
        let known = known(&clock, 5_000);
        clock.reboot();
        let reading = read_clock(&clock, Some(&known));
        assert_eq!((reading.class, reading.offset_ms), (ClockClass::Remembered, 5_000), "drift since is unknown");
        assert_eq!(read_clock(&clock, None).class, ClockClass::Unknown, "never compared");
    }

    #[test]
    fn after_a_restart_a_clock_before_the_servers_last_word_is_not_believed() {
        let clock = TestClock::default();
        let known = known(&clock, 5_000);
        clock.reboot();
        clock.set_wall_ms(0);
        let reading = read_clock(&clock, Some(&known));
        assert_eq!(reading.class, ClockClass::Unknown, "1970 is no time at all");
        assert_eq!(reading.instant().timestamp_millis(), known.server_ms, "but it was not before that");
    }

    #[test]
    fn three_years_ahead_1970_and_an_hour_back_move_no_instant_within_a_boot() {
        let clock = TestClock::default();
        let known = known(&clock, 5_000);
        let (begun_ms, began) = (clock.wall_ms(), read_clock(&clock, Some(&known)).instant());
        for (hours, dial_ms) in (1..).zip([begun_ms + 3 * 365 * 24 * HOUR_MS, 0, begun_ms - HOUR_MS]) {
            clock.pass_ms(HOUR_MS);
            clock.set_wall_ms(dial_ms);
            let reading = read_clock(&clock, Some(&known));
            assert_eq!((reading.instant() - began).num_milliseconds(), hours * HOUR_MS, "the dial says {dial_ms}");
            let wrong_ms = wrong_by_ms(&clock, Some(&known)).expect("can be told");
            assert!(wrong_ms.abs() > HOUR_MS / 2, "and the screen can say that it is wrong: {wrong_ms} ms");
        }
    }

    #[test]
    fn a_night_of_sleep_and_a_change_of_summer_time_are_counted_by_the_clock_that_does_not_stop() {
        let clock = TestClock::default();
        let known = known(&clock, 0);
        let began = read_clock(&clock, Some(&known));
        // Twelve hours with the lid closed; somebody has put the dial an hour on by hand.
        clock.pass_ms(12 * HOUR_MS);
        clock.set_wall_ms(clock.wall_ms() + HOUR_MS);
        let ended = read_clock(&clock, Some(&known));
        assert_eq!((ended.instant() - began.instant()).num_hours(), 12, "what was worked is what passed");
        assert_eq!(ended.mono_ms - began.mono_ms, 12 * HOUR_MS, "and the record can prove it");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_monotonic_clock_counts_from_the_start_of_the_machine_sleep_included() {
        let uptime = std::fs::read_to_string("/proc/uptime").expect("Linux tells");
        let seconds: f64 = uptime.split(' ').next().and_then(|text| text.parse().ok()).expect("a number");
        let counted = SystemClock.mono_ms() as f64 / 1000.0;
        assert!(
            (counted - seconds).abs() < 5.0,
            "{counted} s against {seconds} s: CLOCK_MONOTONIC would leave sleep out"
        );
    }

    #[test]
    fn turning_the_clock_back_extends_no_grant() {
        let clock = TestClock::default();
        let known = known(&clock, 0);
        clock.pass_ms(HOUR_MS);
        let honest = expiry_now_ms(&clock, Some(&known));
        clock.set_wall_back_ms(10 * HOUR_MS);
        assert_eq!(expiry_now_ms(&clock, Some(&known)), honest, "elapsed time counts, not the dial");
        clock.reboot();
        assert!(expiry_now_ms(&clock, Some(&known)) >= known.server_ms, "never before the server's last word");
    }

    #[test]
    fn the_machine_has_a_boot_and_its_clock_does_not_go_back() {
        let clock = SystemClock;
        let (before, boot) = (clock.mono_ms(), clock.boot_id());
        assert!(clock.mono_ms() >= before, "monotonic");
        assert!(!boot.is_empty() && boot == clock.boot_id(), "one boot, one name");
    }
}
