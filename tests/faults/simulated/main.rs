//! Faults in a simulated world: one seed, one run.

use cordwainer_sync::controls::{Control, is_off, switch_off};

#[test]
fn every_protection_is_on_unless_a_run_switches_it_off() {
    for control in Control::ALL {
        assert!(!is_off(control), "{control:?} is on by default");
        let off = switch_off(&[control]);
        assert!(is_off(control), "{control:?} is off in this run");
        drop(off);
        assert!(!is_off(control), "{control:?} is on again");
    }
}
