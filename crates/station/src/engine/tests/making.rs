//! Start, finish, values, early finishes, pauses, undo, and a locked screen.

use cordwainer_domain::code::Command as Card;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Fact, PauseReason, Standing};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command, Evidence, RpcReply, Tone};

use super::factory::{CUT, LI, MARK, STITCH, WANG, badge, job_id, traveller, worker};
use super::shop::{Shop, accepted, named, pair_ready_for, pitch, said};

#[test]
fn one_scan_is_the_whole_sign_off_where_the_operation_says_so() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, MARK)]);
    shop.sign_in(WANG);
    let answer = shop.scan(&traveller(1));
    assert_eq!((said(&answer), answer.tone), ((K::SignedOff, M::SignedOff), Tone::Done));
    assert_eq!(answer.evidence, Some(Evidence::Saved), "on this disk, and no more is claimed");
    assert_eq!(shop.standing(1, MARK), Standing::Done);
    assert!(shop.job(1, MARK).sign_off().expect("signed").start_inferred, "nobody scanned a start");
}

#[test]
fn one_scan_starts_and_the_next_one_finishes() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let started = shop.scan(&traveller(1));
    assert_eq!((said(&started), started.tone), ((K::Started, M::Started), Tone::Started));
    assert_eq!(shop.standing(1, CUT), Standing::Running);
    shop.pass_s(900);
    let finished = shop.scan(&traveller(1));
    assert_eq!(said(&finished), (K::SignedOff, M::SignedOff));
    assert_eq!(finished.worker.expect("credited").id, worker(WANG));
    assert_eq!(shop.job(1, CUT).sign_off().expect("signed").worked_s, 902, "from scan to scan");
    assert_eq!(shop.standing(1, MARK), Standing::Ready, "the next job may begin");
    assert_eq!(shop.facts(), ["job_started", "job_finished"]);
}

#[test]
fn a_record_carries_who_where_when_and_what_was_known() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    let action = shop.recorded().pop().expect("recorded");
    assert_eq!((action.worker, action.auth_level), (Some(worker(WANG)), AuthLevel::Badge));
    assert_eq!((action.workstation.as_str(), action.job), ("cut-1", Some(job_id(1, CUT))));
    assert_eq!((action.base_version, action.base_cursor), (Some(1), Some(10)), "what the worker was looking at");
    assert!(action.grant.is_some(), "the permission that was used");
}

#[test]
fn a_finish_waits_for_required_values_and_is_when_the_code_was_read() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, STITCH)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.pass_s(1_000);
    let asked = shop.scan(&traveller(1));
    assert_eq!((said(&asked), asked.tone), ((K::NeedsValues, M::ValueNeeded), Tone::Question));
    assert_eq!(asked.missing.iter().map(|parameter| parameter.id.as_str()).collect::<Vec<_>>(), ["pitch"]);
    shop.pass_s(45);
    let finish = |value: &str, reason| Command::FinishJob {
        job: job_id(1, STITCH),
        values: vec![pitch(value, reason)],
        early_confirmed: false,
    };
    let out = shop.press(finish("3.5", None));
    assert_eq!((said(&out), named(&out, "max")), ((K::NeedsValues, M::OutOfTolerance), "3.2".to_owned()));
    let done = shop.press(finish("3.5", Some("厚皮")));
    assert_eq!(done.kind, K::SignedOff, "with a reason it is good enough to record");
    let signed = shop.job(1, STITCH).sign_off().expect("signed");
    assert_eq!(signed.worked_s, 1_002, "the finish is the scan's, not the pad's");
    assert_eq!(
        (signed.values[0].value.to_string(), signed.values[0].reason.as_deref()),
        ("3.5".to_owned(), Some("厚皮"))
    );
}

