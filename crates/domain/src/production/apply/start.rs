//! Start, pause, resume.

use super::{ConflictKind, Judgement, Outcome, ParkReason, Turn};
use crate::production::job::{JobState, PauseReason, Run};

impl Judgement<'_> {
    pub(super) fn start(mut self, round: u32) -> Outcome {
        let index = match self.turn(round) {
            Ok(Turn::Fits(index)) => index,
            Ok(Turn::Past(_)) => return self.flag(ConflictKind::OutOfTurn),
            Err(reason) => return Outcome::Parked(reason),
        };
        match &self.job(index).progress.state {
            JobState::Open => {
                if let Some(reason) = self.not_yet(index) {
                    return Outcome::Parked(reason);
                }
                let run = self.begin();
                self.advance(index, JobState::Running { run });
                self.applied()
            }
            JobState::Running { run } | JobState::Paused { run, .. } => {
                let first = run.action;
                self.flag(ConflictKind::StartedTwice { first })
            }
            JobState::Done { sign_off } => {
                let first = sign_off.action;
                self.flag(ConflictKind::SignedTwice { first })
            }
            JobState::Held { .. } => Outcome::Parked(ParkReason::Held),
            JobState::Void { .. } => Outcome::Parked(ParkReason::JobVoid),
        }
    }

    pub(super) fn pause(mut self, round: u32, reason: PauseReason) -> Outcome {
        let index = match self.turn(round) {
            Ok(Turn::Fits(index)) => index,
            Ok(Turn::Past(_)) => return self.flag(ConflictKind::OutOfTurn),
            Err(reason) => return Outcome::Parked(reason),
        };
        let JobState::Running { run } = &self.job(index).progress.state else {
            return self.flag(ConflictKind::OutOfTurn);
        };
        let mut run = run.clone();
        run.worked_s = run.worked_until_s(self.at);
        let since = self.at;
        self.advance(index, JobState::Paused { run, since, reason });
        self.applied()
    }

    pub(super) fn resume(mut self, round: u32) -> Outcome {
        let index = match self.turn(round) {
            Ok(Turn::Fits(index)) => index,
            Ok(Turn::Past(_)) => return self.flag(ConflictKind::OutOfTurn),
            Err(reason) => return Outcome::Parked(reason),
        };
        let JobState::Paused { run, .. } = &self.job(index).progress.state else {
            return self.flag(ConflictKind::OutOfTurn);
        };
        if let Some(reason) = self.stopped(index) {
            return Outcome::Parked(reason);
        }
        let mut run = run.clone();
        run.stretch_at = self.at;
        // Whoever goes on is whom the rest is credited to; the first worker's part is in the log.
        run.worker = self.action.worker;
        run.workstation = self.action.workstation.clone();
        self.advance(index, JobState::Running { run });
        self.applied()
    }

    /// Work that begins with this fact.
    pub(super) fn begin(&self) -> Run {
        Run {
            action: self.action.id,
            worker: self.action.worker,
            workstation: self.action.workstation.clone(),
            started_at: self.at,
            stretch_at: self.at,
            worked_s: 0,
        }
    }
}
