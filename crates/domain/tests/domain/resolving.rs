//! What a supervisor's decision makes of facts that contradict each other or wait: who is counted, how the pair stands, and
//! that a second, different decision is a contradiction itself.
//!
//! Long because every question that a supervisor may be asked stands here once.

use chrono::TimeDelta;
use cordwainer_domain::ActionId;
use cordwainer_domain::people::{AuthLevel, Role};
use cordwainer_domain::production::{
    AuthzProblem, ConflictKind, Decision, Fact, JobState, KeptOutcome, Outcome, ParkReason, Question, Resolution,
    ResolutionKind, Standing, UnfitRule, WHOLE_PASS, WorkOrder, WorkOrderLife, apply, apply_decided, authorise,
};
use cordwainer_domain::quality::NonconformanceState;
use uuid::Uuid;

use crate::floor::{
    CHECK_UPPER, CLOSE, CUT, Floor, Hand, INSOLE, INSPECTOR, JOBS, LAST, LI, PACK, SOLE, Verdict, WANG, action, failed,
    finished, job_id, nonconformance_id, passed, released_job, rework, worker, worker_id,
};

/// A supervisor with badge and PIN.
const BOSS: Hand = Hand { worker: 9, auth: AuthLevel::Pin };
/// Another one, at another station.
const SECOND_BOSS: Hand = Hand { worker: 10, auth: AuthLevel::Pin };

fn decide(flagged: ActionId, between: &ConflictKind, resolution: Resolution) -> Fact {
    Fact::ConflictResolved {
        conflict: cordwainer_domain::ConflictId(Uuid::nil()),
        flagged,
        between: between.clone(),
        resolution,
        reason: Some("主管确认".to_owned()),
    }
}

fn decide_parked(parked: ActionId, waited_for: &ParkReason, resolution: Resolution) -> Fact {
    Fact::ParkedResolved { parked, waited_for: waited_for.clone(), resolution, reason: None }
}

/// Who is counted for a job's first pass, and for how much.
fn credited(work_order: &WorkOrder, job: usize) -> Vec<(u128, u16)> {
    let of_job = |credit: &cordwainer_domain::production::Credit| credit.job == job_id(job) && credit.round == 0;
    let credits = work_order.credits().into_iter().filter(of_job);
    credits.map(|credit| (credit.share.worker.unwrap().0.as_u128() - 0x200, credit.share.per_mille)).collect()
}

/// Wang and Li both cut the upper of one pair at two stations; Wang's fact was committed first.
fn signed_twice() -> (Floor, ActionId, ActionId, ConflictKind) {
    let mut floor = Floor::open();
    let (first, _) = floor.record(WANG, CUT, finished(0));
    let (second, verdict) = floor.record(LI, CUT, finished(0));
    let Verdict::Flagged(conflict) = verdict else { panic!("the second is flagged: {verdict:?}") };
    (floor, first, second, conflict)
}

#[test]
fn of_two_sign_offs_exactly_one_is_counted_or_a_split_of_one() {
    let whole = WHOLE_PASS;
    let cases = [
        (Resolution::CreditFirst, vec![(1, whole)], [true, false]),
        (Resolution::CreditSecond, vec![(2, whole)], [false, true]),
        (Resolution::Split, vec![(1, whole / 2), (2, whole / 2)], [true, true]),
        (Resolution::Neither, vec![], [false, false]),
    ];
    for (resolution, expected, counts) in cases {
        let (mut floor, first, second, conflict) = signed_twice();
        assert_eq!(credited(&floor.work_order, CUT), [(1, whole)], "until somebody decides, the first counts");
        let verdict = floor.record(BOSS, CUT, decide(second, &conflict, resolution.clone())).1;
        assert_eq!(verdict, Verdict::Applied, "{resolution:?} is a choice");
        assert_eq!(credited(&floor.work_order, CUT), expected, "{resolution:?}: who is paid");
        let stands = [first, second].map(|action| floor.work_order.counts(action));
        assert_eq!(stands, counts, "{resolution:?}: which of the facts is applied, and which closed");
        let signed: Vec<ActionId> = floor.job(CUT).sign_offs().map(|signed| signed.action).collect();
        assert!(signed.contains(&first) && signed.contains(&second), "{resolution:?}: both facts are kept");
        assert_eq!(floor.job(CUT).is_done(), resolution != Resolution::Neither, "{resolution:?}: whether it is done");
    }
}

