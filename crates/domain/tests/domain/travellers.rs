//! What a scanned traveller does at a bench: every move and every refusal.

use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::equipment::{Workstation, WorkstationKind};
use cordwainer_domain::people::{Role, Worker};
use cordwainer_domain::production::{
    AuthzProblem, Circumstances, Fact, JobState, Move, Refusal, Standing, WorkOrderLife, read_traveller,
};
use cordwainer_domain::{JobId, WorkstationId};

use crate::floor::{
    CHECK, CHECK_UPPER, CLOSE, CUT, Floor, INSOLE, INSPECTOR, LAST, LI, PACK, SOLE, STANDARD_S, WANG, failed, finished,
    job_id, nonconformance_id, pause, repair, rework, text, worker, worker_id,
};

const START: Fact = Fact::JobStarted { round: 0 };

/// The bench of a worker's number (as facts on this floor name it), in a work centre.
fn workstation_at(number: u128, centre: &str) -> Workstation {
    Workstation {
        id: WorkstationId(format!("bench-{number}")),
        name: text("工位"),
        work_centre: Some(centre.into()),
        kind: WorkstationKind::Production,
        code: Code::from_number(CodeType::Workstation, number as u64).unwrap(),
    }
}

fn scan_by(floor: &Floor, centre: &str, worker: Option<&Worker>, picked: Option<JobId>) -> Result<Move, Refusal> {
    let workstation = workstation_at(1, centre);
    read_traveller(&floor.work_order, &Circumstances { workstation: &workstation, worker, now: floor.now, picked })
}

fn scan(floor: &Floor, centre: &str) -> Result<Move, Refusal> {
    scan_by(floor, centre, Some(&worker(1, &[Role::Worker])), None)
}

fn finish(job: usize, early: bool) -> Result<Move, Refusal> {
    Ok(Move::Finish { job: job_id(job), worker: worker_id(1), early })
}

#[test]
fn a_ready_job_begins_or_is_signed_off_as_its_operation_says() {
    assert_eq!(scan(&Floor::open(), "cutting"), finish(CUT, false), "one scan is the whole sign-off");
    assert_eq!(scan(&Floor::before(CLOSE), "closing"), Ok(Move::Start(job_id(CLOSE))), "one scan starts");
    assert_eq!(scan(&Floor::before(CHECK), "inspection"), Ok(Move::Start(job_id(CHECK))), "an inspection is begun");
    let mut judged_by_one_scan = Floor::before(CHECK);
    std::sync::Arc::make_mut(&mut judged_by_one_scan.work_order.jobs[CHECK].spec).recording =
        cordwainer_domain::product::Recording::OneScan;
    assert_eq!(scan(&judged_by_one_scan, "inspection"), Ok(Move::Start(job_id(CHECK))), "a scan alone never judges");
}

#[test]
fn the_next_scan_of_the_worker_who_started_finishes() {
    let mut floor = Floor::before(CLOSE);
    floor.record(WANG, CLOSE, START);
    floor.wait(STANDARD_S / 10 - 1);
    assert_eq!(scan(&floor, "closing"), finish(CLOSE, true), "before a tenth of the standard time it asks");
    floor.wait(1);
    assert_eq!(scan(&floor, "closing"), finish(CLOSE, false), "at a tenth it no longer does");
    std::sync::Arc::make_mut(&mut floor.work_order.jobs[CLOSE].spec).standard_time_s = 0;
    floor.now -= chrono::TimeDelta::days(1);
    assert_eq!(scan(&floor, "closing"), finish(CLOSE, false), "no standard time, no early finish");
}

#[test]
fn a_running_inspection_is_shown_to_be_judged() {
    let mut floor = Floor::before(CHECK_UPPER);
    floor.record(WANG, CHECK_UPPER, START);
    assert_eq!(scan(&floor, "inspection"), Ok(Move::Inspect(job_id(CHECK_UPPER))), "a scan alone never judges");
}

#[test]
fn a_locked_screen_finishes_what_was_started_at_it_and_nothing_else() {
    let mut floor = Floor::before(CLOSE);
    assert_eq!(scan_by(&floor, "closing", None, None), Err(Refusal::BadgeNeeded), "nobody to start for");
    floor.record(WANG, CLOSE, START);
    floor.wait(STANDARD_S);
    assert_eq!(scan_by(&floor, "closing", None, None), finish(CLOSE, false), "locking hides data, not work");
    let elsewhere = workstation_at(9, "closing");
    let circumstances = Circumstances { workstation: &elsewhere, worker: None, now: floor.now, picked: None };
    assert_eq!(
        read_traveller(&floor.work_order, &circumstances),
        Err(Refusal::BadgeNeeded),
        "at another bench nobody knows whose"
    );
    floor.record(WANG, CLOSE, pause(0));
    assert_eq!(scan_by(&floor, "closing", None, None), Err(Refusal::BadgeNeeded), "to go on is to begin again");
}

