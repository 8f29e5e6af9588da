//! Shift calendars and forecasts: lunch, weekends, holidays, midnight, and clocks that change.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use cordwainer_domain::equipment::{Calendar, CalendarFault, Shift};
use cordwainer_domain::production::{Fact, Forecast, WorkOrderLife, forecast};
use proptest::prelude::*;

use crate::floor::{CHECK, CLOSE, Floor, INSOLE, STANDARD_S, WANG, morning, pause, text};

const HOUR: u64 = 3_600;

fn instant(at: &str) -> DateTime<Utc> {
    at.parse().unwrap()
}

fn shift(weekdays: &[u8], start: &str, end: &str) -> Shift {
    let json = serde_json::json!({ "name": text("班"), "weekdays": weekdays, "start": start, "end": end });
    serde_json::from_value(json).unwrap()
}

/// Monday to Friday, 8 to 12 and 13 to 17 in Shanghai; 3 November is a holiday.
fn shanghai() -> Calendar {
    Calendar {
        time_zone: Tz::Asia__Shanghai,
        shifts: vec![shift(&[1, 2, 3, 4, 5], "13:00", "17:00"), shift(&[1, 2, 3, 4, 5], "08:00", "12:00")],
        holidays: vec![NaiveDate::from_ymd_opt(2026, 11, 3).unwrap()],
    }
}

/// Every night, in a zone whose clocks change at 2 and at 3 on Sundays.
fn berlin_nights() -> Calendar {
    let every_day = [1, 2, 3, 4, 5, 6, 7];
    Calendar {
        time_zone: Tz::Europe__Berlin,
        shifts: vec![shift(&every_day, "22:00", "24:00"), shift(&every_day, "00:00", "06:00")],
        holidays: Vec::new(),
    }
}

#[test]
fn work_ends_where_the_shifts_let_it() {
    let cases = [
        ("within a shift", "2026-11-02T00:00:00Z", HOUR, "2026-11-02T01:00:00Z"),
        ("to the very end of one", "2026-11-02T00:00:00Z", 4 * HOUR, "2026-11-02T04:00:00Z"),
        ("over lunch", "2026-11-02T03:00:00Z", 2 * HOUR, "2026-11-02T06:00:00Z"),
        ("begun at lunch", "2026-11-02T04:30:00Z", HOUR, "2026-11-02T06:00:00Z"),
        ("begun before the shift", "2026-11-01T20:00:00Z", HOUR, "2026-11-02T01:00:00Z"),
        ("over a holiday", "2026-11-02T08:00:00Z", 2 * HOUR, "2026-11-04T01:00:00Z"),
        ("over a weekend", "2026-11-06T08:00:00Z", 2 * HOUR, "2026-11-09T01:00:00Z"),
        ("two days and a weekend", "2026-11-06T00:00:00Z", 20 * HOUR, "2026-11-10T04:00:00Z"),
        ("no work at all", "2026-11-07T03:33:33Z", 0, "2026-11-07T03:33:33Z"),
    ];
    for (name, from, work_s, expected) in cases {
        assert_eq!(shanghai().after_work(instant(from), work_s), Some(instant(expected)), "{name}");
    }
}

#[test]
fn midnight_can_be_written_and_worked_through() {
    let nights = berlin_nights();
    assert_eq!(nights.check(), Ok(()), "24:00 is how a night shift is written");
    let json = serde_json::to_value(&nights).unwrap();
    assert_eq!(
        (&json["shifts"][0]["end"], &json["shifts"][1]["start"]),
        (&"24:00".into(), &"00:00".into()),
        "as written"
    );
    assert_eq!(serde_json::from_value::<Calendar>(json).unwrap(), nights, "and as read");
    let (from, until) = (instant("2026-07-06T20:00:00Z"), instant("2026-07-07T04:00:00Z"));
    assert_eq!(nights.work_between_s(from, until), 8 * HOUR, "22 to 6 is eight hours, midnight or not");
    assert_eq!(nights.after_work(from, 8 * HOUR), Some(until), "and ends at six");
}

