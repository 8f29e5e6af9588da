//! A world in one process: a server, stations on their machines, a network, a clock, and people who work. Everything obeys one
//! seed; nothing here waits for real time.

mod birth;
mod ledger;
mod machine;
mod net;
pub mod outbox;
mod server;
mod work;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cordwainer_domain::ActionId;
use cordwainer_station::store::StoreFault;
use cordwainer_station::sync::{Pulled, Pushed, Trouble};
use cordwainer_sync::Backoff;

use crate::chance::Chance;
use crate::clock::WorldClock;
use crate::disk::{Image, Loss};

pub use birth::{PAIRS, STATIONS};
pub(crate) use birth::{furnish, settle};
pub use ledger::{Ledger, Told};
pub use machine::{Copy, Doing, Machine};
pub use net::{Net, Weather};
pub use server::SimServer;

/// A rule of the house that was broken, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation(pub String);

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long a loop waits at most between two looks, milliseconds.
const POLL_MS: i64 = 5_000;
/// After every so many pulls the rows are compared with the feed; at rest they always are.
const LOOKED_AT: u64 = 3;
/// How often whoever waits for the world to come to rest looks at it.
const ROUNDS_TO_REST: u32 = 200;
/// How often somebody tries to start a program: a fault may meet the start, and a full disk is full for several operations.
const STARTS: u32 = 12;

/// The world.
pub struct World {
    /// Its time.
    pub clock: Arc<WorldClock>,
    /// The server.
    pub server: Arc<SimServer>,
    /// The network.
    pub net: Arc<Net>,
    /// The machines, those that were taken away included.
    pub machines: Vec<Machine>,
    /// Machines that stand in the hall no longer.
    pub retired: BTreeSet<usize>,
    /// What workers were told.
    pub ledger: Ledger,
    /// Copies of the server's disk, oldest first.
    pub backups: Vec<Image>,
    seed: u64,
    pulls: u64,
}

impl World {
    /// A factory with so many stations, all of them enrolled, in step, and running.
    ///
    /// # Errors
    /// When the world cannot be made; that is a fault of the tests.
    pub async fn new(seed: u64, stations: usize) -> Result<Self, Violation> {
        Self::at(seed, &(0..stations.min(STATIONS)).collect::<Vec<_>>()).await
    }

