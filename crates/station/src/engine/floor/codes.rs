//! From a scanned code to what it names here.

use std::collections::HashMap;

use cordwainer_domain::code::Code;
use cordwainer_domain::{DefectId, JobId, OperationId, WorkOrderId, WorkerId};

use crate::store::CacheImage;

/// Indexes over the rows that a code or an identifier leads to.
#[derive(Debug, Default)]
pub(super) struct Codes {
    pub pairs: HashMap<Code, WorkOrderId>,
    pub cards: HashMap<Code, WorkOrderId>,
    pub badges: HashMap<Code, WorkerId>,
    pub defects: HashMap<Code, DefectId>,
    pub operations: HashMap<Code, OperationId>,
    pub jobs: HashMap<JobId, WorkOrderId>,
}

impl Codes {
    pub fn of(image: &CacheImage) -> Self {
        let mut codes = Self {
            badges: image.workers.values().map(|row| (row.worker.badge.clone(), row.worker.id)).collect(),
            defects: image.defects.values().map(|defect| (defect.code.clone(), defect.id.clone())).collect(),
            operations: image
                .operations
                .values()
                .map(|standard| (standard.code.clone(), standard.id.clone()))
                .collect(),
            cards: image.cards.values().map(|card| (card.code.clone(), card.id)).collect(),
            ..Self::default()
        };
        for work_order in image.work_orders.values() {
            codes.pairs.insert(work_order.code.clone(), work_order.id);
            codes.jobs.extend(work_order.jobs.iter().map(|job| (job.spec.id, work_order.id)));
        }
        codes
    }
}
