//! Setting a PC up at a workplace: joined through the screen, with a worker signed in.

use crate::desktop::Desktop;
use crate::display::Display;
use crate::printer::Printer;
use crate::screens;
use crate::server::Server;

/// A PC that joined the server at a workstation, its window open and nobody signed in.
///
/// # Panics
/// When it cannot be joined.
#[track_caller]
pub fn enrolled<'a>(
    display: &'a Display,
    server: &Server,
    workstation: &str,
    printer: Option<&Printer>,
) -> Desktop<'a> {
    let mut desktop = Desktop::joined(display, printer);
    let code = server.enrol_code(workstation);
    let window = desktop.open();
    screens::enrol(window, &server.address(), &code);
    let (station, fingerprint) = screens::fingerprint_to_compare(window);
    server.confirm(&station, &fingerprint);
    window.wait_for(screens::READY_FOR_A_SCAN);
    screens::wait_until_online(window);
    // The first page of the feed brings the place its name, and everything else that a scan needs.
    screens::wait_until_named(window, workstation);
    desktop
}

/// A PC as [`enrolled`], with a worker's badge scanned.
///
/// # Panics
/// When the worker cannot sign in.
#[track_caller]
pub fn at_work<'a>(
    display: &'a Display,
    server: &Server,
    workstation: &str,
    worker: &str,
    printer: Option<&Printer>,
) -> Desktop<'a> {
    let mut desktop = enrolled(display, server, workstation, printer);
    desktop.scan_to(&server.factory().badge(worker), "signed_in");
    desktop
}
