//! Work on an order that is cancelled or scrapped: kept whole, and counted when a person says so.

use super::resolve::Obstacle;
use super::{ConflictKind, Judgement, Outcome};
use crate::ActionId;
use crate::production::action::Fact;
use crate::production::credit::{KeptFact, KeptOutcome};
use crate::production::resolution::{Question, Resolution};
use crate::production::work_order::WorkOrderLife;

impl Judgement<'_> {
    pub(super) fn cancel(mut self, reason: &str) -> Outcome {
        if !matches!(self.work_order.life, WorkOrderLife::Open) {
            return self.flag(ConflictKind::OrderClosed);
        }
        self.work_order.life = WorkOrderLife::Cancelled { at: self.at, reason: reason.to_owned() };
        self.applied()
    }

    /// The order stays closed; labour, materials and time are kept.
    pub(super) fn keep_after_close(mut self) -> Outcome {
        self.work_order.after_close.push(KeptFact::of(self.action, self.at));
        self.flag(ConflictKind::OrderClosed)
    }

    /// One decision for all that was done after the order was closed, so that a start and its finish never part.
    pub(super) fn settle_what_was_kept(&mut self, flagged: ActionId, resolution: &Resolution) -> Result<(), Obstacle> {
        if !self.is_still_kept(flagged) {
            return Err(Obstacle::TooLate);
        }
        match resolution {
            Resolution::Reinstate => {
                if matches!(self.work_order.life, WorkOrderLife::Scrapped { .. }) {
                    return Err(Obstacle::NoSuchChoice);
                }
                self.work_order.life = WorkOrderLife::Open;
                self.count_what_was_kept();
            }
            Resolution::ReusePart => self.mark_kept(KeptOutcome::Reused),
            _ => self.mark_kept(KeptOutcome::Scrapped),
        }
        self.write_decisions_about_the_others(flagged, resolution);
        Ok(())
    }

    /// Whether a fact that was recorded after the order was closed still waits for a decision that fits it.
    pub(super) fn is_still_kept(&self, action: ActionId) -> bool {
        self.work_order.after_close.iter().any(|kept| kept.action == action && kept.outcome == KeptOutcome::Kept)
    }

    fn mark_kept(&mut self, outcome: KeptOutcome) {
        for kept in self.work_order.after_close.iter_mut().filter(|kept| kept.outcome == KeptOutcome::Kept) {
            kept.outcome = outcome;
        }
    }

    /// What was kept is judged again, in its order, now that the order goes on. What still does not fit stays kept.
    fn count_what_was_kept(&mut self) {
        let version = self.work_order.version;
        for index in 0..self.work_order.after_close.len() {
            let kept = &self.work_order.after_close[index];
            if kept.outcome != KeptOutcome::Kept {
                continue;
            }
            let (action, at) = (kept.as_action(&self.action.site, self.work_order.id), kept.at);
            let judgement = Judgement { work_order: self.work_order.clone(), action: &action, at, out_of_order: false };
            if let Outcome::Applied(next) | Outcome::Flagged(next, _) = judgement.judge() {
                self.work_order = next;
                self.work_order.after_close[index].outcome = KeptOutcome::Counted;
            }
            // All of it is one step of the pair: the decision's.
            self.work_order.version = version;
        }
    }

    fn write_decisions_about_the_others(&mut self, flagged: ActionId, resolution: &Resolution) {
        let others: Vec<ActionId> = self
            .work_order
            .after_close
            .iter()
            .filter(|kept| kept.outcome != KeptOutcome::Kept && kept.action != flagged)
            .map(|kept| kept.action)
            .collect();
        let question = Question::Conflict { between: ConflictKind::OrderClosed };
        for about in others {
            if self.work_order.decided(about, &question).is_none() {
                self.write_decision(about, question.clone(), resolution);
            }
        }
    }
}

/// Facts of the office and decisions are about the order itself; only what was done at it is kept.
pub(super) const fn is_kept_after_close(fact: &Fact) -> bool {
    !fact.is_of_the_office() && !fact.is_a_resolution()
}
