//! Pass, fail and disposition.

use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{
    AuthzProblem, ConflictKind, Fact, JobState, ParkReason, Standing, UnfitRule, WorkOrderLife,
};
use cordwainer_domain::quality::{Disposition, NonconformanceState};

use crate::floor::{
    CHECK, CHECK_UPPER, CLOSE, CUT, Floor, Hand, INSOLE, INSPECTOR, LAST, PACK, SOLE, Verdict, WANG, failed, finished,
    job_id, nonconformance_id, passed, repair, rework, scrap, use_as_is,
};

const START: Fact = Fact::JobStarted { round: 0 };

fn blocked(number: u128) -> Verdict {
    Verdict::Parked(ParkReason::Nonconformance { nonconformance: nonconformance_id(number) })
}

fn decided(number: u128, disposition: Disposition) -> Fact {
    Fact::NonconformanceDisposed { nonconformance: nonconformance_id(number), disposition }
}

fn rounds(floor: &Floor) -> Vec<u32> {
    (0..floor.work_order.jobs.len()).map(|job| floor.round(job)).collect()
}

fn nonconformance_state(floor: &Floor, number: u128) -> &NonconformanceState {
    &floor.work_order.nonconformance(nonconformance_id(number)).unwrap().state
}

/// A pair that failed the check of its upper, undecided, with the bottom ready.
fn failed_upper() -> Floor {
    let mut floor = Floor::before(CHECK_UPPER);
    floor.complete(INSOLE);
    floor.complete(SOLE);
    assert_eq!(
        floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None)).1,
        Verdict::Applied,
        "it failed"
    );
    floor
}

#[test]
fn sign_off_is_refused_while_a_nonconformance_is_open() {
    let mut floor = failed_upper();
    for (name, job, fact) in [
        ("a start after it", LAST, START),
        ("a finish after it", LAST, finished(0)),
        ("a pass further down", CHECK, passed(0)),
        ("a one-scan job at the end", PACK, finished(0)),
    ] {
        let untouched = floor.work_order.clone();
        assert_eq!(floor.record(INSPECTOR, job, fact).1, blocked(1), "{name}");
        assert_eq!(floor.work_order, untouched, "{name} changes nothing");
    }
    assert_eq!(floor.standing(CHECK_UPPER), Standing::Blocked { nonconformance: nonconformance_id(1) }, "decide first");
}

#[test]
fn an_open_nonconformance_leaves_the_other_branch_alone() {
    let mut floor = Floor::before(CHECK_UPPER);
    floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
    floor.complete(INSOLE);
    floor.complete(SOLE);
    assert!(floor.job(SOLE).is_done(), "a flaw in the upper does not stop the bottom");
}

#[test]
fn a_failure_after_a_pass_of_the_same_round_governs() {
    let mut floor = Floor::before(LAST);
    let pass = floor.job(CHECK_UPPER).sign_off().unwrap().action;
    floor.record(WANG, LAST, START);
    let (_, verdict) = floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::PassAndFail { other: pass }), "two inspectors disagree");
    assert_eq!(floor.job(CHECK_UPPER).counted_sign_offs().count(), 0, "the pass no longer counts");
    assert_eq!(floor.record(WANG, LAST, finished(0)).1, blocked(1), "work under way stops too");
    assert_eq!(
        floor
            .record(WANG, LAST, Fact::JobPaused { round: 0, reason: cordwainer_domain::production::PauseReason::Other })
            .1,
        Verdict::Applied,
        "and may be put down"
    );
    assert_eq!(floor.record(WANG, LAST, Fact::JobResumed { round: 0 }).1, blocked(1), "but not taken up again");
    floor.record(INSPECTOR, CHECK_UPPER, decided(1, rework(CLOSE)));
    assert_eq!(floor.round(LAST), 1, "lasting was begun on the strength of the overruled pass: once more");
    assert_eq!(
        floor.record(WANG, LAST, finished(0)).1,
        Verdict::Flagged(ConflictKind::OutOfTurn),
        "the late finish is kept"
    );
    floor.complete_all();
    assert_eq!(floor.work_order.output_pairs(), 1, "the pair comes through all the same");
}

#[test]
fn a_pass_after_a_failure_of_the_same_round_is_flagged_and_opens_nothing() {
    let mut floor = failed_upper();
    let other = floor.work_order.inspections[0].action;
    let (_, verdict) = floor.record(INSPECTOR, CHECK_UPPER, passed(0));
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::PassAndFail { other }), "the failure governs");
    assert!(!floor.job(CHECK_UPPER).is_done(), "nobody gets past it");
    let (_, verdict) = floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(2), None));
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::PassAndFail { other }), "a second failure is beside the first");
    assert_eq!(floor.work_order.nonconformances.len(), 1, "one decision is due, not two");
}

