//! A program: what happens in a world, step by step, drawn from a seed. Every step carries its own chance, so that leaving one
//! out changes nothing in the others, and a failing program can be made short.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::chance::Chance;
use crate::disk::{Fault, Loss};
use crate::invariants;
use crate::world::{Copy, STATIONS, Violation, Weather, World};

/// Least and most steps of a program.
const STEPS: (u64, u64) = (200, 230);
/// Machines beyond this number are not cloned any more.
const MOST_MACHINES: usize = STATIONS + 2;

/// Something that happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Somebody does something at a station.
    Work(usize, u64),
    /// A station pushes and pulls.
    Sync(usize),
    /// A station pushes once.
    Push(usize),
    /// A station pulls once.
    Pull(usize),
    /// A station's line changes.
    Weather(usize, Weather),
    /// A request that was given up arrives.
    Late,
    /// A station's power goes.
    CutStation(usize, Loss),
    /// A fault waits on a station's disk.
    ArmStation(usize, u64, Fault),
    /// A station is started, if it does not run.
    StartStation(usize),
    /// A station is stopped in order and started again.
    RestartStation(usize),
    /// The server's power goes.
    CutServer(Loss),
    /// A fault waits on the server's disk.
    ArmServer(u64, Fault),
    /// The server is started, if it does not run.
    StartServer,
    /// Somebody makes an image of a station's disk.
    Image(usize),
    /// Somebody puts an image back into the station that it is of.
    RestoreStation(usize),
    /// Somebody puts a copy of a station's disk into a second machine.
    CloneStation(usize),
    /// Somebody copies the server's disk.
    BackUp,
    /// Somebody puts a copy back; with the epoch step or without.
    RestoreServer(usize, bool),
    /// Time passes, milliseconds.
    Pass(i64),
    /// A station's wall clock is set so far ahead, milliseconds.
    SetClock(usize, i64),
    /// A station's cache rots.
    DamageCache(usize, u64),
    /// A station's outbox rots.
    DamageOutbox(usize, u64),
}

/// A world and what happens in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// From which it was drawn.
    pub seed: u64,
    /// How many stations.
    pub stations: usize,
    /// What happens.
    pub steps: Vec<Step>,
}

/// What a run came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figures {
    /// Actions that workers were told are recorded.
    pub confirmed: usize,
    /// Of these, gone with the only disks that held them.
    pub gone: usize,
    /// Requests that were sent.
    pub requests: u64,
    /// How long the world took to come to rest after the last fault, virtual milliseconds.
    pub rest_ms: i64,
}

/// A run that broke a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The step after which it was noticed; the number of steps if it was at the end.
    pub after: usize,
    /// What broke.
    pub violation: Violation,
}

