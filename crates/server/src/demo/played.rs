//! The demo factory, played and judged: every fact counts, and every pair ends exactly where the data say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::people::Worker;
use cordwainer_domain::production::{Action, Fact, Outcome, Standing, WorkOrder, apply, authorise, forecast};
use cordwainer_domain::{ActionId, OperationId, StationId, WorkOrderId, WorkerId};

use super::factory::{At, Factory, Names, StatedOrder};
use super::plan::{Play, Release, plan};
use super::routing::upstream;

/// A Thursday in the second shift at the site.
const THURSDAY: &str = "2026-11-19T07:10:00Z";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn demo() -> Factory {
    Factory::embedded().expect("the demo is sound")
}

/// Judges a whole play as the server will; the work orders as they stand at the end.
fn judged(factory: &Factory, play: &Play) -> BTreeMap<WorkOrderId, WorkOrder> {
    let names = Names::of(&factory.site.id);
    let workers: BTreeMap<WorkerId, &Worker> =
        factory.people.iter().map(|person| (person.worker.id, &person.worker)).collect();
    let mut orders = BTreeMap::new();
    for release in &play.releases {
        let order = WorkOrder::release(&release.order, release.at).expect("a release that makes sense");
        orders.insert(order.id, order);
    }
    for played in &play.actions {
        let action =
            played.recorded_by(&factory.site.id, StationId(names.uuid("station", played.workstation.as_str())));
        let standing = &orders[&played.work_order];
        assert_eq!(
            Some(standing.version),
            action.base_version,
            "the worker saw the newest version of {}",
            standing.number
        );
        let job = standing.job(played.job);
        authorise(&action.fact, workers.get(&played.worker).copied(), action.auth_level, job)
            .unwrap_or_else(|problem| panic!("{} may not: {problem:?}", standing.number));
        let Outcome::Applied(next) = apply(Some(standing), &action, played.at) else {
            panic!("{} {:?} was not simply applied", standing.number, action.fact);
        };
        orders.insert(next.id, next);
    }
    orders
}

fn standing_of(order: &WorkOrder, operation: &OperationId) -> Standing {
    let job = order.jobs.iter().find(|job| job.spec.operation == *operation).expect("a job of the routing");
    order.standing(job)
}

fn assert_stands_as_stated(factory: &Factory, stated: &StatedOrder, order: &WorkOrder) {
    let number = &stated.number;
    let style = factory.style(&stated.style).expect("a known style");
    let routing = factory.routing(&style.routing).expect("a known routing");
    let rework = stated.failed.as_ref().and_then(|failed| failed.rework.clone());
    let expected = match (&stated.failed, stated.at) {
        (Some(failed), _) if failed.rework.is_none() => {
            assert_eq!(standing_of(order, &failed.inspection).word(), "blocked", "{number}: nobody has decided");
            assert!(order.nonconformances[0].is_open(), "{number}: the nonconformance is open");
            "blocked"
        }
        (_, At::Ready) => "ready",
        (_, At::Running) => "running",
        (_, At::Paused) => "paused",
        (_, At::Done) => "done",
    };
    let reached = rework.as_ref().unwrap_or(&stated.reached);
    assert_eq!(standing_of(order, reached).word(), expected, "{number} at {reached}");
    let mut done: BTreeSet<OperationId> = upstream(routing, reached).into_iter().collect();
    if expected == "done" {
        done.insert(reached.clone());
    }
    if rework.is_some() {
        // What lies beside the rework stays done; only the way from the rework to the inspection is open again.
        let open = order.jobs.iter().filter(|job| job.is_rework()).map(|job| job.spec.operation.clone());
        let open: BTreeSet<OperationId> = open.collect();
        assert!(
            open.contains(reached) && open.contains(&stated.reached),
            "{number}: rework and inspection are open again"
        );
        done = upstream(routing, &stated.reached).into_iter().filter(|id| !open.contains(id)).collect();
    }
    for job in &order.jobs {
        assert_eq!(job.is_done(), done.contains(&job.spec.operation), "{number} {}", job.spec.operation);
    }
}

#[test]
fn every_pair_ends_where_the_data_say() {
    let (factory, now) = (demo(), instant(THURSDAY));
    let orders = judged(&factory, &plan(&factory, now).expect("a playable demo"));
    let names = Names::of(&factory.site.id);
    for stated in &factory.work_orders {
        assert_stands_as_stated(&factory, stated, &orders[&names.work_order(&stated.number)]);
    }
    let count = |word: &str| {
        orders
            .values()
            .flat_map(|order| order.jobs.iter().map(move |job| order.standing(job)))
            .filter(|s| s.word() == word)
            .count()
    };
    let packed = orders.values().filter(|order| order.is_complete()).count();
    let reworked = orders.values().filter(|order| order.jobs.iter().any(|job| job.is_rework())).count();
    let undecided = orders.values().filter(|order| order.nonconformances.iter().any(|found| found.is_open())).count();
    assert_eq!(
        (orders.len(), packed, count("running"), count("paused")),
        (60, 8, 13, 2),
        "all, packed, running, paused"
    );
    assert_eq!((reworked, undecided), (3, 1), "back for rework, failed and undecided");
}