#[test]
fn rework_repeats_the_job_and_everything_up_to_the_inspection() {
    let mut floor = failed_upper();
    floor.record(INSPECTOR, CHECK_UPPER, decided(1, rework(CUT)));
    assert_eq!(rounds(&floor), [1, 1, 1, 0, 0, 0, 0, 0], "the upper once more, the bottom stands");
    assert_eq!(floor.standing(CUT), Standing::Ready, "it begins at the named job");
    assert_eq!(floor.standing(CLOSE), Standing::Waiting { for_jobs: vec![job_id(CUT)] }, "in its order");
    floor.complete_all();
    for (job, passes) in [(CUT, 2), (CLOSE, 2), (CHECK_UPPER, 1), (SOLE, 1), (PACK, 1)] {
        assert_eq!(
            floor.job(job).counted_sign_offs().count(),
            passes,
            "job {job}: one sign-off for each pass it was signed in"
        );
        let output = floor.job(job).counted_sign_offs().filter(|signed| signed.round == 0).count();
        assert!(output <= 1, "job {job}: rework is never output twice");
    }
    assert!(matches!(nonconformance_state(&floor, 1), NonconformanceState::Closed { .. }), "the pass closed it");
    assert_eq!(floor.work_order.output_pairs(), 1, "one pair, however often it went round");
    assert_eq!(floor.work_order.inspections.len(), 3, "first-pass and final yield can both be told");
}

#[test]
fn the_inspector_may_decide_in_the_same_fact() {
    let mut floor = Floor::before(CHECK_UPPER);
    let fact = failed(0, nonconformance_id(1), Some(rework(CLOSE)));
    assert_eq!(floor.record(INSPECTOR, CHECK_UPPER, fact).1, Verdict::Applied, "fail and send back");
    assert_eq!(rounds(&floor), [0, 1, 1, 0, 0, 0, 0, 0], "closing once more");
    assert_eq!(floor.job(CHECK_UPPER).progress.past, [], "a failure is no sign-off");
}

#[test]
fn repair_repeats_one_job_and_leaves_those_between_standing() {
    let mut floor = failed_upper();
    floor.record(INSPECTOR, CHECK_UPPER, decided(1, repair(CUT)));
    assert_eq!(rounds(&floor), [1, 0, 1, 0, 0, 0, 0, 0], "the mended job and the inspection");
    assert!(floor.job(CLOSE).is_done(), "what came after the mended job stands");
    assert_eq!(floor.record(INSPECTOR, CHECK_UPPER, passed(1)).1, Verdict::Applied, "its own predecessor stands");
}

#[test]
fn a_stale_fact_about_an_earlier_pass_never_signs_off_the_rework() {
    let mut floor = failed_upper();
    let first = floor.job(CLOSE).sign_off().unwrap().action;
    floor.record(INSPECTOR, CHECK_UPPER, decided(1, rework(CLOSE)));
    let (_, verdict) = floor.record(WANG, CLOSE, finished(0));
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::SignedTwice { first }), "it is about the pass before");
    for fact in [START, Fact::JobResumed { round: 0 }] {
        assert_eq!(floor.record(WANG, CLOSE, fact).1, Verdict::Flagged(ConflictKind::OutOfTurn), "so is this");
    }
    assert_eq!(floor.standing(CLOSE), Standing::Ready, "the rework is still to be done");
    let (_, verdict) = floor.record(INSPECTOR, CHECK_UPPER, passed(0));
    assert!(
        matches!(verdict, Verdict::Flagged(ConflictKind::PassAndFail { .. })),
        "a pass of the failed round: {verdict:?}"
    );
}

#[test]
fn use_as_is_lets_the_pair_through_and_closes_what_came_before() {
    let mut floor = failed_upper();
    floor.record(INSPECTOR, CHECK_UPPER, decided(1, rework(CLOSE)));
    floor.complete(CLOSE);
    let fact = failed(1, nonconformance_id(2), Some(use_as_is()));
    assert_eq!(floor.record(INSPECTOR, CHECK_UPPER, fact).1, Verdict::Applied, "good enough, by somebody's word");
    assert_eq!(floor.standing(LAST), Standing::Ready, "nothing stands before lasting");
    for number in [1, 2] {
        assert!(matches!(nonconformance_state(&floor, number), NonconformanceState::Closed { .. }), "{number} is over");
    }
}

#[test]
fn use_as_is_and_scrap_wait_for_a_pin() {
    let badge_only = Hand { worker: 3, auth: AuthLevel::Badge };
    let pin_needed = Verdict::Parked(ParkReason::Authz { problem: AuthzProblem::PinNeeded });
    for disposition in [use_as_is(), scrap()] {
        let mut floor = failed_upper();
        assert_eq!(
            floor.record(badge_only, CHECK_UPPER, decided(1, disposition.clone())).1,
            pin_needed,
            "a badge is copied"
        );
        let mut floor = Floor::before(CHECK_UPPER);
        let untouched = floor.work_order.clone();
        let fact = failed(0, nonconformance_id(1), Some(disposition));
        assert_eq!(floor.record(badge_only, CHECK_UPPER, fact).1, pin_needed, "also inside a failure");
        assert_eq!(floor.work_order, untouched, "what waits changes nothing");
    }
}

