//! Shift calendars: which instants are working time, and where a stretch of work ends.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::LocalText;

/// How far ahead a stretch of work is followed before the calendar is called empty, in days.
const HORIZON_DAYS: u64 = 730;

/// One stretch of working time on given weekdays; a break is the gap between two of them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Shift {
    /// Name.
    pub name: LocalText,
    /// ISO weekdays, Monday is 1.
    pub weekdays: Vec<u8>,
    /// Local start, `08:00`.
    #[serde(with = "clock_time")]
    pub start: NaiveTime,
    /// Local end, later the same day; midnight is the end of the day, written `24:00`.
    #[serde(with = "closing_time")]
    pub end: NaiveTime,
}

/// When a site works.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA name of the site's time zone.
    pub time_zone: Tz,
    /// Stretches of working time.
    pub shifts: Vec<Shift>,
    /// Days without work.
    #[serde(default)]
    pub holidays: Vec<NaiveDate>,
}

/// Why a calendar cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CalendarFault {
    /// There is no shift at all.
    #[error("the calendar has no shift; add at least one [[shift]] with weekdays, start and end")]
    NoShift,
    /// A shift ends before it starts.
    #[error("shift {0} ends before it starts; a night shift is written as two shifts, one to 24:00 and one from 00:00")]
    EndsBeforeStart(usize),
    /// A weekday is not 1–7.
    #[error("shift {0} names a weekday outside 1 (Monday) to 7 (Sunday)")]
    Weekday(usize),
}

impl Calendar {
    /// Checks what a factory wrote.
    ///
    /// # Errors
    /// The first [`CalendarFault`] found.
    pub fn check(&self) -> Result<(), CalendarFault> {
        if self.shifts.is_empty() {
            return Err(CalendarFault::NoShift);
        }
        for (index, shift) in self.shifts.iter().enumerate() {
            if shift.end <= shift.start && shift.end != NaiveTime::MIN {
                return Err(CalendarFault::EndsBeforeStart(index + 1));
            }
            if shift.weekdays.is_empty() || shift.weekdays.iter().any(|day| !(1..=7).contains(day)) {
                return Err(CalendarFault::Weekday(index + 1));
            }
        }
        Ok(())
    }

    /// The instant at which `work_s` seconds of working time, begun at `from`, are over.
    ///
    /// `None` if the calendar has no such time within two years. No work ends at `from`, whether or not that is in a shift.
    pub fn after_work(&self, from: DateTime<Utc>, work_s: u64) -> Option<DateTime<Utc>> {
        if work_s == 0 {
            return Some(from);
        }
        let mut left = TimeDelta::try_seconds(i64::try_from(work_s).ok()?)?;
        let first_day = from.with_timezone(&self.time_zone).date_naive();
        for offset in 0..HORIZON_DAYS {
            for (start, end) in self.stretches(first_day.checked_add_days(Days::new(offset))?) {
                let start = start.max(from);
                if end <= start {
                    continue;
                }
                if end - start >= left {
                    return Some(start + left);
                }
                left -= end - start;
            }
        }
        None
    }

    /// Working seconds between two instants; zero if `until` is not after `from`.
    pub fn work_between_s(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> u64 {
        let mut total = TimeDelta::zero();
        let mut day = from.with_timezone(&self.time_zone).date_naive();
        let last_day = until.with_timezone(&self.time_zone).date_naive();
        while day <= last_day {
            for (start, end) in self.stretches(day) {
                total += (end.min(until) - start.max(from)).max(TimeDelta::zero());
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        total.num_seconds().unsigned_abs()
    }

    /// The day that a shift-minded person would say it is at this instant, in the site's own time zone.
    pub fn local_day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.time_zone).date_naive()
    }

    fn stretches(&self, day: NaiveDate) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        if self.holidays.contains(&day) {
            return Vec::new();
        }
        let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap_or(0);
        let mut stretches: Vec<_> = self
            .shifts
            .iter()
            .filter(|shift| shift.weekdays.contains(&weekday))
            .filter_map(|shift| Some((self.instant(day, shift.start)?, self.closing(day, shift.end)?)))
            .collect();
        stretches.sort();
        // Shifts may overlap; an hour is an hour however many shifts claim it.
        let mut worked_until = DateTime::<Utc>::MIN_UTC;
        for (start, end) in &mut stretches {
            *start = (*start).max(worked_until);
            worked_until = worked_until.max(*end);
        }
        stretches
    }

    /// Midnight as an end is the end of the day, not its beginning.
    fn closing(&self, day: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
        self.instant(if time == NaiveTime::MIN { day.succ_opt()? } else { day }, time)
    }

    /// A local time that a clock change skips is read one hour later, so that a shift never vanishes.
    fn instant(&self, day: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
        let local = day.and_time(time);
        let zoned = self.time_zone.from_local_datetime(&local);
        zoned
            .earliest()
            .or_else(|| self.time_zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest())
            .map(|instant| instant.with_timezone(&Utc))
    }
}

/// Times of day as `08:00`, the way a factory writes them.
mod clock_time {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        NaiveTime::parse_from_str(&text, "%H:%M").map_err(serde::de::Error::custom)
    }
}

/// The same for an end, where midnight is `24:00`.
mod closing_time {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        if *time == NaiveTime::MIN {
            serializer.serialize_str("24:00")
        } else {
            super::clock_time::serialize(time, serializer)
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        let text = if text == "24:00" { "00:00" } else { &text };
        NaiveTime::parse_from_str(text, "%H:%M").map_err(serde::de::Error::custom)
    }
}
