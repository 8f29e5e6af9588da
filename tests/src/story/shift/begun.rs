//! First chapter: badge, scan, started, scan, confirmed, measured, signed off, label, and the next workstation sees it.

use crate::desktop::Desktop;
use crate::label;
use crate::story::desk;

use super::{BEGUN, Cast};

/// Plays the chapter and gives the cutter's PC, signed in.
#[track_caller]
pub(super) fn play<'a>(cast: &mut Cast<'a>) -> Desktop<'a> {
    let mut cutter = desk::enrolled(cast.display, &cast.server, "cut-1", Some(&cast.printer));
    cast.report.photograph_both(cutter.window(), "1-badge-please");
    cutter.scan_to(&cast.factory.badge("lin-guoqiang"), "signed_in");
    cast.recorded += 1;
    cast.report.tell("裁断 1 号: 林师傅 scanned his badge.");
    cast.report.photograph_both(cutter.window(), "2-queue");

    let pair = cast.factory.traveller(BEGUN);
    let verdict = cutter.scan_to(&pair, "started");
    cast.recorded += 1;
    cast.report.tell(format!("He scanned {BEGUN}: {}", verdict.words));
    cutter.window().wait_for("[data-testid=\"job\"]");
    cast.report.photograph_both(cutter.window(), "3-job");

    let verdict = cutter.scan_to(&pair, "confirm_early");
    cast.report.tell(format!("He scanned it again at once: {}", verdict.words));
    cast.report.photograph(cutter.window(), "4-really-done", "zh-CN");
    let verdict = cutter.scan_to(&cast.factory.command("finish"), "needs_values");
    cast.report.tell(format!("He scanned the 完成 card: {}", verdict.words));
    cast.report.photograph(cutter.window(), "5-value", "zh-CN");
    let verdict = cutter.enter_value("8.0");
    assert_eq!(verdict.kind, "signed_off", "with the value entered the job is signed off: {verdict:?}");
    cast.recorded += 1;
    cast.report.tell(format!("He entered 8.0 mm on the pad: {}", verdict.words));

    label_of(cast, &pair);
    let mut next = cast.post("cut-2", "huang-zhiming");
    let began = next.scan_until(&pair, "started");
    let operation = began["operation"].as_str().unwrap_or_default();
    cast.report
        .tell(format!("裁断 2 号, a station without a screen, saw the next job ready and began it: {operation}"));
    cast.dismiss(next);
    cutter
}

/// The pair's traveller came out by itself, for this was its first sign-off.
#[track_caller]
fn label_of(cast: &mut Cast<'_>, pair: &str) {
    let printed = cast.printer.next_label();
    let read = label::codes(&printed.bytes);
    let expected = [format!("CODE-128:{pair}"), format!("QR-Code:{pair}")];
    assert_eq!(read, expected, "another decoder reads the pair's code from both symbols");
    let picture = printed.picture.map_or_else(String::new, |path| format!(" ({})", path.display()));
    cast.report
        .tell(format!("The traveller came out of the printer; zbar reads {} from it{picture}.", read.join(" and ")));
}
