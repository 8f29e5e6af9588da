//! The office in a browser: the first administrator's first day, a new badge for one that was forgotten, a new station that is
//! let in, and an alarm that is seen to.

use cordwainer_tests::office::{self, PASSWORD, fill};
use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::story;
use cordwainer_tests::window::{Window, marked};

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
    let one_time = office::first_account(server);
    let window = Window::browse(&server.office());
    office::sign_in(&window, &one_time);
    fill(&window, "current-password", &one_time);
    fill(&window, "new-password", "passwordpassword");
    window.tap(&marked("send"));
    window.wait_for("[data-trouble=\"password_common\"]");
    replace(&window, "new-password", "passwordpassword", PASSWORD);
    window.tap(&marked("send"));
    let recovery = office::set_up_second_factor(&window);
    (window, recovery)
}

#[test]
fn an_administrator_sets_up_the_account_and_issues_a_new_badge() {
    let server = Server::with_demo(Engine::Sqlite);
    let (window, recovery) = first_sign_in(&server);

    window.tap(&marked("sign-out"));
    fill(&window, "login", office::LOGIN);
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

#[test]
fn the_pages_of_the_office_are_photographed_in_both_languages() {
    let folder = tempfile::tempdir().expect("a folder for pictures");
    let report = story::office::first_day(folder.path());
    for language in ["zh-CN", "en"] {
        let taken = report.pictures().iter().filter(|path| path.to_string_lossy().contains(&format!("-{language}-")));
        assert!(taken.count() * 2 == report.pictures().len(), "each page is there in {language}, too");
    }
}
