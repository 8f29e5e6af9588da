//! 返工到哪道工序: the jobs to which an inspector can send a pair back.

use cordwainer_domain::production::{Job, WorkOrder};
use cordwainer_domain::{JobId, OperationId};

/// Production jobs upstream of an inspection that are signed off, nearest first; those that usually mend the defects that
/// were found stand before the rest.
pub(in crate::engine) fn rework_jobs<'a>(
    work_order: &'a WorkOrder,
    inspection: JobId,
    mends: &[OperationId],
) -> Vec<&'a Job> {
    let upstream = work_order.upstream(inspection);
    let mut jobs: Vec<&Job> = work_order
        .jobs
        .iter()
        .rev()
        .filter(|job| upstream.contains(&job.spec.id) && job.is_done() && !job.spec.inspection)
        .collect();
    jobs.sort_by_key(|job| mends.iter().position(|operation| *operation == job.spec.operation).unwrap_or(mends.len()));
    jobs
}
