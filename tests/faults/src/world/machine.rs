//! A machine on which a station runs: its disk, its clock, and the real store and sync rounds on top. A station that was cloned
//! runs on two machines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cordwainer_domain::ActionId;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{self, Action, Fact, Outcome};
use cordwainer_domain::{JobId, WorkOrderId, WorkerId};
use cordwainer_server::test_support::factory;
use cordwainer_station::clock::{Clock, read_clock};
use cordwainer_station::ids::IdSource;
use cordwainer_station::store::{CacheImage, Disk, OpenReport, SCHEMA_VERSION, SignedAction, StationStore, StoreFault};
use cordwainer_station::sync::{Pulled, Pushed, Rounds, SyncEvent, Trouble, Wire};
use cordwainer_sync::{Purpose, encode};

use super::net::{Line, Net};
use super::outbox;
use crate::chance::SeededIds;
use crate::clock::{StationClock, WorldClock};
use crate::disk::{Image, Loss, SimDisk};

/// One machine.
pub struct Machine {
    /// Its number in the world.
    pub number: usize,
    /// Which station it is; clones share one.
    pub station: usize,
    /// Its disk.
    pub disk: SimDisk,
    /// Its clock.
    pub clock: Arc<StationClock>,
    /// When there came to be two copies of its disk; 0 if there never were.
    copied_at: Arc<AtomicU64>,
    /// What was mended when it last started.
    pub report: OpenReport,
    ids: Arc<SeededIds>,
    net: Arc<Net>,
    running: Option<Running>,
}

struct Running {
    store: Arc<StationStore>,
    rounds: Rounds,
}

/// A copy of a station's disk.
#[derive(Clone, Debug)]
pub struct Copy {
    /// What is on it.
    pub image: Image,
    /// When it was made; 0 when something was under way then.
    pub at: u64,
}

/// What somebody does at a station.
#[derive(Clone, Debug)]
pub struct Doing {
    /// Who.
    pub worker: WorkerId,
    /// How sure that is.
    pub level: AuthLevel,
    /// The pair.
    pub work_order: Option<WorkOrderId>,
    /// The job.
    pub job: Option<JobId>,
    /// The version of the pair that was on the screen, if one was.
    pub seen: Option<u64>,
    /// What.
    pub fact: Fact,
}

impl Doing {
    /// The maker does something to the job of a pair at one of the factory's work centres, by place.
    pub fn at(pair: u32, place: usize, fact: Fact) -> Self {
        let judges = matches!(fact, Fact::InspectionPassed { .. } | Fact::InspectionFailed { .. });
        Self {
            worker: if judges { factory::inspector() } else { factory::maker() },
            level: AuthLevel::Pin,
            work_order: Some(factory::pair(pair)),
            job: Some(factory::job(pair, place)),
            seen: None,
            fact,
        }
    }

    /// The maker starts a job.
    pub fn start(pair: u32, place: usize) -> Self {
        Self::at(pair, place, Fact::JobStarted { round: 0 })
    }

    /// The maker signs a job off.
    pub fn finish(pair: u32, place: usize) -> Self {
        Self::at(pair, place, super::work::finish(0))
    }
}

impl Machine {
    /// A machine with a copy of an image in it, not yet started.
    pub fn new(
        number: usize,
        station: usize,
        image: &Image,
        world: &Arc<WorldClock>,
        net: &Arc<Net>,
        seed: u64,
    ) -> Self {
        Self {
            number,
            station,
            disk: SimDisk::of(image),
            clock: Arc::new(StationClock::new(world, format!("machine-{number}"))),
            copied_at: Arc::default(),
            report: OpenReport::default(),
            ids: Arc::new(SeededIds::new(seed)),
            net: Arc::clone(net),
            running: None,
        }
    }

    /// Its store, while it runs.
    pub fn store(&self) -> Option<&StationStore> {
        self.running.as_ref().map(|running| running.store.as_ref())
    }