#[test]
fn when_both_were_wrong_the_job_is_due_again_and_the_next_sign_off_counts_once() {
    let (mut floor, _, second, conflict) = signed_twice();
    floor.record(BOSS, CUT, decide(second, &conflict, Resolution::Neither));
    assert_eq!(floor.standing(CUT), Standing::Ready, "somebody has to do it");
    assert_eq!(floor.record(LI, CUT, finished(0)).1, Verdict::Applied, "and does");
    assert_eq!(credited(&floor.work_order, CUT), [(2, WHOLE_PASS)], "once");
}

#[test]
fn the_first_decision_stands_and_a_different_one_is_a_conflict_itself() {
    let (mut floor, _, second, conflict) = signed_twice();
    let (decided, _) = floor.record(BOSS, CUT, decide(second, &conflict, Resolution::CreditSecond));
    let before = floor.work_order.clone();
    let other = floor.record(SECOND_BOSS, CUT, decide(second, &conflict, Resolution::Split)).1;
    assert_eq!(other, Verdict::Flagged(ConflictKind::ResolvedTwice { first: decided }), "a person must know");
    assert_eq!(credited(&floor.work_order, CUT), credited(&before, CUT), "nobody is paid otherwise for it");
    let same = floor.record(SECOND_BOSS, CUT, decide(second, &conflict, Resolution::CreditSecond)).1;
    assert_eq!(same, Verdict::Applied, "two of one mind are no contradiction");
    assert_eq!(floor.work_order.resolved.len(), 1, "one decision stands");
    let twice = ConflictKind::ResolvedTwice { first: decided };
    assert_eq!(twice.choices(), [ResolutionKind::Acknowledge], "the second is taken note of");
}

#[test]
fn a_decision_holds_when_a_restored_server_meets_the_two_facts_the_other_way_round() {
    let (mut floor, first, second, conflict) = signed_twice();
    floor.record(BOSS, CUT, decide(second, &conflict, Resolution::CreditFirst));
    let turned = Question::Conflict { between: ConflictKind::SignedTwice { first: second } };
    assert!(floor.work_order.decided(first, &turned).is_some(), "it is the same question");
    let another = Question::Conflict { between: ConflictKind::SignedTwice { first: ActionId(Uuid::nil()) } };
    assert!(floor.work_order.decided(first, &another).is_none(), "this one is not");
    // The restored server heard Li first; the decision for Wang is offered again and finds its way.
    let mut restored = Floor::open();
    let (li, _) = restored.record(LI, CUT, finished(0));
    let (wang, _) = restored.record(WANG, CUT, finished(0));
    let for_wang = decide(li, &ConflictKind::SignedTwice { first: wang }, Resolution::CreditFirst);
    assert_eq!(restored.record(BOSS, CUT, for_wang).1, Verdict::Applied, "it names the facts, not their order");
    assert_eq!(credited(&restored.work_order, CUT), [(1, WHOLE_PASS)], "Wang is credited all the same");
}

#[test]
fn a_decision_that_answers_another_question_is_parked_and_changes_nothing() {
    let (mut floor, _, second, conflict) = signed_twice();
    let before = floor.work_order.clone();
    let wrong = floor.record(BOSS, CUT, decide(second, &conflict, Resolution::Reinstate)).1;
    let unfit = Verdict::Parked(ParkReason::Unfit { rule: UnfitRule::NoSuchChoice });
    assert_eq!(wrong, unfit, "there is no order to reinstate");
    assert_eq!(floor.work_order, before, "nothing moved");
}

#[test]
fn a_finish_in_other_hands_is_credited_to_whoever_the_supervisor_says() {
    for (resolution, expected) in [
        (Resolution::CreditSecond, vec![(2, WHOLE_PASS)]),
        (Resolution::CreditFirst, vec![(1, WHOLE_PASS)]),
        (Resolution::Split, vec![(1, WHOLE_PASS / 2), (2, WHOLE_PASS / 2)]),
    ] {
        let mut floor = Floor::before(SOLE);
        floor.record(WANG, SOLE, Fact::JobStarted { round: 0 });
        floor.wait(900);
        let (finish, verdict) = floor.record(LI, SOLE, finished(0));
        let Verdict::Flagged(conflict) = verdict else { panic!("other hands: {verdict:?}") };
        floor.record(BOSS, SOLE, decide(finish, &conflict, resolution.clone()));
        assert_eq!(credited(&floor.work_order, SOLE), expected, "{resolution:?}");
        assert!(floor.work_order.counts(finish), "the finish itself is never in doubt");
    }
}

