//! Take the last move back, for ten seconds.

use cordwainer_domain::production::{Fact, Outcome};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};

impl Engine {
    pub(in crate::engine) fn undo(&mut self, at: Moment) -> Heard {
        let session = self.present()?;
        let nothing = || Say::failure(MessageCode::NothingToUndo);
        let last = self.attendance.undoable(session.worker, at.mono_ms).cloned().ok_or_else(nothing)?;
        let doing = Doing {
            who: Some(session),
            work_order: Some(last.work_order),
            job: Some(last.job),
            fact: Fact::Undone { target: last.action },
            at,
        };
        let action = self.compose(doing)?;
        // Something has been built on it meanwhile: that is for a supervisor, not for a card.
        if !matches!(self.floor.foresee(&action), Outcome::Applied(_)) {
            return Err(nothing());
        }
        let recorded = self.record_composed(action, AnswerKind::Undone)?;
        self.attendance.forget_move(session.worker);
        self.tally.take_back(last.action);
        self.attendance.judging = None;
        let say = Say::new(AnswerKind::Undone, MessageCode::Undone, Tone::Noted).saved(recorded);
        let say = self.named(say.worker(self.names().worker(session.worker)), last.job);
        Ok(self.about_job(say, last.job))
    }
}
