//! What a worker may do while the server is away: what it signed, until it runs out, and never by guessing a PIN.

use cordwainer_domain::people::{AuthLevel, Role};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command};
use serde_json::json;

use super::factory::{CHEN_INSPECTS, CUT, LI, PIN, WANG, ZHAO_LEADS, badge, job_id, page_about, traveller, worker};
use super::shop::{Shop, named, said};

const HOUR_S: i64 = 3_600;
/// Longer than any grant of the factory lasts.
const FIVE_YEARS_S: i64 = 5 * 365 * 24 * HOUR_S;

fn enter(pin: &str) -> Command {
    Command::EnterPin { pin: pin.to_owned() }
}

/// The server says what time it is.
fn hear_from_server(shop: &Shop) {
    use crate::clock::{Clock, ServerTime};
    let clock = shop.desk.clock.as_ref();
    let now = chrono::DateTime::from_timestamp_millis(clock.wall_ms()).expect("an instant");
    shop.store.outbox.note_server_time(ServerTime::compare(now, clock)).expect("kept");
}

#[test]
fn roles_and_skills_written_into_the_cache_by_hand_give_nothing() {
    let shop = Shop::at("desk-1");
    let edited = shop.desk.raw("cache.db").execute(
        r#"UPDATE held SET row = json_set(row, '$.worker.roles', json('["worker","inspector","supervisor"]'),
                                               '$.worker.skills', json('["inspecting","stitching"]'))
           WHERE tbl = 'worker' AND pk = ?1"#,
        [worker(WANG).to_string()],
    );
    assert_eq!(edited, Ok(1), "Wang has a database tool");
    let mut shop = shop.restart();
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::RoleMissing), "what counts is what the server signed");
    let row = shop.engine.floor.worker(worker(WANG)).expect("is known");
    assert!(!row.worker.has_role(Role::Supervisor), "and it signed no such role");
}

#[test]
fn a_colleagues_permission_and_one_for_another_station_open_nothing() {
    let mut shop = Shop::at("cut-1");
    let mut of_li = json!(null);
    page_about(LI, |row| of_li = row["grant"].clone());
    shop.take(&page_about(WANG, |row| row["grant"] = of_li));
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::GrantExpired), "genuine, and Li's");
    shop.take(&page_about(WANG, |row| row["grant"] = json!(null)));
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::GrantExpired), "without any");
    shop.take(&page_about(WANG, |_| {}));
    assert_eq!(shop.scan(&badge(WANG)).kind, K::SignedIn, "with his own");
}

#[test]
fn a_permission_that_runs_out_ends_the_work_of_an_open_session_and_only_closing_it_is_left() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    assert_eq!(shop.scan(&traveller(1)).kind, K::Started, "it holds");
    shop.pass_s(FIVE_YEARS_S);
    assert_eq!(
        said(&shop.press(Command::FinishJob { job: job_id(1, CUT), values: Vec::new(), early_confirmed: true })),
        (K::Refused, M::GrantExpired)
    );
    assert_eq!(shop.press(Command::SignOut {}).kind, K::SignedOut, "the session can be closed");
    let kinds: Vec<_> = shop.recorded().iter().map(|action| action.fact.kind()).collect();
    assert_eq!(kinds, ["session_opened", "job_started", "session_closed"], "what was recorded before stays");
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::GrantExpired), "and no other one opens");
}

#[test]
fn turning_the_clock_back_does_not_bring_a_permission_back_nor_does_a_restart() {
    let mut shop = Shop::at("cut-1");
    shop.pass_s(FIVE_YEARS_S);
    hear_from_server(&shop);
    shop.desk.clock.set_wall_back_ms(FIVE_YEARS_S * 1000);
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::GrantExpired), "the dial says that it holds");
    let mut shop = shop.restart();
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::GrantExpired), "the server's last word is on the disk");
    shop.desk.clock.reboot();
    let mut shop = shop.restart();
    assert_eq!(said(&shop.scan(&badge(WANG))), (K::Refused, M::GrantExpired), "also after the machine was restarted");
}

