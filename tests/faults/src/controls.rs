//! Negative controls: each protection is switched off in turn, and something must notice. A suite that stays green without a
//! protection does not test it.

use cordwainer_sync::controls::{Control, switch_off};

use crate::disk::{Fault, Loss};
use crate::overtaking;
use crate::program::{Program, Step, in_a_runtime};
use crate::world::Violation;

/// So many random programs may pass before one must fail.
const MOST_SEEDS: u64 = 300;

/// How the loss of a protection was noticed.
#[derive(Clone, Debug)]
pub struct Caught {
    /// By what.
    pub by: String,
    /// What broke.
    pub violation: Violation,
}

/// Switches a protection off and looks for the damage; `None` when nobody noticed.
pub fn catch(control: Control) -> Option<Caught> {
    let off = switch_off(&[control]);
    let caught = match control {
        // Only many writers at once can show these two, and the embedded database has one.
        Control::NumberAtCommit | Control::AuditUnderLock => {
            let violation = in_a_runtime(overtaking::play(control)).err();
            violation.map(|violation| Caught { by: "two pushes that overtake each other".to_owned(), violation })
        }
        _ => by_program(control).or_else(by_seed),
    };
    drop(off);
    caught
}

/// The short way to the damage, where there is one.
fn by_program(control: Control) -> Option<Caught> {
    let steps = match control {
        // Both copies hold an action that was never offered. One sends it; the other then goes on from there.
        Control::Lease => vec![
            Step::Work(0, 1),
            Step::Work(0, 2),
            Step::CloneStation(0),
            Step::Sync(0),
            Step::Work(3, 3),
            Step::Sync(3),
        ],
        Control::SyncEveryCommit | Control::StoreBeforeAnswer => {
            vec![Step::Work(0, 1), Step::Push(0), Step::CutServer(Loss::All), Step::StartServer]
        }
        Control::ApplyOnce => vec![Step::Work(0, 1), Step::Work(0, 2), Step::Work(0, 3), Step::Sync(0)],
        // The disk fails between the two writes of a page.
        Control::CursorWithRows => vec![
            Step::Work(0, 1),
            Step::Work(0, 2),
            Step::Work(0, 3),
            Step::Push(0),
            Step::ArmStation(1, 2, Fault::Error),
            Step::Pull(1),
        ],
        Control::NumberAtCommit | Control::AuditUnderLock => return None,
    };
    let program = Program { seed: 1, stations: 3, steps };
    let violation = program.run().err()?.violation;
    Some(Caught { by: "a program of a few steps".to_owned(), violation })
}

fn by_seed() -> Option<Caught> {
    (0..MOST_SEEDS).find_map(|seed| {
        let violation = Program::of(seed).run().err()?.violation;
        Some(Caught { by: format!("seed {seed}"), violation })
    })
}
