//! Who did which job of a pair, where and when, before the load: laid into the shift calendar between release and end.
//!
//! Jobs are spread over the time that the pair was on the floor, upper and bottom side by side, each by a qualified worker at a
//! workstation of its work centre. Nobody does two things at once unless the time would not suffice otherwise.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::equipment::{Calendar, WorkstationKind};
use cordwainer_domain::people::{Role, Worker};
use cordwainer_domain::product::{Operation, Routing};
use cordwainer_domain::{OperationId, WorkerId, WorkstationId};

use super::factory::{Factory, Names};
use super::plan::PlanFault;
use super::release::{day_from, local_instant};

/// Places tried for a job before two jobs of one worker may overlap.
const MOST_TRIES: u64 = 16;
/// Furthest that a release is moved back until the work fits, in days.
const FURTHEST_RELEASE_DAYS: u32 = 400;

/// A job that was done.
#[derive(Clone, PartialEq, Debug)]
pub struct Stint<'a> {
    /// The standard.
    pub operation: &'a Operation,
    /// Who.
    pub worker: WorkerId,
    /// Where.
    pub workstation: WorkstationId,
    /// From.
    pub start: DateTime<Utc>,
    /// Until.
    pub end: DateTime<Utc>,
}

/// From when until when.
type Interval = (DateTime<Utc>, DateTime<Utc>);

/// The people and places of a factory, and what they are busy with.
pub struct Floor<'a> {
    factory: &'a Factory,
    names: Names,
    busy: BTreeMap<WorkerId, Vec<Interval>>,
    at_work_now: BTreeSet<WorkerId>,
}

/// What is to be laid: jobs in the routing's order, released at the earliest, all over by `end`.
pub struct Stretch<'a, 'b> {
    /// The work order's number.
    pub number: &'b str,
    /// Its routing.
    pub routing: &'a Routing,
    /// What was done.
    pub done: &'b [OperationId],
    /// When the office released it, at the latest.
    pub released_at: DateTime<Utc>,
    /// When the work on it was over.
    pub end: DateTime<Utc>,
}

impl<'a> Floor<'a> {
    /// A floor on which nobody does anything yet.
    pub fn new(factory: &'a Factory) -> Self {
        let names = Names::of(&factory.site.id);
        Self { factory, names, busy: BTreeMap::new(), at_work_now: BTreeSet::new() }
    }

    /// A number between two bounds that depends on nothing but the name: variety without chance.
    pub fn spread(&self, name: &str, low: i64, high: i64) -> i64 {
        let number = self.names.uuid("variety", name).as_u128() % u128::from((high - low).unsigned_abs() + 1);
        low + i64::try_from(number).unwrap_or(0)
    }

    /// When the order was released, and its stints in the routing's order.
    pub fn lay(&mut self, stretch: &Stretch<'a, '_>) -> Result<(DateTime<Utc>, Vec<Stint<'a>>), PlanFault> {
        let calendar = &self.factory.site.calendar;
        let path = Path::through(self.factory, stretch.routing, stretch.done);
        let needed_s = path.length_s + path.length_s / 5;
        let released_at = early_enough(calendar, stretch, needed_s)?;
        let there_s = calendar.work_between_s(released_at, stretch.end);
        let mut ends_s: BTreeMap<&OperationId, u64> = BTreeMap::new();
        let mut stints = Vec::with_capacity(stretch.done.len());
        for (index, id) in path.operations.iter().enumerate() {
            let Some(operation) = self.factory.operation(id) else { continue };
            // The whole path is stretched evenly over the time that is there.
            let stretched = |point_s: u64| point_s * there_s / path.length_s.max(1);
            let before_s = path.after[index].iter().filter_map(|id| ends_s.get(id)).max().copied().unwrap_or(0);
            let span = Span {
                calendar,
                released_at,
                from_s: before_s.max(stretched(path.earliest_s[index])),
                until_s: stretched(path.latest_end_s[index]),
            };
            let (stint, end_s) = self.place(operation, stretch.number, &span)?;
            ends_s.insert(id, end_s);
            stints.push(stint);
        }
        Ok((released_at, stints))
    }

    /// Somebody who may do an operation now, and where: preferably nobody who is at work already.
    pub fn now_at(&mut self, operation: &Operation) -> Result<(WorkerId, WorkstationId), PlanFault> {
        let able = self.able(operation);
        let idle = able.iter().find(|worker| !self.at_work_now.contains(&worker.id));
        let worker = idle.or(able.first()).ok_or_else(|| PlanFault::Nobody(operation.id.clone()))?.id;
        self.at_work_now.insert(worker);
        Ok((worker, self.workstation(operation, worker)?))
    }

    fn place(
        &mut self,
        operation: &'a Operation,
        number: &str,
        span: &Span<'_>,
    ) -> Result<(Stint<'a>, u64), PlanFault> {
        let percent = self.spread(&format!("pace/{number}/{}", operation.id), 85, 112);
        let duration_s = u64::from(operation.standard_time_s) * percent.unsigned_abs() / 100;
        let able = self.able(operation);
        let room_s = span.until_s.saturating_sub(span.from_s + duration_s);
        let mut found = None;
        for attempt in 0..MOST_TRIES {
            let start_s = span.from_s + room_s * attempt / MOST_TRIES;
            let (start, end) = span.instants(start_s, duration_s)?;
            let over_a_break = end - start > TimeDelta::seconds(i64::try_from(duration_s).unwrap_or(i64::MAX));
            let idle = able.iter().filter(|worker| self.is_idle(worker.id, start, end));
            let least = idle.min_by_key(|worker| self.busy.get(&worker.id).map_or(0, Vec::len));
            if let Some(worker) = least.filter(|_| !over_a_break) {
                found = Some((worker.id, start_s, start, end));
                break;
            }
        }
        let (worker, start_s, start, end) = match found {
            Some(found) => found,
            None => {
                let least = able.iter().min_by_key(|worker| self.busy.get(&worker.id).map_or(0, Vec::len));
                let worker = least.ok_or_else(|| PlanFault::Nobody(operation.id.clone()))?.id;
                let (start, end) = span.instants(span.from_s, duration_s)?;
                (worker, span.from_s, start, end)
            }
        };
        self.busy.entry(worker).or_default().push((start, end));
        let workstation = self.workstation(operation, worker)?;
        Ok((Stint { operation, worker, workstation, start, end }, start_s + duration_s))
    }

