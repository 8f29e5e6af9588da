//! Negative controls: without a protection the suite must go red.

use cordwainer_faults::controls::catch;
use cordwainer_faults::overtaking;
use cordwainer_faults::program::in_a_runtime;
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

#[test]
fn with_every_protection_on_two_pushes_may_overtake_each_other() {
    in_a_runtime(overtaking::play(Control::AuditUnderLock)).expect("nothing is missed, and the chain holds");
    in_a_runtime(overtaking::play(Control::NumberAtCommit)).expect("not even without the second wall");
}

fn is_caught(control: Control) {
    let caught = catch(control).unwrap_or_else(|| panic!("nobody notices that {control:?} is off"));
    println!("{control:?} is off: caught by {}: {}", caught.by, caught.violation);
}

#[test]
fn commits_that_are_not_synced_are_noticed() {
    is_caught(Control::SyncEveryCommit);
}

#[test]
fn numbers_handed_out_before_the_commit_are_noticed() {
    is_caught(Control::NumberAtCommit);
}

#[test]
fn an_answer_before_the_commit_is_noticed() {
    is_caught(Control::StoreBeforeAnswer);
}

#[test]
fn a_cursor_that_runs_ahead_of_its_rows_is_noticed() {
    is_caught(Control::CursorWithRows);
}

#[test]
fn a_push_under_a_stale_lease_is_noticed() {
    is_caught(Control::Lease);
}

#[test]
fn a_reducer_that_is_applied_twice_is_noticed() {
    is_caught(Control::ApplyOnce);
}

#[test]
fn an_audit_chain_without_a_lock_is_noticed() {
    is_caught(Control::AuditUnderLock);
}
