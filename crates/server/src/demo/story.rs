//! One pair's way from the release to where the data say it stands.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::product::{CharacteristicKind, Operation, Recording, Routing};
use cordwainer_domain::production::{Fact, MeasuredValue, PauseReason, ReleasedWorkOrder};
use cordwainer_domain::quality::{CharacteristicResult, Disposition, Finding, Side};
use cordwainer_domain::{ActionId, NonconformanceId, OperationId, WorkerId, WorkstationId};
use rust_decimal::Decimal;

use super::factory::{At, Factory, Names, StatedFailure, StatedOrder};
use super::plan::{PlanFault, PlayedAction, Release};
use super::release::{day_from, local_instant, released};
use super::routing::upstream;
use super::schedule::{Floor, Stint, Stretch};

/// One pair's way to where it stands.
pub struct Story<'a> {
    factory: &'a Factory,
    order: &'a StatedOrder,
    routing: &'a Routing,
    released: ReleasedWorkOrder,
    now: DateTime<Utc>,
}

/// Something that happened to a pair, not yet numbered.
struct Step {
    at: DateTime<Utc>,
    operation: OperationId,
    by: (WorkerId, WorkstationId),
    auth_level: AuthLevel,
    fact: Fact,
}

impl<'a> Story<'a> {
    /// The story of an order as seen at `now`.
    pub fn of(factory: &'a Factory, order: &'a StatedOrder, now: DateTime<Utc>) -> Result<Self, PlanFault> {
        let incomplete = || PlanFault::Incomplete(order.number.clone());
        let style = factory.style(&order.style).ok_or_else(incomplete)?;
        let routing = factory.routing(&style.routing).ok_or_else(incomplete)?;
        let released = released(factory, order, now).ok_or_else(incomplete)?;
        Ok(Self { factory, order, routing, released, now })
    }

    /// Tells it on a floor whose people are busy with the pairs told before.
    pub fn tell(self, floor: &mut Floor<'a>) -> Result<(Release, Vec<PlayedAction>), PlanFault> {
        let (mut steps, end) = self.ending(floor)?;
        let mut done = upstream(self.routing, &self.order.reached);
        if self.order.failed.is_none() && self.order.at == At::Done {
            done.push(self.order.reached.clone());
        }
        let number = &self.order.number;
        let stretch = Stretch { number, routing: self.routing, done: &done, released_at: self.asked_release(end), end };
        let (released_at, stints) = floor.lay(&stretch)?;
        steps.extend(stints.iter().flat_map(|stint| self.worked(floor, stint)));
        steps.sort_by_key(|step| step.at);
        let names = Names::of(&self.factory.site.id);
        let actions = steps.into_iter().enumerate().map(|(index, step)| self.numbered(names, index, step)).collect();
        let id = ActionId(names.uuid("action", &format!("{number}/released")));
        Ok((Release { id, at: released_at, order: self.released }, actions))
    }

    /// The last part of the story, told backwards from now: what the pair stands in, and when all before it was over.
    fn ending(&self, floor: &mut Floor<'a>) -> Result<(Vec<Step>, DateTime<Utc>), PlanFault> {
        let number = &self.order.number;
        match (&self.order.failed, self.order.at) {
            (Some(failed), _) => self.failed_ending(floor, failed),
            (None, At::Running | At::Paused) => {
                let steps = self.under_way(floor, &self.order.reached, 0)?;
                let begun = steps.first().map_or(self.now, |step| step.at);
                Ok((steps, begun - TimeDelta::minutes(floor.spread(&format!("gap/{number}"), 5, 45))))
            }
            (None, At::Ready) => {
                Ok((Vec::new(), self.now - TimeDelta::minutes(floor.spread(&format!("waits/{number}"), 20, 200))))
            }
            (None, At::Done) => {
                Ok((Vec::new(), self.now - TimeDelta::minutes(floor.spread(&format!("over/{number}"), 360, 5000))))
            }
        }
    }

    /// A failed inspection, and the rework if it is under way.
    fn failed_ending(
        &self,
        floor: &mut Floor<'a>,
        failed: &StatedFailure,
    ) -> Result<(Vec<Step>, DateTime<Utc>), PlanFault> {
        let number = &self.order.number;
        let again = match (&failed.rework, self.order.at) {
            (Some(rework), At::Running | At::Paused) => self.under_way(floor, rework, 1)?,
            _ => Vec::new(),
        };
        let followed = again.first().map_or(self.now, |step| step.at);
        let failed_at = followed - TimeDelta::minutes(floor.spread(&format!("failed/{number}"), 20, 60));
        let inspection = self.operation(&failed.inspection)?;
        let began = failed_at - TimeDelta::seconds(i64::from(inspection.standard_time_s) * 4 / 5);
        let by = floor.now_at(inspection)?;
        let step = |at, fact| Step {
            at,
            operation: failed.inspection.clone(),
            by: by.clone(),
            auth_level: AuthLevel::Pin,
            fact,
        };
        let mut steps =
            vec![step(began, Fact::JobStarted { round: 0 }), step(failed_at, self.failure(floor, inspection, failed))];
        steps.extend(again);
        Ok((steps, began - TimeDelta::minutes(10)))
    }

    fn failure(&self, floor: &Floor<'a>, inspection: &Operation, failed: &StatedFailure) -> Fact {
        let names = Names::of(&self.factory.site.id);
        let number = &self.order.number;
        let side = if floor.spread(&format!("side/{number}"), 0, 1) == 0 { Side::Left } else { Side::Right };
        let finding = self.factory.defect(&failed.defect).map(|defect| Finding {
            defect: defect.id.clone(),
            severity: defect.severity,
            side,
            view: defect.view,
            x: defect.x,
            y: defect.y,
            photos: Vec::new(),
        });
        // What was measured was good; the finding says what was not.
        let mut results = results(floor, number, inspection);
        results.retain(|result| result.value.is_some());
        Fact::InspectionFailed {
            round: 0,
            nonconformance: NonconformanceId(names.uuid("nonconformance", &format!("{number}/{}", failed.inspection))),
            findings: finding.into_iter().collect(),
            disposition: failed.rework.as_ref().map(|rework| Disposition::Rework { from: names.job(number, rework) }),
            results,
        }
    }

