//! Judges facts in their order against work orders in memory. Pure: everything known is passed in, everything decided is
//! handed out.
//!
//! Nothing is dropped: a fact is applied, flagged or parked. After every fact that counts, what waits on the same work order
//! is taken up again, until nothing moves any more.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use cordwainer_domain::code::Code;
use cordwainer_domain::production::{
    Action, AuthzProblem, ClockClass, ConflictKind, Fact, Outcome, ParkReason, WorkOrder, authorise,
};
use cordwainer_domain::{ActionId, ConflictId, JobId, StationId, WorkCentreId, WorkOrderId, WorkerId, WorkstationId};
use cordwainer_protocol::sync::{ConflictRow, VerdictStatus};
use cordwainer_sync::controls::{Control, is_off};

use super::grant;
use crate::store::master::KnownWorker;
use crate::store::verdict::Verdict;

/// The reducer; a test may pass another one.
pub(crate) type Apply = fn(Option<&WorkOrder>, &Action, DateTime<Utc>) -> Outcome;

/// What can be made of an action's bytes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Content {
    /// A fact to be judged.
    Fact(Box<Action>),
    /// Nothing that could be judged, and why.
    Unjudgeable(ParkReason),
}

/// How far the word of a station goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reach {
    /// The server's own.
    pub(crate) is_server: bool,
    /// `*` or a work centre's key.
    pub(crate) scope: String,
    /// Where it stands.
    pub(crate) workstation: WorkstationId,
}

/// An action to be judged.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Case {
    pub(crate) id: ActionId,
    pub(crate) station: StationId,
    pub(crate) reach: Reach,
    pub(crate) work_order: Option<WorkOrderId>,
    pub(crate) job: Option<JobId>,
    pub(crate) occurred_at: DateTime<Utc>,
    pub(crate) content: Content,
}

/// What is known when judging begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) work_orders: BTreeMap<WorkOrderId, WorkOrder>,
    pub(crate) workers: BTreeMap<WorkerId, KnownWorker>,
    pub(crate) workstations: BTreeMap<WorkstationId, Option<WorkCentreId>>,
    pub(crate) resolved: BTreeSet<Code>,
}

/// What was decided.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// New and changed verdicts, in the order in which they were given.
    pub(crate) verdicts: Vec<Verdict>,
    /// Work orders that changed: as they were, and as they are.
    pub(crate) work_orders: Vec<(Option<WorkOrder>, WorkOrder)>,
    /// Conflicts that were opened.
    pub(crate) conflicts: Vec<ConflictRow>,
}

