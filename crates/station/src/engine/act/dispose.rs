//! Decide about an open nonconformance.

use cordwainer_domain::production::{Fact, Outcome, Refusal};
use cordwainer_domain::quality::{Disposition, NonconformanceState};
use cordwainer_domain::{NonconformanceId, WorkOrderId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};
use super::super::words::of_refusal;

impl Engine {
    pub(in crate::engine) fn dispose(
        &mut self,
        id: WorkOrderId,
        nonconformance: NonconformanceId,
        disposition: Disposition,
        pin: Option<&str>,
        at: Moment,
    ) -> Heard {
        let session = self.present()?;
        let unknown = || Say::failure(MessageCode::NoInspection);
        let work_order = self.floor.work_order(id).cloned().ok_or_else(unknown)?;
        let found = work_order.nonconformance(nonconformance).ok_or_else(unknown)?;
        if let NonconformanceState::Disposed { by, at, .. } = &found.state {
            let refusal = Refusal::AlreadyDone { job: found.job, worker: *by, at: *at };
            return Err(Box::new(of_refusal(&self.names(), &work_order, &refusal)));
        }
        let fact = Fact::NonconformanceDisposed { nonconformance, disposition: disposition.clone() };
        self.may_judge(&fact, session, found.job)?;
        self.check_pin_for(Some(&disposition), session, pin)?;
        let doing = Doing { who: Some(session), work_order: Some(id), job: Some(found.job), fact, at };
        let action = self.compose(doing)?;
        if !matches!(self.floor.foresee(&action), Outcome::Applied(_)) {
            let say = Say::refused(MessageCode::Unsupported, Tone::Failure);
            return Err(Box::new(say.text("detail", "disposition")));
        }
        let recorded = self.record_composed(action, AnswerKind::Disposed)?;
        let say = Say::new(AnswerKind::Disposed, MessageCode::Disposed, Tone::Done);
        let say = say.text("number", &work_order.number).worker(self.names().worker(session.worker));
        Ok(self.moved(say, found.job, session.worker, recorded))
    }
}
