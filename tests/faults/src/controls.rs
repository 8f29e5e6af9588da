//! Negative controls: each protection is switched off in turn, and something must notice. A suite that stays green without a
//! protection does not test it.

use cordwainer_sync::controls::{Control, switch_off};

use crate::disk::{Fault, Loss};
use crate::overtaking;
use crate::program::{Program, Step, in_a_runtime};
use crate::world::Violation;

/// So many random programs may pass before one must fail.
const MOST_SEEDS: u64 = 100;
/// A push or a pull does no more operations on a disk than this.
const FEW_OPERATIONS: u64 = 16;

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
    let violation = programs(control).into_iter().find_map(|steps| {
        let program = Program { seed: 1, stations: 5, steps };
        program.run().err().map(|failure| failure.violation)
    })?;
    Some(Caught { by: "a program of a few steps".to_owned(), violation })
}

fn programs(control: Control) -> Vec<Vec<Step>> {
    // The fifth station cuts leather, which changes what everybody sees.
    let work = |station, count| (0..count).map(move |seed| Step::Work(station, seed));
    let at_each_operation = |before: Vec<Step>, fault: fn(u64) -> Step, after: Vec<Step>| {
        (0..FEW_OPERATIONS).map(move |at| [&before[..], &[fault(at)], &after[..]].concat()).collect()
    };
    match control {
        // Both copies hold an action that was never offered. One sends it; the other then goes on from there.
        Control::Lease => {
            let both: Vec<Step> = work(0, 2).chain([Step::CloneStation(0), Step::Sync(0)]).collect();
            vec![both.into_iter().chain([Step::Work(5, 3), Step::Sync(5)]).collect()]
        }
        Control::SyncEveryCommit => {
            vec![work(4, 3).chain([Step::Push(4), Step::CutServer(Loss::All), Step::StartServer]).collect()]
        }
        Control::StoreBeforeAnswer => at_each_operation(
            work(4, 3).collect(),
            |at| Step::ArmServer(at, Fault::PowerCut),
            vec![Step::Push(4), Step::CutServer(Loss::All), Step::StartServer],
        ),
        Control::ApplyOnce => vec![work(4, 24).chain([Step::Sync(4)]).collect()],
        // The disk fails between the two writes of a page.
        Control::CursorWithRows => at_each_operation(
            work(4, 24).chain([Step::Push(4)]).collect(),
            |at| Step::ArmStation(0, at, Fault::Error),
            vec![Step::Pull(0)],
        ),
        Control::NumberAtCommit | Control::AuditUnderLock => Vec::new(),
    }
}

fn by_seed() -> Option<Caught> {
    (0..MOST_SEEDS).find_map(|seed| {
        let violation = Program::of(seed).run().err()?.violation;
        Some(Caught { by: format!("seed {seed}"), violation })
    })
}
