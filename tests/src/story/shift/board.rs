//! Last chapter: the supervisor's board, and where a pair is.

use crate::screens;
use crate::story::desk;

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
    cast.report.photograph_both(&supervisor, "13-board");
    for (number, screen) in [(BEGUN, "14-find-begun"), (LATE, "15-find-late")] {
        let sheet = supervisor.find_pair(number, &cast.factory.traveller(number));
        assert!(sheet.contains(number), "the pair is found: {sheet}");
        cast.report.photograph_both(&supervisor, screen);
    }
    cast.report.tell(format!("主管台: the board shows the floor, and {BEGUN} and {LATE} were found."));
    screens::wait_for_unsent(supervisor.window(), 0);
    supervisor.close();
}
