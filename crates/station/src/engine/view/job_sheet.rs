//! Everything that the job screen shows.

use cordwainer_domain::production::{Job, WorkOrder};
use cordwainer_domain::quality::Disposition;
use cordwainer_domain::{JobId, OperationId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{DispositionChoice, Evidence, JobSheet, ReturnedFor, RpcFailure, Step};

use super::super::words::{Names, of_standing};
use super::super::{Engine, failure};
use super::queue::{pause_reason, worked_s};
use super::rework_jobs;
use crate::store::OutcomeState;

impl Engine {
    pub(in crate::engine) fn job_sheet(&self, id: JobId) -> Result<JobSheet, RpcFailure> {
        let names = self.names();
        let (work_order, job) = self.floor.job(id).ok_or_else(|| failure(MessageCode::NotHereYet))?;
        let spec = &job.spec;
        let standard = self.floor.image().operations.get(&(spec.operation.clone(), spec.operation_version));
        let run = job.run();
        Ok(JobSheet {
            job: names.job(work_order, job),
            pair: names.pair(work_order),
            standing: work_order.standing(job),
            why: of_standing(&names, work_order, job),
            steps: standard.map_or_else(Vec::new, |standard| {
                let step = |step: &cordwainer_domain::product::InstructionStep| Step {
                    text: step.text.clone(),
                    picture: step.picture.clone(),
                };
                standard.steps.iter().map(step).collect()
            }),
            parameters: spec.parameters.clone(),
            values: self.drafts(id, job.progress.round),
            characteristics: spec.characteristics.clone(),
            worker: run.and_then(|run| run.worker).and_then(|id| names.worker(id)),
            started_at: run.map(|run| run.started_at),
            worked_s: worked_s(job, &names),
            now: names.now,
            pause_reason: pause_reason(job),
            returned_for: returned_for(&names, work_order),
            rework_choices: self.rework_choices(&names, work_order, job),
            next: names.jobs(work_order, |after| after.spec.after.contains(&id)),
            evidence: self.evidence_of_job(id),
        })
    }

    fn rework_choices(&self, names: &Names<'_>, work_order: &WorkOrder, job: &Job) -> Vec<DispositionChoice> {
        if !job.spec.inspection {
            return Vec::new();
        }
        let id = job.spec.id;
        let picked =
            self.attendance.judging.iter().filter(|judging| judging.job == id).flat_map(|judging| &judging.findings);
        let undecided = work_order.nonconformances.iter().filter(|found| found.is_open() && found.job == id);
        let defects = picked
            .map(|finding| &finding.defect)
            .chain(undecided.flat_map(|found| &found.findings).map(|finding| &finding.defect));
        let mends: Vec<OperationId> = defects
            .filter_map(|defect| self.floor.image().defects.get(defect))
            .map(|defect| defect.operation.clone())
            .collect();
        let choice = |job: &Job| DispositionChoice {
            job: names.job(work_order, job),
            disposition: Disposition::Rework { from: job.spec.id },
        };
        rework_jobs(work_order, id, &mends).into_iter().map(choice).collect()
    }

    /// How far the record of this station's last move of the job has come; `None` if it made none.
    fn evidence_of_job(&self, job: JobId) -> Option<Evidence> {
        if let Some(action) = self.floor.last_record_about(job) {
            return self.floor.evidence(action);
        }
        let (_, found) = self.floor.job(job)?;
        let last = found.undo.as_ref()?.action;
        let outcome = self.store.outbox.outcome(last).ok().flatten()?;
        Some(evidence_of(outcome.state))
    }
}

/// What the server's word means to the person who recorded.
pub(in crate::engine) const fn evidence_of(state: OutcomeState) -> Evidence {
    match state {
        OutcomeState::Pending => Evidence::Saved,
        OutcomeState::Stored => Evidence::Sent,
        OutcomeState::Applied | OutcomeState::Closed => Evidence::Accepted,
        OutcomeState::Parked | OutcomeState::Flagged => Evidence::Pending,
    }
}

/// What the pair was sent back for, newest first.
pub(super) fn returned_for(names: &Names<'_>, work_order: &WorkOrder) -> Vec<ReturnedFor> {
    work_order.nonconformances.iter().rev().map(|found| names.returned_for(found)).collect()
}
