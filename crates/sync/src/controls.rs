//! Negative controls: the protections that a test build can switch off, to prove that their loss is noticed.
//!
//! A suite that stays green without a protection does not test it. Without the feature `controls` nothing can be switched off
//! and [`is_off`] is a constant; `cargo xtask tidy` sees to it that nothing that ships asks for the feature.

/// One protection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u32)]
pub enum Control {
    /// The station's outbox and the server's database sync every commit (`synchronous=FULL`).
    SyncEveryCommit,
    /// The feed's number is taken last in the transaction and held until the commit.
    NumberAtCommit,
    /// The server answers a push after its commit.
    StoreBeforeAnswer,
    /// A page's cursor is written with its rows, in one transaction.
    CursorWithRows,
    /// A push must present the current lease.
    Lease,
    /// An action's effect is applied once, whatever arrives again.
    ApplyOnce,
    /// The audit chain is appended to while the site's head row is held.
    AuditUnderLock,
}

impl Control {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::SyncEveryCommit,
        Self::NumberAtCommit,
        Self::StoreBeforeAnswer,
        Self::CursorWithRows,
        Self::Lease,
        Self::ApplyOnce,
        Self::AuditUnderLock,
    ];
}

/// Whether a protection is switched off; never without the feature `controls`.
#[cfg(not(feature = "controls"))]
#[inline]
pub const fn is_off(_: Control) -> bool {
    false
}

#[cfg(feature = "controls")]
pub use switched::{Off, is_off, switch_off};

#[cfg(feature = "controls")]
mod switched {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use super::Control;

    static OFF: AtomicU32 = AtomicU32::new(0);
    static ONE_RUN: Mutex<()> = Mutex::new(());

    /// Protections stay off until this is dropped; another run that wants some off waits for it.
    #[derive(Debug)]
    pub struct Off(#[allow(dead_code, reason = "held, not read")] MutexGuard<'static, ()>);

    /// Switches protections off for one run, in every thread of this process: the databases have threads of their own.
    pub fn switch_off(controls: &[Control]) -> Off {
        let run = ONE_RUN.lock().unwrap_or_else(PoisonError::into_inner);
        OFF.store(controls.iter().fold(0, |bits, control| bits | bit(*control)), Ordering::SeqCst);
        Off(run)
    }

    /// Whether a protection is switched off.
    pub fn is_off(control: Control) -> bool {
        OFF.load(Ordering::SeqCst) & bit(control) != 0
    }

    impl Drop for Off {
        fn drop(&mut self) {
            OFF.store(0, Ordering::SeqCst);
        }
    }

    const fn bit(control: Control) -> u32 {
        1 << control as u32
    }

    #[cfg(test)]
    mod tests {
        use super::{Control, is_off, switch_off};

        #[test]
        fn a_protection_is_off_for_one_run_only() {
            let off = switch_off(&[Control::Lease]);
            assert!(is_off(Control::Lease) && !is_off(Control::ApplyOnce), "only what was asked for");
            drop(off);
            assert!(Control::ALL.iter().all(|control| !is_off(*control)), "the run is over");
        }
    }
}