#[test]
fn the_worker_may_finish_at_another_bench_of_the_same_centre() {
    let mut floor = Floor::before(CLOSE);
    floor.record(WANG, CLOSE, START);
    floor.wait(STANDARD_S);
    let elsewhere = workstation_at(9, "closing");
    let wang = worker(1, &[Role::Worker]);
    let circumstances = Circumstances { workstation: &elsewhere, worker: Some(&wang), now: floor.now, picked: None };
    assert_eq!(read_traveller(&floor.work_order, &circumstances), finish(CLOSE, false), "the work follows the worker");
}

#[test]
fn a_paused_job_goes_on() {
    let mut floor = Floor::before(CLOSE);
    floor.record(WANG, CLOSE, START);
    floor.record(WANG, CLOSE, pause(0));
    assert_eq!(scan(&floor, "closing"), Ok(Move::Resume(job_id(CLOSE))), "for whoever paused it");
    let li = worker(2, &[Role::Worker]);
    assert_eq!(scan_by(&floor, "closing", Some(&li), None), Ok(Move::Resume(job_id(CLOSE))), "and for the next shift");
}

/// Two jobs of one pair that are due at the bottom circumstances.
fn two_due() -> Floor {
    let mut floor = Floor::open();
    std::sync::Arc::make_mut(&mut floor.work_order.jobs[SOLE].spec).after.clear();
    floor
}

#[test]
fn of_two_jobs_the_own_one_comes_first_then_rework_then_the_earliest() {
    assert_eq!(scan(&two_due(), "bottom_stock"), finish(INSOLE, false), "the earliest in the routing");

    let mut rework_due = two_due();
    rework_due.work_order.jobs[SOLE].progress.round = 1;
    assert_eq!(scan(&rework_due, "bottom_stock"), Ok(Move::Start(job_id(SOLE))), "a returned pair first");

    let mut own = two_due();
    own.record(WANG, SOLE, START);
    own.wait(STANDARD_S);
    assert_eq!(scan(&own, "bottom_stock"), finish(SOLE, false), "the one that this worker runs before all");
    own.record(WANG, SOLE, pause(0));
    assert_eq!(scan(&own, "bottom_stock"), Ok(Move::Resume(job_id(SOLE))), "and the one put down before a fresh one");

    let mut others = two_due();
    others.record(LI, SOLE, START);
    assert_eq!(scan(&others, "bottom_stock"), finish(INSOLE, false), "a colleague's job is not in the way");
}

#[test]
fn a_tie_is_left_to_the_worker() {
    let mut floor = two_due();
    std::sync::Arc::make_mut(&mut floor.work_order.jobs[SOLE].spec).position =
        floor.work_order.jobs[INSOLE].spec.position;
    let both = vec![job_id(INSOLE), job_id(SOLE)];
    assert_eq!(scan(&floor, "bottom_stock"), Ok(Move::Choose(both)), "two big buttons");
    let li = worker(1, &[Role::Worker]);
    let picked = scan_by(&floor, "bottom_stock", Some(&li), Some(job_id(SOLE)));
    assert_eq!(picked, Ok(Move::Start(job_id(SOLE))), "the one that was touched");
}

#[test]
fn a_skill_is_checked_before_the_start() {
    let missing = |skill: &str| Err(Refusal::Authz { problem: AuthzProblem::SkillMissing { skill: skill.into() } });
    for (centre, job) in [("cutting", CUT), ("closing", CLOSE)] {
        let mut floor = Floor::before(job);
        std::sync::Arc::make_mut(&mut floor.work_order.jobs[job].spec).skills =
            vec!["sewing".into(), "clicking".into()];
        assert_eq!(scan(&floor, centre), missing("clicking"), "the first skill that is missing");
    }
    let mut floor = Floor::before(CLOSE);
    floor.record(LI, CLOSE, START);
    floor.record(LI, CLOSE, pause(0));
    std::sync::Arc::make_mut(&mut floor.work_order.jobs[CLOSE].spec).skills = vec!["clicking".into()];
    assert_eq!(scan(&floor, "closing"), missing("clicking"), "taking over is beginning too");
}

#[test]
fn a_revoked_worker_begins_nothing() {
    let revoked = Worker { active: false, ..worker(1, &[Role::Worker]) };
    let refused = scan_by(&Floor::open(), "cutting", Some(&revoked), None);
    assert_eq!(refused, Err(Refusal::Authz { problem: AuthzProblem::Revoked }), "the badge was taken back");
}

