//! What follows from a person's decision: conflicts close, facts that waited count or are closed, and everybody whose fact
//! it was about is told. Pure, like [the judge](super), whose second half this is.

use cordwainer_domain::production::{
    Action, Decision, Fact, Outcome, ParkReason, Question, Resolution, Resolved, WorkOrder,
};
use cordwainer_domain::{ActionId, ConflictId};
use cordwainer_protocol::sync::{ConflictRow, VerdictStatus};

use super::{Case, Content, Judge, Waiting};
use crate::store::conflict::{Closed, Closing};
use crate::store::verdict::Verdict;

/// A decision, as its fact says it.
struct Decided<'a> {
    about: ActionId,
    question: Question,
    resolution: &'a Resolution,
    reason: &'a Option<String>,
}

impl<'a> Decided<'a> {
    fn of(fact: &'a Fact) -> Option<Self> {
        match fact {
            Fact::ConflictResolved { flagged, between, resolution, reason, .. } => Some(Self {
                about: *flagged,
                question: Question::Conflict { between: between.clone() },
                resolution,
                reason,
            }),
            Fact::ParkedResolved { parked, waited_for, resolution, reason } => Some(Self {
                about: *parked,
                question: Question::Parked { waited_for: waited_for.clone() },
                resolution,
                reason,
            }),
            _ => None,
        }
    }

    fn as_resolved(&self, by: ActionId) -> Resolved {
        Resolved { about: self.about, question: self.question.clone(), by, resolution: self.resolution.clone() }
    }
}

