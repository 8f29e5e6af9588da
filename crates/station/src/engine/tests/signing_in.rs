//! Badges, PINs, sessions, languages and the lock.

use cordwainer_domain::Language;
use cordwainer_domain::code::Command as Card;
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command};

use super::factory::{CHEN_INSPECTS, CUT, LI, PIN, WANG, ZHAO_LEADS, badge, job_id, page_about, traveller, worker};
use super::shop::{Shop, named, said};

fn enter(pin: &str) -> Command {
    Command::EnterPin { pin: pin.to_owned() }
}

fn active(shop: &mut Shop) -> Option<cordwainer_domain::WorkerId> {
    shop.state().worker.map(|worker| worker.id)
}

#[test]
fn a_badge_opens_a_session_and_its_language_and_the_sign_out_card_ends_it() {
    let mut shop = Shop::at("cut-1");
    let answer = shop.scan(&badge(LI));
    assert_eq!((said(&answer), named(&answer, "worker")), ((K::SignedIn, M::SignedIn), "李师傅".to_owned()));
    assert_eq!(shop.state().language, Language::En, "Li reads English");
    assert_eq!(said(&shop.card(Card::SignOut)), (K::SignedOut, M::SignedOut));
    assert_eq!(active(&mut shop), None);
    let kinds: Vec<_> = shop.recorded().iter().map(|action| action.fact.kind()).collect();
    assert_eq!(kinds, ["session_opened", "session_closed"], "both ends are facts");
    assert_eq!(said(&shop.card(Card::SignOut)), (K::Refused, M::BadgeNeeded), "nobody is left");
}

#[test]
fn several_workers_are_signed_in_and_a_badge_makes_one_active() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.sign_in(LI);
    assert_eq!(active(&mut shop), Some(worker(LI)), "the last badge");
    assert_eq!(shop.scan(&badge(WANG)).kind, K::SignedIn);
    assert_eq!((active(&mut shop), shop.state().signed_in.len()), (Some(worker(WANG)), 2));
    assert_eq!(shop.recorded().len(), 2, "a badge seen again opens nothing");
    assert_eq!(shop.press(Command::SwitchWorker { worker: worker(LI) }).kind, K::SignedIn, "by touch");
    assert_eq!(said(&shop.press(Command::SwitchWorker { worker: worker(99) })), (K::Refused, M::BadgeNeeded));
    shop.press(Command::SignOut {});
    assert_eq!(active(&mut shop), Some(worker(WANG)), "who signed in before is active next");
}

#[test]
fn an_inspector_needs_the_pin_and_a_badge_is_never_one() {
    let mut shop = Shop::at("qc-1");
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::BadgeNeeded), "nobody was asked");
    assert_eq!(said(&shop.scan(&badge(CHEN_INSPECTS))), (K::PinNeeded, M::PinNeeded));
    assert_eq!(shop.state().pin_for.map(|asked| asked.id), Some(worker(CHEN_INSPECTS)));
    let scanned = shop.scan(&badge(CHEN_INSPECTS));
    assert_eq!((said(&scanned), named(&scanned, "expected")), ((K::Refused, M::CodeWrongType), "pin".to_owned()));
    assert_eq!(said(&shop.press(enter(&badge(CHEN_INSPECTS)))), (K::Refused, M::CodeWrongType), "nor on the pad");
    assert_eq!(said(&shop.scan(&traveller(1))), (K::Refused, M::PinRequired), "the PIN comes first");
    assert_eq!(shop.press(enter(PIN)).kind, K::SignedIn);
    assert!(shop.state().pin_for.is_none(), "the pad closes");
    assert!(shop.scan_log().iter().all(|outcome| !outcome.contains(PIN)), "a PIN is written nowhere");
}

