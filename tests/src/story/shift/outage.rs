//! Second chapter: the server is killed, ten scans are made, each is answered, and each arrives once.

use crate::desktop::Desktop;
use crate::screens;

use super::Cast;

/// Plays the chapter at the cutter's PC.
#[track_caller]
pub(super) fn play(cast: &mut Cast<'_>, cutter: &mut Desktop<'_>, demo: u64) {
    screens::wait_for_unsent(cutter.window(), 0);
    assert_eq!(cast.server.verify().actions - demo, cast.recorded, "what was recorded so far has arrived");
    cast.server.cut_power();
    cast.report.tell("The server was killed.");

    let factory = &cast.factory;
    // What is scanned, what it comes to, and whether that is an action.
    let scans = [
        (factory.traveller("WO-2611-057"), "started", true),
        (factory.command("pause_break"), "paused", true),
        (factory.traveller("WO-2611-057"), "resumed", true),
        (factory.traveller("WO-2611-058"), "started", true),
        (factory.command("undo"), "undone", true),
        ("4006381333931".to_owned(), "unknown", false),
        (factory.traveller("WO-2611-058"), "started", true),
        (factory.command("pause_material"), "paused", true),
        (factory.traveller("WO-2611-057"), "confirm_early", false),
        (factory.command("sign_out"), "signed_out", true),
    ];
    let mut unsent = 0;
    for (code, kind, is_action) in &scans {
        let verdict = cutter.scan_to(code, kind);
        unsent += u64::from(*is_action);
        screens::wait_for_unsent(cutter.window(), unsent);
        cast.report.tell(format!("  without a server: {} (未上传 {unsent})", verdict.words));
    }
    cast.report.photograph_both(cutter.window(), "6-without-a-server");

    cast.server.start();
    screens::wait_for_unsent(cutter.window(), 0);
    cast.recorded += unsent;
    assert_eq!(cast.server.verify().actions - demo, cast.recorded, "every scan made without a server is there once");
    cast.report.tell(format!("The server came back: {unsent} actions from ten scans are there, each once."));
}
