//! Who may record what.

use cordwainer_domain::ActionId;
use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::people::{AuthLevel, Role, Worker};
use cordwainer_domain::production::{AuthzProblem, Fact, Job, authorise};
use uuid::Uuid;

use crate::floor::{
    CHECK, CUT, Floor, failed, finished, nonconformance_id, pair, passed, pause, rework, use_as_is, worker,
};

fn decided() -> Fact {
    Fact::NonconformanceDisposed { nonconformance: nonconformance_id(1), disposition: rework(CUT) }
}

fn failure() -> Fact {
    failed(0, nonconformance_id(1), Some(use_as_is()))
}

fn job_asking_for(skill: &str, index: usize) -> Job {
    let mut job = Floor::open().job(index).clone();
    std::sync::Arc::make_mut(&mut job.spec).skills = vec![skill.into()];
    job
}

#[test]
fn making_needs_a_worker_and_a_badge() {
    let worker = worker(1, &[Role::Worker]);
    let undone = Fact::Undone { target: ActionId(Uuid::nil()) };
    for fact in [
        Fact::JobStarted { round: 0 },
        pause(0),
        Fact::JobResumed { round: 0 },
        finished(0),
        undone,
        Fact::SessionOpened {},
    ] {
        assert_eq!(authorise(&fact, Some(&worker), AuthLevel::Badge, None), Ok(()), "{} by a worker", fact.kind());
        assert_eq!(
            authorise(&fact, None, AuthLevel::Pin, None),
            Err(AuthzProblem::NoWorker),
            "{} by nobody",
            fact.kind()
        );
        let revoked = Worker { active: false, ..worker.clone() };
        let refused = authorise(&fact, Some(&revoked), AuthLevel::Pin, None);
        assert_eq!(refused, Err(AuthzProblem::Revoked), "{} by a revoked badge", fact.kind());
    }
}

#[test]
fn judging_needs_the_role_and_a_pin() {
    for fact in [passed(0), failure(), decided()] {
        let by = |role, auth_level| authorise(&fact, Some(&worker(1, &[role])), auth_level, None);
        let kind = fact.kind();
        assert_eq!(by(Role::Inspector, AuthLevel::Pin), Ok(()), "{kind} by an inspector");
        assert_eq!(by(Role::Supervisor, AuthLevel::Pin), Ok(()), "{kind} by a supervisor");
        assert_eq!(
            by(Role::Inspector, AuthLevel::Badge),
            Err(AuthzProblem::PinNeeded),
            "{kind}: a badge is copied with a photo"
        );
        let missing = Err(AuthzProblem::RoleMissing { role: Role::Inspector });
        assert_eq!(by(Role::Worker, AuthLevel::Pin), missing, "{kind}: nobody judges without the role");
    }
}

#[test]
fn a_skill_is_asked_for_again_by_the_server() {
    let worker = worker(1, &[Role::Worker, Role::Inspector]);
    let asks = |fact: &Fact, job: usize, skill: &str| {
        authorise(fact, Some(&worker), AuthLevel::Pin, Some(&job_asking_for(skill, job)))
    };
    for (fact, job) in [
        (Fact::JobStarted { round: 0 }, CUT),
        (Fact::JobResumed { round: 0 }, CUT),
        (finished(0), CUT),
        (passed(0), CHECK),
    ] {
        assert_eq!(asks(&fact, job, "sewing"), Ok(()), "{}: qualified", fact.kind());
        let missing = Err(AuthzProblem::SkillMissing { skill: "clicking".into() });
        assert_eq!(asks(&fact, job, "clicking"), missing, "{}: not qualified", fact.kind());
    }
    for (fact, job) in [(pause(0), CUT), (failure(), CHECK), (decided(), CHECK)] {
        assert_eq!(asks(&fact, job, "clicking"), Ok(()), "{}: to stop needs no skill", fact.kind());
    }
}

#[test]
fn t21_a_worker_works_on_the_own_lines_only() {
    let of_lines = |role, lines: &[&str]| Worker {
        work_centres: lines.iter().map(|line| (*line).into()).collect(),
        ..worker(1, &[role])
    };
    let job = Floor::open().job(CUT).clone();
    let done_at = job.spec.work_centre.clone();
    let asks = |fact: &Fact, who: &Worker| authorise(fact, Some(who), AuthLevel::Pin, Some(&job));
    let elsewhere = Err(AuthzProblem::NotTheirLine { work_centre: done_at.clone() });
    for fact in [Fact::JobStarted { round: 0 }, Fact::JobResumed { round: 0 }, finished(0)] {
        let kind = fact.kind();
        assert_eq!(asks(&fact, &of_lines(Role::Worker, &["baking", "packing"])), elsewhere, "{kind} on another line");
        assert_eq!(
            asks(&fact, &of_lines(Role::Worker, &["packing", done_at.as_str()])),
            Ok(()),
            "{kind} on one of theirs"
        );
        assert_eq!(asks(&fact, &of_lines(Role::Worker, &[])), Ok(()), "{kind} by whoever may work anywhere");
        assert_eq!(asks(&fact, &of_lines(Role::Supervisor, &["packing"])), Ok(()), "{kind} by who leads the floor");
    }
    assert_eq!(asks(&pause(0), &of_lines(Role::Worker, &["packing"])), Ok(()), "to stop is everybody's");
}

#[test]
fn what_no_worker_records_needs_no_worker() {
    let code = Code::from_number(CodeType::WorkOrder, 5).unwrap();
    for fact in [Fact::WorkOrderReleased(Box::new(pair())), Fact::ScanUnresolved { code }, Fact::SessionClosed {}] {
        assert_eq!(authorise(&fact, None, AuthLevel::None, None), Ok(()), "{}", fact.kind());
    }
}