#[test]
fn scrap_ends_the_pair() {
    let mut floor = failed_upper();
    assert_eq!(floor.record(INSPECTOR, CHECK_UPPER, decided(1, scrap())).1, Verdict::Applied, "with a PIN");
    assert!(matches!(floor.work_order.life, WorkOrderLife::Scrapped { .. }), "another one is made");
    assert!(!floor.work_order.is_open(), "nothing is left to do");
    assert_eq!(
        floor.record(WANG, LAST, START).1,
        Verdict::Flagged(ConflictKind::OrderClosed),
        "whoever works on is told"
    );
}

#[test]
fn use_as_is_never_jumps_over_another_failure() {
    // Both inspections failed: the second one late, after a pass that let the pair go on.
    let mut floor = Floor::before(CHECK);
    floor.record(INSPECTOR, CHECK, failed(0, nonconformance_id(2), None));
    floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
    assert_eq!(floor.record(INSPECTOR, CHECK, decided(2, use_as_is())).1, blocked(1), "the upper is undecided");
    floor.record(INSPECTOR, CHECK_UPPER, decided(1, rework(CUT)));
    assert_eq!(floor.round(CHECK), 1, "the failed check counts as used up");
    assert_eq!(floor.record(INSPECTOR, CHECK, decided(2, use_as_is())).1, Verdict::Applied, "that decision is over");
    assert!(!floor.job(CHECK).is_done(), "but the pair is made anew and must be judged anew");
}

#[test]
fn rework_must_begin_before_the_inspection_that_asks_for_it() {
    let unfit = Verdict::Parked(ParkReason::Unfit { rule: UnfitRule::NotUpstream });
    for from in [INSOLE, CHECK_UPPER, LAST, PACK] {
        let mut floor = failed_upper();
        for disposition in [rework(from), repair(from)] {
            assert_eq!(
                floor.record(INSPECTOR, CHECK_UPPER, decided(1, disposition)).1,
                unfit,
                "{from} is not upstream"
            );
        }
    }
}

#[test]
fn rework_does_not_use_up_a_pass_that_nobody_has_begun() {
    let mut floor = Floor::before(CHECK);
    floor.record(INSPECTOR, CHECK, failed(0, nonconformance_id(2), None));
    floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), Some(rework(CUT))));
    assert_eq!(rounds(&floor), [1, 1, 1, 0, 0, 1, 1, 0], "everything that was made of the old upper");
    floor.record(INSPECTOR, CHECK, decided(2, rework(LAST)));
    assert_eq!(rounds(&floor), [1, 1, 1, 0, 0, 1, 1, 0], "lasting is due once, not twice");
}

#[test]
fn a_decision_is_made_once_and_about_something() {
    let mut floor = failed_upper();
    floor.record(INSPECTOR, CHECK_UPPER, decided(1, repair(CLOSE)));
    let before = rounds(&floor);
    let (_, verdict) = floor.record(INSPECTOR, CHECK_UPPER, decided(1, scrap()));
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::DisposedTwice), "the first one counts");
    assert_eq!((rounds(&floor), floor.work_order.is_open()), (before, true), "the second one is only kept");
    let (_, verdict) = floor.record(INSPECTOR, CHECK_UPPER, decided(9, scrap()));
    assert_eq!(verdict, Verdict::Parked(ParkReason::UnknownSubject), "the failure may still be on its way");
}

#[test]
fn a_failure_names_what_was_found() {
    let mut floor = Floor::before(CHECK_UPPER);
    let fact = Fact::InspectionFailed {
        round: 0,
        nonconformance: nonconformance_id(1),
        findings: Vec::new(),
        disposition: None,
        results: Vec::new(),
    };
    let verdict = floor.record(INSPECTOR, CHECK_UPPER, fact).1;
    assert_eq!(verdict, Verdict::Parked(ParkReason::Unfit { rule: UnfitRule::NoFinding }), "not good, but why?");
}

#[test]
fn an_inspection_may_be_begun_and_then_judged() {
    let mut floor = Floor::before(CHECK_UPPER);
    floor.record(INSPECTOR, CHECK_UPPER, START);
    floor.wait(120);
    assert_eq!(floor.record(INSPECTOR, CHECK_UPPER, passed(0)).1, Verdict::Applied, "the usual way");
    assert_eq!(floor.job(CHECK_UPPER).sign_off().unwrap().worked_s, 120, "the inspector's time");
    let first = floor.job(CHECK_UPPER).sign_off().unwrap().action;
    let again = floor.record(INSPECTOR, CHECK_UPPER, passed(0)).1;
    assert_eq!(again, Verdict::Flagged(ConflictKind::SignedTwice { first }), "once");
}

#[test]
fn a_failure_is_heard_though_another_one_stands_before_it() {
    let mut floor = Floor::before(CHECK);
    floor.record(INSPECTOR, CHECK, START);
    floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
    assert_eq!(floor.record(INSPECTOR, CHECK, passed(0)).1, blocked(1), "a pass waits");
    let verdict = floor.record(INSPECTOR, CHECK, failed(0, nonconformance_id(2), None)).1;
    assert_eq!(verdict, Verdict::Applied, "a flaw that was seen is a flaw");
    assert!(matches!(floor.state(CHECK), JobState::Open), "it awaits its own decision");
}
