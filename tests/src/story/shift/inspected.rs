//! Third chapter: the inspector fails a pair on the outline, it goes back as rework, comes through, passes and is packed.

use cordwainer_domain::code::{Code, CodeType};

use crate::desktop::Desktop;
use crate::screens;
use crate::story::desk;

use super::{Cast, INSPECTED};

/// What a traveller says that the factory never printed.
const NOBODYS: &str = "Q7K2M9X";

/// Plays the chapter.
#[track_caller]
pub(super) fn play(cast: &mut Cast<'_>) {
    let pair = cast.factory.traveller(INSPECTED);
    let mut packing = cast.post("pack-1", "zhao-jing");
    let early = packing.scan_to(&pair, "refused");
    cast.report.tell(format!("Packing may not have {INSPECTED} yet: {}", early["reason"]));

    let mut inspector = desk::enrolled(cast.display, &cast.server, "qc-1", None);
    fail(cast, &mut inspector, &pair);
    rework(cast, &pair);
    pass(cast, &mut inspector, &pair);
    inspector.close();

    // Nobody has touched it for more than a minute: its screen is locked.
    packing.scan_to(&cast.factory.badge("zhao-jing"), "signed_in");
    packing.scan_until(&pair, "signed_off");
    cast.report.tell("包装台, a station without a screen, saw it ready and packed it.");
    let unknown = Code::from_body(CodeType::WorkOrder, NOBODYS).expect("seven characters of a code");
    packing.scan_to(unknown.as_str(), "unresolved");
    cast.report.tell(format!("包装台 scanned {unknown}, a code that nobody here knows: kept, and sent as it is."));
    packing.scanner.scan(cast.factory.command("lock"));
    packing.scan_to(&cast.factory.badge("zhao-jing"), "signed_in");
    let done = packing.scan_to(&pair, "refused");
    assert_eq!(done["reason"], "already_done", "a packed pair is done: {done}");
    cast.dismiss(packing);
}

#[track_caller]
fn fail(cast: &mut Cast<'_>, inspector: &mut Desktop<'_>, pair: &str) {
    let (badge, pin) = (cast.factory.badge("sun-lihua"), cast.factory.pin("sun-lihua"));
    inspector.sign_in_with_pin(&badge, &pin);
    cast.recorded += 1;
    cast.report.tell("品检台: the inspector signed in with badge and PIN.");
    inspector.scan_to(pair, "started");
    cast.recorded += 1;
    let window = inspector.window();
    window.wait_for("[data-testid=\"inspection\"]");
    cast.report.photograph_both(inspector.window(), "7-inspection");
    let window = inspector.window();
    window.tap("[data-testid=\"fail\"]");
    window.tap("[data-testid=\"view-inside\"]");
    cast.report.photograph_both(window, "8-outline");
    window.tap("[data-testid=\"outline-left\"]");
    cast.report.photograph_both(window, "9-defect");
    window.tap("[data-testid=\"defect-sock-uneven\"]");
    cast.report.photograph_both(window, "10-decision");
    let verdict = inspector.tap_for_answer("[data-testid=\"rework-finishing.sock\"]");
    assert_eq!(verdict.kind, "failed", "the decision records the failure: {verdict:?}");
    cast.recorded += 1;
    cast.report.tell(format!("The inspector tapped the fault on the outline: {}", verdict.words));
}

/// Back to the sock, and everything that was made since: the polish.
#[track_caller]
fn rework(cast: &mut Cast<'_>, pair: &str) {
    let mut post = cast.post("finish-1", "zhu-xiaolong");
    post.scan_until(pair, "signed_off");
    cast.report.tell("修饰 1 号, a station without a screen, put the sock in again.");
    cast.dismiss(post);
    let mut polisher = desk::at_work(cast.display, &cast.server, "finish-1", "dai-chunhua", None);
    cast.recorded += 1;
    polisher.scan_to(pair, "started");
    cast.recorded += 1;
    polisher.window().wait_for("[data-testid=\"job\"]");
    cast.report.photograph_both(polisher.window(), "11-rework");
    polisher.scan_to(pair, "confirm_early");
    polisher.scan_to(&cast.factory.command("finish"), "needs_values");
    let verdict = polisher.enter_value("6");
    assert_eq!(verdict.kind, "signed_off", "the rework is signed off: {verdict:?}");
    cast.recorded += 1;
    cast.report.tell(format!("It was polished again: {}", verdict.words));
    screens::wait_for_unsent(polisher.window(), 0);
    polisher.close();
}

#[track_caller]
fn pass(cast: &mut Cast<'_>, inspector: &mut Desktop<'_>, pair: &str) {
    let badge = cast.factory.badge("sun-lihua");
    inspector.scan_to(&badge, "signed_in");
    inspector.scan_to(pair, "started");
    cast.recorded += 1;
    inspector.window().wait_for("[data-testid=\"returned-for\"]");
    cast.report.photograph_both(inspector.window(), "12-returned");
    let verdict = inspector.tap_for_answer("[data-testid=\"pass\"]");
    assert_eq!(verdict.kind, "passed", "the pair passes: {verdict:?}");
    cast.recorded += 1;
    cast.report.tell(format!("The inspector saw it as returned and passed it: {}", verdict.words));
    screens::wait_for_unsent(inspector.window(), 0);
}
