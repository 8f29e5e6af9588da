//! Start, pause, resume and sign-off, one case each.

use chrono::TimeDelta;
use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::production::{ConflictKind, Fact, JobState, ParkReason, Standing, UnfitRule, apply};
use cordwainer_domain::production::{Outcome, WorkOrderLife};

use crate::floor::{
    CHECK_UPPER, CLOSE, CUT, Floor, INSOLE, INSPECTOR, LAST, LI, PACK, SOLE, Verdict, WANG, action, failed, finished,
    job_id, nonconformance_id, passed, pause, worker_id,
};

const START: Fact = Fact::JobStarted { round: 0 };
const RESUME: Fact = Fact::JobResumed { round: 0 };

fn waits_for(jobs: &[usize]) -> Verdict {
    Verdict::Parked(ParkReason::Dependency { jobs: jobs.iter().map(|job| job_id(*job)).collect() })
}

#[test]
fn a_pair_comes_through_and_is_put_out_once() {
    let mut floor = Floor::open();
    assert_eq!(floor.standing(CLOSE), Standing::Waiting { for_jobs: vec![job_id(CUT)] }, "closing waits for cutting");
    assert_eq!(floor.standing(INSOLE), Standing::Ready, "the bottom is made beside the upper");
    floor.complete_all();
    assert!(floor.work_order.is_complete(), "every job is done");
    assert_eq!(floor.work_order.output_pairs(), 1, "one pair was put out");
}

#[test]
fn one_scan_is_the_whole_sign_off_and_its_start_is_inferred() {
    let mut floor = Floor::open();
    let (id, verdict) = floor.record(WANG, CUT, finished(0));
    assert_eq!(verdict, Verdict::Applied, "a one-scan job needs no start");
    let signed = floor.job(CUT).sign_off().unwrap();
    assert_eq!((signed.action, signed.worker, signed.start_inferred), (id, Some(worker_id(1)), true), "who and how");
}

#[test]
fn the_same_job_signed_off_at_two_stations_counts_once_in_either_order() {
    for (first, second) in [(WANG, LI), (LI, WANG)] {
        let mut floor = Floor::open();
        let (winner, verdict) = floor.record(first, CUT, finished(0));
        assert_eq!(verdict, Verdict::Applied, "the first committed one counts");
        let (loser, verdict) = floor.record(second, CUT, finished(0));
        assert_eq!(
            verdict,
            Verdict::Flagged(ConflictKind::SignedTwice { first: winner }),
            "a person decides about the other"
        );
        assert_eq!(floor.job(CUT).sign_off().unwrap().action, winner, "the first one stands");
        assert_eq!(floor.job(CUT).counted_sign_offs().count(), 1, "only one is counted");
        let beside: Vec<_> =
            floor.job(CUT).progress.past.iter().map(|signed| (signed.action, signed.overruled)).collect();
        assert_eq!(beside, [(loser, true)], "the other one is kept");
    }
}

#[test]
fn sequence_is_kept_whatever_arrives_first() {
    let cases = [
        ("a start before its predecessor", CLOSE, START, waits_for(&[CUT])),
        ("a finish before its predecessor", CLOSE, finished(0), waits_for(&[CUT])),
        ("a pass before its predecessor", CHECK_UPPER, passed(0), waits_for(&[CLOSE])),
        ("a failure before its predecessor", CHECK_UPPER, failed(0, nonconformance_id(1), None), waits_for(&[CLOSE])),
        ("where upper and bottom meet", LAST, START, waits_for(&[CHECK_UPPER, SOLE])),
        ("a pass that has not begun here", CUT, finished(1), waits_for(&[CUT])),
        ("a start of such a pass", CUT, Fact::JobStarted { round: 7 }, waits_for(&[CUT])),
    ];
    for (name, job, fact, expected) in cases {
        let mut floor = Floor::open();
        let untouched = floor.work_order.clone();
        assert_eq!(floor.record(INSPECTOR, job, fact).1, expected, "{name}");
        assert_eq!(floor.work_order, untouched, "{name}: what waits changes nothing");
    }
}