#[test]
fn times_are_corrected_and_the_first_record_stays() {
    let mut floor = Floor::before(SOLE);
    let (finish, verdict) = floor.record(LI, SOLE, finished(0));
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::FinishWithoutStart), "nobody had scanned the start");
    let (started_at, finished_at) = (floor.now - TimeDelta::minutes(40), Some(floor.now - TimeDelta::minutes(5)));
    let times = Resolution::CorrectTimes { started_at, finished_at };
    let verdict = floor.record(BOSS, SOLE, decide(finish, &ConflictKind::FinishWithoutStart, times)).1;
    assert_eq!(verdict, Verdict::Applied, "the supervisor knows better");
    let signed = floor.job(SOLE).sign_off().unwrap();
    assert_eq!((signed.worked_s, signed.start_inferred), (35 * 60, false), "thirty-five minutes of work");
    assert_eq!(signed.action, finish, "by the same fact");
    let backwards = Resolution::CorrectTimes { started_at: floor.now, finished_at };
    let mut floor = Floor::before(SOLE);
    let (finish, _) = floor.record(LI, SOLE, finished(0));
    let refused = floor.record(BOSS, SOLE, decide(finish, &ConflictKind::FinishWithoutStart, backwards)).1;
    assert!(matches!(refused, Verdict::Parked(ParkReason::Unfit { .. })), "work never ends before it begins");
}

#[test]
fn of_pass_and_fail_the_supervisor_lets_one_stand() {
    for pass_first in [true, false] {
        for (resolution, done) in [(Resolution::FailureStands, false), (Resolution::PassStands, true)] {
            let mut floor = Floor::before(CHECK_UPPER);
            let (pass, failure) = (passed(0), failed(0, nonconformance_id(1), None));
            let facts = if pass_first { [pass, failure] } else { [failure, pass] };
            floor.record(INSPECTOR, CHECK_UPPER, facts[0].clone());
            let (flagged, verdict) = floor.record(SECOND_BOSS, CHECK_UPPER, facts[1].clone());
            let Verdict::Flagged(conflict) = verdict else { panic!("they disagree: {verdict:?}") };
            assert!(!floor.job(CHECK_UPPER).is_done(), "meanwhile the failure governs");
            let verdict = floor.record(BOSS, CHECK_UPPER, decide(flagged, &conflict, resolution.clone())).1;
            assert_eq!(verdict, Verdict::Applied, "pass first {pass_first}: {resolution:?}");
            assert_eq!(floor.job(CHECK_UPPER).is_done(), done, "pass first {pass_first}: {resolution:?}");
            let state = &floor.work_order.nonconformances[0].state;
            assert_eq!(matches!(state, NonconformanceState::Withdrawn { .. }), done, "the failure: {state:?}");
            assert_eq!(floor.work_order.blocks(job_id(LAST)).is_none(), done, "whether anybody may go on");
        }
    }
}

#[test]
fn a_pass_cannot_be_let_stand_once_the_pair_is_on_its_way_back() {
    let mut floor = Floor::before(CHECK_UPPER);
    floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), Some(rework(CLOSE))));
    let (late, verdict) = floor.record(SECOND_BOSS, CHECK_UPPER, passed(0));
    let Verdict::Flagged(conflict) = verdict else { panic!("they disagree: {verdict:?}") };
    let before = floor.work_order.clone();
    let verdict = floor.record(BOSS, CHECK_UPPER, decide(late, &conflict, Resolution::PassStands)).1;
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::ResolvedTooLate { about: late }), "rework has begun");
    assert_eq!(floor.work_order.jobs, before.jobs, "nothing is pulled from under it");
    let verdict = floor.record(BOSS, CHECK_UPPER, decide(late, &conflict, Resolution::FailureStands)).1;
    assert_eq!(verdict, Verdict::Applied, "the other answer is still open, so the item can be closed");
}