#[test]
fn values_entered_while_the_job_runs_survive_a_restart_and_are_used_by_the_finishing_scan() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, STITCH)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    let kept = shop.ask(Command::EnterValues { job: job_id(1, STITCH), values: vec![pitch("3.1", None)] });
    assert!(matches!(kept, RpcReply::Job(sheet) if sheet.values == [pitch("3.1", None)]), "shown on the sheet");
    let mut shop = shop.restart();
    shop.pass_s(600);
    assert_eq!(
        shop.scan(&traveller(1)).kind,
        K::SignedOff,
        "nobody is signed in after a restart: the start names the worker"
    );
    let signed = shop.job(1, STITCH).sign_off().expect("signed");
    assert_eq!((signed.worker, signed.values[0].value.to_string()), (Some(worker(WANG)), "3.1".to_owned()));
}

#[test]
fn a_surprisingly_early_finish_asks_for_the_card_and_keeps_its_time() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.pass_s(20);
    let asked = shop.scan(&traveller(1));
    assert_eq!((said(&asked), asked.tone), ((K::ConfirmEarly, M::EarlyFinish), Tone::Question));
    assert_eq!(named(&asked, "standard_minutes"), "10");
    assert_eq!(shop.facts(), ["job_started"], "an accidental second scan signs nothing off");
    shop.pass_s(10);
    assert_eq!(shop.card(Card::Finish).kind, K::SignedOff, "完成 confirms");
    let action = shop.recorded().pop().expect("recorded");
    assert!(matches!(action.fact, Fact::JobFinished { early_confirmed: true, .. }), "the confirmation is on record");
    assert_eq!(shop.job(1, CUT).sign_off().expect("signed").worked_s, 22, "the finish is the scan's");
}

#[test]
fn a_button_may_confirm_at_once_and_a_job_that_does_not_run_cannot_be_finished() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let finish = |early_confirmed| Command::FinishJob { job: job_id(1, CUT), values: Vec::new(), early_confirmed };
    assert_eq!(said(&shop.press(finish(true))), (K::Refused, M::NothingRunning), "not begun");
    shop.scan(&traveller(1));
    assert_eq!(shop.press(finish(false)).kind, K::ConfirmEarly, "asked by touch as by scan");
    assert_eq!(shop.press(finish(true)).kind, K::SignedOff);
}

#[test]
fn a_pause_stops_the_time_and_the_traveller_goes_on() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.pass_s(98);
    assert_eq!(said(&shop.card(Card::MaterialShort)), (K::Paused, M::Paused), "缺料");
    assert_eq!(shop.standing(1, CUT), Standing::Paused);
    shop.pass_s(1_000);
    assert_eq!(said(&shop.scan(&traveller(1))), (K::Resumed, M::Resumed));
    shop.pass_s(100);
    shop.scan(&traveller(1));
    let worked_s = shop.job(1, CUT).sign_off().expect("signed").worked_s;
    assert_eq!(worked_s, 202, "100 s before the break and 102 s after it");
    assert_eq!(said(&shop.card(Card::PauseBreak)), (K::Refused, M::NothingRunning), "nothing runs now");
}

#[test]
fn only_the_worker_who_runs_a_job_pauses_it() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.sign_in(LI);
    let answer = shop.press(Command::PauseJob { job: job_id(1, CUT), reason: PauseReason::Other });
    assert_eq!((said(&answer), named(&answer, "worker")), ((K::Refused, M::OtherWorker), "王师傅".to_owned()));
}

#[test]
fn the_last_move_can_be_taken_back_for_ten_seconds() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, MARK)]);
    shop.sign_in(WANG);
    let signed = shop.scan(&traveller(1));
    assert_eq!((signed.undo_until.expect("offered") - signed.at).num_seconds(), 10);
    shop.pass_s(8);
    assert_eq!(said(&shop.card(Card::Undo)), (K::Undone, M::Undone), "in the tenth second");
    assert_eq!(shop.standing(1, MARK), Standing::Ready);
    assert_eq!(said(&shop.card(Card::Undo)), (K::Refused, M::NothingToUndo), "there is no second step back");
    shop.scan(&traveller(1));
    shop.pass_s(9);
    assert_eq!(said(&shop.card(Card::Undo)), (K::Refused, M::NothingToUndo), "after eleven seconds");
    assert_eq!(shop.facts(), ["job_finished", "undone", "job_finished"], "the first record stays on the disk");
}