    fn is_idle(&self, worker: WorkerId, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        self.busy.get(&worker).is_none_or(|busy| busy.iter().all(|(from, until)| end <= *from || start >= *until))
    }

    /// Who may do an operation: those of its work centre before others, supervisors only if there is nobody else.
    fn able(&self, operation: &Operation) -> Vec<&'a Worker> {
        let may = |worker: &&Worker| {
            worker.lacks(&operation.skills).is_none()
                && (!operation.inspection || worker.has_role(Role::Inspector) || worker.has_role(Role::Supervisor))
        };
        let mut able: Vec<&Worker> = self.factory.people.iter().map(|person| &person.worker).filter(may).collect();
        let rank = |worker: &Worker| {
            (worker.has_role(Role::Supervisor), !worker.work_centres.contains(&operation.work_centre))
        };
        able.sort_by_key(|worker| rank(worker));
        let best = able.first().map(|worker| rank(worker));
        able.retain(|worker| Some(rank(worker)) == best);
        able
    }

    /// The workstation of the operation's work centre at which the worker has their bench.
    fn workstation(&self, operation: &Operation, worker: WorkerId) -> Result<WorkstationId, PlanFault> {
        let fits = |kind: WorkstationKind| kind != WorkstationKind::Supervision;
        let places: Vec<&WorkstationId> = (self.factory.workstations.iter())
            .filter(|place| place.work_centre.as_ref() == Some(&operation.work_centre) && fits(place.kind))
            .map(|place| &place.id)
            .collect();
        let seat = self.factory.people.iter().position(|person| person.worker.id == worker).unwrap_or(0);
        let place = places.get(seat % places.len().max(1)).ok_or_else(|| PlanFault::NoPlace(operation.id.clone()))?;
        Ok((*place).clone())
    }
}

/// Where a job may lie, in working seconds since the release.
struct Span<'a> {
    calendar: &'a Calendar,
    released_at: DateTime<Utc>,
    from_s: u64,
    until_s: u64,
}

impl Span<'_> {
    fn instants(&self, start_s: u64, duration_s: u64) -> Result<(DateTime<Utc>, DateTime<Utc>), PlanFault> {
        // A start on the boundary belongs to the later stretch: one second into the work, and one back.
        let into = self.calendar.after_work(self.released_at, start_s + 1).ok_or(PlanFault::NoWorkingTime)?;
        let end = self.calendar.after_work(self.released_at, start_s + duration_s).ok_or(PlanFault::NoWorkingTime)?;
        Ok((into - TimeDelta::seconds(1), end))
    }
}

/// The done part of a routing as a network: when each job can begin and must be over, on paths of standard time.
struct Path {
    operations: Vec<OperationId>,
    after: Vec<Vec<OperationId>>,
    earliest_s: Vec<u64>,
    latest_end_s: Vec<u64>,
    length_s: u64,
}

impl Path {
    fn through(factory: &Factory, routing: &Routing, done: &[OperationId]) -> Self {
        let steps: Vec<_> = routing.steps.iter().filter(|step| done.contains(&step.operation)).collect();
        let time_s: Vec<u64> = (steps.iter())
            .map(|step| factory.operation(&step.operation).map_or(0, |operation| u64::from(operation.standard_time_s)))
            .collect();
        let mut earliest_s = vec![0; steps.len()];
        for (index, step) in steps.iter().enumerate() {
            let ends = (0..index).filter(|before| step.after.contains(&steps[*before].operation));
            earliest_s[index] = ends.map(|before| earliest_s[before] + time_s[before]).max().unwrap_or(0);
        }
        let length_s = (0..steps.len()).map(|index| earliest_s[index] + time_s[index]).max().unwrap_or(0);
        let mut latest_end_s = vec![length_s; steps.len()];
        for index in (0..steps.len()).rev() {
            let followers =
                (index + 1..steps.len()).filter(|next| steps[*next].after.contains(&steps[index].operation));
            latest_end_s[index] = followers.map(|next| latest_end_s[next] - time_s[next]).min().unwrap_or(length_s);
        }
        Self {
            operations: steps.iter().map(|step| step.operation.clone()).collect(),
            after: steps.iter().map(|step| step.after.clone()).collect(),
            earliest_s,
            latest_end_s,
            length_s,
        }
    }
}

/// The stated release, or as many days earlier as the work needs: holidays may lie between.
fn early_enough(calendar: &Calendar, stretch: &Stretch<'_, '_>, needed_s: u64) -> Result<DateTime<Utc>, PlanFault> {
    if stretch.released_at < stretch.end && calendar.work_between_s(stretch.released_at, stretch.end) >= needed_s {
        return Ok(stretch.released_at);
    }
    let day = calendar.local_day(stretch.released_at);
    let local = stretch.released_at.with_timezone(&calendar.time_zone).time();
    (1..=FURTHEST_RELEASE_DAYS)
        .map(|days| local_instant(calendar, day_from(day, -i64::from(days)), local))
        .find(|earlier| calendar.work_between_s(*earlier, stretch.end) >= needed_s)
        .ok_or(PlanFault::NoWorkingTime)
}