#[test]
fn wrong_pins_cost_time_that_a_restart_does_not_forgive() {
    let mut shop = Shop::at("qc-1");
    shop.scan(&badge(CHEN_INSPECTS));
    for left in [4, 3, 2, 1, 0] {
        let wrong = shop.press(enter("111111"));
        assert_eq!((said(&wrong), named(&wrong, "attempts")), ((K::Refused, M::PinWrong), left.to_string()));
    }
    let wait = shop.press(enter(PIN));
    assert_eq!(
        (said(&wait), named(&wait, "seconds")),
        ((K::Refused, M::PinWait), "1".to_owned()),
        "even the right one"
    );
    let mut shop = shop.restart();
    shop.scan_at_once(&badge(CHEN_INSPECTS));
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::PinWait), "pulling the plug buys nothing");
    shop.pass_s(1);
    assert_eq!(said(&shop.press(enter("111111"))), (K::Refused, M::PinWrong), "the wait is over");
    shop.pass_s(1);
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::PinWait), "the next one is twice as long");
    shop.pass_s(1);
    assert_eq!(shop.press(enter(PIN)).kind, K::SignedIn);
    shop.press(Command::SignOut {});
    shop.scan(&badge(CHEN_INSPECTS));
    assert_eq!(named(&shop.press(enter("111111")), "attempts"), "4", "a right PIN forgives the wrong ones");
}

#[test]
fn a_worker_who_walks_away_from_the_pad_leaves_nothing_open() {
    let mut shop = Shop::at("desk-1");
    shop.scan(&badge(ZHAO_LEADS));
    assert_eq!(shop.press(Command::SignOut {}).kind, K::Locked);
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::BadgeNeeded), "the PIN is asked anew");
    let mut inspection = Shop::at("qc-1");
    inspection.sign_in_inspector();
    inspection.scan(&badge(ZHAO_LEADS));
    assert_eq!(inspection.press(Command::SignOut {}).kind, K::SignedIn, "the inspector is still there");
    assert_eq!(active(&mut inspection), Some(worker(CHEN_INSPECTS)), "and nobody else was signed out");
    shop.scan(&badge(ZHAO_LEADS));
    shop.pass_s(61);
    shop.input(crate::engine::Input::Tick);
    assert!(shop.state().pin_for.is_none(), "after a minute the pad closes by itself");
}

#[test]
fn the_screen_locks_after_a_minute_and_any_touch_keeps_it_open() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.pass_s(59);
    shop.input(crate::engine::Input::Tick);
    assert!(!shop.state().locked, "not yet");
    shop.press(Command::SetLanguage { language: Language::En });
    shop.pass_s(59);
    shop.input(crate::engine::Input::Tick);
    assert!(!shop.state().locked, "somebody was there");
    shop.pass_s(2);
    shop.input(crate::engine::Input::Tick);
    assert!(shop.state().locked, "a minute of silence");
    let start = shop.press(Command::StartJob { job: job_id(1, CUT) });
    assert_eq!(said(&start), (K::Refused, M::BadgeNeeded), "a press on a locked screen does nothing");
}

#[test]
fn the_language_card_switches_to_the_other_one_and_back() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    for expected in [Language::En, Language::ZhCn] {
        assert_eq!(said(&shop.card(Card::Language)), (K::Setting, M::LanguageChanged));
        assert_eq!(shop.state().language, expected);
    }
    assert_eq!(said(&shop.card(Card::Help)), (K::Refused, M::Unsupported), "help is not there yet, and says so");
}

#[test]
fn a_worker_revoked_while_signed_in_is_signed_out() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.take(&page_about(WANG, |row| row["worker"]["active"] = serde_json::json!(false)));
    assert_eq!(active(&mut shop), None, "nobody is active any more");
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::BadgeRevoked));
}

#[test]
fn a_forged_permission_opens_nothing() {
    let mut shop = Shop::at("cut-1");
    shop.take(&page_about(WANG, |row| row["grant"]["sig"] = serde_json::json!("00".repeat(64))));
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::GrantExpired));
}

#[test]
fn a_pc_that_holds_the_whole_floor_may_stand_elsewhere_and_signs_everybody_out() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.ask(Command::ChooseWorkstation { workstation: "qc-1".into() });
    let state = shop.state();
    assert_eq!((state.workstation, state.signed_in.len()), (Some("qc-1".into()), 0), "a badge is no PIN session");
    shop.sign_in_inspector();
    assert_eq!(shop.recorded().pop().expect("recorded").workstation.as_str(), "qc-1", "records carry the place");
    let mut shop = shop.restart();
    assert_eq!(shop.state().workstation, Some("qc-1".into()), "and it is remembered");
}
