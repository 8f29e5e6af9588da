//! One PC is the whole factory: killed in the middle of a job, started again, nothing is lost.

use cordwainer_tests::desktop::Desktop;
use cordwainer_tests::display::Display;
use cordwainer_tests::screens;

#[test]
fn a_standalone_pc_killed_in_the_middle_of_a_job_has_lost_nothing() {
    let display = Display::start();
    let mut pc = Desktop::standalone(&display, None);
    pc.open();
    pc.window().wait_for(screens::READY_FOR_A_SCAN);
}
