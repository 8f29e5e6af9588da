//! The office's pages on a first day, photographed for the documents: the sign-in, the account, a station that asks to be let
//! in, and an alarm.

use std::path::Path;

use crate::office::{self, PASSWORD, fill};
use crate::process::output_of;
use crate::screens;
use crate::server::{Engine, Server};
use crate::station::Station;
use crate::window::{Window, marked};

use super::report::Report;

/// Pages that stand still: what leads there, and what is on them when they are whole.
const PAGES: [(&str, &str); 4] =
    [("workers", "tbody tr"), ("workstations", "tbody tr"), ("alarms", "tbody [data-kind]"), ("accounts", "tbody tr")];

/// Plays the day and keeps its pictures in a folder.
///
/// # Panics
/// When anything is not as it must be.
pub fn first_day(folder: &Path) -> Report {
    let server = Server::with_demo(Engine::Sqlite);
    let mut report = Report::into_folder(folder);
    let one_time = office::first_account(&server);
    let window = Window::browse(&server.office());
    window.wait_for(&marked("login"));
    report.photograph_both(&window, "office-sign-in");
    office::sign_in(&window, &one_time);
    fill(&window, "current-password", &one_time);
    fill(&window, "new-password", PASSWORD);
    report.photograph_both(&window, "office-password");
    window.tap(&marked("send"));
    window.wait_for(&marked("totp-secret"));
    report.photograph_both(&window, "office-second-factor");
    office::set_up_second_factor(&window);

    label(&mut report, &window);
    let mut station = Station::off(&server, "last-1", None);
    station.run(&["--enrol", &server.enrol_code("last-1")]);
    let (_, fingerprint) = station.fingerprint_to_compare();
    output_of(&mut server.command(&["epoch", "bump"]));
    for (page, whole) in PAGES {
        window.tap(&marked(format_args!("nav-{page}")));
        window.wait_for(whole);
        report.photograph_both(&window, &format!("office-{page}"));
    }
    window.tap(&marked("nav-stations"));
    window.wait_for(&marked("waiting"));
    report.photograph_both(&window, "office-stations");
    confirm(&mut report, &window, &fingerprint);
    station.wait_until_ready();
    report.tell("The office: every page was opened, and a station was let in.");
    report
}

/// The designer, with an element that is selected, and one that lies where it must not.
#[track_caller]
fn label(report: &mut Report, window: &Window) {
    window.tap(&marked("nav-labels"));
    window.wait_for(&marked("label-traveller"));
    report.photograph_both(window, "office-labels");
    office::design(window, "traveller");
    window.tap(&marked("element-style zh"));
    report.photograph_both(window, "office-label");
    window.tap(&marked("element-size"));
    window.drag("[data-element=\"size\"]", (-200, 0));
    window.wait_for("[data-finding=\"quiet_zone\"]");
    office::checked(window);
    report.photograph_both(window, "office-label-finding");
    window.tap(&marked("undo"));
    office::checked(window);
    window.tap(&marked("back"));
}

/// The form lies over the button of the language, so that it is opened once in each.
#[track_caller]
fn confirm(report: &mut Report, window: &Window, fingerprint: &str) {
    for _ in 0..2 {
        screens::switch_language(window);
        window.tap(&marked("confirm-station"));
        fill(window, "fingerprint", fingerprint);
        report.photograph(window, "office-confirm", &screens::language(window));
        // Escape.
        window.type_keys("\u{e00c}");
        window.wait_until_gone(&marked("confirm-form"));
    }
    window.tap(&marked("confirm-station"));
    fill(window, "fingerprint", fingerprint);
    window.tap(&format!("{} {}", marked("confirm-form"), marked("send")));
    window.wait_until_gone(&marked("confirm-form"));
}
