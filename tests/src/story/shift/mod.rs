//! The scripted shift: one pair is begun, another fails its inspection, is reworked, passes and is packed; in the middle the
//! server is killed and ten scans are made. Every part is real, and at the end the server's own proof is asked.

mod begun;
mod board;
mod inspected;
mod outage;

use std::path::Path;

use crate::display::Display;
use crate::factory::Factory;
use crate::printer::Printer;
use crate::server::{Engine, Server};
use crate::station::Station;

use super::report::Report;

/// The pair that is begun on this shift: its first job is ready.
const BEGUN: &str = "WO-2611-060";
/// The pair whose final inspection is due.
const INSPECTED: &str = "WO-2611-013";

/// Everything that the chapters share.
pub(crate) struct Cast<'a> {
    pub display: &'a Display,
    pub server: Server,
    pub factory: Factory,
    pub printer: Printer,
    pub report: Report,
    /// Actions that the stations have recorded since the demo was loaded.
    pub recorded: u64,
}

/// Plays the shift on an engine and keeps pictures and labels in a folder.
///
/// # Panics
/// When anything is not as it must be.
pub fn shift(engine: Engine, folder: &Path) -> Report {
    let display = Display::start();
    let server = Server::with_demo(engine);
    let factory = server.factory();
    let printer = Printer::switch_on(Some(folder.join("labels")));
    let report = Report::into_folder(folder);
    let mut cast = Cast { display: &display, server, factory, printer, report, recorded: 0 };
    cast.report.tell(format!("The demo factory on {} at {}.", engine.word(), cast.server.address()));
    let demo = cast.server.verify().actions;

    let mut cutter = begun::play(&mut cast);
    outage::play(&mut cast, &mut cutter, demo);
    cutter.close();
    inspected::play(&mut cast);
    board::play(&mut cast);

    let stored = cast.server.verify().actions - demo;
    assert_eq!(stored, cast.recorded, "the server holds exactly what the stations recorded");
    cast.report.tell(format!("verify: everything adds up; {stored} actions of this shift, each there once."));
    cast.report
}

impl Cast<'_> {
    /// A headless station at a workstation with a worker signed in.
    #[track_caller]
    pub(crate) fn post(&self, workstation: &str, worker: &str) -> Station {
        let mut station = Station::enrol(&self.server, workstation, None);
        station.scan_to(&self.factory.badge(worker), "signed_in");
        station
    }

    /// Takes a headless station off the floor, with all that it recorded.
    #[track_caller]
    pub(crate) fn dismiss(&mut self, mut station: Station) {
        station.drained();
        self.recorded += station.recorded();
    }
}