    /// A job that somebody is in the middle of, begun recently enough to be within its standard time.
    fn under_way(&self, floor: &mut Floor<'a>, id: &OperationId, round: u32) -> Result<Vec<Step>, PlanFault> {
        let operation = self.operation(id)?;
        let by = floor.now_at(operation)?;
        let number = &self.order.number;
        let worked_s = i64::from(operation.standard_time_s) * floor.spread(&format!("worked/{number}"), 15, 60) / 100;
        let auth_level = auth_level(operation);
        let step = |at, fact| Step { at, operation: id.clone(), by: by.clone(), auth_level, fact };
        if self.order.at != At::Paused {
            return Ok(vec![step(self.now - TimeDelta::seconds(worked_s), Fact::JobStarted { round })]);
        }
        let paused_at = self.now - TimeDelta::minutes(floor.spread(&format!("paused/{number}"), 8, 40));
        let waits_for = floor.spread(&format!("reason/{number}"), 0, 1);
        let reason = if waits_for == 0 { PauseReason::Material } else { PauseReason::Machine };
        Ok(vec![
            step(paused_at - TimeDelta::seconds(worked_s), Fact::JobStarted { round }),
            step(paused_at, Fact::JobPaused { round, reason }),
        ])
    }

    /// A job that was begun and signed off, as the scans that say so.
    fn worked(&self, floor: &Floor<'a>, stint: &Stint<'_>) -> Vec<Step> {
        let number = &self.order.number;
        let operation = stint.operation;
        let step = |at, fact| Step {
            at,
            operation: operation.id.clone(),
            by: (stint.worker, stint.workstation.clone()),
            auth_level: auth_level(operation),
            fact,
        };
        let finished = if operation.inspection {
            Fact::InspectionPassed { round: 0, results: results(floor, number, operation) }
        } else {
            let values = values(floor, number, operation);
            Fact::JobFinished { round: 0, values, lots: Vec::new(), early_confirmed: false }
        };
        match operation.recording {
            Recording::OneScan => vec![step(stint.end, finished)],
            Recording::StartFinish => {
                vec![step(stint.start, Fact::JobStarted { round: 0 }), step(stint.end, finished)]
            }
        }
    }

    fn numbered(&self, names: Names, index: usize, step: Step) -> PlayedAction {
        let number = &self.order.number;
        PlayedAction {
            id: ActionId(names.uuid("action", &format!("{number}/{index}"))),
            at: step.at,
            workstation: step.by.1,
            worker: step.by.0,
            auth_level: step.auth_level,
            work_order: self.released.id,
            job: names.job(number, &step.operation),
            // The release made version 1, and each action of the pair one more.
            base_version: 1 + index as u64,
            fact: step.fact,
        }
    }

    /// The beginning of the stated day's first shift, if that lies before the end of the work.
    fn asked_release(&self, end: DateTime<Utc>) -> DateTime<Utc> {
        let calendar = &self.factory.site.calendar;
        let day = day_from(calendar.local_day(self.now), -i64::from(self.order.released_days_ago));
        let opens = calendar.shifts.iter().map(|shift| shift.start).min().unwrap_or(NaiveTime::MIN);
        local_instant(calendar, day, opens).min(end - TimeDelta::minutes(10))
    }

    fn operation(&self, id: &OperationId) -> Result<&'a Operation, PlanFault> {
        self.factory.operation(id).ok_or_else(|| PlanFault::Incomplete(self.order.number.clone()))
    }
}

/// Judging asks for badge and PIN, making for the badge.
fn auth_level(operation: &Operation) -> AuthLevel {
    if operation.inspection { AuthLevel::Pin } else { AuthLevel::Badge }
}

/// What the worker entered: near the target, within tolerance; of the optional ones every other.
fn values(floor: &Floor<'_>, number: &str, operation: &Operation) -> Vec<MeasuredValue> {
    let entered = |name: &str, required: bool| required || floor.spread(&format!("entered/{name}"), 0, 1) == 1;
    (operation.parameters.iter())
        .map(|parameter| (parameter, format!("{number}/{}/{}", operation.id, parameter.id)))
        .filter(|(parameter, name)| entered(name, parameter.required))
        .map(|(parameter, name)| {
            let off = Decimal::new(floor.spread(&name, -1, 1), parameter.decimals);
            let value = (parameter.target + off).clamp(parameter.min, parameter.max);
            MeasuredValue { parameter: parameter.id.clone(), value, reason: None }
        })
        .collect()
}

/// What the inspector found good.
fn results(floor: &Floor<'_>, number: &str, operation: &Operation) -> Vec<CharacteristicResult> {
    (operation.characteristics.iter())
        .map(|characteristic| {
            let value = (characteristic.kind == CharacteristicKind::Measured).then(|| {
                let low = characteristic.min.or(characteristic.max).unwrap_or_default();
                let high = characteristic.max.or(characteristic.min).unwrap_or_default();
                let name = format!("{number}/{}/{}", operation.id, characteristic.id);
                let share = Decimal::new(floor.spread(&name, 25, 75), 2);
                (low + (high - low) * share).round_dp(characteristic.decimals).clamp(low, high)
            });
            CharacteristicResult { characteristic: characteristic.id.clone(), good: true, value }
        })
        .collect()
}