/// Judges cases one after the other.
pub(crate) struct Judge<'a> {
    known: Known,
    waiting: Vec<(Case, ParkReason)>,
    before: BTreeMap<WorkOrderId, Option<WorkOrder>>,
    verdicts: BTreeMap<ActionId, Verdict>,
    conflicts: Vec<ConflictRow>,
    place: i64,
    now: DateTime<Utc>,
    apply: Apply,
    next_conflict: &'a mut (dyn FnMut() -> ConflictId + Send),
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        known: Known,
        waiting: Vec<(Case, ParkReason)>,
        now: DateTime<Utc>,
        apply: Apply,
        next_conflict: &'a mut (dyn FnMut() -> ConflictId + Send),
    ) -> Self {
        let (before, verdicts, conflicts) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { known, waiting, before, verdicts, conflicts, place: 0, now, apply, next_conflict }
    }

    /// Judges one case, and then what waited for it.
    pub(crate) fn judge(&mut self, case: Case) {
        match self.outcome(&case, self.waiting.len()) {
            Outcome::Parked(reason) => {
                self.give(&case, VerdictStatus::Parked, Some(reason.clone()), None);
                self.waiting.push((case, reason));
            }
            outcome => {
                self.carry_out(&case, outcome);
                self.take_up_waiting();
            }
        }
    }

    /// Takes up what waits until nothing moves any more.
    pub(crate) fn take_up_waiting(&mut self) {
        let mut index = 0;
        while index < self.waiting.len() {
            let (case, reason) = &self.waiting[index];
            if !may_heal(reason) {
                index += 1;
                continue;
            }
            match self.outcome(&case.clone(), index) {
                Outcome::Parked(_) => index += 1,
                outcome => {
                    let (case, _) = self.waiting.remove(index);
                    self.carry_out(&case, outcome);
                    index = 0;
                }
            }
        }
    }

    /// Everything that was decided.
    pub(crate) fn finish(self) -> Judged {
        let mut verdicts: Vec<Verdict> = self.verdicts.into_values().collect();
        verdicts.sort_by_key(|verdict| verdict.place);
        let mut after = self.known.work_orders;
        let work_orders =
            self.before.into_iter().filter_map(|(id, before)| after.remove(&id).map(|now| (before, now))).collect();
        Judged { verdicts, work_orders, conflicts: self.conflicts }
    }

    /// What a case comes to; the first `older` of those that wait were stored before it.
    fn outcome(&self, case: &Case, older: usize) -> Outcome {
        let action = match &case.content {
            Content::Unjudgeable(reason) => return Outcome::Parked(reason.clone()),
            Content::Fact(action) => action,
        };
        if let Some(action) = self.blocked_by(case, older) {
            return Outcome::Parked(ParkReason::BlockedBy { action });
        }
        if let Fact::ScanUnresolved { code } = &action.fact {
            let resolves = self.known.resolved.contains(code);
            return if resolves { Outcome::Noted } else { Outcome::Parked(ParkReason::UnresolvedCode) };
        }
        let work_order = case.work_order.and_then(|id| self.known.work_orders.get(&id));
        if let Err(problem) = self.authorise(case, action, work_order) {
            return Outcome::Parked(ParkReason::Authz { problem });
        }
        let apply = self.apply;
        catch_unwind(AssertUnwindSafe(|| match apply(work_order, action, case.occurred_at) {
            Outcome::Applied(once) if is_off(Control::ApplyOnce) => {
                match apply(Some(&once), action, case.occurred_at) {
                    Outcome::Applied(twice) | Outcome::Flagged(twice, _) => Outcome::Applied(twice),
                    Outcome::Parked(_) | Outcome::Noted => Outcome::Applied(once),
                }
            }
            outcome => outcome,
        }))
        .unwrap_or(Outcome::Parked(ParkReason::ServerError))
    }

    /// An earlier fact of the same station about the same job that waits: what a station recorded in order is never applied
    /// out of order.
    fn blocked_by(&self, case: &Case, older: usize) -> Option<ActionId> {
        let job = case.job?;
        self.waiting[..older]
            .iter()
            .find(|(before, reason)| before.station == case.station && before.job == Some(job) && holds_up(reason))
            .map(|(before, _)| before.id)
    }

    fn authorise(&self, case: &Case, action: &Action, work_order: Option<&WorkOrder>) -> Result<(), AuthzProblem> {
        if case.reach.is_server {
            return Ok(());
        }
        if matches!(action.fact, Fact::WorkOrderReleased(_)) {
            return Err(AuthzProblem::WrongWorkstation);
        }
        let job = action.job.and_then(|id| work_order.and_then(|work_order| work_order.job(id)));
        self.check_reach(&case.reach, action, job.map(|job| &job.spec.work_centre))?;
        let Some(id) = action.worker else { return authorise(&action.fact, None, action.auth_level, job) };
        let known = self.known.workers.get(&id).ok_or(AuthzProblem::UnknownWorker)?;
        let mut worker = known.worker.clone();
        // Facts from before the revocation stay good, if the clock can be believed.
        let doubtful = action.clock.class == ClockClass::Unknown;
        worker.active = known.revoked_at.is_none_or(|at| !doubtful && case.occurred_at.timestamp_millis() < at);
        authorise(&action.fact, Some(&worker), action.auth_level, job)?;
        if action.grant.is_some_and(|grant| grant::had_ended(grant, id, case.occurred_at)) {
            return Err(AuthzProblem::GrantExpired);
        }
        Ok(())
    }

    /// A station acts at workstations of its work centre and for jobs that are done there; one that leads the floor anywhere.
    fn check_reach(&self, reach: &Reach, action: &Action, done_at: Option<&WorkCentreId>) -> Result<(), AuthzProblem> {
        if reach.scope == "*" {
            return Ok(());
        }
        let own = action.workstation == reach.workstation;
        let group = self.known.workstations.get(&action.workstation).and_then(Option::as_ref);
        let within = own || group.is_some_and(|id| id.as_str() == reach.scope);
        let for_us = done_at.is_none_or(|id| id.as_str() == reach.scope);
        if within && for_us { Ok(()) } else { Err(AuthzProblem::WrongWorkstation) }
    }

    fn carry_out(&mut self, case: &Case, outcome: Outcome) {
        match outcome {
            Outcome::Applied(work_order) => {
                self.keep(work_order);
                self.give(case, VerdictStatus::Applied, None, None);
            }
            Outcome::Flagged(work_order, conflict) => {
                self.keep(work_order);
                self.give(case, VerdictStatus::Flagged, None, Some(conflict));
            }
            Outcome::Noted => self.give(case, VerdictStatus::Applied, None, None),
            Outcome::Parked(reason) => self.give(case, VerdictStatus::Parked, Some(reason), None),
        }
    }

    fn keep(&mut self, work_order: WorkOrder) {
        let id = work_order.id;
        self.known.resolved.insert(work_order.code.clone());
        let before = self.known.work_orders.insert(id, work_order);
        self.before.entry(id).or_insert(before);
    }

    fn give(&mut self, case: &Case, status: VerdictStatus, reason: Option<ParkReason>, conflict: Option<ConflictKind>) {
        let conflict_id = conflict.as_ref().map(|_| (self.next_conflict)());
        if let (Some(id), Some(conflict)) = (conflict_id, &conflict) {
            self.conflicts.push(ConflictRow {
                id,
                conflict: conflict.clone(),
                action_id: case.id,
                other_action_id: conflict.other(),
                work_order_id: case.work_order,
                job_id: case.job,
                opened_at: self.now,
                closed_at: None,
            });
        }
        let awaits_code = match (&reason, &case.content) {
            (Some(ParkReason::UnresolvedCode), Content::Fact(action)) => scanned(action).cloned(),
            _ => None,
        };
        let (station, work_order, place) = (case.station, case.work_order, self.place);
        let verdict =
            Verdict { action: case.id, station, work_order, awaits_code, status, reason, conflict, conflict_id, place };
        self.verdicts.insert(case.id, verdict);
        self.place += 1;
    }
}