/// Closing is started and finished offline on an order that the office has cancelled meanwhile.
fn worked_on_cancelled() -> (Floor, ActionId, ActionId) {
    let mut floor = Floor::before(CLOSE);
    let cancel = Fact::WorkOrderCancelled { reason: "客户取消".to_owned() };
    assert_eq!(floor.record(BOSS, CLOSE, cancel).1, Verdict::Applied, "the office withdraws the order");
    let closed = Verdict::Flagged(ConflictKind::OrderClosed);
    let (start, verdict) = floor.record(WANG, CLOSE, Fact::JobStarted { round: 0 });
    assert_eq!(verdict, closed, "the station did not know");
    floor.wait(1_200);
    let (finish, verdict) = floor.record(WANG, CLOSE, finished(0));
    assert_eq!(verdict, closed, "nor later");
    assert!(matches!(floor.work_order.life, WorkOrderLife::Cancelled { .. }), "until resolved it stays cancelled");
    assert_eq!(floor.work_order.after_close.len(), 2, "labour, materials and time are kept");
    (floor, start, finish)
}

#[test]
fn work_on_a_cancelled_order_is_scrapped_reused_or_the_order_goes_on() {
    let cases = [
        (Resolution::ScrapWork, KeptOutcome::Scrapped, false, vec![]),
        (Resolution::ReusePart, KeptOutcome::Reused, false, vec![(1, WHOLE_PASS)]),
        (Resolution::Reinstate, KeptOutcome::Counted, true, vec![(1, WHOLE_PASS)]),
    ];
    for (resolution, outcome, open, expected) in cases {
        let (mut floor, start, finish) = worked_on_cancelled();
        let verdict = floor.record(BOSS, CLOSE, decide(finish, &ConflictKind::OrderClosed, resolution.clone())).1;
        assert_eq!(verdict, Verdict::Applied, "{resolution:?}");
        assert!(floor.work_order.after_close.iter().all(|kept| kept.outcome == outcome), "{resolution:?}: all of it");
        assert_eq!(floor.work_order.is_open(), open, "{resolution:?}: whether the order goes on");
        assert_eq!(credited(&floor.work_order, CLOSE), expected, "{resolution:?}: who is paid");
        let question = Question::Conflict { between: ConflictKind::OrderClosed };
        let decided = [start, finish].map(|about| floor.work_order.decided(about, &question).is_some());
        assert_eq!(decided, [true, true], "{resolution:?}: one decision closes all that was done after the order");
    }
    let (mut floor, _, finish) = worked_on_cancelled();
    floor.record(BOSS, CLOSE, decide(finish, &ConflictKind::OrderClosed, Resolution::Reinstate));
    assert_eq!(floor.job(CLOSE).sign_off().unwrap().worked_s, 1_200, "with the time it took");
    floor.complete_all();
    assert_eq!(floor.work_order.output_pairs(), 1, "and the pair is finished");
}

#[test]
fn what_still_does_not_fit_a_reinstated_order_stays_open() {
    let mut floor = Floor::open();
    floor.record(BOSS, CUT, Fact::WorkOrderCancelled { reason: String::new() });
    let (early, _) = floor.record(WANG, CLOSE, finished(0));
    let (cut, _) = floor.record(LI, CUT, finished(0));
    floor.record(BOSS, CUT, decide(cut, &ConflictKind::OrderClosed, Resolution::Reinstate));
    let question = Question::Conflict { between: ConflictKind::OrderClosed };
    assert!(floor.work_order.decided(early, &question).is_none(), "closing came before cutting: not counted yet");
    let again = floor.record(BOSS, CLOSE, decide(early, &ConflictKind::OrderClosed, Resolution::Reinstate)).1;
    assert_eq!(again, Verdict::Applied, "asked again after the cutting");
    assert!(floor.work_order.decided(early, &question).is_some() && floor.job(CLOSE).is_done(), "now it fits");
}

#[test]
fn a_scrapped_pair_does_not_come_back() {
    let mut floor = Floor::before(CHECK_UPPER);
    floor.record(INSPECTOR, CHECK_UPPER, failed(0, nonconformance_id(1), Some(crate::floor::scrap())));
    let (late, _) = floor.record(WANG, INSOLE, finished(0));
    let verdict = floor.record(BOSS, INSOLE, decide(late, &ConflictKind::OrderClosed, Resolution::Reinstate)).1;
    assert!(matches!(verdict, Verdict::Parked(ParkReason::Unfit { .. })), "another pair is made: {verdict:?}");
    let verdict = floor.record(BOSS, INSOLE, decide(late, &ConflictKind::OrderClosed, Resolution::ReusePart)).1;
    assert_eq!(verdict, Verdict::Applied, "its insole may serve");
}