#[test]
fn a_fact_must_fit_its_kind_of_job() {
    let unfit = Verdict::Parked(ParkReason::Unfit { rule: UnfitRule::WrongKindOfJob });
    for (name, job, fact) in [
        ("making cannot be passed", CUT, passed(0)),
        ("making cannot be failed", CUT, failed(0, nonconformance_id(1), None)),
        ("judging cannot be signed off as made", CHECK_UPPER, finished(0)),
    ] {
        assert_eq!(Floor::before(CHECK_UPPER).record(INSPECTOR, job, fact).1, unfit, "{name}");
    }
    let nobody = action(1, WANG, None, finished(0));
    let outcome = Floor::open().judge(&nobody);
    assert_eq!(outcome, Verdict::Parked(ParkReason::UnknownSubject), "a sign-off must name its job");
}

#[test]
fn a_finish_without_a_start_counts_and_is_flagged() {
    let mut floor = Floor::before(CLOSE);
    assert_eq!(
        floor.record(WANG, CLOSE, finished(0)).1,
        Verdict::Flagged(ConflictKind::FinishWithoutStart),
        "correct the times"
    );
    let signed = floor.job(CLOSE).sign_off().unwrap();
    assert_eq!((signed.start_inferred, signed.worked_s), (true, 0), "time that nobody recorded is not made up");
}

#[test]
fn a_finish_by_other_hands_counts_and_is_flagged() {
    let mut floor = Floor::before(CLOSE);
    let (started, _) = floor.record(WANG, CLOSE, START);
    let (_, verdict) = floor.record(LI, CLOSE, finished(0));
    assert_eq!(
        verdict,
        Verdict::Flagged(ConflictKind::FinishedByAnother { started }),
        "who gets the credit is a question"
    );
    assert!(floor.job(CLOSE).is_done(), "the work is done all the same");
}

#[test]
fn a_second_start_is_flagged_and_the_first_one_counts() {
    let mut floor = Floor::before(CLOSE);
    let (first, _) = floor.record(WANG, CLOSE, START);
    assert_eq!(
        floor.record(LI, CLOSE, START).1,
        Verdict::Flagged(ConflictKind::StartedTwice { first }),
        "two at one job"
    );
    assert_eq!(floor.job(CLOSE).run().unwrap().worker, Some(worker_id(1)), "the first one has it");
    floor.record(WANG, CLOSE, pause(0));
    assert_eq!(
        floor.record(LI, CLOSE, START).1,
        Verdict::Flagged(ConflictKind::StartedTwice { first }),
        "paused is begun"
    );
    let (signed, _) = floor.record(WANG, CLOSE, finished(0));
    assert_eq!(
        floor.record(LI, CLOSE, START).1,
        Verdict::Flagged(ConflictKind::SignedTwice { first: signed }),
        "done is done"
    );
}

#[test]
fn pause_and_resume_out_of_turn_change_nothing() {
    for (name, prepare, fact) in [
        ("a pause of a job that nobody began", None, pause(0)),
        ("a resume of a job that nobody began", None, RESUME),
        ("a resume of a running job", Some(START), RESUME),
        ("a pause of a finished job", Some(finished(0)), pause(0)),
    ] {
        let mut floor = Floor::before(CLOSE);
        if let Some(fact) = prepare {
            floor.record(WANG, CLOSE, fact);
        }
        let before = floor.work_order.jobs.clone();
        assert_eq!(floor.record(WANG, CLOSE, fact).1, Verdict::Flagged(ConflictKind::OutOfTurn), "{name}");
        assert_eq!(floor.work_order.jobs, before, "{name} moves no job");
    }
}

#[test]
fn only_worked_time_counts() {
    let mut floor = Floor::before(CLOSE);
    floor.record(WANG, CLOSE, START);
    floor.wait(600);
    floor.record(WANG, CLOSE, pause(0));
    floor.wait(3_600);
    floor.record(LI, CLOSE, RESUME);
    assert_eq!(floor.job(CLOSE).run().unwrap().worker, Some(worker_id(2)), "the rest is credited to whoever goes on");
    floor.wait(300);
    floor.record(LI, CLOSE, pause(0));
    floor.wait(7_200);
    let (_, verdict) = floor.record(LI, CLOSE, finished(0));
    assert_eq!(verdict, Verdict::Applied, "a paused job may be finished directly");
    let signed = floor.job(CLOSE).sign_off().unwrap();
    assert_eq!(signed.worked_s, 900, "ten minutes and five, without the breaks");
    assert_eq!(signed.finished_at, floor.now, "the finish is the scan's");
}

