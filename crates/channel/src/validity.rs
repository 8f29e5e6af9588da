//! The dates of a certificate, and what they are worth where clocks are wrong.

use chrono::{DateTime, Utc};

/// From when until when a certificate was issued for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validity {
    /// Its first instant.
    pub not_before: DateTime<Utc>,
    /// Its last instant.
    pub not_after: DateTime<Utc>,
}

/// How a certificate's dates stand to the time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// In force.
    InForce,
    /// This machine's clock says that it is not in force, and nothing else does: the clock is more likely wrong than a server
    /// that holds the right key. Accepted, and told to a person.
    ClockDoubtful,
    /// Ended by the server's own word: what it said the time was is past the end.
    Ended,
}

impl Validity {
    /// Judges by this machine's clock, and by the latest time that the server itself has told, if any: the true time cannot
    /// be before that.
    pub fn standing(&self, wall: DateTime<Utc>, heard: Option<DateTime<Utc>>) -> Standing {
        if heard.is_some_and(|heard| heard > self.not_after) {
            Standing::Ended
        } else if wall < self.not_before || wall > self.not_after {
            Standing::ClockDoubtful
        } else {
            Standing::InForce
        }
    }

    /// The instant within the validity that is nearest to the clock's: where everything but the dates is judged.
    pub(crate) fn nearest(&self, wall: DateTime<Utc>) -> DateTime<Utc> {
        wall.max(self.not_before).min(self.not_after)
    }

    /// Whether less than a quarter of the validity is left.
    pub fn is_nearly_over(&self, now: DateTime<Utc>) -> bool {
        now > self.not_after - (self.not_after - self.not_before) / 4
    }
}

#[cfg(test)]
mod tests {
    use super::{Standing, Validity};
    use chrono::{DateTime, TimeDelta, Utc};

    fn at(days: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_790_000_000_000).unwrap() + TimeDelta::days(days)
    }

    #[test]
    fn a_wrong_clock_is_doubted_before_the_certificate_is() {
        let validity = Validity { not_before: at(0), not_after: at(90) };
        assert_eq!(validity.standing(at(10), None), Standing::InForce, "as it should be");
        assert_eq!(validity.standing(at(-9_000), None), Standing::ClockDoubtful, "a PC in 1970");
        assert_eq!(validity.standing(at(1_000), Some(at(20))), Standing::ClockDoubtful, "a PC three years ahead");
        assert_eq!(validity.standing(at(1_000), Some(at(90))), Standing::ClockDoubtful, "to the last instant");
    }

    #[test]
    fn what_the_server_said_the_time_was_ends_a_certificate_whatever_the_clock_says() {
        let validity = Validity { not_before: at(0), not_after: at(90) };
        assert_eq!(validity.standing(at(10), Some(at(91))), Standing::Ended, "a clock set back revives nothing");
        assert_eq!(validity.standing(at(100), Some(at(91))), Standing::Ended, "nor is a right clock overruled");
    }

    #[test]
    fn the_last_quarter_is_nearly_over() {
        let validity = Validity { not_before: at(0), not_after: at(100) };
        assert!(!validity.is_nearly_over(at(75)), "three quarters are no reason");
        assert!(validity.is_nearly_over(at(76)), "after that, the next one is fetched");
        assert!(validity.is_nearly_over(at(300)), "and long after the end still");
    }
}
