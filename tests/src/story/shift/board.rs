//! Last chapter: the supervisor's board, where a pair is, and a decision about what nobody could read.

use crate::desktop::Desktop;
use crate::screens;
use crate::story::desk;
use crate::window::marked;

use super::{BEGUN, Cast};

/// A pair that the demo has promised for yesterday.
const LATE: &str = "WO-2611-022";

/// Plays the chapter.
#[track_caller]
pub(super) fn play(cast: &mut Cast<'_>) {
    let mut supervisor = desk::enrolled(cast.display, &cast.server, "desk-1", None);
    supervisor.sign_in_with_pin(&cast.factory.badge("bao-xuefen"), &cast.factory.pin("bao-xuefen"));
    cast.recorded += 1;
    let window = supervisor.window();
    window.wait_for("[data-testid=\"board\"]");
    window.wait_for_text("[data-testid=\"board\"]", "the pairs that are late", |text| text.contains("WO-2611-0"));
    cast.report.photograph_both(supervisor.window(), "13-board");
    for (number, screen) in [(BEGUN, "14-find-begun"), (LATE, "15-find-late")] {
        let sheet = supervisor.find_pair(number, &cast.factory.traveller(number));
        assert!(sheet.contains(number), "the pair is found: {sheet}");
        cast.report.photograph_both(supervisor.window(), screen);
    }
    cast.report.tell(format!("主管台: the board shows the floor, and {BEGUN} and {LATE} were found."));
    look_at_the_late(cast, &supervisor);
    decide(cast, &supervisor);
    screens::wait_for_unsent(supervisor.window(), 0);
    supervisor.close();
}

/// The list behind a tile.
#[track_caller]
fn look_at_the_late(cast: &mut Cast<'_>, supervisor: &Desktop<'_>) {
    let window = supervisor.window();
    window.tap(&marked("nav-board"));
    window.tap(&marked("tile-late"));
    window.wait_for(&marked("exceptions-late"));
    cast.report.photograph_both(window, "16-late");
    window.tap(&marked("exceptions-close"));
}

/// The code that packing scanned is no pair of ours: it waits until a person says so.
#[track_caller]
fn decide(cast: &mut Cast<'_>, supervisor: &Desktop<'_>) {
    let window = supervisor.window();
    window.wait_for_attribute(&marked("tile-open_items"), "data-count", |count| count == "1");
    window.tap(&marked("tile-open_items"));
    window.wait_for(&marked("open-item"));
    cast.report.photograph_both(window, "17-open-items");
    window.tap(&marked("open-item"));
    window.wait_for(&marked("open-item-page"));
    cast.report.photograph_both(window, "18-open-item");
    let verdict = supervisor.decide_item("refuse", "seen_on_floor", &cast.factory.pin("bao-xuefen"));
    assert_eq!(verdict.kind, "resolved", "the decision is recorded: {verdict:?}");
    cast.recorded += 1;
    cast.report.tell(format!("The supervisor decided about the code that nobody knows: {}", verdict.words));
}