#[test]
fn a_clock_that_is_set_back_makes_no_time() {
    let mut floor = Floor::before(CLOSE);
    floor.record(WANG, CLOSE, START);
    floor.now -= TimeDelta::days(400);
    floor.record(WANG, CLOSE, pause(0));
    floor.now -= TimeDelta::hours(1);
    floor.record(WANG, CLOSE, RESUME);
    floor.wait(60);
    floor.record(WANG, CLOSE, finished(0));
    let signed = floor.job(CLOSE).sign_off().unwrap();
    assert_eq!(signed.worked_s, 60, "only the stretch that a clock vouches for");
    assert!(signed.started_at <= signed.finished_at, "work never ends before it begins");
}

#[test]
fn a_parked_start_and_its_parked_finish_heal_in_their_order() {
    let mut floor = Floor::open();
    let start = action(901, WANG, Some(CLOSE), START);
    let finish = action(902, WANG, Some(CLOSE), finished(0));
    for waiting in [&start, &finish] {
        assert_eq!(floor.judge(waiting), waits_for(&[CUT]), "cutting is not heard of yet");
    }
    floor.complete(CUT);
    for waiting in [&start, &finish] {
        assert_eq!(floor.judge(waiting), Verdict::Applied, "nothing is left to wait for");
    }
}

#[test]
fn values_and_lots_are_kept_with_the_sign_off() {
    let mut floor = Floor::open();
    let lot = Code::from_number(CodeType::MaterialLot, 77).unwrap();
    let fact = Fact::JobFinished { round: 0, values: Vec::new(), lots: vec![lot.clone()], early_confirmed: false };
    floor.record(WANG, CUT, fact);
    assert_eq!(floor.job(CUT).sign_off().unwrap().lots, [lot], "the hide must be found again years later");
}

#[test]
fn work_on_a_closed_order_is_heard_but_moves_nothing() {
    let mut floor = Floor::before(CLOSE);
    floor.record(WANG, CLOSE, START);
    floor.work_order.life = WorkOrderLife::Cancelled { at: floor.now, reason: "退单".to_owned() };
    let jobs = floor.work_order.jobs.clone();
    for fact in [finished(0), pause(0), START] {
        assert_eq!(
            floor.record(WANG, CLOSE, fact).1,
            Verdict::Flagged(ConflictKind::OrderClosed),
            "a person must know"
        );
    }
    assert_eq!(floor.work_order.jobs, jobs, "the order stays as it was");
    assert_eq!(floor.standing(CUT), Standing::Done, "what was done is done");
    assert_eq!(floor.standing(CLOSE), Standing::Held, "nobody works on a cancelled pair");
    assert_eq!(floor.standing(PACK), Standing::Held, "nor begins");
    assert_eq!(floor.work_order.output_pairs(), 0, "it puts nothing out");
}

#[test]
fn held_and_void_jobs_move_for_nobody() {
    for (state, reason) in [
        (JobState::Held { reason: "换料".to_owned() }, ParkReason::Held),
        (JobState::Void { reason: "改工艺".to_owned() }, ParkReason::JobVoid),
    ] {
        for (job, fact) in [
            (CUT, START),
            (CUT, finished(0)),
            (CHECK_UPPER, passed(0)),
            (CHECK_UPPER, failed(0, nonconformance_id(1), None)),
        ] {
            let mut floor = Floor::before(CHECK_UPPER);
            floor.work_order.jobs[job].progress.state = state.clone();
            assert_eq!(
                floor.record(INSPECTOR, job, fact).1,
                Verdict::Parked(reason.clone()),
                "it waits for the office"
            );
        }
    }
}

#[test]
fn a_void_job_stands_in_nobodys_way() {
    let mut floor = Floor::open();
    floor.work_order.jobs[CUT].progress.state = JobState::Void { reason: "改工艺".to_owned() };
    assert_eq!(floor.standing(CLOSE), Standing::Ready, "what is no longer part of the routing need not be done");
}

#[test]
fn sessions_and_unresolved_scans_are_noted_and_need_no_pair() {
    let code = Code::from_number(CodeType::WorkOrder, 9).unwrap();
    for fact in [Fact::SessionOpened {}, Fact::SessionClosed {}, Fact::ScanUnresolved { code }] {
        let noted = action(1, WANG, None, fact);
        assert_eq!(apply(None, &noted, Floor::open().now), Outcome::Noted, "it is about no pair");
    }
}

#[test]
fn a_fact_about_an_unknown_pair_waits_for_it() {
    let early = action(1, WANG, Some(CUT), finished(0));
    let outcome = apply(None, &early, Floor::open().now);
    assert_eq!(outcome, Outcome::Parked(ParkReason::UnknownWorkOrder), "the release may still be on its way");
}