#[test]
fn a_revised_routing_flags_what_still_fits_and_parks_what_does_not() {
    let mut floor = Floor::before(SOLE);
    let looked_at = floor.work_order.version;
    let added = cordwainer_domain::production::ReleasedJob {
        id: job_id(20),
        after: vec![job_id(INSOLE)],
        ..released_job(SOLE)
    };
    let revised = Fact::RoutingRevised { removed: vec![job_id(SOLE)], added: vec![added], reason: "换底".to_owned() };
    assert_eq!(floor.record(BOSS, SOLE, revised).1, Verdict::Applied, "the office renumbers the soling");
    let gone = action(70, WANG, Some(SOLE), finished(0));
    assert_eq!(floor.judge(&gone), Verdict::Parked(ParkReason::JobVoid), "the job it names is gone");
    let mut still = action(71, LI, Some(CUT), finished(0));
    still.base_version = Some(looked_at);
    assert_eq!(floor.judge(&still), Verdict::Flagged(ConflictKind::RoutingRevised), "its job is still there");
    assert!(floor.job(CUT).is_done(), "and it counts meanwhile");
    let mut known = action(72, WANG, Some(CLOSE), Fact::JobStarted { round: 0 });
    known.base_version = Some(floor.work_order.version);
    assert_eq!(floor.judge(&known), Verdict::Applied, "whoever knew the new routing is in no doubt");
    floor.record(BOSS, CUT, decide(still.id, &ConflictKind::RoutingRevised, Resolution::Redo));
    assert!(!floor.job(CUT).is_done(), "made by the old routing: once more");
    assert!(credited(&floor.work_order, CUT).is_empty(), "and not paid");
    // The finish of the job that is gone is mapped to the one that took its place.
    let decision = Decision {
        by: ActionId(Uuid::nil()),
        waited_for: ParkReason::JobVoid,
        resolution: Resolution::MapToJob { job: job_id(20) },
    };
    let Outcome::Flagged(mapped, _) = apply_decided(Some(&floor.work_order), &gone, floor.now, &decision) else {
        panic!("it counts for the new job, as a finish without a start")
    };
    assert!(mapped.jobs.last().unwrap().is_done(), "the new job is signed off by the old fact");
}

#[test]
fn an_override_lets_a_fact_count_before_its_predecessor_and_the_predecessor_still_arrives() {
    let mut floor = Floor::before(CHECK_UPPER);
    let early = action(50, WANG, Some(LAST), finished(0));
    let Verdict::Parked(waits) = floor.judge(&early) else { panic!("the upper is not checked and the sole not made") };
    let fact = decide_parked(early.id, &waits, Resolution::Accept);
    assert_eq!(floor.record(BOSS, LAST, fact).1, Verdict::Applied, "the supervisor has the pair in hand");
    let decision = Decision { by: ActionId(Uuid::nil()), waited_for: waits.clone(), resolution: Resolution::Accept };
    let outcome = apply_decided(Some(&floor.work_order), &early, floor.now, &decision);
    let Outcome::Flagged(next, ConflictKind::FinishWithoutStart) = outcome else { panic!("it counts: {outcome:?}") };
    floor.work_order = next;
    assert!(floor.job(LAST).is_done(), "the lasting counts");
    floor.complete(CHECK_UPPER);
    assert!(floor.job(CHECK_UPPER).is_done(), "what came late is still heard");
    // Without the override it would wait on.
    assert!(
        matches!(
            apply(Some(&floor.work_order), &action(51, WANG, Some(PACK), finished(0)), floor.now),
            Outcome::Parked(ParkReason::Dependency { .. })
        ),
        "nobody else is let through by it"
    );
}

