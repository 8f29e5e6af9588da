//! What is on the disk is what was said, and the floor shown here is what the server will decide.

use cordwainer_domain::production::{Action, Outcome, Standing, WorkOrder, apply};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command, Evidence, RpcReply, StationEvent, Tone, Topic};
use cordwainer_protocol::sync::PullReply;

use super::factory::{CUT, LI, MARK, STITCH, WANG, job_id, page, pair, pair_id, traveller};
use super::shop::{Shop, accepted, pair_ready_for, pitch, said};
use crate::engine::{Errand, Input};
use crate::sync::SyncEvent;

#[test]
fn what_the_disk_refused_is_not_said_to_be_done_and_can_be_scanned_again_at_once() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, MARK)]);
    shop.sign_in(WANG);
    shop.break_disk();
    let refused = shop.scan(&traveller(1));
    assert_eq!((said(&refused), refused.tone), ((K::Refused, M::NotRecorded), Tone::Failure));
    assert_eq!((refused.action, refused.evidence), (None, None), "nothing is claimed");
    assert_eq!(shop.standing(1, MARK), Standing::Ready, "and nothing has changed on the screen");
    shop.mend_disk();
    assert_eq!(shop.scan_at_once(&traveller(1)).kind, K::SignedOff, "no debounce for what was not recorded");
    assert_eq!(shop.facts(), ["job_finished"]);
}

#[test]
fn a_scan_and_its_record_are_written_together() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let answer = shop.scan(&traveller(1));
    let conn = shop.desk.raw("outbox.db");
    let logged: Vec<u8> = conn
        .query_row("SELECT action_id FROM scan_log WHERE outcome = 'started'", [], |row| row.get(0))
        .expect("the scan names its record");
    assert_eq!(logged, answer.action.expect("recorded").0.as_bytes());
    assert!(shop.errands.contains(&Errand::Push), "and somebody is told to send it");
}

#[test]
fn after_a_crash_the_floor_is_as_it_was() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    let before = shop.engine.floor.work_order(pair_id(1)).cloned();
    let shop = shop.restart();
    assert_eq!(shop.engine.floor.work_order(pair_id(1)).cloned(), before, "replayed from the disk");
    assert_eq!(shop.standing(1, CUT), Standing::Running);
}

fn by_the_server(base: &WorkOrder, actions: &[Action]) -> WorkOrder {
    actions.iter().fold(base.clone(), |standing, action| match apply(Some(&standing), action, action.clock.instant()) {
        Outcome::Applied(next) | Outcome::Flagged(next, _) => next,
        Outcome::Parked(_) | Outcome::Noted => standing,
    })
}

#[test]
fn the_floor_shown_here_is_what_the_server_derives_from_the_same_records() {
    let base = pair_ready_for(1, MARK);
    let mut shop = Shop::with("close-1", std::slice::from_ref(&base));
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.press(Command::Undo {});
    shop.scan(&traveller(1));
    shop.scan(&traveller(1));
    shop.pass_s(700);
    shop.press(Command::FinishJob { job: job_id(1, STITCH), values: vec![pitch("3.0", None)], early_confirmed: false });
    let about: Vec<Action> =
        shop.recorded().into_iter().filter(|action| action.work_order == Some(pair_id(1))).collect();
    assert_eq!(about.len(), 5, "sign-off, undo, sign-off, start, finish");
    let shown = shop.engine.floor.work_order(pair_id(1)).cloned();
    assert_eq!(shown, Some(by_the_server(&base, &about)), "one reducer");
}

#[test]
fn an_effect_is_shown_once_when_row_and_verdict_arrive() {
    let base = pair_ready_for(1, MARK);
    let mut shop = Shop::with("close-1", std::slice::from_ref(&base));
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    let action = shop.recorded().pop().expect("recorded");
    let judged = by_the_server(&base, std::slice::from_ref(&action));
    let verdict = accepted(action.id, 11);
    shop.take(&PullReply { verdicts: vec![verdict], ..page(std::slice::from_ref(&judged), 11, false) });
    assert_eq!(shop.engine.floor.work_order(pair_id(1)), Some(&judged), "the server's row and nothing on top of it");
    assert_eq!(shop.job(1, MARK).progress.past.len(), 0, "not signed off twice");
    let RpcReply::Job(sheet) = shop.ask(Command::GetJob { job: job_id(1, MARK) }) else { panic!("a sheet") };
    assert_eq!(sheet.evidence, Some(Evidence::Accepted), "已确认");
}

#[test]
fn a_record_that_no_longer_applies_is_kept_and_shown_to_be_for_a_supervisor() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    let mut cancelled = pair(1);
    cancelled.version += 1;
    cancelled.life = serde_json::from_value(serde_json::json!({
        "life": "cancelled", "at": "2026-11-20T00:00:00Z", "reason": "customer",
    }))
    .expect("a life");
    shop.page(&[cancelled]);
    assert_eq!(shop.facts(), ["job_started"], "nothing is ever removed");
    let RpcReply::Job(sheet) = shop.ask(Command::GetJob { job: job_id(1, CUT) }) else { panic!("a sheet") };
    assert_eq!(sheet.evidence, Some(Evidence::Pending), "待处理");
    assert_eq!(shop.state().unsent.pending, 1, "and counted");
}

#[test]
fn a_page_from_elsewhere_leaves_own_unsent_work_standing() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.page(&[pair(1), pair(2), pair(3)]);
    assert_eq!(shop.standing(1, CUT), Standing::Running, "the server has not heard of it yet");
    assert_eq!(shop.standing(3, CUT), Standing::Ready, "and the new pair is there");
    assert!(shop.events.contains(&StationEvent::Changed(Topic::Work)), "the screens ask again");
}

#[test]
fn unsent_work_is_counted_with_its_age_and_the_network_is_told_honestly() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(LI);
    let recorded_at = shop.state().now;
    shop.pass_s(30);
    shop.scan(&traveller(1));
    let state = shop.state();
    assert_eq!(state.unsent.count, 2, "the session and the start");
    assert_eq!(state.unsent.oldest_at, Some(recorded_at), "the oldest of them");
    assert!(!state.online, "nobody has answered yet");
    shop.input(Input::Sync(SyncEvent::Online));
    assert!(shop.state().online && shop.state().last_contact.is_some());
    shop.input(Input::Sync(SyncEvent::Revoked));
    let state = shop.state();
    assert_eq!(state.offline_reason.map(|reason| reason.code), Some(M::StationRevoked), "a revoked station says so");
    assert_eq!(state.unsent.count, 2, "and loses nothing");
    shop.pass_s(60);
    assert_eq!(shop.scan(&traveller(1)).kind, K::SignedOff, "what is worked is still recorded");
}