#[test]
fn an_open_predecessor_is_named_with_who_has_it() {
    let mut floor = Floor::before(LAST);
    floor.work_order.jobs[SOLE].progress.state = JobState::Open;
    floor.record(LI, SOLE, START);
    let expected = Refusal::PredecessorOpen {
        job: job_id(LAST),
        predecessor: job_id(SOLE),
        standing: Standing::Running,
        workstation: Some("bench-2".into()),
        worker: Some(worker_id(2)),
    };
    assert_eq!(scan(&floor, "lasting"), Err(expected), "go and ask Li");

    let expected = Refusal::PredecessorOpen {
        job: job_id(LAST),
        predecessor: job_id(SOLE),
        standing: Standing::Ready,
        workstation: None,
        worker: None,
    };
    let mut floor = Floor::open();
    floor.complete(INSOLE);
    assert_eq!(scan(&floor, "lasting"), Err(expected), "of two, the one that somebody could do now");
}

#[test]
fn an_open_nonconformance_refuses_the_start_the_resume_and_the_finish() {
    let blocked = Err(Refusal::Blocked { nonconformance: nonconformance_id(1) });
    let fail = |floor: &mut Floor| floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), None));
    let mut floor = Floor::before(LAST);
    fail(&mut floor);
    assert_eq!(scan(&floor, "lasting"), blocked, "before the start");
    let mut floor = Floor::before(LAST);
    floor.record(WANG, LAST, START);
    fail(&mut floor);
    floor.wait(STANDARD_S);
    assert_eq!(scan(&floor, "lasting"), blocked, "under way: stop");
    floor.record(WANG, LAST, pause(0));
    assert_eq!(scan(&floor, "lasting"), blocked, "put down: leave it");
}

#[test]
fn everything_else_that_can_be_wrong_says_what() {
    let mut running = Floor::before(CLOSE);
    let since = running.now;
    running.record(LI, CLOSE, START);
    let other =
        Refusal::OtherWorker { job: job_id(CLOSE), worker: Some(worker_id(2)), workstation: "bench-2".into(), since };
    assert_eq!(scan(&running, "closing"), Err(other), "somebody else works on it");

    let mut done = Floor::open();
    done.record(LI, CUT, finished(0));
    let at = done.now;
    done.wait(60);
    let already = Refusal::AlreadyDone { job: job_id(CUT), worker: Some(worker_id(2)), at };
    assert_eq!(scan(&done, "cutting"), Err(already), "a second scan never counts twice");

    let mut held = Floor::before(CLOSE);
    held.work_order.jobs[CLOSE].progress.state = JobState::Held { reason: "换料".to_owned() };
    assert_eq!(scan(&held, "closing"), Err(Refusal::Held { job: job_id(CLOSE) }), "ask the office");

    let mut closed = Floor::open();
    closed.work_order.life = WorkOrderLife::Cancelled { at, reason: "退单".to_owned() };
    assert_eq!(scan(&closed, "cutting"), Err(Refusal::OrderClosed), "nobody works on it any more");
}

#[test]
fn a_pair_at_the_wrong_place_is_sent_on() {
    let here = |floor: &Floor| scan(floor, "pattern");
    assert_eq!(
        here(&Floor::open()),
        Err(Refusal::WrongWorkCentre { next: Some("cutting".into()) }),
        "to where it is due"
    );
    let mut failed_pair = Floor::before(PACK);
    failed_pair.record(INSPECTOR, CHECK, failed(0, nonconformance_id(1), None));
    assert_eq!(here(&failed_pair), Err(Refusal::WrongWorkCentre { next: None }), "nowhere until somebody decides");
    let mut complete = Floor::open();
    complete.complete_all();
    assert_eq!(here(&complete), Err(Refusal::Complete), "it is finished");
    let desk = Workstation { work_centre: None, ..workstation_at(1, "x") };
    let supervisor = worker(1, &[Role::Supervisor]);
    let floor = Floor::open();
    let circumstances = Circumstances { workstation: &desk, worker: Some(&supervisor), now: floor.now, picked: None };
    assert_eq!(
        read_traveller(&floor.work_order, &circumstances),
        Err(Refusal::WrongWorkCentre { next: Some("cutting".into()) }),
        "no shoes are made at a supervisor's desk"
    );
}

#[test]
fn a_returned_pair_is_due_again_where_it_was_done() {
    for (disposition, centre, expected) in
        [(rework(CLOSE), "closing", Ok(Move::Start(job_id(CLOSE)))), (repair(CUT), "cutting", finish(CUT, false))]
    {
        let mut floor = Floor::before(CHECK_UPPER);
        floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), Some(disposition)));
        assert_eq!(scan(&floor, centre), expected, "at {centre}");
    }
}
