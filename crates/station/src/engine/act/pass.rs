//! The inspected pair passes.

use cordwainer_domain::JobId;
use cordwainer_domain::product::CharacteristicKind;
use cordwainer_domain::production::{Fact, authorise};
use cordwainer_domain::quality::CharacteristicResult;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};

use super::super::Engine;
use super::super::attendance::Session;
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};
use super::super::words::of_authz;

impl Engine {
    pub(in crate::engine) fn pass(&mut self, job: JobId, results: Vec<CharacteristicResult>, at: Moment) -> Heard {
        let session = self.present()?;
        let (work_order, round) = self.under_inspection(job, session)?;
        let fact = Fact::InspectionPassed { round, results };
        self.may_judge(&fact, session, job)?;
        let doing = Doing { who: Some(session), work_order: Some(work_order), job: Some(job), fact, at };
        let action = self.record(doing, AnswerKind::Passed)?;
        self.attendance.judging = None;
        self.tally.add(action, session.worker, self.instant(at));
        let say = Say::new(AnswerKind::Passed, MessageCode::Passed, Tone::Done);
        let say = self.numbered(say.worker(self.names().worker(session.worker)), job);
        Ok(self.moved(say, job, session.worker, action))
    }

    /// The 合格 card vouches for everything that is judged by eye; what is measured, it has not measured.
    pub(in crate::engine) fn pass_by_card(&mut self, at: Moment) -> Heard {
        let session = self.present()?;
        let job = self.inspection_of(session.worker).ok_or_else(|| Say::failure(MessageCode::NoInspection))?;
        let characteristics = self.floor.job(job).map_or(&[][..], |(_, job)| &job.spec.characteristics);
        let results = characteristics
            .iter()
            .filter(|characteristic| characteristic.kind == CharacteristicKind::Attribute)
            .map(|good| CharacteristicResult { characteristic: good.id.clone(), good: true, value: None })
            .collect();
        self.pass(job, results, at)
    }

    /// The pair and pass of an inspection that this worker has under way here.
    pub(in crate::engine) fn under_inspection(
        &self,
        job: JobId,
        session: Session,
    ) -> Result<(cordwainer_domain::WorkOrderId, u32), Box<Say>> {
        let none = || Say::failure(MessageCode::NoInspection);
        let (work_order, found) = self.floor.job(job).ok_or_else(none)?;
        let mine = found.run().is_some_and(|run| run.worker == Some(session.worker));
        if !found.spec.inspection || !mine || !self.runs(job) {
            return Err(none());
        }
        Ok((work_order.id, found.progress.round))
    }

    /// The role and the PIN that judging asks for.
    pub(in crate::engine) fn may_judge(&self, fact: &Fact, session: Session, job: JobId) -> Result<(), Box<Say>> {
        let worker = self.floor.worker(session.worker).map(|row| &row.worker);
        let found = self.floor.job(job).map(|(_, job)| job);
        authorise(fact, worker, session.level, found).map_err(|problem| Box::new(of_authz(&self.names(), &problem)))
    }
}