#[test]
fn while_the_station_is_offline_the_old_pin_works_and_what_it_opens_names_the_permission_that_was_used() {
    let mut shop = Shop::at("qc-1");
    shop.sign_in_inspector();
    let opened = shop.recorded().pop().expect("recorded");
    let granted = shop.engine.floor.granted(worker(CHEN_INSPECTS)).expect("a permission");
    assert_eq!((opened.grant, opened.auth_level), (Some(granted.id), AuthLevel::Pin), "the server judges by these");
    shop.press(Command::SignOut {});
    // The office has set another PIN meanwhile; the page that says so arrives.
    shop.take(&page_about(CHEN_INSPECTS, |row| {
        row["pin"] = json!({ "salt": "00".repeat(16), "hash": "00".repeat(32) });
    }));
    shop.scan(&badge(CHEN_INSPECTS));
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::PinWrong), "from then on the old one is none");
}

#[test]
fn ten_thousand_guesses_at_one_station_are_a_few_dozen_tries() {
    let mut shop = Shop::at("qc-1");
    shop.scan(&badge(CHEN_INSPECTS));
    let mut tried = 0;
    for guess in 0..10_000 {
        shop.pass_s(1);
        if shop.state().pin_for.is_none() {
            shop.scan_at_once(&badge(CHEN_INSPECTS));
        }
        match said(&shop.press(enter(&format!("{:06}", 500_000 + guess)))) {
            (K::Refused, M::PinWrong) => tried += 1,
            (K::Refused, M::PinWait) => {}
            other => panic!("guess {guess}: {other:?}"),
        }
    }
    // Eight doublings to 256 s, and then one every five minutes.
    assert!((30..50).contains(&tried), "{tried} PINs were really tried in nearly three hours");
    let mut shop = shop.restart();
    shop.scan(&badge(CHEN_INSPECTS));
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::PinWait), "a restart of the program forgives nothing");
    shop.desk.clock.set_wall_back_ms(-30 * 24 * HOUR_S * 1000);
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::PinWait), "nor does turning the clock on");
    shop.desk.clock.reboot();
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::PinWait), "nor a restart of the machine");
    let told = shop.store.outbox.untold_pin_tries().expect("reads");
    assert_eq!(told.len(), 1, "one worker was guessed at");
    assert_eq!((told[0].worker_id, told[0].wrong), (worker(CHEN_INSPECTS), tried), "the server hears of every try");
}

#[test]
fn whoever_guesses_at_one_colleague_after_the_other_waits_as_well_until_a_supervisor_comes() {
    let mut shop = Shop::at("qc-1");
    let mut wrong = 0;
    'guessing: loop {
        for who in [CHEN_INSPECTS, ZHAO_LEADS] {
            shop.scan_at_once(&badge(who));
            if said(&shop.press(enter("111111"))).1 == M::PinWait {
                break 'guessing;
            }
            wrong += 1;
            // Long enough for either worker's own wait.
            shop.pass_s(if wrong < 20 { 600 } else { 0 });
        }
        assert!(wrong < 100, "at some point the station itself must wait");
    }
    assert_eq!(wrong, 20, "tries that the station as a whole gives away");
    shop.pass_s(600);
    shop.scan(&badge(ZHAO_LEADS));
    assert_eq!(shop.press(enter(PIN)).kind, K::SignedIn, "the supervisor has proven to be here");
    shop.press(Command::SignOut {});
    shop.scan(&badge(CHEN_INSPECTS));
    let wrong = shop.press(enter("111111"));
    assert_eq!(
        (said(&wrong), named(&wrong, "attempts")),
        ((K::Refused, M::PinWrong), "4".to_owned()),
        "all is forgiven"
    );
}

#[test]
fn guesses_at_one_station_lock_nobody_out_at_another() {
    let mut shop = Shop::at("qc-1");
    shop.scan(&badge(CHEN_INSPECTS));
    for _ in 0..6 {
        shop.press(enter("111111"));
    }
    assert_eq!(said(&shop.press(enter(PIN))), (K::Refused, M::PinWait), "here");
    let mut elsewhere = Shop::at("qc-1");
    elsewhere.sign_in_inspector();
}
