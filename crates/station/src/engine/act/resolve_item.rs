//! Decide about an open item: recorded like anything else, offline too. The PIN is asked for again.

use cordwainer_domain::production::{Fact, Resolution, authorise};
use cordwainer_domain::{ConflictId, JobId, WorkOrderId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};
use super::super::words::of_authz;

impl Engine {
    pub(in crate::engine) fn resolve_item(
        &mut self,
        item: &str,
        resolution: Resolution,
        reason: Option<String>,
        pin: Option<&str>,
        at: Moment,
    ) -> Heard {
        let session = self.present()?;
        if resolution.kind().needs_reason() && reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Box::new(Say::refused(MessageCode::ReasonNeeded, Tone::Question)));
        }
        let (work_order, job, fact) = self.decision_about(item, resolution, reason)?;
        let worker = self.floor.worker(session.worker).map(|row| row.worker.clone());
        authorise(&fact, worker.as_ref(), session.level, None)
            .map_err(|problem| Box::new(of_authz(&self.names(), &problem)))?;
        let pin = pin.ok_or_else(|| Box::new(Say::refused(MessageCode::PinRequired, Tone::Question)))?;
        self.check_pin(session.worker, pin)?;
        let doing = Doing { who: Some(session), work_order, job, fact, at };
        let recorded = self.record(doing, AnswerKind::Resolved)?;
        let say = Say::new(AnswerKind::Resolved, MessageCode::ItemResolved, Tone::Done).saved(recorded);
        Ok(say.worker(self.names().worker(session.worker)))
    }

    /// The fact that decides about an item. One that has left the list, or was decided here already, is gone.
    fn decision_about(
        &self,
        item: &str,
        resolution: Resolution,
        reason: Option<String>,
    ) -> Result<(Option<WorkOrderId>, Option<JobId>, Fact), Box<Say>> {
        let gone = || Say::failure(MessageCode::ItemGone);
        if self.decision_here(item).is_some() {
            return Err(gone());
        }
        let image = self.floor.image();
        let conflict = item.parse::<ConflictId>().ok().and_then(|id| image.conflicts.get(&id));
        if let Some(open) = conflict {
            let fact = Fact::ConflictResolved {
                conflict: open.row.id,
                flagged: open.row.action_id,
                between: open.row.conflict.clone(),
                resolution,
                reason,
            };
            return Ok((open.row.work_order_id, open.row.job_id, fact));
        }
        let parked = item.parse().ok().and_then(|id| image.parked.get(&id)).ok_or_else(gone)?;
        let fact = Fact::ParkedResolved {
            parked: parked.fact.action_id,
            waited_for: parked.reason.clone(),
            resolution,
            reason,
        };
        Ok((parked.work_order_id, parked.job_id, fact))
    }
}
