//! Judges facts in their order against work orders in memory. Pure: everything known is passed in, everything decided is
//! handed out.
//!
//! Nothing is dropped: a fact is applied, flagged or parked. After every fact that counts, what waits on the same work order
//! is taken up again, until nothing moves any more.

mod decide;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use cordwainer_domain::code::Code;
use cordwainer_domain::production::{
    Action, AuthzProblem, ClockClass, ConflictKind, Decision, Fact, Outcome, ParkReason, Resolution, WorkOrder,
    apply_decided, authorise,
};
use cordwainer_domain::{ActionId, ConflictId, JobId, StationId, WorkCentreId, WorkOrderId, WorkerId, WorkstationId};
use cordwainer_protocol::sync::{ConflictRow, VerdictStatus};
use cordwainer_sync::controls::{Control, is_off};

use super::grant;
use crate::store::conflict::{Closing, KnownConflict};
use crate::store::master::KnownWorker;
use crate::store::verdict::{KnownVerdict, Verdict};

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
    /// The conflicts that decisions among the cases are about, and those around them.
    pub(crate) conflicts: Vec<KnownConflict>,
    /// The verdicts on the facts in those conflicts, and on facts that are decided about.
    pub(crate) verdicts: BTreeMap<ActionId, KnownVerdict>,
}

/// An action that was judged before and waits.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Waiting {
    pub(crate) case: Case,
    pub(crate) reason: ParkReason,
    /// What a person decided about it, if anything: it is read accordingly from then on.
    pub(crate) decision: Option<Decision>,
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
    /// Conflicts that a decision closes, opened before or just now.
    pub(crate) closings: Vec<Closing>,
}

