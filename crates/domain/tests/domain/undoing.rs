//! Undo: what was taken back must be as it was, and what was built upon must stand.

use cordwainer_domain::ActionId;
use cordwainer_domain::production::{ConflictKind, Fact, WorkOrder};
use cordwainer_domain::quality::{Disposition, NonconformanceState};

use crate::floor::{
    CHECK, CHECK_UPPER, CLOSE, CUT, Floor, INSOLE, INSPECTOR, LAST, LI, SOLE, Verdict, WANG, failed, finished,
    nonconformance_id, passed, pause, repair, rework, scrap, use_as_is,
};

const START: Fact = Fact::JobStarted { round: 0 };

fn undo(target: ActionId) -> Fact {
    Fact::Undone { target }
}

fn too_late(target: ActionId) -> Verdict {
    Verdict::Flagged(ConflictKind::UndoTooLate { target })
}

fn decided(disposition: Disposition) -> Fact {
    Fact::NonconformanceDisposed { nonconformance: nonconformance_id(1), disposition }
}

/// The work order without what an undo may change: the version, the way back, and failures that were withdrawn.
pub fn as_it_was(work_order: &WorkOrder) -> WorkOrder {
    let mut plain = work_order.clone();
    plain.version = 0;
    plain.nonconformances.retain(|found| !matches!(found.state, NonconformanceState::Withdrawn { .. }));
    plain.nonconformances.iter_mut().for_each(|found| found.undo = None);
    plain.jobs.iter_mut().for_each(|job| job.undo = None);
    plain
}

#[test]
fn undo_restores_exactly_what_was() {
    let failed_before = |floor: &mut Floor| {
        floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
    };
    let returned = |floor: &mut Floor| {
        floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), Some(rework(CLOSE))));
        floor.complete(CLOSE);
    };
    type Prepare<'a> = &'a dyn Fn(&mut Floor);
    let cases: [(&str, Prepare<'_>, usize, Fact); 12] = [
        ("a start", &|_| (), SOLE, START),
        ("a sign-off", &|_| (), SOLE, finished(0)),
        ("a pause", &|floor| _ = floor.record(INSPECTOR, SOLE, START), SOLE, pause(0)),
        ("a pass", &|_| (), CHECK_UPPER, passed(0)),
        ("a pass of a returned pair", &returned, CHECK_UPPER, passed(1)),
        ("a failure", &|_| (), CHECK_UPPER, failed(0, nonconformance_id(1), None)),
        ("a failure with rework", &|_| (), CHECK_UPPER, failed(0, nonconformance_id(1), Some(rework(CUT)))),
        ("a failure used as is", &|_| (), CHECK_UPPER, failed(0, nonconformance_id(1), Some(use_as_is()))),
        (
            "a failure of a begun inspection",
            &|floor| _ = floor.record(INSPECTOR, CHECK_UPPER, START),
            CHECK_UPPER,
            failed(0, nonconformance_id(1), Some(repair(CUT))),
        ),
        ("a rework decided later", &failed_before, CHECK_UPPER, decided(rework(CUT))),
        ("a use-as-is decided later", &failed_before, CHECK_UPPER, decided(use_as_is())),
        (
            "a failure after a pass",
            &|floor| _ = floor.complete(CHECK_UPPER),
            CHECK_UPPER,
            failed(0, nonconformance_id(1), Some(rework(CUT))),
        ),
    ];
    for (name, prepare, job, fact) in cases {
        let mut floor = Floor::before(CHECK_UPPER);
        floor.complete(INSOLE);
        prepare(&mut floor);
        let before = floor.work_order.clone();
        let (target, _) = floor.record(INSPECTOR, job, fact);
        assert_ne!(as_it_was(&floor.work_order), as_it_was(&before), "{name} did something");
        assert_eq!(floor.record(INSPECTOR, job, undo(target)).1, Verdict::Applied, "{name} can be taken back");
        assert_eq!(as_it_was(&floor.work_order), as_it_was(&before), "{name} is taken back whole");
        assert_eq!(floor.record(INSPECTOR, job, undo(target)).1, too_late(target), "{name} is taken back once");
    }
}