#[test]
fn a_clock_change_makes_the_night_shorter_or_longer() {
    let nights = berlin_nights();
    let spring = nights.work_between_s(instant("2026-03-28T23:00:00Z"), instant("2026-03-29T12:00:00Z"));
    assert_eq!(spring, 5 * HOUR, "on 29 March the hour from 2 to 3 does not exist");
    let autumn = nights.work_between_s(instant("2026-10-24T22:00:00Z"), instant("2026-10-25T12:00:00Z"));
    assert_eq!(autumn, 7 * HOUR, "on 25 October it comes twice");
    let skipped = Calendar { shifts: vec![shift(&[7], "02:30", "04:00")], ..nights };
    let day = (instant("2026-03-29T00:00:00Z"), instant("2026-03-29T12:00:00Z"));
    assert_eq!(
        skipped.work_between_s(day.0, day.1),
        HOUR / 2,
        "a start that the clock skips is an hour later, not lost"
    );
}

#[test]
fn hours_that_two_shifts_claim_count_once() {
    let overlapping = Calendar {
        shifts: vec![shift(&[1], "08:00", "12:00"), shift(&[1], "10:00", "14:00"), shift(&[1], "09:00", "11:00")],
        ..shanghai()
    };
    let monday = (instant("2026-11-01T16:00:00Z"), instant("2026-11-02T16:00:00Z"));
    assert_eq!(overlapping.work_between_s(monday.0, monday.1), 6 * HOUR, "8 to 14");
    assert_eq!(overlapping.after_work(monday.0, 6 * HOUR), Some(instant("2026-11-02T06:00:00Z")), "over at 14");
}

#[test]
fn a_calendar_without_work_has_no_end() {
    let never = Calendar { shifts: Vec::new(), ..shanghai() };
    assert_eq!(never.after_work(morning(), 1), None, "it would go on for ever");
    assert_eq!(shanghai().after_work(morning(), u64::MAX), None, "so would this");
    assert_eq!(shanghai().work_between_s(morning(), morning() - TimeDelta::days(3)), 0, "time does not run back");
}

#[test]
fn what_a_factory_wrote_is_checked() {
    let with = |shifts: Vec<Shift>| Calendar { shifts, ..shanghai() }.check();
    assert_eq!(with(Vec::new()), Err(CalendarFault::NoShift), "no shift");
    let fine = shift(&[1], "08:00", "12:00");
    assert_eq!(
        with(vec![fine.clone(), shift(&[1], "22:00", "06:00")]),
        Err(CalendarFault::EndsBeforeStart(2)),
        "over midnight"
    );
    assert_eq!(with(vec![shift(&[1], "08:00", "08:00")]), Err(CalendarFault::EndsBeforeStart(1)), "no time at all");
    for weekdays in [&[][..], &[0], &[8], &[1, 9]] {
        assert_eq!(with(vec![shift(weekdays, "08:00", "12:00")]), Err(CalendarFault::Weekday(1)), "{weekdays:?}");
    }
    for wrong in ["8 o'clock", "25:00", "", "12:60"] {
        let json = serde_json::json!({ "name": text("班"), "weekdays": [1], "start": wrong, "end": "12:00" });
        assert!(serde_json::from_value::<Shift>(json).is_err(), "{wrong} is no time of day");
    }
}