impl Program {
    /// Draws a program.
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let stations = 3 + chance.index(STATIONS - 2);
        let count = STEPS.0 + chance.below(STEPS.1 - STEPS.0);
        let steps = (0..count).map(|_| step(&mut chance, stations)).collect();
        Self { seed, stations, steps }
    }

    /// Plays it in a world of its own.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn run(&self) -> Result<Figures, Failure> {
        let mut after = 0;
        let played = catch_unwind(AssertUnwindSafe(|| in_a_runtime(self.play(&mut after))));
        let violation = match played {
            Ok(Ok(figures)) => return Ok(figures),
            Ok(Err(violation)) => violation,
            Err(panic) => Violation(format!("something panicked: {}", words_of(panic.as_ref()))),
        };
        Err(Failure { after, violation })
    }

    async fn play(&self, after: &mut usize) -> Result<Figures, Violation> {
        let mut world = World::new(self.seed, self.stations).await?;
        let mut images: Vec<(usize, Copy)> = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            *after = index;
            perform(&mut world, *step, &mut images).await?;
        }
        *after = self.steps.len();
        world.heal().await?;
        let rest_ms = world.come_to_rest().await?;
        invariants::all(&mut world).await?;
        world.server.stop().await;
        let (confirmed, gone) = (world.ledger.confirmed.len(), world.ledger.gone.len());
        Ok(Figures { confirmed, gone, requests: world.net.requests(), rest_ms })
    }

    /// The shortest program that can be found that still breaks a rule, by leaving steps out.
    pub fn shrunk(&self) -> (Self, Option<Failure>) {
        let mut best = self.clone();
        let mut failure = self.run().err();
        let mut size = best.steps.len().div_ceil(2);
        while size > 0 && failure.is_some() {
            let mut at = 0;
            while at < best.steps.len() {
                let mut shorter = best.clone();
                shorter.steps.drain(at..(at + size).min(best.steps.len()));
                match shorter.run() {
                    Err(found) => (best, failure) = (shorter, Some(found)),
                    Ok(_) => at += size,
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
        (best, failure)
    }
}

/// Runs a story of a world to its end: one thread, no clock of its own.
///
/// # Panics
/// When the system gives no runtime.
#[expect(clippy::expect_used, reason = "without a runtime nothing can be tested")]
pub fn in_a_runtime<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(story)
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

fn step(chance: &mut Chance, stations: usize) -> Step {
    let at = chance.index(stations);
    let seed = chance.number();
    match chance.below(200) {
        0..80 => Step::Work(at, seed),
        80..116 => Step::Sync(at),
        116..126 => Step::Push(at),
        126..138 => Step::Pull(at),
        138..146 => Step::Weather(at, weather(chance)),
        146..152 => Step::Late,
        152..155 => Step::CutStation(at, loss(chance)),
        155..162 => Step::ArmStation(at, chance.below(12), fault(chance)),
        162..170 => Step::StartStation(at),
        170..173 => Step::RestartStation(at),
        173..175 => Step::CutServer(loss(chance)),
        175..179 => Step::ArmServer(chance.below(30), fault(chance)),
        179..183 => Step::StartServer,
        183..186 => Step::Image(at),
        186 => Step::RestoreStation(chance.index(4)),
        187 => Step::CloneStation(at),
        188..190 => Step::BackUp,
        190 => Step::RestoreServer(chance.index(4), true),
        191..196 => Step::Pass(i64::try_from(chance.below(3_600_000)).unwrap_or(0)),
        196 | 197 => Step::SetClock(at, clock(chance)),
        198 => Step::DamageCache(at, seed),
        _ => Step::DamageOutbox(at, seed),
    }
}

fn weather(chance: &mut Chance) -> Weather {
    [Weather::Fair, Weather::Fair, Weather::Rough(3), Weather::Rough(6), Weather::NoRequests, Weather::NoReplies]
        [chance.index(6)]
}

fn loss(chance: &mut Chance) -> Loss {
    if chance.one_in(3) { Loss::All } else { Loss::Sectors(chance.number()) }
}

fn fault(chance: &mut Chance) -> Fault {
    match chance.below(6) {
        0..3 => Fault::PowerCut,
        3 => Fault::Error,
        4 => Fault::Full(1 + u32::try_from(chance.below(6)).unwrap_or(0)),
        _ => Fault::FailedSync,
    }
}

fn clock(chance: &mut Chance) -> i64 {
    const YEAR_MS: i64 = 365 * 86_400_000;
    [0, 0, 3 * YEAR_MS, -56 * YEAR_MS, -3_600_000, 90_000][chance.index(6)]
}

async fn perform(world: &mut World, step: Step, images: &mut Vec<(usize, Copy)>) -> Result<(), Violation> {
    let standing = world.standing();
    let number = |at: usize| standing[at % standing.len()];
    match step {
        Step::Work(at, seed) => world.work_somehow(number(at), seed),
        Step::Sync(at) => world.sync(number(at)).await?,
        Step::Push(at) => drop(world.machines[number(at)].push().await),
        Step::Pull(at) => drop(world.pull(number(at)).await?),
        Step::Weather(at, weather) => world.net.set_weather(number(at), weather),
        Step::Late => world.net.deliver_late().await,
        Step::CutStation(at, loss) => {
            world.machines[number(at)].crash(loss);
            world.start_machine(number(at))?;
        }
        Step::ArmStation(at, after, fault) => world.machines[number(at)].disk.arm(after, fault),
        Step::StartStation(at) => world.start_machine(number(at))?,
        Step::RestartStation(at) => {
            world.machines[number(at)].stop();
            world.start_machine(number(at))?;
        }
        Step::CutServer(loss) => world.crash_server(loss),
        Step::ArmServer(after, fault) => world.server.disk().arm(after, fault),
        Step::StartServer => world.start_server().await?,
        Step::Image(at) => images.push((number(at), world.copy(number(at)))),
        Step::RestoreStation(index) if !images.is_empty() => {
            let (number, copy) = images[index % images.len()].clone();
            world.restore_machine(number, &copy).await?;
        }
        Step::CloneStation(at) if world.machines.len() < MOST_MACHINES => {
            let clone = world.clone_machine(number(at));
            world.start_machine(clone)?;
        }
        Step::BackUp => world.back_up(),
        Step::RestoreServer(backup, epoch_step) => world.restore_server(backup, epoch_step).await?,
        Step::Pass(ms) => world.clock.pass_ms(ms),
        Step::SetClock(at, ahead_ms) => world.machines[number(at)].clock.set_ahead_ms(ahead_ms),
        Step::DamageCache(at, seed) => world.damage(number(at), "cache.db", seed)?,
        Step::DamageOutbox(at, seed) => world.damage(number(at), "outbox.db", seed)?,
        Step::RestoreStation(_) | Step::CloneStation(_) => {}
    }
    Ok(())
}
