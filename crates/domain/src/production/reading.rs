//! How work orders and their jobs are read. In their JSON the members of a part stand among those of the whole; serde's own way
//! of reading that copies the whole first, twice over for each job, and a work order is read with every fact about it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::action::ReleasedJob;
use super::credit::KeptFact;
use super::job::{Job, Progress, UndoPoint};
use super::resolution::Resolved;
use super::work_order::{Pair, Priority, WorkOrder, WorkOrderLife};
use crate::code::Code;
use crate::product::{Characteristic, Parameter, Recording};
use crate::quality::{Inspection, Nonconformance};
use crate::{CustomerOrderNumber, JobId, LocalText, NonconformanceId, OperationId, SkillId, WorkCentreId, WorkOrderId};

/// The members of a [`Job`].
#[derive(Deserialize)]
pub(super) struct JobMembers {
    id: JobId,
    operation: OperationId,
    operation_version: u32,
    name: LocalText,
    short: LocalText,
    work_centre: WorkCentreId,
    position: u32,
    after: Vec<JobId>,
    standard_time_s: u32,
    recording: Recording,
    inspection: bool,
    skills: Vec<SkillId>,
    parameters: Vec<Parameter>,
    characteristics: Vec<Characteristic>,
    progress: Progress,
    #[serde(default)]
    undo: Option<UndoPoint>,
}

impl From<JobMembers> for Job {
    fn from(read: JobMembers) -> Self {
        let spec = ReleasedJob {
            id: read.id,
            operation: read.operation,
            operation_version: read.operation_version,
            name: read.name,
            short: read.short,
            work_centre: read.work_centre,
            position: read.position,
            after: read.after,
            standard_time_s: read.standard_time_s,
            recording: read.recording,
            inspection: read.inspection,
            skills: read.skills,
            parameters: read.parameters,
            characteristics: read.characteristics,
        };
        Self { spec: Arc::new(spec), progress: read.progress, undo: read.undo }
    }
}

/// The tag of a [`WorkOrderLife`].
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Life {
    Open,
    Cancelled,
    Scrapped,
}

/// The members of a [`WorkOrder`].
#[derive(Deserialize)]
pub(super) struct WorkOrderMembers {
    id: WorkOrderId,
    code: Code,
    number: String,
    customer_order: CustomerOrderNumber,
    customer_name: LocalText,
    pair: Arc<Pair>,
    priority: Priority,
    promise_at: DateTime<Utc>,
    released_at: DateTime<Utc>,
    version: u64,
    life: Life,
    #[serde(default)]
    at: Option<DateTime<Utc>>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    nonconformance: Option<NonconformanceId>,
    jobs: Vec<Job>,
    inspections: Vec<Inspection>,
    nonconformances: Vec<Nonconformance>,
    #[serde(default)]
    after_close: Vec<KeptFact>,
    #[serde(default)]
    resolved: Vec<Resolved>,
    #[serde(default)]
    revised_version: Option<u64>,
}

/// A member that the work order's life needs is not there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("missing field `{0}`")]
pub(super) struct Missing(&'static str);

impl TryFrom<WorkOrderMembers> for WorkOrder {
    type Error = Missing;

    fn try_from(read: WorkOrderMembers) -> Result<Self, Missing> {
        let at = || read.at.ok_or(Missing("at"));
        let life = match read.life {
            Life::Open => WorkOrderLife::Open,
            Life::Cancelled => WorkOrderLife::Cancelled { at: at()?, reason: read.reason.ok_or(Missing("reason"))? },
            Life::Scrapped => WorkOrderLife::Scrapped {
                at: at()?,
                nonconformance: read.nonconformance.ok_or(Missing("nonconformance"))?,
            },
        };
        Ok(Self {
            id: read.id,
            code: read.code,
            number: read.number,
            customer_order: read.customer_order,
            customer_name: read.customer_name,
            pair: read.pair,
            priority: read.priority,
            promise_at: read.promise_at,
            released_at: read.released_at,
            version: read.version,
            life,
            jobs: read.jobs,
            inspections: read.inspections,
            nonconformances: read.nonconformances,
            after_close: read.after_close,
            resolved: read.resolved,
            revised_version: read.revised_version,
        })
    }
}
