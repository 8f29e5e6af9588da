//! One PC is the whole factory: killed in the middle of a job, started again, nothing is lost.

use std::process::Command;

use cordwainer_tests::desktop::Desktop;
use cordwainer_tests::display::Display;
use cordwainer_tests::factory::Factory;
use cordwainer_tests::programs::program;
use cordwainer_tests::screens;
use cordwainer_tests::server::{Proof, proof};

/// Where a fresh standalone PC stands.
const WORKSTATION: &str = "close-1";

#[track_caller]
fn verify(pc: &Desktop<'_>) -> Proof {
    let database = pc.data().join("standalone/server");
    proof(Command::new(program("cordwainer-server")).arg("verify").arg("--data").arg(database))
}

#[track_caller]
fn open(pc: &mut Desktop<'_>) {
    let window = pc.open();
    window.wait_for(screens::READY_FOR_A_SCAN);
    screens::wait_until_named(window, WORKSTATION);
}

#[test]
fn a_standalone_pc_killed_in_the_middle_of_a_job_has_lost_nothing() {
    let factory = Factory::of_the_demo();
    let (badge, pair) = (factory.badge("wang-jianguo"), factory.traveller("WO-2611-045"));
    let display = Display::start();
    let mut pc = Desktop::standalone(&display, None);
    open(&mut pc);
    pc.close();
    let before = verify(&pc);

    open(&mut pc);
    pc.scan_to(&badge, "signed_in");
    pc.scan_to(&pair, "started");
    pc.cut_power();

    open(&mut pc);
    pc.scan_to(&badge, "signed_in");
    pc.scan_to(&pair, "confirm_early");
    pc.scan_to(&factory.command("finish"), "signed_off");
    screens::wait_for_unsent(pc.window(), 0);
    pc.close();
    let after = verify(&pc);
    assert_eq!(
        after.actions - before.actions,
        4,
        "two badges, one start from before the power cut, one sign-off after it"
    );
    assert_eq!((after.flagged, after.parked), (before.flagged, before.parked), "and nothing about them is in doubt");
}
