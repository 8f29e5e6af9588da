//! The inspected pair fails.

use cordwainer_domain::production::{Fact, Outcome};
use cordwainer_domain::quality::{CharacteristicResult, Disposition, Finding};
use cordwainer_domain::{JobId, NonconformanceId, OperationId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, FindingDraft, Tone};

use super::super::Engine;
use super::super::attendance::{Judging, Session};
use super::super::moment::Moment;
use super::super::record::Doing;
use super::super::say::{Heard, Say};
use super::super::view::rework_jobs;

/// What an inspector found, and what is to be done.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Failing {
    pub job: JobId,
    pub findings: Vec<FindingDraft>,
    pub disposition: Option<Disposition>,
    pub results: Vec<CharacteristicResult>,
    pub pin: Option<String>,
}

impl Engine {
    pub(in crate::engine) fn fail(&mut self, failing: Failing, at: Moment) -> Heard {
        let session = self.present()?;
        let Failing { job, findings, disposition, results, pin } = failing;
        let (work_order, round) = self.under_inspection(job, session)?;
        let Some(first) = findings.first().map(|finding| finding.defect.clone()) else {
            return Err(Say::failure(MessageCode::FindingNeeded));
        };
        let nonconformance = NonconformanceId(self.ids.uuid_v7(at.wall_ms));
        let findings = findings.into_iter().map(finding).collect();
        let fact =
            Fact::InspectionFailed { round, nonconformance, findings, disposition: disposition.clone(), results };
        self.may_judge(&fact, session, job)?;
        self.check_pin_for(disposition.as_ref(), session, pin.as_deref())?;
        let doing = Doing { who: Some(session), work_order: Some(work_order), job: Some(job), fact, at };
        let action = self.compose(doing)?;
        if matches!(self.floor.foresee(&action), Outcome::Parked(_)) {
            let say = Say::refused(MessageCode::Unsupported, Tone::Failure);
            return Err(Box::new(say.text("detail", "disposition")));
        }
        let recorded = self.record_composed(action, AnswerKind::Failed)?;
        self.attendance.judging = None;
        let names = self.names();
        let say = Say::new(AnswerKind::Failed, MessageCode::Failed, Tone::Noted).name("defect", names.defect(&first));
        let say = self.numbered(say.worker(names.worker(session.worker)), job);
        Ok(self.moved(say, job, session.worker, recorded))
    }

    /// 让步 and 报废 ask for the PIN again.
    pub(in crate::engine) fn check_pin_for(
        &mut self,
        disposition: Option<&Disposition>,
        session: Session,
        pin: Option<&str>,
    ) -> Result<(), Box<Say>> {
        if !disposition.is_some_and(Disposition::needs_pin) {
            return Ok(());
        }
        let Some(pin) = pin else {
            return Err(Box::new(Say::refused(MessageCode::PinRequired, Tone::Question)));
        };
        self.check_pin(session.worker, pin)
    }

    /// The 不合格 card: asks for the defect first; with a defect, leaves the decision to whoever must take it.
    pub(in crate::engine) fn fail_by_card(&mut self, at: Moment) -> Heard {
        let (job, judging) = self.judging_by_card()?;
        if judging.findings.is_empty() {
            let say = Say::new(AnswerKind::Picked, MessageCode::FindingNeeded, Tone::Question);
            return Ok(self.about_job(say, job));
        }
        let disposition = judging.rework_from.map(|from| Disposition::Rework { from });
        self.fail(Failing { job, findings: judging.findings, disposition, results: Vec::new(), pin: None }, at)
    }

    /// The 返工 card: back to the operation that was picked, or to the one that usually mends the defect.
    pub(in crate::engine) fn rework_by_card(&mut self, at: Moment) -> Heard {
        let (job, judging) = self.judging_by_card()?;
        if judging.findings.is_empty() {
            return Err(Say::failure(MessageCode::FindingNeeded));
        }
        let from = judging.rework_from.or_else(|| self.usual_rework(job, &judging.findings));
        let disposition = from.map(|from| Disposition::Rework { from });
        self.fail(Failing { job, findings: judging.findings, disposition, results: Vec::new(), pin: None }, at)
    }

    fn judging_by_card(&self) -> Result<(JobId, Judging), Box<Say>> {
        let session = self.present()?;
        let job = self.inspection_of(session.worker).ok_or_else(|| Say::failure(MessageCode::NoInspection))?;
        let picked = self.attendance.judging.clone().filter(|judging| judging.job == job);
        Ok((job, picked.unwrap_or(Judging { job, findings: Vec::new(), rework_from: None })))
    }

    fn usual_rework(&self, inspection: JobId, findings: &[FindingDraft]) -> Option<JobId> {
        let mends: Vec<OperationId> = findings
            .iter()
            .filter_map(|finding| self.floor.image().defects.get(&finding.defect))
            .map(|defect| defect.operation.clone())
            .collect();
        let (work_order, _) = self.floor.job(inspection)?;
        rework_jobs(work_order, inspection, &mends).first().map(|job| job.spec.id)
    }
}

fn finding(draft: FindingDraft) -> Finding {
    Finding {
        defect: draft.defect,
        severity: draft.severity,
        side: draft.side,
        view: draft.view,
        x: draft.x,
        y: draft.y,
        photos: Vec::new(),
    }
}