/// Judges cases one after the other.
pub(crate) struct Judge<'a> {
    pub(super) known: Known,
    pub(super) waiting: Vec<Waiting>,
    before: BTreeMap<WorkOrderId, Option<WorkOrder>>,
    pub(super) verdicts: BTreeMap<ActionId, Verdict>,
    pub(super) conflicts: Vec<ConflictRow>,
    pub(super) closings: Vec<Closing>,
    pub(super) place: i64,
    now: DateTime<Utc>,
    apply: Apply,
    next_conflict: &'a mut (dyn FnMut() -> ConflictId + Send),
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        known: Known,
        waiting: Vec<Waiting>,
        now: DateTime<Utc>,
        apply: Apply,
        next_conflict: &'a mut (dyn FnMut() -> ConflictId + Send),
    ) -> Self {
        let (before, verdicts) = (BTreeMap::new(), BTreeMap::new());
        let (conflicts, closings) = (Vec::new(), Vec::new());
        Self { known, waiting, before, verdicts, conflicts, closings, place: 0, now, apply, next_conflict }
    }

    /// Judges one case, and then what waited for it.
    pub(crate) fn judge(&mut self, case: Case) {
        let decided_before = self.decisions_about(&case);
        match self.outcome(&case, self.waiting.len(), None) {
            Outcome::Parked(reason) => self.wait(case, reason, None),
            outcome => {
                self.carry_out(&case, outcome, None);
                self.follow_decision(&case, decided_before);
                self.take_up_waiting();
            }
        }
    }

    /// Lets a case wait.
    pub(super) fn wait(&mut self, case: Case, reason: ParkReason, decision: Option<Decision>) {
        self.give(&case, VerdictStatus::Parked, Some(reason.clone()), None, decision.as_ref());
        self.waiting.push(Waiting { case, reason, decision });
    }

    /// Takes up what waits until nothing moves any more.
    pub(crate) fn take_up_waiting(&mut self) {
        let mut index = 0;
        while index < self.waiting.len() {
            let waiting = self.waiting[index].clone();
            if !may_heal(&waiting.reason) {
                index += 1;
                continue;
            }
            let decided_before = self.decisions_about(&waiting.case);
            match self.outcome(&waiting.case, index, waiting.decision.as_ref()) {
                Outcome::Parked(_) => index += 1,
                outcome => {
                    self.waiting.remove(index);
                    self.carry_out(&waiting.case, outcome, waiting.decision.as_ref());
                    self.follow_decision(&waiting.case, decided_before);
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
        Judged { verdicts, work_orders, conflicts: self.conflicts, closings: self.closings }
    }

    /// What a case comes to; the first `older` of those that wait were stored before it.
    pub(super) fn outcome(&self, case: &Case, older: usize, decision: Option<&Decision>) -> Outcome {
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
        if let Some(decision) = decision {
            return self.outcome_by_decision(case, action, decision);
        }
        if let Err(problem) = self.authorise(case, action, work_order) {
            return Outcome::Parked(ParkReason::Authz { problem });
        }
        if action.fact.is_a_resolution()
            && let Some(outcome) = self.outcome_beside_a_pair(case, action)
        {
            return outcome;
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

    /// What a fact that waited comes to as a person decided to read it. Rights are theirs to waive, but nobody can be
    /// credited who is not there.
    fn outcome_by_decision(&self, case: &Case, action: &Action, decision: &Decision) -> Outcome {
        if let Resolution::Reassign { worker } = &decision.resolution
            && !self.known.workers.contains_key(worker)
        {
            return Outcome::Parked(ParkReason::Authz { problem: AuthzProblem::UnknownWorker });
        }
        let work_order = case.work_order.and_then(|id| self.known.work_orders.get(&id));
        catch_unwind(AssertUnwindSafe(|| apply_decided(work_order, action, case.occurred_at, decision)))
            .unwrap_or(Outcome::Parked(ParkReason::ServerError))
    }

    /// An earlier fact of the same station about the same job that waits: what a station recorded in order is never applied
    /// out of order.
    fn blocked_by(&self, case: &Case, older: usize) -> Option<ActionId> {
        // A decision never waits for what it may be about.
        let job = case.job.filter(|_| !is_a_resolution(case))?;
        self.waiting[..older]
            .iter()
            .find(|before| before.case.station == case.station && before.case.job == Some(job) && holds_up(before))
            .map(|before| before.case.id)
    }

    fn authorise(&self, case: &Case, action: &Action, work_order: Option<&WorkOrder>) -> Result<(), AuthzProblem> {
        if case.reach.is_server {
            return Ok(());
        }
        if action.fact.is_of_the_office() {
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

    pub(super) fn carry_out(&mut self, case: &Case, outcome: Outcome, decision: Option<&Decision>) {
        match outcome {
            Outcome::Applied(work_order) => {
                self.keep(work_order);
                self.give(case, VerdictStatus::Applied, None, None, decision);
            }
            Outcome::Flagged(work_order, conflict) => {
                self.keep(work_order);
                self.give(case, VerdictStatus::Flagged, None, Some(conflict), decision);
            }
            Outcome::Noted => self.give(case, VerdictStatus::Applied, None, None, decision),
            Outcome::Parked(reason) => self.give(case, VerdictStatus::Parked, Some(reason), None, decision),
        }
    }

    fn keep(&mut self, work_order: WorkOrder) {
        let id = work_order.id;
        self.known.resolved.insert(work_order.code.clone());
        let before = self.known.work_orders.insert(id, work_order);
        self.before.entry(id).or_insert(before);
    }

    pub(super) fn give(
        &mut self,
        case: &Case,
        status: VerdictStatus,
        reason: Option<ParkReason>,
        conflict: Option<ConflictKind>,
        decision: Option<&Decision>,
    ) {
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
        self.put(Verdict {
            action: case.id,
            station: case.station,
            work_order: case.work_order,
            awaits_code,
            status,
            reason,
            conflict,
            conflict_id,
            place: self.place,
            counted_place: matches!(status, VerdictStatus::Applied | VerdictStatus::Flagged).then_some(self.place),
            decided_by: decision.map(|decision| decision.by),
        });
    }

    /// Gives a verdict its place. A fact that counted before in this commit keeps the place at which it began to.
    pub(super) fn put(&mut self, verdict: Verdict) {
        let counted = self.verdicts.get(&verdict.action).and_then(|before| before.counted_place);
        let verdict = Verdict { counted_place: counted.or(verdict.counted_place), ..verdict };
        self.verdicts.insert(verdict.action, verdict);
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

/// Whether later facts of the same station about the same job wait for it. Bytes that cannot be trusted hold up nothing,
/// and neither does a decision.
fn holds_up(waiting: &Waiting) -> bool {
    let distrusted =
        matches!(waiting.reason, ParkReason::BadSignature | ParkReason::Unreadable | ParkReason::UnresolvedCode);
    !distrusted && !is_a_resolution(&waiting.case)
}

fn is_a_resolution(case: &Case) -> bool {
    matches!(&case.content, Content::Fact(action) if action.fact.is_a_resolution())
}