#[test]
fn undo_is_too_late_once_somebody_built_on_the_move() {
    type Build<'a> = &'a dyn Fn(&mut Floor);
    let cases: [(&str, usize, Fact, Build<'_>); 6] = [
        ("the next job began", CUT, finished(0), &|floor| _ = floor.record(LI, CLOSE, START)),
        ("the next job was signed off", CUT, finished(0), &|floor| _ = floor.complete(CLOSE)),
        ("the job itself moved on", CUT, START, &|floor| _ = floor.record(WANG, CUT, finished(0))),
        ("a job further down failed", CUT, finished(0), &|floor| {
            floor.complete(CLOSE);
            floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
        }),
        ("one step of two was taken back", CUT, finished(0), &|floor| {
            floor.record(LI, CLOSE, START);
            let (paused, _) = floor.record(LI, CLOSE, pause(0));
            floor.record(LI, CLOSE, undo(paused));
        }),
        ("the failure was decided", CHECK_UPPER, failed(0, nonconformance_id(1), None), &|floor| {
            floor.record(INSPECTOR, CHECK_UPPER, decided(use_as_is()));
        }),
    ];
    for (name, job, fact, build) in cases {
        let mut floor = Floor::before(job);
        let (target, _) = floor.record(WANG, job, fact);
        build(&mut floor);
        let jobs = floor.work_order.jobs.clone();
        assert_eq!(floor.record(INSPECTOR, job, undo(target)).1, too_late(target), "{name}");
        assert_eq!(floor.work_order.jobs, jobs, "{name}: nothing moves");
    }
}

#[test]
fn a_rework_of_which_one_job_has_begun_cannot_be_taken_back() {
    let mut floor = Floor::before(CHECK_UPPER);
    let (target, _) = floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), Some(rework(CUT))));
    floor.record(WANG, CUT, Fact::JobStarted { round: 1 });
    let jobs = floor.work_order.jobs.clone();
    assert_eq!(floor.record(INSPECTOR, CHECK_UPPER, undo(target)).1, too_late(target), "half a rework is no state");
    assert_eq!(floor.work_order.jobs, jobs, "all of it stands");
}

#[test]
fn what_stood_before_the_move_does_not_hinder_its_undo() {
    let mut floor = Floor::before(CHECK_UPPER);
    floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), Some(repair(CUT))));
    let (mended, _) = floor.record(WANG, CUT, finished(1));
    assert!(floor.job(CLOSE).is_done(), "closing stands since before the repair");
    assert_eq!(floor.record(WANG, CUT, undo(mended)).1, Verdict::Applied, "it was not built on the mending");

    let mut floor = Floor::before(LAST);
    floor.record(WANG, LAST, START);
    let (mistaken, _) = floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
    assert_eq!(floor.record(INSPECTOR, CHECK_UPPER, undo(mistaken)).1, Verdict::Applied, "lasting had begun before");
    assert_eq!(floor.record(WANG, LAST, finished(0)).1, Verdict::Applied, "and may be finished again");
}

#[test]
fn the_other_branch_does_not_hinder_an_undo() {
    let mut floor = Floor::open();
    let (target, _) = floor.record(WANG, CUT, finished(0));
    floor.complete(INSOLE);
    floor.complete(SOLE);
    assert_eq!(floor.record(WANG, CUT, undo(target)).1, Verdict::Applied, "the bottom does not rest on the upper");
}

#[test]
fn somebody_elses_move_is_taken_back_only_with_a_pin() {
    let mut floor = Floor::open();
    let (target, _) = floor.record(WANG, CUT, finished(0));
    assert_eq!(floor.record(LI, CUT, undo(target)).1, too_late(target), "a badge may be anybody's");
    assert!(floor.job(CUT).is_done(), "the sign-off stands");
    assert_eq!(floor.record(INSPECTOR, CUT, undo(target)).1, Verdict::Applied, "badge and PIN");
}

#[test]
fn an_undo_loses_no_sign_off_that_was_put_beside() {
    let mut floor = Floor::open();
    let (first, _) = floor.record(WANG, CUT, finished(0));
    let (beside, _) = floor.record(LI, CUT, finished(0));
    floor.record(WANG, CUT, undo(first));
    let kept: Vec<ActionId> = floor.job(CUT).progress.past.iter().map(|signed| signed.action).collect();
    assert_eq!(kept, [beside], "the colleague's work is still there to be credited");
    assert_eq!(floor.job(CUT).counted_sign_offs().count(), 0, "by a person, not by itself");
}

#[test]
fn a_scrapped_pair_does_not_come_back_by_an_undo() {
    let mut floor = Floor::before(CHECK);
    let (target, _) = floor.record(INSPECTOR, CHECK, failed(0, nonconformance_id(1), Some(scrap())));
    assert_eq!(
        floor.record(INSPECTOR, CHECK, undo(target)).1,
        Verdict::Flagged(ConflictKind::OrderClosed),
        "ask the office"
    );
}

#[test]
fn an_undo_of_nothing_is_flagged() {
    let mut floor = Floor::open();
    let stranger = ActionId(uuid::Uuid::from_u128(77));
    assert_eq!(floor.record(WANG, CUT, undo(stranger)).1, too_late(stranger), "nobody knows that move");
}
