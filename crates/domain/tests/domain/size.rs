//! A whole factory must be cheap to look at: the board asks for every job of every pair.

use std::time::{Duration, Instant};

use cordwainer_domain::JobId;
use cordwainer_domain::production::{ReleasedJob, WorkOrder};
use uuid::Uuid;

use crate::floor::{
    Floor, INSPECTOR, JOBS, Verdict, failed, job_id, morning, nonconformance_id, released, released_job,
};

const LARGE: usize = 26;
const ORDERS: usize = 2_000;
/// Roughly ten times what an unoptimised build on a slow shared core needs, so that only a change of order fails.
const BOUND: Duration = Duration::from_secs(10);

fn large_id(index: usize) -> JobId {
    JobId(Uuid::from_u128(0x9_000 + index as u128))
}

/// Twenty-six jobs, each after the two before it.
fn large() -> WorkOrder {
    let jobs: Vec<ReleasedJob> = (0..LARGE)
        .map(|index| ReleasedJob {
            id: large_id(index),
            after: (index.saturating_sub(2)..index).map(large_id).collect(),
            inspection: index == 5,
            ..released_job(0)
        })
        .collect();
    WorkOrder::release(&released(jobs), morning()).unwrap()
}

#[test]
fn the_standings_of_two_thousand_large_orders_are_cheap_even_with_a_nonconformance_in_each() {
    let mut order = large();
    let mut floor = Floor::before(2);
    assert_eq!(
        floor.record(INSPECTOR, 2, failed(0, nonconformance_id(1), None)).1,
        Verdict::Applied,
        "a failure to borrow"
    );
    let mut found = floor.work_order.nonconformances.remove(0);
    assert_eq!((found.job, JOBS), (job_id(2), floor.work_order.jobs.len()), "it was found at the check of the upper");
    found.job = large_id(5);
    order.nonconformances.push(found);
    let begin = Instant::now();
    let mut blocked = 0;
    for _ in 0..ORDERS {
        blocked += order.jobs.iter().filter(|job| order.standing(job).word() == "blocked").count();
    }
    let took = begin.elapsed();
    println!("{} standings in {took:?}", ORDERS * LARGE);
    assert_eq!(blocked, ORDERS * (LARGE - 5), "the inspection and everything after it");
    assert!(took < BOUND, "the board of a whole factory took {took:?}");
}
