//! A released work order must make sense, and is released once.

use cordwainer_domain::JobId;
use cordwainer_domain::order::OrderNode;
use cordwainer_domain::production::{
    ConflictKind, Fact, Outcome, ParkReason, ReleaseFault, ReleasedWorkOrder, UnfitRule, WorkOrder, apply,
};

use crate::floor::{
    CHECK, CHECK_UPPER, CLOSE, CUT, Floor, INSOLE, JOBS, LAST, PACK, SOLE, WANG, action, job_id, morning, pair,
    released, released_job,
};

#[test]
fn only_a_graph_in_its_own_order_is_released() {
    let mut self_reference = pair();
    self_reference.jobs[CUT].after = vec![job_id(CUT)];
    let mut late = pair();
    late.jobs.swap(CUT, CLOSE);
    let mut twice = pair();
    twice.jobs.insert(1, released_job(CUT));
    let mut judged_first = pair();
    judged_first.jobs[CUT].inspection = true;
    let cases: [(ReleasedWorkOrder, ReleaseFault); 5] = [
        (released(Vec::new()), ReleaseFault::NoJobs),
        (self_reference, ReleaseFault::UnknownPredecessor { job: job_id(CUT), after: job_id(CUT) }),
        (late, ReleaseFault::UnknownPredecessor { job: job_id(CLOSE), after: job_id(CUT) }),
        (twice, ReleaseFault::TwiceListed { job: job_id(CUT) }),
        (judged_first, ReleaseFault::InspectionFirst { job: job_id(CUT) }),
    ];
    for (order, fault) in cases {
        assert_eq!(WorkOrder::release(&order, morning()), Err(fault.clone()), "{fault}");
        let parked = apply(None, &action(1, WANG, None, Fact::WorkOrderReleased(Box::new(order))), morning());
        assert_eq!(
            parked,
            Outcome::Parked(ParkReason::Unfit { rule: UnfitRule::Release { fault } }),
            "kept, not dropped"
        );
    }
}

#[test]
fn a_release_is_the_first_version_and_comes_once() {
    let release = action(1, WANG, None, Fact::WorkOrderReleased(Box::new(pair())));
    let Outcome::Applied(work_order) = apply(None, &release, morning()) else { panic!("a sound order is released") };
    assert_eq!((work_order.version, work_order.released_at), (1, morning()), "its life begins here");
    let again = apply(Some(&work_order), &release, morning());
    let Outcome::Flagged(kept, ConflictKind::ReleasedTwice) = again else {
        panic!("a second release is flagged: {again:?}")
    };
    assert_eq!((kept.version, kept.jobs), (2, work_order.jobs), "and changes no job");
}

#[test]
fn a_release_filed_under_another_order_waits_for_a_person() {
    let mut release = action(1, WANG, None, Fact::WorkOrderReleased(Box::new(pair())));
    release.work_order = None;
    let outcome = apply(None, &release, morning());
    assert_eq!(outcome, Outcome::Parked(ParkReason::UnknownSubject), "two names for one pair would split its history");
}

#[test]
fn upstream_and_downstream_mirror_each_other() {
    let floor = Floor::open();
    let ids = |jobs: &[usize]| jobs.iter().map(|job| job_id(*job)).collect::<std::collections::BTreeSet<JobId>>();
    assert_eq!(floor.work_order.upstream(job_id(LAST)), ids(&[CUT, CLOSE, CHECK_UPPER, INSOLE, SOLE]), "both branches");
    assert_eq!(floor.work_order.downstream(job_id(SOLE)), ids(&[LAST, CHECK, PACK]), "and what they meet in");
    for a in 0..JOBS {
        for b in 0..JOBS {
            let before = floor.work_order.upstream(job_id(b)).contains(&job_id(a));
            let after = floor.work_order.downstream(job_id(a)).contains(&job_id(b));
            assert_eq!(before, after, "{a} before {b} is {b} after {a}");
        }
    }
}

#[test]
fn the_customer_sees_the_earliest_node_that_still_has_work() {
    let node = |floor: &Floor| {
        floor.work_order.node(|centre| match centre.as_str() {
            "cutting" => OrderNode::Cutting,
            "inspection" => OrderNode::Inspection,
            "packing" => OrderNode::Shipping,
            _ => OrderNode::Stitching,
        })
    };
    let mut floor = Floor::open();
    assert_eq!(node(&floor), OrderNode::Cutting, "nothing is cut");
    floor.complete(CUT);
    assert_eq!(node(&floor), OrderNode::Stitching, "an inspection between does not hide the stitching");
    for job in [CLOSE, CHECK_UPPER, INSOLE, SOLE, LAST] {
        floor.complete(job);
    }
    assert_eq!(node(&floor), OrderNode::Inspection, "only the final inspection and packing are left");
    floor.complete(CHECK);
    floor.complete(PACK);
    assert_eq!(node(&floor), OrderNode::Shipping, "done is at the end of the line");
}

#[test]
fn an_order_that_is_not_open_says_when_and_why_or_is_no_order() {
    let mut stored = serde_json::to_value(Floor::open().work_order).unwrap();
    stored["life"] = "cancelled".into();
    let read = |stored: &serde_json::Value| serde_json::from_str::<WorkOrder>(&stored.to_string());
    let fault = read(&stored).unwrap_err().to_string();
    assert!(fault.contains("missing field `at`"), "{fault}");
    stored["at"] = "2026-11-25T08:00:00Z".into();
    stored["reason"] = "the customer moved away".into();
    assert!(!read(&stored).unwrap().is_open(), "now it is one, withdrawn");
    stored["life"] = "scrapped".into();
    assert!(
        read(&stored).unwrap_err().to_string().contains("missing field `nonconformance`"),
        "a scrapped one says by what"
    );
    stored["life"] = "mislaid".into();
    assert!(read(&stored).is_err(), "and there is no other life");
}