#[test]
fn a_fact_of_doubtful_authority_is_accepted_reassigned_or_refused() {
    let mut floor = Floor::open();
    let doubtful = action(60, WANG, Some(CUT), finished(0));
    let waits = ParkReason::Authz { problem: AuthzProblem::GrantExpired };
    let choices = [ResolutionKind::Accept, ResolutionKind::Reassign, ResolutionKind::Refuse];
    assert_eq!(waits.choices(), choices, "the three of the paper");
    let reassign = Resolution::Reassign { worker: worker_id(2) };
    floor.record(BOSS, CUT, decide_parked(doubtful.id, &waits, reassign.clone()));
    let decision = Decision { by: ActionId(Uuid::nil()), waited_for: waits.clone(), resolution: reassign };
    let Outcome::Applied(next) = apply_decided(Some(&floor.work_order), &doubtful, floor.now, &decision) else {
        panic!("rights are what the decision stands for")
    };
    assert_eq!(credited(&next, CUT), [(2, WHOLE_PASS)], "it counts as Li's");
    let refused = floor.record(SECOND_BOSS, CUT, decide_parked(doubtful.id, &waits, Resolution::Refuse)).1;
    assert!(matches!(refused, Verdict::Flagged(ConflictKind::ResolvedTwice { .. })), "the first stands: {refused:?}");
}

#[test]
fn a_refusal_that_comes_after_the_fact_has_counted_is_told_and_changes_nothing() {
    let mut floor = Floor::open();
    let early = action(50, WANG, Some(CLOSE), Fact::JobStarted { round: 0 });
    let Verdict::Parked(waits) = floor.judge(&early) else { panic!("cutting is not done") };
    floor.complete(CUT);
    assert_eq!(floor.judge(&early), Verdict::Applied, "what it waited for came");
    let verdict = floor.record(BOSS, CLOSE, decide_parked(early.id, &waits, Resolution::Refuse)).1;
    assert_eq!(verdict, Verdict::Flagged(ConflictKind::ResolvedTooLate { about: early.id }), "it counts already");
    assert!(matches!(floor.state(CLOSE), JobState::Running { .. }), "and goes on counting");
}

#[test]
fn only_a_supervisor_with_a_pin_decides_and_an_inspector_only_about_judgements() {
    let of_sign_offs = decide(
        ActionId(Uuid::nil()),
        &ConflictKind::SignedTwice { first: ActionId(Uuid::nil()) },
        Resolution::CreditFirst,
    );
    let of_judgements = decide(
        ActionId(Uuid::nil()),
        &ConflictKind::PassAndFail { other: ActionId(Uuid::nil()) },
        Resolution::PassStands,
    );
    let of_parked = decide_parked(ActionId(Uuid::nil()), &ParkReason::UnknownKind, Resolution::Refuse);
    let supervisor_only = Err(AuthzProblem::RoleMissing { role: Role::Supervisor });
    let cases = [(&of_sign_offs, supervisor_only.clone()), (&of_judgements, Ok(())), (&of_parked, supervisor_only)];
    for (fact, by_inspector) in cases {
        let by = |role, level| authorise(fact, Some(&worker(1, &[role])), level, None);
        assert_eq!(by(Role::Supervisor, AuthLevel::Pin), Ok(()), "{} by a supervisor", fact.kind());
        assert_eq!(by(Role::Supervisor, AuthLevel::Badge), Err(AuthzProblem::PinNeeded), "a badge can be photographed");
        assert_eq!(by(Role::Inspector, AuthLevel::Pin), by_inspector, "{} by an inspector", fact.kind());
        let refused = Err(AuthzProblem::RoleMissing { role: Role::Supervisor });
        assert_eq!(by(Role::Worker, AuthLevel::Pin), refused, "{} by a worker", fact.kind());
    }
}

#[test]
fn every_conflict_and_everything_that_waits_can_be_closed_by_a_person() {
    let id = ActionId(Uuid::nil());
    let conflicts = [
        ConflictKind::SignedTwice { first: id },
        ConflictKind::StartedTwice { first: id },
        ConflictKind::FinishedByAnother { started: id },
        ConflictKind::FinishWithoutStart,
        ConflictKind::PassAndFail { other: id },
        ConflictKind::OutOfTurn,
        ConflictKind::OrderClosed,
        ConflictKind::DisposedTwice,
        ConflictKind::UndoTooLate { target: id },
        ConflictKind::ReleasedTwice,
        ConflictKind::RoutingRevised,
        ConflictKind::ResolvedTwice { first: id },
        ConflictKind::ResolvedTooLate { about: id },
        ConflictKind::SameIdentifier,
        ConflictKind::WaitedTooLong,
    ];
    for conflict in conflicts {
        assert!(!conflict.choices().is_empty(), "{conflict:?} would stay open for ever");
    }
    assert!(ParkReason::BadSignature.choices().contains(&ResolutionKind::Refuse), "nothing waits for ever");
    assert_eq!(JOBS, 8, "the floor of these tests");
}
