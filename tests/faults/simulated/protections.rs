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

/// One test for each protection.
macro_rules! is_caught {
    ($($name:ident = $control:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                let caught = catch(Control::$control);
                let caught = caught.unwrap_or_else(|| panic!("nobody notices that {:?} is off", Control::$control));
                println!("{:?} is off: caught by {}: {}", Control::$control, caught.by, caught.violation);
            }
        )+
    };
}

is_caught! {
    commits_that_are_not_synced_are_noticed = SyncEveryCommit,
    numbers_handed_out_before_the_commit_are_noticed = NumberAtCommit,
    an_answer_before_the_commit_is_noticed = StoreBeforeAnswer,
    a_cursor_that_runs_ahead_of_its_rows_is_noticed = CursorWithRows,
    a_push_under_a_stale_lease_is_noticed = Lease,
    a_reducer_that_is_applied_twice_is_noticed = ApplyOnce,
    an_audit_chain_without_a_lock_is_noticed = AuditUnderLock,
}
