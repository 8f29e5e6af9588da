//! Heads: pairs, jobs and workers in few words, with every name resolved.

use chrono::{DateTime, Utc};
use cordwainer_domain::equipment::Calendar;
use cordwainer_domain::production::{Job, Priority, Standing, WorkOrder, forecast};
use cordwainer_domain::quality::Nonconformance;
use cordwainer_domain::{
    DefectId, LocalText, OperationId, SkillId, StyleId, WorkCentreId, WorkOrderId, WorkerId, WorkstationId,
};
use cordwainer_protocol::station::{JobHead, PairHead, ReturnedFor, WorkerHead};
use cordwainer_protocol::sync::WorkOrderCard;

use super::super::floor::Floor;

/// Looks names up, as seen at one instant.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub floor: &'a Floor,
    pub now: DateTime<Utc>,
}

/// The same word in both languages, for a key that has no name here.
fn plain(key: &str) -> LocalText {
    LocalText { zh: key.to_owned(), en: key.to_owned() }
}

/// The word for how a job stands, as the catalogue of the screens keys it.
pub(crate) fn standing_word(standing: &Standing) -> String {
    standing.word().to_owned()
}

impl<'a> Names<'a> {
    pub fn calendar(&self) -> Option<&'a Calendar> {
        self.floor.image().site.as_ref().map(|site| &site.calendar)
    }

    pub fn worker(&self, id: WorkerId) -> Option<WorkerHead> {
        let worker = &self.floor.worker(id)?.worker;
        Some(WorkerHead {
            id: worker.id,
            name: worker.name.clone(),
            short: worker.short.clone(),
            roles: worker.roles.clone(),
            language: worker.language,
        })
    }

    /// What colleagues call a worker; a dash for somebody this station does not know.
    pub fn short(&self, id: Option<WorkerId>) -> LocalText {
        id.and_then(|id| self.floor.worker(id)).map_or_else(|| plain("—"), |row| row.worker.short.clone())
    }

    pub fn workstation(&self, id: &WorkstationId) -> LocalText {
        self.floor.image().workstations.get(id).map_or_else(|| plain(id.as_str()), |found| found.name.clone())
    }

    pub fn work_centre(&self, id: &WorkCentreId) -> LocalText {
        self.floor.image().work_centres.get(id).map_or_else(|| plain(id.as_str()), |found| found.name.clone())
    }

    pub fn skill(&self, id: &SkillId) -> LocalText {
        self.floor.image().skills.get(id).cloned().unwrap_or_else(|| plain(id.as_str()))
    }

    pub fn defect(&self, id: &DefectId) -> LocalText {
        self.floor.image().defects.get(id).map_or_else(|| plain(id.as_str()), |found| found.name.clone())
    }

    /// An operation's name by its newest standard here.
    pub fn operation(&self, id: &OperationId) -> LocalText {
        let versions = (id.clone(), 0)..=(id.clone(), u32::MAX);
        let newest = self.floor.image().operations.range(versions).next_back();
        newest.map_or_else(|| plain(id.as_str()), |(_, found)| found.name.clone())
    }

    pub fn job(&self, work_order: &WorkOrder, job: &Job) -> JobHead {
        let spec = &job.spec;
        let standard = self.floor.image().operations.get(&(spec.operation.clone(), spec.operation_version));
        JobHead {
            id: spec.id,
            work_order: work_order.id,
            operation: spec.operation.clone(),
            name: spec.name.clone(),
            short: spec.short.clone(),
            pictogram: standard.map_or_else(String::new, |standard| standard.pictogram.clone()),
            work_centre: spec.work_centre.clone(),
            round: job.progress.round,
            inspection: spec.inspection,
            standard_time_s: spec.standard_time_s,
        }
    }

    /// The heads of several jobs of one pair, in its order.
    pub fn jobs(&self, work_order: &WorkOrder, which: impl Fn(&Job) -> bool) -> Vec<JobHead> {
        work_order.jobs.iter().filter(|job| which(job)).map(|job| self.job(work_order, job)).collect()
    }

    pub fn is_late(&self, work_order: &WorkOrder) -> bool {
        work_order.is_open() && self.calendar().is_some_and(|calendar| forecast(work_order, calendar, self.now).late)
    }

    pub fn pair(&self, work_order: &WorkOrder) -> PairHead {
        PairHead {
            work_order: work_order.id,
            code: work_order.code.clone(),
            number: work_order.number.clone(),
            customer_order: work_order.customer_order.clone(),
            customer_name: work_order.customer_name.clone(),
            style: work_order.pair.style.clone(),
            style_name: work_order.pair.style_name.clone(),
            construction: work_order.pair.construction.clone(),
            options: work_order.pair.options.clone(),
            size: Some(work_order.pair.size.clone()),
            priority: work_order.priority,
            promise_at: work_order.promise_at,
            late: self.is_late(work_order),
        }
    }

    /// A pair of which only the name is known here.
    pub fn pair_by_card(&self, card: &WorkOrderCard) -> PairHead {
        PairHead {
            work_order: card.id,
            code: card.code.clone(),
            number: card.number.clone(),
            customer_order: card.customer_order.clone(),
            customer_name: LocalText::default(),
            style: StyleId::from(""),
            style_name: card.style_name.clone(),
            construction: LocalText::default(),
            options: Vec::new(),
            size: None,
            priority: Priority::Normal,
            promise_at: card.promise_at,
            late: self.now > card.promise_at,
        }
    }

    /// A pair by its identifier, whole or by name.
    pub fn pair_by_id(&self, id: WorkOrderId) -> Option<PairHead> {
        match self.floor.work_order(id) {
            Some(work_order) => Some(self.pair(work_order)),
            None => self.floor.image().cards.get(&id).map(|card| self.pair_by_card(card)),
        }
    }

    pub fn returned_for(&self, found: &Nonconformance) -> ReturnedFor {
        ReturnedFor {
            id: found.id,
            findings: found.findings.clone(),
            defects: found.findings.iter().map(|finding| self.defect(&finding.defect)).collect(),
            state: found.state.clone(),
            found_by: found.found_by.and_then(|id| self.worker(id)),
            found_at: found.found_at,
        }
    }
}
