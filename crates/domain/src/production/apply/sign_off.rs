//! Sign-off: the fact that everything else on the floor is for.

use super::{ConflictKind, Judgement, Kind, Outcome, ParkReason, Turn};
use crate::code::Code;
use crate::product::Recording;
use crate::production::action::MeasuredValue;
use crate::production::job::{JobState, Run, SignOff};

impl Judgement<'_> {
    pub(super) fn sign_off(mut self, round: u32, values: &[MeasuredValue], lots: &[Code]) -> Outcome {
        let index = match self.turn_at(round, Kind::Making) {
            Ok(Turn::Fits(index)) => index,
            Ok(Turn::Past(index)) => return self.keep_beside(index, round, values, lots),
            Err(reason) => return Outcome::Parked(reason),
        };
        if self.job(index).run().is_some()
            && let Some(reason) = self.stopped(index)
        {
            return Outcome::Parked(reason);
        }
        let (run, conflict) = match &self.job(index).progress.state {
            JobState::Running { run } => (Some(run.clone()), self.other_hands(run)),
            JobState::Paused { run, .. } => {
                // Time stood still since the pause; the finish ends the work, not the break.
                let mut run = run.clone();
                run.stretch_at = self.at;
                let conflict = self.other_hands(&run);
                (Some(run), conflict)
            }
            JobState::Open => match self.not_yet(index) {
                Some(reason) => return Outcome::Parked(reason),
                None if self.job(index).spec.recording == Recording::OneScan => (None, None),
                None => (None, Some(ConflictKind::FinishWithoutStart)),
            },
            JobState::Done { .. } => return self.keep_beside(index, round, values, lots),
            JobState::Held { .. } => return Outcome::Parked(ParkReason::Held),
            JobState::Void { .. } => return Outcome::Parked(ParkReason::JobVoid),
        };
        let sign_off = self.signed(run.as_ref(), round, values, lots);
        self.advance(index, JobState::Done { sign_off });
        match conflict {
            None => self.applied(),
            Some(conflict) => self.flag(conflict),
        }
    }

    /// A second sign-off: kept beside the one that counts, never counted.
    fn keep_beside(mut self, index: usize, round: u32, values: &[MeasuredValue], lots: &[Code]) -> Outcome {
        let first =
            self.job(index).counted_sign_offs().find(|signed| signed.round == round).map(|signed| signed.action);
        let late = self.signed(None, round, values, lots);
        self.put_beside(index, late);
        self.flag(first.map_or(ConflictKind::OutOfTurn, |first| ConflictKind::SignedTwice { first }))
    }

    fn other_hands(&self, run: &Run) -> Option<ConflictKind> {
        (run.worker != self.action.worker).then_some(ConflictKind::FinishedByAnother { started: run.action })
    }

    /// The sign-off that this fact makes, with its start inferred where none was recorded.
    pub(super) fn signed(&self, run: Option<&Run>, round: u32, values: &[MeasuredValue], lots: &[Code]) -> SignOff {
        SignOff {
            action: self.action.id,
            round,
            worker: self.action.worker,
            workstation: self.action.workstation.clone(),
            // A clock that was set back must not make work that ends before it begins.
            started_at: run.map_or(self.at, |run| run.started_at.min(self.at)),
            finished_at: self.at,
            worked_s: run.map_or(0, |run| run.worked_until_s(self.at)),
            start_inferred: run.is_none(),
            overruled: false,
            started_by: run.and_then(|run| run.worker).filter(|starter| Some(*starter) != self.action.worker),
            shares: Vec::new(),
            values: values.to_vec(),
            lots: lots.to_vec(),
        }
    }
}
