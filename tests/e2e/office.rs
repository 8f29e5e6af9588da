//! The office in a browser: the first administrator's first day, a new badge for one that was forgotten, a new station that is
//! let in, and an alarm that is seen to.

use std::time::{SystemTime, UNIX_EPOCH};

use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::window::{Window, marked};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha1::Sha1;

const PASSWORD: &str = "kettle orbit mango";

/// Fills a field and goes on.
fn fill(window: &Window, field: &str, text: &str) {
    window.tap(&marked(field));
    window.type_keys(text);
}

/// What an authenticator app shows now for a secret in base 32.
fn code_shown(secret: &str) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut key) = (0_u32, 0, Vec::new());
    for letter in secret.trim().bytes() {
        let value = letters.iter().position(|known| *known == letter).expect("base 32");
        bits = (bits << 5) | u32::try_from(value).expect("five bits");
        count += 5;
        if count >= 8 {
            count -= 8;
            key.push(u8::try_from((bits >> count) & 255).expect("a byte"));
        }
    }
    // The browser and the server go by the machine's clock, so the app does, too.
    #[expect(clippy::disallowed_methods, reason = "the server under test is a process with the machine's clock")]
    let step = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs() / 30;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]) % 1_000_000;
    format!("{number:06}")
}

/// Clears a field and fills it anew.
fn replace(window: &Window, field: &str, before: &str, text: &str) {
    window.tap(&marked(field));
    // End, then a backspace for every letter.
    window.type_keys("\u{e010}");
    window.type_keys(&"\u{e003}".repeat(before.len()));
    window.type_keys(text);
}

/// The first administrator chooses a password and sets up the second factor. Answers with a recovery code.
fn first_sign_in(server: &Server) -> (Window, String) {
    let words = ["account", "add", "--login", "chen", "--name", "陈静", "--role", "administrator"];
    let made: Value = serde_json::from_str(&output_of(&mut server.command(&words))).expect("one JSON object");
    let one_time = made["password"].as_str().expect("a password for one sign-in");

    let window = Window::browse(&server.office());
    fill(&window, "login", "chen");
    fill(&window, "password", one_time);
    window.tap(&marked("send"));
    fill(&window, "current-password", one_time);
    fill(&window, "new-password", "passwordpassword");
    window.tap(&marked("send"));
    window.wait_for("[data-trouble=\"password_common\"]");
    replace(&window, "new-password", "passwordpassword", PASSWORD);
    window.tap(&marked("send"));
    let secret = window.text(&marked("totp-secret"));
    fill(&window, "code", &code_shown(&secret));
    window.tap(&marked("send"));
    let codes = window.text(&marked("recovery-codes"));
    let recovery = codes.split_whitespace().next().expect("ten codes").to_owned();
    window.tap(&marked("recovery-kept"));
    window.wait_for(&marked("nav-workers"));
    (window, recovery)
}

#[test]
fn an_administrator_sets_up_the_account_and_issues_a_new_badge() {
    let server = Server::with_demo(Engine::Sqlite);
    let (window, recovery) = first_sign_in(&server);

    window.tap(&marked("sign-out"));
    fill(&window, "login", "chen");
    fill(&window, "password", PASSWORD);
    // Enter sends as well: the office has a keyboard.
    window.type_keys("\u{e007}");
    window.wait_for(&marked("code"));
    window.type_keys(&recovery);
    window.type_keys("\u{e007}");
    window.wait_for(&marked("nav-workers"));

    fill(&window, "search", "guoqiang");
    window.wait_for_text("tbody", "one worker", |text| text.contains("林国强") && !text.contains("黄志明"));
    window.tap(&marked("issue-badge"));
    window.tap(&marked("confirm-yes"));
    let badge = window.text(&marked("shown-once"));
    assert!(badge.len() == 9 && badge.starts_with('B'), "a badge of ours: {badge}");
    assert!(!badge.starts_with("BDF7JN4W"), "and not the forgotten one");
    window.tap(&marked("shown-close"));
    assert!(!window.shows(&marked("shown-once")), "it is shown once");

    window.tap(&marked("language"));
    window.wait_for_text("h1", "the other language", |text| text == "Workers");
    window.tap(&marked("sign-out"));
    window.wait_for(&marked("login"));
    server.verify();
}

#[test]
fn a_new_station_is_let_in_and_an_alarm_is_closed_in_the_office() {
    let server = Server::with_demo(Engine::Sqlite);
    let mut station = Station::off(&server, "last-1", None);
    station.run(&["--enrol", &server.enrol_code("last-1")]);
    let (_, fingerprint) = station.fingerprint_to_compare();

    let (window, _) = first_sign_in(&server);
    window.tap(&marked("nav-stations"));
    window.wait_for(&marked("waiting"));
    assert!(
        !window.sight().contains(&fingerprint),
        "what is to be compared is read off the station, not off this page"
    );
    assert_eq!(window.count("tbody tr"), 1, "the demo's past stations do not stand in the way");
    window.tap(&marked("confirm-station"));
    fill(&window, "fingerprint", "0000-0000-0000-0000");
    let send = format!("{} {}", marked("confirm-form"), marked("send"));
    window.tap(&send);
    window.wait_for("[data-trouble=\"fingerprint_differs\"]");
    replace(&window, "fingerprint", "0000-0000-0000-0000", &fingerprint.to_lowercase().replace('-', " "));
    window.tap(&send);
    window.wait_until_gone(&marked("confirm-form"));
    station.wait_until_ready();
    assert!(!window.shows(&marked("waiting")), "it waits no longer");

    output_of(&mut server.command(&["epoch", "bump"]));
    window.tap(&marked("nav-alarms"));
    window.wait_for("[data-kind=\"server_restored\"]");
    window.tap(&marked("close-alarm"));
    fill(&window, "alarm-note", "drill");
    window.tap(&format!("{} {}", marked("close-alarm-form"), marked("send")));
    window.wait_until_gone("[data-kind=\"server_restored\"]");
    window.tap(&marked("past"));
    window.wait_for_text("tbody", "who closed it and why", |text| text.contains("陈静") && text.contains("drill"));
    server.verify();
}