impl Judge<'_> {
    /// How many decisions the pair of a case has seen, so that those that the case adds can be told.
    pub(super) fn decisions_about(&self, case: &Case) -> usize {
        case.work_order.and_then(|id| self.known.work_orders.get(&id)).map_or(0, |found| found.resolved.len())
    }

    /// What the pair alone cannot tell of a decision: whether there is such a question, and, for facts that belong to no
    /// pair, whether it has been answered. `None` leaves it to the reducer.
    pub(super) fn outcome_beside_a_pair(&self, case: &Case, action: &Action) -> Option<Outcome> {
        let decided = Decided::of(&action.fact)?;
        let known = match &decided.question {
            Question::Conflict { .. } => self.conflict_of(&decided.as_resolved(case.id)).is_some(),
            Question::Parked { .. } => {
                let waits = self.waiting.iter().find(|waiting| waiting.case.id == decided.about);
                let fits = |work_order| work_order == case.work_order;
                waits.map(|waiting| fits(waiting.case.work_order)).unwrap_or_else(|| {
                    self.known.verdicts.get(&decided.about).is_some_and(|verdict| fits(verdict.work_order))
                        || self.verdicts.get(&decided.about).is_some_and(|verdict| fits(verdict.work_order))
                })
            }
        };
        if !known {
            // After a restore the facts that it is about may still be on their way.
            return Some(Outcome::Parked(ParkReason::UnknownSubject));
        }
        let has_pair = case.work_order.is_some_and(|id| self.known.work_orders.contains_key(&id));
        if has_pair { None } else { Some(self.outcome_without_a_pair(&decided)) }
    }

    /// Facts without a pair can only be taken note of or refused; which of two decisions came first is all that matters, and
    /// nothing hangs on it.
    fn outcome_without_a_pair(&self, decided: &Decided<'_>) -> Outcome {
        let choices = match &decided.question {
            Question::Conflict { between } => between.choices(),
            Question::Parked { waited_for } => waited_for.choices(),
        };
        let harmless = matches!(decided.resolution, Resolution::Acknowledge | Resolution::Refuse);
        if choices.contains(&decided.resolution.kind()) && harmless {
            return Outcome::Noted;
        }
        Outcome::Parked(ParkReason::UnknownWorkOrder)
    }

    /// Carries out what a decision that has just been applied means for the facts that it is about.
    pub(super) fn follow_decision(&mut self, case: &Case, decided_before: usize) {
        let Content::Fact(action) = &case.content else { return };
        let Some(decided) = Decided::of(&action.fact) else { return };
        let applied = self.verdicts.get(&case.id).is_some_and(|verdict| verdict.status == VerdictStatus::Applied);
        if !applied {
            return;
        }
        match &decided.question {
            Question::Conflict { .. } => {
                let pair = case.work_order.and_then(|id| self.known.work_orders.get(&id)).cloned();
                let new: Vec<Resolved> = match &pair {
                    Some(pair) => pair.resolved.iter().skip(decided_before).cloned().collect(),
                    None => vec![decided.as_resolved(case.id)],
                };
                for resolved in new {
                    self.close(action, &resolved, decided.reason.clone(), pair.as_ref());
                }
            }
            Question::Parked { waited_for } => self.decide_parked(
                decided.about,
                Decision { by: case.id, waited_for: waited_for.clone(), resolution: decided.resolution.clone() },
            ),
        }
    }

    /// The open or closed conflict that a decision answers.
    fn conflict_of(&self, resolved: &Resolved) -> Option<&ConflictRow> {
        let asked = |row: &ConflictRow| {
            let question = Question::Conflict { between: row.conflict.clone() };
            resolved.answers(row.action_id, &question)
        };
        let known = self.known.conflicts.iter().map(|known| &known.row);
        known.chain(&self.conflicts).find(|row| asked(row))
    }

    /// Closes the conflict that a decision answers, and settles the verdicts on its facts by whether they count now.
    fn close(&mut self, action: &Action, resolved: &Resolved, reason: Option<String>, pair: Option<&WorkOrder>) {
        let Some(row) = self.conflict_of(resolved).cloned() else { return };
        if self.is_closed(row.id) {
            return;
        }
        let closed = Closed { resolution: resolved.resolution.clone(), reason };
        self.closings.push(Closing { id: row.id, worker: action.worker, by: resolved.by, closed });
        let counts = |fact: ActionId| pair.is_some_and(|pair| pair.counts(fact));
        // Other bytes under a taken identifier say nothing about the fact that came first.
        if row.other_action_id != Some(row.action_id) {
            let stands = resolved.resolution == Resolution::Accept || counts(row.action_id);
            self.settle(row.action_id, if stands { VerdictStatus::Applied } else { VerdictStatus::Closed });
        }
        if let Some(other) = row.other_action_id.filter(|_| row.conflict.contests_the_other()) {
            self.settle(other, if counts(other) { VerdictStatus::Applied } else { VerdictStatus::Closed });
        }
    }

    fn is_closed(&self, id: ConflictId) -> bool {
        let before = self.known.conflicts.iter().any(|known| known.row.id == id && known.decided.is_some());
        before || self.closings.iter().any(|closing| closing.id == id)
    }

    /// Gives a fact that has counted, or was kept beside, its final verdict. One that is still in another open conflict
    /// keeps the verdict that it has.
    fn settle(&mut self, fact: ActionId, status: VerdictStatus) {
        let before = match (self.verdicts.get(&fact), self.known.verdicts.get(&fact)) {
            (Some(now), _) => now.clone(),
            (None, Some(known)) => Verdict {
                action: fact,
                station: known.station,
                work_order: known.work_order,
                awaits_code: None,
                status: known.row.status,
                reason: known.row.park_reason.clone(),
                conflict: known.row.conflict.clone(),
                conflict_id: known.row.conflict_id,
                place: 0,
                counted_place: None,
                decided_by: None,
            },
            (None, None) => return,
        };
        let contested =
            before.status == VerdictStatus::Flagged && before.conflict_id.is_some_and(|id| !self.is_closed(id));
        if before.status == status || contested {
            return;
        }
        self.put(Verdict { status, place: self.place, ..before });
    }

    /// A fact that waited counts as a person decided, or is closed.
    fn decide_parked(&mut self, parked: ActionId, decision: Decision) {
        let Some(index) = self.waiting.iter().position(|waiting| waiting.case.id == parked) else { return };
        let waiting = self.waiting.remove(index);
        if decision.resolution == Resolution::Refuse {
            self.give(&waiting.case, VerdictStatus::Closed, Some(waiting.reason), None, Some(&decision));
            return;
        }
        match self.outcome(&waiting.case, index, Some(&decision)) {
            Outcome::Parked(reason) => {
                self.give(&waiting.case, VerdictStatus::Parked, Some(reason.clone()), None, Some(&decision));
                let waiting = Waiting { reason, decision: Some(decision), ..waiting };
                self.waiting.insert(index, waiting);
            }
            outcome => self.carry_out(&waiting.case, outcome, Some(&decision)),
        }
    }
}