/// The code that an unresolved scan read.
pub(crate) const fn scanned(action: &Action) -> Option<&Code> {
    match &action.fact {
        Fact::ScanUnresolved { code } => Some(code),
        _ => None,
    }
}

/// Whether a later fact, or a later release of this program, may heal it. The rest waits for a supervisor.
const fn may_heal(reason: &ParkReason) -> bool {
    !matches!(
        reason,
        ParkReason::Authz { .. } | ParkReason::Unfit { .. } | ParkReason::BadSignature | ParkReason::Unreadable
    )
}

/// Whether later facts of the same station about the same job wait for it. Bytes that cannot be trusted hold up nothing.
const fn holds_up(reason: &ParkReason) -> bool {
    !matches!(reason, ParkReason::BadSignature | ParkReason::Unreadable | ParkReason::UnresolvedCode)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, Utc};
    use cordwainer_domain::people::AuthLevel;
    use cordwainer_domain::production::{
        Action, ClockClass, ClockReading, Fact, Outcome, ParkReason, PauseReason, WorkOrder, apply,
    };
    use cordwainer_domain::{ActionId, ConflictId, StationId};
    use cordwainer_protocol::sync::VerdictStatus;
    use uuid::Uuid;

    use super::{Case, Content, Judge, Judged, Known, Reach};
    use crate::store::master::KnownWorker;
    use crate::test_support::factory;

    fn case(number: u128, fact: Fact, pair: u32, place: usize) -> Case {
        let (id, station) = (ActionId(Uuid::from_u128(number)), StationId(Uuid::from_u128(1)));
        let (work_order, job) = (Some(factory::pair(pair)), Some(factory::job(pair, place)));
        let workstation = factory::WORKSTATIONS[place];
        let clock = ClockReading {
            wall_ms: 0,
            mono_ms: 0,
            boot_id: String::new(),
            class: ClockClass::Synchronised,
            offset_ms: 0,
        };
        let action = Action {
            id,
            site: factory::site(),
            station,
            workstation: workstation.into(),
            worker: Some(factory::maker()),
            grant: None,
            auth_level: AuthLevel::Badge,
            work_order,
            job,
            base_version: None,
            base_cursor: None,
            clock,
            app_version: String::new(),
            schema_version: 1,
            fact,
        };
        Case {
            id,
            station,
            reach: Reach { is_server: false, scope: "*".to_owned(), workstation: workstation.into() },
            work_order,
            job,
            occurred_at: DateTime::UNIX_EPOCH,
            content: Content::Fact(Box::new(action)),
        }
    }

    fn known(pairs: &[u32]) -> Known {
        let release = |number: &u32| {
            let released = factory::released(*number, DateTime::UNIX_EPOCH);
            (factory::pair(*number), WorkOrder::release(&released, DateTime::UNIX_EPOCH).unwrap())
        };
        let maker = KnownWorker { worker: factory::worker(factory::maker(), true), revoked_at: None };
        Known {
            work_orders: pairs.iter().map(release).collect(),
            workers: BTreeMap::from([(factory::maker(), maker)]),
            ..Known::default()
        }
    }

    fn judged(known: Known, cases: Vec<Case>, apply: super::Apply) -> Judged {
        let mut next = || ConflictId(Uuid::nil());
        let mut judge = Judge::new(known, Vec::new(), DateTime::UNIX_EPOCH, apply, &mut next);
        cases.into_iter().for_each(|case| judge.judge(case));
        judge.finish()
    }

    fn finish() -> Fact {
        Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false }
    }

    /// A reducer with a fault: it cannot bear pauses.
    fn faulty(work_order: Option<&WorkOrder>, action: &Action, at: DateTime<Utc>) -> Outcome {
        assert!(!matches!(action.fact, Fact::JobPaused { .. }), "the fault under test");
        apply(work_order, action, at)
    }

    #[test]
    fn a_reducer_that_panics_parks_one_action_and_the_rest_goes_on() {
        let pause = Fact::JobPaused { round: 0, reason: PauseReason::Break };
        let cases = vec![case(1, finish(), 1, 0), case(2, pause, 2, 0), case(3, finish(), 3, 0)];
        let judged = judged(known(&[1, 2, 3]), cases, faulty);
        let statuses: Vec<_> = judged.verdicts.iter().map(|verdict| verdict.status).collect();
        assert_eq!(
            statuses,
            [VerdictStatus::Applied, VerdictStatus::Parked, VerdictStatus::Applied],
            "one bad fact never holds up a push"
        );
        assert_eq!(judged.verdicts[1].reason, Some(ParkReason::ServerError), "it waits for a better program");
        assert_eq!(judged.work_orders.len(), 2, "and changed nothing");
    }

    #[test]
    fn a_whole_line_recorded_backwards_falls_into_place() {
        let cases = vec![case(1, finish(), 1, 2), case(2, finish(), 1, 1), case(3, finish(), 1, 0)];
        let judged = judged(known(&[1]), cases, apply);
        assert!(
            judged.verdicts.iter().all(|verdict| verdict.status == VerdictStatus::Applied),
            "nothing waits any more"
        );
        let order: Vec<u128> = judged.verdicts.iter().map(|verdict| verdict.action.0.as_u128()).collect();
        assert_eq!(order, [3, 2, 1], "the places tell in which order they were applied");
        let (before, now) = &judged.work_orders[0];
        assert_eq!(
            (before.as_ref().unwrap().version, now.version),
            (1, 4),
            "from the state that was loaded to the last"
        );
    }
}