    /// Starts the station on it, if it does not run.
    ///
    /// # Errors
    /// What the store says.
    pub fn start(&mut self) -> Result<(), StoreFault> {
        if self.running.is_some() {
            return Ok(());
        }
        if self.disk.is_off() {
            self.disk.cut_power(Loss::All);
        }
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let (store, report) = StationStore::open_on(disk, &self.disk.folder(), self.clock.as_ref(), self.ids.as_ref())?;
        self.report = report;
        let store = Arc::new(store);
        let (net, machine, copied_at) = (Arc::clone(&self.net), self.number, Arc::clone(&self.copied_at));
        let dial = move |_: &_| -> Result<Box<dyn Wire>, _> {
            Ok(Box::new(Line { net: Arc::clone(&net), machine, copied_at: Arc::clone(&copied_at) }))
        };
        let clock: Arc<dyn Clock> = Arc::<StationClock>::clone(&self.clock);
        let ids: Arc<dyn IdSource> = Arc::<SeededIds>::clone(&self.ids);
        let rounds = Rounds::new(Box::new(dial), Arc::clone(&store), clock, ids, |_: SyncEvent| {});
        self.running = Some(Running { store, rounds });
        Ok(())
    }

    /// Stops the station in order.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// Its power goes.
    pub fn crash(&mut self, loss: Loss) {
        self.disk.cut_power(loss);
        self.running = None;
        self.clock.reboot();
    }

    /// Whether an armed cut has taken its power; if so, it does not run any more.
    pub fn has_lost_power(&mut self) -> bool {
        let lost = self.disk.is_off();
        if lost {
            self.running = None;
        }
        lost
    }

    /// A copy of its disk as it is now; from here on there are two.
    pub fn copy(&self, at: u64) -> Copy {
        let image = self.disk.image();
        // What was offered and not answered may be handed the lease of whoever answers first, by either copy.
        let at = if outbox::is_under_way(&image) { 0 } else { at };
        self.copied_at.store(at, Ordering::SeqCst);
        Copy { image, at }
    }

    /// Another disk, with a copy in it, in place of its own.
    pub fn put_in(&mut self, copy: &Copy) {
        self.running = None;
        self.disk.replace(&copy.image);
        self.copied_at.store(copy.at, Ordering::SeqCst);
        self.clock.reboot();
    }

    /// One push round. None when the station does not run.
    pub async fn push(&mut self) -> Option<Result<Pushed, Trouble>> {
        let outcome = self.running.as_mut()?.rounds.push().await;
        self.has_lost_power();
        Some(outcome)
    }

    /// One pull round. None when the station does not run.
    pub async fn pull(&mut self) -> Option<Result<Pulled, Trouble>> {
        let outcome = self.running.as_mut()?.rounds.pull().await;
        self.has_lost_power();
        Some(outcome)
    }

    /// What the screens show: the cached rows with the unresolved actions replayed on top.
    pub fn view(&self) -> Option<CacheImage> {
        let store = self.store()?;
        let mut image = store.cache.image().ok()?;
        for unresolved in store.outbox.overlay(image.followed.commit_seq).ok()? {
            let at = unresolved.action.clock.instant();
            let before = unresolved.action.work_order.and_then(|id| image.work_orders.get(&id));
            if let Outcome::Applied(after) | Outcome::Flagged(after, _) =
                production::apply(before, &unresolved.action, at)
            {
                image.work_orders.insert(after.id, after);
            }
        }
        Some(image)
    }

    /// Composes, signs and records what somebody does. What comes back is the action's identifier and the store's word.
    pub fn record(&self, doing: Doing) -> Option<(ActionId, Result<(), StoreFault>)> {
        let store = self.store()?;
        let enrolment = store.outbox.enrolment().ok()??;
        let known = store.outbox.server_time();
        let action = Action {
            id: ActionId(self.ids.uuid_v7(self.clock.wall_ms())),
            site: enrolment.site_id.clone(),
            station: enrolment.station_id,
            workstation: enrolment.workstation.clone(),
            worker: Some(doing.worker),
            grant: None,
            auth_level: doing.level,
            work_order: doing.work_order,
            job: doing.job,
            base_version: doing.seen,
            base_cursor: store.cache.followed().ok().map(|followed| followed.commit_seq),
            clock: read_clock(self.clock.as_ref(), known.as_ref()),
            app_version: "simulated".to_owned(),
            schema_version: SCHEMA_VERSION,
            fact: doing.fact,
        };
        let body = encode(&action).ok()?;
        let sig = enrolment.signing_key().sign(Purpose::Action, &body);
        let id = action.id;
        Some((id, store.outbox.record(&[SignedAction { action, body, sig }], None)))
    }
}
