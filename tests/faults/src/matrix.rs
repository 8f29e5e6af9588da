//! Rows of the fault matrix as short programs: a fault at every operation of one step, one after the other.

use crate::disk::{Fault, Loss};
use crate::program::{Failure, Program, Step};
use crate::world::Weather;

/// The station that cuts leather: what it does changes what everybody sees.
const CUTTING: usize = 4;
/// No single step does more operations on a disk than this.
const OPERATIONS: u64 = 24;

/// Plays every program of a row; each must keep every rule.
///
/// # Errors
/// The first program that breaks one, and how.
pub fn play(row: u32) -> Result<usize, (Vec<Step>, Failure)> {
    let programs = programs(row);
    for steps in &programs {
        let program = Program { seed: u64::from(row), stations: 5, steps: steps.clone() };
        program.run().map_err(|failure| (steps.clone(), failure))?;
    }
    Ok(programs.len())
}

/// So many things that somebody does.
fn work(station: usize, from: u64, count: u64) -> Vec<Step> {
    (from..from + count).map(|seed| Step::Work(station, seed)).collect()
}

/// A fault on a station's disk at each operation of what follows.
fn at_each(station: usize, fault: Fault, before: &[Step], then: &[Step]) -> Vec<Vec<Step>> {
    let armed = |at| [before, &[Step::ArmStation(station, at, fault)], then, &[Step::StartStation(station)]].concat();
    (0..OPERATIONS).map(armed).collect()
}

fn programs(row: u32) -> Vec<Vec<Step>> {
    let restart = [Step::RestartStation(CUTTING)];
    match row {
        // The power goes at every operation of a record, of a start, of a page.
        1 => at_each(CUTTING, Fault::PowerCut, &[], &work(CUTTING, 1, 6)),
        4 => at_each(CUTTING, Fault::PowerCut, &work(CUTTING, 1, 12), &restart),
        5 => at_each(0, Fault::PowerCut, &[work(CUTTING, 1, 24), vec![Step::Push(CUTTING)]].concat(), &[Step::Pull(0)]),
        6 => at_each(0, Fault::PowerCut, &[Step::DamageCache(0, 1)], &[Step::Pull(0), Step::Pull(0)]),
        // What was under way arrives in part.
        8 => (0..OPERATIONS)
            .map(|seed| [work(CUTTING, seed, 8), vec![Step::CutStation(CUTTING, Loss::Sectors(seed))]].concat())
            .collect(),
        // And whoever reads the disk afterwards, as a copy of it does, finds what the worker was told.
        9 => {
            let copied = [work(CUTTING, 1, 1), vec![Step::CloneStation(CUTTING)]].concat();
            [
                at_each(CUTTING, Fault::FailedSync, &[], &work(CUTTING, 1, 4)),
                at_each(CUTTING, Fault::FailedSync, &[], &copied),
            ]
            .concat()
        }
        18 => vec![[work(CUTTING, 1, 200), vec![Step::DamageOutbox(CUTTING, 1)]].concat()],
        23 => vec![
            [
                work(0, 1, 4),
                vec![Step::Image(0), Step::Sync(0)],
                work(0, 9, 4),
                vec![Step::Sync(0), Step::RestoreStation(0)],
                work(0, 17, 4),
                vec![Step::Sync(0)],
            ]
            .concat(),
        ],
        24 => vec![clones(0, 5)],
        25 => vec![clones(5, 0)],
        28 => vec![restored(true)],
        32 => vec![
            [
                vec![Step::Weather(0, Weather::NoReplies)],
                work(0, 1, 6),
                vec![Step::Push(0), Step::Push(0), Step::Weather(0, Weather::Fair)],
            ]
            .concat(),
        ],
        34 => vec![late()],
        37 => vec![flapping()],
        60 => [3 * 31_536_000_000, -56 * 31_536_000_000, -3_600_000]
            .into_iter()
            .map(|ahead_ms| {
                [work(0, 1, 4), vec![Step::Sync(0), Step::SetClock(0, ahead_ms)], work(0, 9, 8), vec![Step::Sync(0)]]
                    .concat()
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Two machines from one disk, both used; one sends first.
fn clones(first: usize, second: usize) -> Vec<Step> {
    let copied = [work(0, 1, 4), vec![Step::Sync(0)], work(0, 9, 2), vec![Step::CloneStation(0)]].concat();
    let apart = [work(0, 17, 4), work(5, 25, 4), vec![Step::Sync(first), Step::Sync(second)]].concat();
    [copied, apart].concat()
}

/// The server's disk is copied, work goes on, the copy is put back.
fn restored(epoch_step: bool) -> Vec<Step> {
    let before = [work(CUTTING, 1, 12), vec![Step::Sync(CUTTING), Step::BackUp]].concat();
    let lost = [work(CUTTING, 20, 12), work(0, 40, 4), vec![Step::Sync(CUTTING), Step::Sync(0)]].concat();
    [before, lost, vec![Step::RestoreServer(1, epoch_step)], work(CUTTING, 60, 4)].concat()
}

/// Requests that were given up arrive behind newer ones.
fn late() -> Vec<Step> {
    let rough = [vec![Step::Weather(0, Weather::Rough(2))], work(0, 1, 4), vec![Step::Push(0); 8]].concat();
    let fair = [vec![Step::Weather(0, Weather::Fair)], work(0, 9, 4), vec![Step::Sync(0)]].concat();
    [rough, fair, vec![Step::Late; 8], vec![Step::Sync(0)]].concat()
}

/// A line that comes and goes for half an hour.
fn flapping() -> Vec<Step> {
    let round = |seed| {
        let weather = if seed % 2 == 0 { Weather::NoRequests } else { Weather::Rough(3) };
        vec![Step::Weather(0, weather), Step::Work(0, seed), Step::Sync(0), Step::Pass(10_000)]
    };
    (0..60).flat_map(round).collect()
}