#[test]
fn exactly_three_pairs_are_late_whenever_the_demo_is_loaded() {
    let factory = demo();
    // Every weekday, in a shift, in a break, at night, and on the day that a holiday begins.
    for hours in (0..7 * 24).step_by(17) {
        let now = instant("2026-11-15T16:30:00Z") + TimeDelta::hours(hours);
        let orders = judged(&factory, &plan(&factory, now).expect("a playable demo"));
        let late: Vec<&str> = (orders.values())
            .filter(|order| forecast(order, &factory.site.calendar, now).late)
            .map(|order| order.number.as_str())
            .collect();
        assert_eq!(late.len(), 3, "late at {now}: {late:?}");
    }
}

#[test]
fn a_long_holiday_moves_releases_back_rather_than_work_into_it() {
    let factory = demo();
    let now = instant("2027-02-09T01:00:00Z");
    let play = plan(&factory, now).expect("a playable demo");
    judged(&factory, &play);
    let asked = now - TimeDelta::days(3);
    let number = "WO-2611-058";
    let release = play.releases.iter().find(|release| release.order.number == number).expect("a release of the demo");
    assert!(release.at < asked, "{number} was cut before the holiday, so it was released before it: {}", release.at);
}

#[test]
fn nothing_lies_in_the_future_and_nobody_works_at_night() {
    let (factory, now) = (demo(), instant(THURSDAY));
    let play = plan(&factory, now).expect("a playable demo");
    let calendar = &factory.site.calendar;
    let released: BTreeMap<WorkOrderId, &Release> =
        play.releases.iter().map(|release| (release.order.id, release)).collect();
    let recently = now - TimeDelta::hours(4);
    let mut newest = DateTime::UNIX_EPOCH;
    for action in &play.actions {
        assert!(
            action.at <= now && action.at >= released[&action.work_order].at,
            "{action:?} lies outside its order's life"
        );
        assert!(action.at >= newest, "actions come in the order in which they happened");
        newest = action.at;
        let beside = calendar.work_between_s(action.at - TimeDelta::seconds(1), action.at + TimeDelta::seconds(1));
        assert!(beside > 0 || action.at > recently, "{} works outside the shifts at {}", action.worker, action.at);
    }
}

#[test]
fn values_are_within_tolerance_and_required_ones_are_there() {
    let (factory, now) = (demo(), instant(THURSDAY));
    let play = plan(&factory, now).expect("a playable demo");
    let jobs: BTreeMap<_, _> =
        play.releases.iter().flat_map(|release| &release.order.jobs).map(|job| (job.id, job)).collect();
    let mut checked = 0;
    for action in &play.actions {
        let Fact::JobFinished { values, .. } = &action.fact else { continue };
        for parameter in &jobs[&action.job].parameters {
            let value = values.iter().find(|value| value.parameter == parameter.id);
            assert!(
                value.is_some() || !parameter.required,
                "{} was asked for {}",
                jobs[&action.job].operation,
                parameter.id
            );
            if let Some(value) = value {
                assert!(value.value >= parameter.min && value.value <= parameter.max, "{} {value:?}", parameter.id);
                assert!(value.value.scale() <= parameter.decimals, "{} has places that the pad lacks", parameter.id);
                checked += 1;
            }
        }
    }
    assert!(checked > 300, "the demo records parameters; only {checked} were seen");
}

#[test]
fn two_plans_are_the_same_and_identifiers_do_not_depend_on_the_day() {
    let factory = demo();
    let (today, later) = (instant(THURSDAY), instant(THURSDAY) + TimeDelta::days(40));
    let play = plan(&factory, today).expect("a playable demo");
    assert_eq!(play, plan(&factory, today).expect("a playable demo"), "no chance is involved");
    let ids = |play: &Play| -> BTreeSet<WorkOrderId> { play.releases.iter().map(|release| release.order.id).collect() };
    assert_eq!(ids(&play), ids(&plan(&factory, later).expect("a playable demo")), "printed travellers stay good");
    let unique: BTreeSet<ActionId> = play.actions.iter().map(|action| action.id).collect();
    assert_eq!(unique.len(), play.actions.len(), "every fact has an identifier of its own");
}

#[test]
fn hardly_anybody_does_two_jobs_at_once() {
    let (factory, now) = (demo(), instant(THURSDAY));
    let play = plan(&factory, now).expect("a playable demo");
    let mut begun: BTreeMap<WorkerId, BTreeSet<cordwainer_domain::JobId>> = BTreeMap::new();
    let (mut starts, mut overlaps) = (0, 0);
    for action in &play.actions {
        let jobs = begun.entry(action.worker).or_default();
        match &action.fact {
            Fact::JobStarted { .. } => {
                starts += 1;
                overlaps += usize::from(!jobs.is_empty());
                jobs.insert(action.job);
            }
            _ => {
                jobs.remove(&action.job);
            }
        }
    }
    assert!(overlaps * 20 < starts, "{overlaps} of {starts} jobs were begun beside another");
}

/// The type that stations sign is what a played action becomes.
#[test]
fn a_played_action_carries_everything_a_station_records() {
    let (factory, now) = (demo(), instant(THURSDAY));
    let play = plan(&factory, now).expect("a playable demo");
    let names = Names::of(&factory.site.id);
    let played = &play.actions[0];
    let action: Action =
        played.recorded_by(&factory.site.id, StationId(names.uuid("station", played.workstation.as_str())));
    assert_eq!(action.clock.instant(), played.at, "the clock says when it happened");
    assert_eq!(
        (action.worker, action.work_order, action.job),
        (Some(played.worker), Some(played.work_order), Some(played.job))
    );
}
