//! A stated order as the office would release it: everything frozen that the floor needs.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use cordwainer_domain::equipment::Calendar;
use cordwainer_domain::product::{Operation, Style};
use cordwainer_domain::production::{Pair, ReleasedJob, ReleasedWorkOrder};

use super::factory::{Factory, Names, StatedOrder};

/// The work order of a stated order, promised relative to `now`; `None` if the factory lacks its style or an operation,
/// which [`super::check`] rules out.
pub fn released(factory: &Factory, order: &StatedOrder, now: DateTime<Utc>) -> Option<ReleasedWorkOrder> {
    let names = Names::of(&factory.site.id);
    let style = factory.style(&order.style)?;
    let routing = factory.routing(&style.routing)?;
    let mut jobs = Vec::with_capacity(routing.steps.len());
    for (position, step) in routing.steps.iter().enumerate() {
        let operation = factory.operation(&step.operation)?;
        let mut job = released_job(operation, u32::try_from(position).ok()?, names, &order.number);
        job.after = step.after.iter().map(|before| names.job(&order.number, before)).collect();
        jobs.push(job);
    }
    Some(ReleasedWorkOrder {
        id: names.work_order(&order.number),
        code: order.code.clone(),
        number: order.number.clone(),
        customer_order: order.customer_order.clone(),
        customer_name: order.customer_name.clone(),
        pair: pair(style, order),
        priority: order.priority,
        promise_at: promise_at(&factory.site.calendar, now, order.promise_in_days),
        jobs,
    })
}

fn released_job(operation: &Operation, position: u32, names: Names, number: &str) -> ReleasedJob {
    ReleasedJob {
        id: names.job(number, &operation.id),
        operation: operation.id.clone(),
        operation_version: operation.version,
        name: operation.name.clone(),
        short: operation.short.clone(),
        work_centre: operation.work_centre.clone(),
        position,
        after: Vec::new(),
        standard_time_s: operation.standard_time_s,
        recording: operation.recording,
        inspection: operation.inspection,
        skills: operation.skills.clone(),
        parameters: operation.parameters.clone(),
        characteristics: operation.characteristics.clone(),
    }
}

fn pair(style: &Style, order: &StatedOrder) -> Pair {
    Pair {
        style: style.id.clone(),
        style_name: style.name.clone(),
        construction: style.construction.clone(),
        options: order.options.clone(),
        size: order.size.clone(),
    }
}

/// A day is promised, not an hour: the promise is kept until the day is over at the site.
fn promise_at(calendar: &Calendar, now: DateTime<Utc>, in_days: i64) -> DateTime<Utc> {
    let day = day_from(calendar.local_day(now), in_days + 1);
    local_instant(calendar, day, NaiveTime::MIN) - TimeDelta::seconds(1)
}

/// The day so many days after (or before) another.
pub fn day_from(day: NaiveDate, days: i64) -> NaiveDate {
    let distance = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_sub_days(distance) } else { day.checked_add_days(distance) };
    // A year at most is asked for, and no clock stands that close to the end of the calendar.
    moved.unwrap_or(day)
}

/// A local time of the site as an instant; one that a clock change skips is read an hour later.
pub fn local_instant(calendar: &Calendar, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = day.and_time(time);
    let zone = calendar.time_zone;
    let instant = zone.from_local_datetime(&local).earliest();
    let instant = instant.or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
    instant.map_or_else(|| local.and_utc(), |instant| instant.with_timezone(&Utc))
}