    /// The same with chosen stations, by their place in the factory.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub async fn at(seed: u64, stations: &[usize]) -> Result<Self, Violation> {
        let born = birth::image().await;
        let clock = Arc::new(WorldClock::default());
        let server = Arc::new(SimServer::new(&born.server, &clock, seed ^ 0xA5A5));
        server.start().await.map_err(|fault| Violation(format!("the server does not start: {fault}")))?;
        let net = Arc::new(Net::new(&server, &clock, seed ^ 0x5A5A));
        let mut world = Self {
            clock,
            server,
            net,
            machines: Vec::new(),
            retired: BTreeSet::new(),
            ledger: Ledger::default(),
            backups: vec![born.server.clone()],
            seed,
            pulls: 0,
        };
        for station in stations {
            world.add_machine(*station, &born.stations[*station]);
        }
        for machine in &mut world.machines {
            machine.start().map_err(|fault| Violation(format!("a station does not start: {fault}")))?;
        }
        Ok(world)
    }

    /// Puts another machine into the hall, with a copy of a disk in it.
    pub fn add_machine(&mut self, station: usize, image: &Image) -> usize {
        let number = self.machines.len();
        let seed = self.seed.wrapping_mul(31).wrapping_add(number as u64);
        self.machines.push(Machine::new(number, station, image, &self.clock, &self.net, seed));
        number
    }

    /// A clone of a machine's disk begins to work on its own.
    pub fn clone_machine(&mut self, number: usize) -> usize {
        let copy = self.copy(number);
        let clone = self.add_machine(self.machines[number].station, &copy.image);
        self.machines[clone].put_in(&copy);
        clone
    }

    /// A copy of a machine's disk.
    pub fn copy(&self, number: usize) -> Copy {
        self.machines[number].copy(self.net.event())
    }

    /// The machines that stand in the hall.
    pub fn standing(&self) -> Vec<usize> {
        (0..self.machines.len()).filter(|number| !self.retired.contains(number)).collect()
    }

    /// Somebody does something at a machine; what the worker is told goes into the ledger.
    pub fn work(&mut self, number: usize, doing: Doing) -> Option<Result<ActionId, StoreFault>> {
        let kind = doing.fact.kind();
        let machine = &mut self.machines[number];
        let (id, outcome) = machine.record(doing)?;
        if machine.has_lost_power() {
            self.ledger.unknown.insert(id);
            return None;
        }
        let told = Told { machine: number, at_ms: self.clock.now_ms(), kind };
        match &outcome {
            Ok(()) => drop(self.ledger.confirmed.insert(id, told)),
            // Against one fault a refusal is final. Against several, such as a full disk that then fails to take back what was
            // journalled, the worker is told no, and nobody can promise that it stays no.
            Err(_) if self.machines[number].disk.armed() > 1 => drop(self.ledger.unknown.insert(id)),
            Err(_) => drop(self.ledger.refused.insert(id)),
        }
        Some(outcome.map(|()| id))
    }

    /// Somebody does something plausible, or not, as chance has it.
    pub fn work_somehow(&mut self, number: usize, seed: u64) {
        let mut chance = Chance::new(seed);
        if let Some(doing) = work::choose(&self.machines[number], &mut chance) {
            self.work(number, doing);
        }
        self.clock.pass_ms(500);
    }

    /// Push until nothing is left or something is in the way, then pull the same way.
    pub async fn sync(&mut self, number: usize) -> Result<(), Violation> {
        for _ in 0..STARTS {
            match self.machines[number].push().await {
                Some(Ok(Pushed::Stored | Pushed::Corrected)) => {}
                _ => break,
            }
        }
        for _ in 0..STARTS {
            let outcome = self.pull(number).await?;
            if !matches!(outcome, Some(Ok(Pulled::More | Pulled::BeginsAgain))) {
                break;
            }
        }
        Ok(())
    }

    /// One pull; now and then the rows are looked at, which must show the feed exactly as far as the cursor says.
    ///
    /// # Errors
    /// I6: a view shows half of something.
    pub async fn pull(&mut self, number: usize) -> Result<Option<Result<Pulled, Trouble>>, Violation> {
        let outcome = self.machines[number].pull().await;
        self.pulls += 1;
        if self.pulls.is_multiple_of(LOOKED_AT)
            && let Some(store) = self.machines[number].store()
            && self.server.store().is_some()
        {
            crate::invariants::rows_show_the_feed(&self.machines[number].disk, store, &self.server)?;
        }
        Ok(outcome)
    }

    /// Keeps a copy of the server's disk.
    pub fn back_up(&mut self) {
        self.backups.push(self.server.disk().image());
    }

    /// Puts an earlier copy of the server's disk in its place; the operator may take the epoch step, or forget it.
    ///
    /// # Errors
    /// When something was lost before, or the server does not start.
    pub async fn restore_server(&mut self, backup: usize, epoch_step: bool) -> Result<(), Violation> {
        let before = self.held_anywhere().await?;
        self.server.stop().await;
        let image = self.backups[backup.min(self.backups.len() - 1)].clone();
        self.server.disk().replace(&image);
        self.net.server_restored();
        self.start_server().await?;
        if let Some(store) = self.server.store().filter(|_| epoch_step) {
            store.begin_epoch().await.map_err(|fault| Violation(format!("no other life begins: {fault}")))?;
        }
        self.count_losses(&before, "only the server's lost days held it").await
    }

    /// Puts an earlier copy of its own disk into a machine.
    ///
    /// # Errors
    /// When something was lost before.
    pub async fn restore_machine(&mut self, number: usize, copy: &Copy) -> Result<(), Violation> {
        let before = self.held_anywhere().await?;
        self.machines[number].put_in(copy);
        self.count_losses(&before, "only the replaced disk held it").await
    }

    /// Starts the server if it does not run.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_server(&self) -> Result<(), Violation> {
        if self.server.store().is_some() {
            return Ok(());
        }
        let mut said = String::new();
        for _ in 0..STARTS {
            match self.server.start().await {
                Ok(()) => return crate::invariants::what_was_acknowledged_is_stored(self),
                Err(fault) => said = fault,
            }
        }
        Err(Violation(format!("I7: the server does not start any more: {said}")))
    }

    /// Starts a machine's station if it does not run.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_machine(&mut self, number: usize) -> Result<(), Violation> {
        let mut said = String::new();
        for _ in 0..STARTS {
            match self.machines[number].start() {
                Ok(()) => return Ok(()),
                Err(fault) => {
                    said = format!("{fault}: {:?}", std::error::Error::source(&fault).map(ToString::to_string))
                }
            }
        }
        Err(Violation(format!("I7: station {number} does not start any more: {said}")))
    }

    /// Every confirmed action that is on a disk which can be read.
    async fn held_anywhere(&mut self) -> Result<BTreeSet<ActionId>, Violation> {
        self.server.disk().disarm();
        self.start_server().await?;
        let broken = |fault: rusqlite::Error| Violation(format!("a disk cannot be read: {fault}"));
        let mut held: BTreeSet<ActionId> = outbox::stored(self.server.disk()).map_err(broken)?.into_keys().collect();
        for number in self.standing() {
            self.machines[number].disk.disarm();
            self.start_machine(number)?;
            held.extend(outbox::recorded(&self.machines[number].disk).map_err(broken)?.into_keys());
        }
        Ok(held)
    }

    /// After a disk was taken away: what is nowhere now and was somewhere before is gone with it. What was nowhere before was
    /// lost by a program.
    async fn count_losses(&mut self, before: &BTreeSet<ActionId>, why: &'static str) -> Result<(), Violation> {
        let now = self.held_anywhere().await?;
        let missing: Vec<ActionId> = self.ledger.due().map(|(id, _)| *id).filter(|id| !now.contains(id)).collect();
        for id in missing {
            if !before.contains(&id) {
                return Err(Violation(format!("I1: confirmed action {id} was on no disk at all")));
            }
            self.ledger.gone.insert(id, why);
        }
        Ok(())
    }

    /// Everything that was broken works again, and whatever is still under way arrives.
    ///
    /// # Errors
    /// When something does not start.
    pub async fn heal(&mut self) -> Result<(), Violation> {
        self.net.clear_up();
        self.server.disk().disarm();
        self.start_server().await?;
        for number in self.standing() {
            self.machines[number].disk.disarm();
            self.start_machine(number)?;
        }
        while self.net.late() > 0 {
            self.net.deliver_late().await;
        }
        Ok(())
    }

    /// Lets every station push and pull, each at its own pace, until nothing moves any more. Says how long that took.
    ///
    /// # Errors
    /// I7: it does not come to rest.
    pub async fn come_to_rest(&mut self) -> Result<i64, Violation> {
        let began_ms = self.clock.now_ms();
        let mut backoff = Backoff::default();
        let mut trouble = String::new();
        let mut quiet = 0;
        for _ in 0..ROUNDS_TO_REST {
            let mut moved = false;
            for number in self.standing() {
                match self.machines[number].push().await {
                    Some(Ok(Pushed::Nothing)) => {}
                    Some(Ok(Pushed::Stored | Pushed::Corrected)) => moved = true,
                    Some(Err(fault)) => {
                        moved = true;
                        trouble = format!("station {number} pushes: {fault}");
                        let pause = backoff.failed(self.seed);
                        self.clock.pass_ms(i64::try_from(pause.as_millis()).unwrap_or(0));
                    }
                    None => self.start_machine(number)?,
                }
                let before = self.machines[number].store().and_then(|store| store.cache.followed().ok());
                match self.pull(number).await? {
                    Some(Ok(Pulled::UpToDate)) => {
                        let after = self.machines[number].store().and_then(|store| store.cache.followed().ok());
                        moved |= before != after;
                    }
                    Some(Ok(_)) => moved = true,
                    Some(Err(fault)) => {
                        moved = true;
                        trouble = format!("station {number} pulls: {fault}");
                    }
                    None => self.start_machine(number)?,
                }
            }
            moved |= self.server_does_what_is_due(!moved).await?;
            quiet = if moved { 0 } else { quiet + 1 };
            if quiet == 2 {
                return Ok(self.clock.now_ms() - began_ms);
            }
            if !moved {
                self.clock.pass_ms(POLL_MS);
            }
        }
        Err(Violation(format!("I7: the world does not come to rest; last trouble: {trouble}")))
    }

    /// What the server does by itself. When nobody sends anything any more and it still waits for stations that were never
    /// started in this world, the administrator tells it that they will not come.
    async fn server_does_what_is_due(&self, all_have_offered: bool) -> Result<bool, Violation> {
        let Some(store) = self.server.store() else { return Ok(false) };
        let failed = |fault: cordwainer_server::store::StoreFault| Violation(format!("I7: the server's jobs: {fault}"));
        store.do_what_is_due().await.map_err(failed)?;
        if !all_have_offered || !store.judging_pauses().await.map_err(failed)? {
            return Ok(false);
        }
        store.end_judging_pause().await.map_err(failed)?;
        self.clock.pass_ms(1);
        store.do_what_is_due().await.map_err(failed)?;
        Ok(true)
    }

    /// A file of a station rots while the station is switched off.
    ///
    /// # Errors
    /// When the station does not start again.
    pub fn damage(&mut self, number: usize, file: &str, seed: u64) -> Result<(), Violation> {
        let mut chance = Chance::new(seed);
        let machine = &mut self.machines[number];
        machine.stop();
        let rotten = machine.disk.image().altered(file, |bytes| {
            // The beginning, so that it is noticed; rot that no check of SQLite's can see has a test of its own.
            let end = bytes.len().min(512);
            chance.fill(&mut bytes[..end]);
        });
        machine.disk.replace(&rotten);
        self.start_machine(number)
    }

    /// The server's machine loses power.
    pub fn crash_server(&self, loss: Loss) {
        self.server.crash(loss);
    }
}

/// A panic in another thread leaves nothing half done here.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
