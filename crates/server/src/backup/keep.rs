//! Which backups stay. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

/// How long backups are kept: every one for some days, then one a day, then one a month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keep {
    /// Days for which every backup stays.
    pub all_days: u32,
    /// Days for which the newest of each day stays.
    pub daily_days: u32,
    /// Months for which the newest of each month stays.
    pub monthly_months: u32,
}

impl Default for Keep {
    fn default() -> Self {
        Self { all_days: 2, daily_days: 45, monthly_months: 24 }
    }
}

impl Keep {
    /// The backups that may go. The newest never does.
    pub fn superfluous(&self, backups: &[DateTime<Utc>], now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut newest_first = backups.to_vec();
        newest_first.sort_unstable();
        newest_first.reverse();
        let (mut days, mut months) = (BTreeSet::new(), BTreeSet::new());
        let goes = |(index, at): (usize, &DateTime<Utc>)| {
            let age = now - *at;
            let first_of_day = days.insert(at.date_naive());
            let first_of_month = months.insert((at.year(), at.month()));
            let stays = index == 0
                || age <= TimeDelta::days(i64::from(self.all_days))
                || (first_of_day && age <= TimeDelta::days(i64::from(self.daily_days)))
                || (first_of_month && age <= TimeDelta::days(31 * i64::from(self.monthly_months)));
            !stays
        };
        let gone: Vec<bool> = newest_first.iter().enumerate().map(goes).collect();
        newest_first.into_iter().zip(gone).filter(|(_, goes)| *goes).map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Keep;
    use chrono::{DateTime, TimeDelta, Utc};

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_176_000, 0).unwrap()
    }

    #[test]
    fn a_year_of_hourly_backups_thins_out_to_days_and_months() {
        let all: Vec<_> = (0..365 * 24).map(|hours| now() - TimeDelta::hours(hours)).collect();
        let gone = Keep::default().superfluous(&all, now());
        let stays: Vec<_> = all.iter().filter(|at| !gone.contains(at)).collect();
        let within = |days: i64| stays.iter().filter(|at| now() - ***at <= TimeDelta::days(days)).count();
        assert_eq!(within(2), 49, "every one of the last two days");
        assert_eq!(within(45), 49 + 43, "then the newest of each day");
        assert_eq!(stays.len(), 49 + 43 + 11, "then the newest of each month");
    }

    #[test]
    fn the_newest_backup_stays_however_old_it_is() {
        let old = now() - TimeDelta::days(4_000);
        assert!(Keep::default().superfluous(&[old], now()).is_empty(), "it is all there is");
        let keep_nothing = Keep { all_days: 0, daily_days: 0, monthly_months: 0 };
        let gone = keep_nothing.superfluous(&[now() - TimeDelta::days(1), old], now());
        assert_eq!(gone, [old], "whatever the rule says");
    }
}