#[test]
fn one_worker_cannot_take_back_what_another_did() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, MARK)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.sign_in(LI);
    assert_eq!(said(&shop.press(Command::Undo {})), (K::Refused, M::NothingToUndo));
}

#[test]
fn a_move_that_was_built_upon_is_not_taken_back_by_card() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, MARK)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.sign_in(super::factory::LI);
    shop.scan(&badge(WANG));
    let mut ahead = shop.engine.floor.work_order(super::factory::pair_id(1)).expect("held").clone();
    ahead.jobs[STITCH].progress.state = ahead.jobs[MARK].progress.state.clone();
    ahead.jobs[STITCH].progress.since_version = ahead.version + 1;
    ahead.version += 1;
    // The server has both: the sign-off from here, and a successor's from elsewhere.
    let action = shop.recorded().pop().expect("recorded");
    let verdict = accepted(action.id, 12);
    let page =
        cordwainer_protocol::sync::PullReply { verdicts: vec![verdict], ..super::factory::page(&[ahead], 12, false) };
    shop.take(&page);
    assert_eq!(said(&shop.press(Command::Undo {})), (K::Refused, M::NothingToUndo), "that is for a supervisor now");
}

#[test]
fn a_locked_screen_hides_data_and_voids_no_scan() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.pass_s(61);
    shop.input(crate::engine::Input::Tick);
    let state = shop.state();
    assert!(state.locked && state.worker.is_none(), "after a minute nobody is shown");
    assert_eq!(said(&shop.scan(&traveller(2))), (K::Refused, M::BadgeNeeded), "a start asks for a badge");
    let finished = shop.scan(&traveller(1));
    assert_eq!(said(&finished), (K::SignedOff, M::SignedOff), "the running job's traveller finishes it");
    assert_eq!(finished.worker.expect("credited").id, worker(WANG), "for the one who started it");
    assert!(shop.state().locked, "and the screen stays locked");
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::SignedIn, M::SignedIn), "the badge unlocks");
    assert_eq!(
        shop.recorded().iter().filter(|action| action.fact.kind() == "session_opened").count(),
        1,
        "one session"
    );
}

#[test]
fn an_early_finish_on_a_locked_screen_is_confirmed_by_the_card_alone() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.card(Card::Lock);
    assert_eq!(shop.scan(&traveller(1)).kind, K::ConfirmEarly);
    assert_eq!(shop.card(Card::Confirm).kind, K::SignedOff, "确认 answers the open question");
}

#[test]
fn a_second_tap_on_start_finishes_nothing() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let start = Command::StartJob { job: job_id(1, CUT) };
    assert_eq!(shop.press(start.clone()).kind, K::Started);
    shop.pass_s(3_600);
    assert_eq!(shop.press(start).kind, K::Repeat, "shown, not counted");
    assert_eq!(shop.standing(1, CUT), Standing::Running);
}

#[test]
fn two_jobs_that_are_equally_due_are_offered_and_a_card_picks_one() {
    let mut pair = pair_ready_for(1, MARK);
    // The marking and the stitching of this pair may be done in any order.
    let before = std::sync::Arc::clone(&pair.jobs[MARK].spec);
    let stitching = std::sync::Arc::make_mut(&mut pair.jobs[STITCH].spec);
    stitching.after.clone_from(&before.after);
    stitching.position = before.position;
    let mut shop = Shop::with("close-1", &[pair]);
    shop.sign_in(WANG);
    let offered = shop.scan(&traveller(1));
    assert_eq!((said(&offered), offered.choices.len()), ((K::Choose, M::ChooseJob), 2));
    let picked = shop.operation_card(STITCH);
    assert_eq!((picked.kind, picked.job.expect("named").id), (K::Started, job_id(1, STITCH)));
}