#[test]
fn the_day_is_the_sites_own() {
    let day = |at| shanghai().local_day(instant(at)).to_string();
    assert_eq!(day("2026-11-01T15:59:59Z"), "2026-11-01", "one second to midnight in Shanghai");
    assert_eq!(day("2026-11-01T16:00:00Z"), "2026-11-02", "midnight");
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let zones = prop_oneof![
        Just(Tz::Asia__Shanghai),
        Just(Tz::Europe__Berlin),
        Just(Tz::America__St_Johns),
        Just(Tz::Australia__Lord_Howe)
    ];
    let shifts = proptest::collection::vec((proptest::collection::vec(1..=7_u8, 1..7), 0..1_380_u32, 1..600_u32), 1..4);
    (zones, shifts, proptest::collection::vec(0..60_u64, 0..5)).prop_map(|(time_zone, shifts, holidays)| {
        let minute = |minutes: u32| NaiveTime::from_num_seconds_from_midnight_opt(minutes.min(1_439) * 60, 0).unwrap();
        let shifts = shifts
            .into_iter()
            .map(|(weekdays, start, length)| Shift {
                name: text("班"),
                weekdays,
                start: minute(start),
                end: minute(start + length),
            })
            .collect();
        let first = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        Calendar {
            time_zone,
            shifts,
            holidays: holidays.into_iter().map(|day| first + chrono::Days::new(day)).collect(),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn work_between_is_the_inverse_of_after_work(calendar in calendars(), minute in 0..60_i64 * 24 * 60, work_s in 0..400_000_u64) {
        let from = instant("2026-03-01T00:00:00Z") + TimeDelta::minutes(minute);
        let Some(until) = calendar.after_work(from, work_s) else {
            let horizon = from + TimeDelta::days(725);
            prop_assert!(calendar.work_between_s(from, horizon) < work_s, "only work that does not fit has no end");
            return Ok(());
        };
        prop_assert!(until >= from, "work never ends before it begins");
        prop_assert_eq!(calendar.work_between_s(from, until), work_s, "what was laid in can be taken out");
        if work_s > 0 {
            prop_assert_eq!(calendar.work_between_s(from, until - TimeDelta::seconds(1)), work_s - 1, "and not a second later");
        }
    }
}

fn ahead(floor: &Floor) -> Forecast {
    forecast(&floor.work_order, &shanghai(), floor.now)
}

#[test]
fn a_forecast_lays_the_longest_path_into_the_calendar() {
    let path = |jobs: u64| jobs * u64::from(STANDARD_S);
    let mut floor = Floor::open();
    assert_eq!(ahead(&floor).remaining_s, path(6), "the upper's six jobs; the bottom is made beside them");
    assert_eq!(ahead(&floor).finish_at, Some(instant("2026-11-02T03:00:00Z")), "three hours from eight");

    floor = Floor::before(CLOSE);
    floor.complete(INSOLE);
    assert_eq!(ahead(&floor).remaining_s, path(5), "cutting is done");
    floor.record(WANG, CLOSE, Fact::JobStarted { round: 0 });
    floor.wait(600);
    assert_eq!(ahead(&floor).remaining_s, path(5) - 600, "a running job's time runs off");
    floor.record(WANG, CLOSE, pause(0));
    floor.wait(3_600);
    assert_eq!(ahead(&floor).remaining_s, path(5) - 600, "a break does not");
    floor.record(WANG, CLOSE, Fact::JobResumed { round: 0 });
    floor.wait(10 * STANDARD_S);
    assert_eq!(ahead(&floor).remaining_s, path(4), "an overrun job owes nothing more, and nothing less");
}

#[test]
fn late_is_after_the_promise_and_not_at_it() {
    let mut floor = Floor::open();
    floor.work_order.promise_at = instant("2026-11-02T03:00:00Z");
    assert!(!ahead(&floor).late, "just in time");
    floor.work_order.promise_at -= TimeDelta::seconds(1);
    assert!(ahead(&floor).late, "a second late");
    let never = Calendar { shifts: Vec::new(), ..shanghai() };
    assert!(forecast(&floor.work_order, &never, floor.now).late, "a factory that never works is never in time");
    floor.work_order.life = WorkOrderLife::Cancelled { at: floor.now, reason: "退单".to_owned() };
    let closed = Forecast { remaining_s: 0, finish_at: None, late: false };
    assert_eq!(ahead(&floor), closed, "nobody waits for a cancelled pair");
}

#[test]
fn a_finished_pair_was_late_or_not_for_ever() {
    let mut floor = Floor::before(CHECK);
    floor.complete_all();
    let finished_at = floor.now;
    floor.work_order.promise_at = finished_at;
    floor.wait(86_400 * 30);
    let forecast = ahead(&floor);
    assert_eq!(forecast, Forecast { remaining_s: 0, finish_at: Some(finished_at), late: false }, "it was in time then");
    floor.work_order.promise_at -= TimeDelta::seconds(1);
    assert!(ahead(&floor).late, "or it was not");
}
