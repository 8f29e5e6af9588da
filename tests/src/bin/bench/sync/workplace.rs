//! A station's own store and loops in this process: everything of a workstation but its window and its devices, so that
//! sixty of them fit on one machine.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Action, Fact, PauseReason, WorkOrder};
use cordwainer_domain::{ActionId, JobId, OperationId, WorkOrderId, WorkerId};
use cordwainer_station::clock::{Clock, SystemClock, read_clock};
use cordwainer_station::ids::{IdSource, SystemIds};
use cordwainer_station::store::{Enrolment, SCHEMA_VERSION, SignedAction, StationStore};
use cordwainer_station::sync::{self, SyncEvent, SyncHandle};
use cordwainer_sync::{Purpose, encode};
use cordwainer_tests::server::Server;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Longer than any figure's goal: a measurement that takes this long has failed.
const PATIENCE: Duration = Duration::from_secs(300);
/// How many actions are recorded together while a backlog is made. Only the making is shortened by it.
const RECORDED_TOGETHER: usize = 500;

/// A workstation without a window.
pub struct Workplace {
    /// Its disk.
    pub store: Arc<StationStore>,
    enrolment: Enrolment,
    running: Option<Running>,
}

struct Running {
    handle: SyncHandle,
    events: UnboundedReceiver<SyncEvent>,
}

/// What a workstation can work on: jobs of one operation, and somebody who is trusted with it.
pub struct Work {
    worker: WorkerId,
    jobs: Vec<(WorkOrderId, JobId)>,
}

impl Workplace {
    /// Enrols a workstation with an empty folder.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn enrol(folder: &Path, server: &Server, code: &str) -> Self {
        let (store, _) = StationStore::open(folder, &SystemClock, &SystemIds).expect("an empty folder can be used");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let enrolled = sync::enrol(&server.address(), code, &store, &clock, &SystemIds, "bench").await;
        let enrolment = enrolled.unwrap_or_else(|fault| panic!("{fault}"));
        let fingerprint = enrolment.signing_key().public().fingerprint();
        server.confirm(&enrolment.station_id.to_string(), &fingerprint);
        Self { store: Arc::new(store), enrolment, running: None }
    }

    /// Takes up the folder of a station that was enrolled before.
    ///
    /// # Panics
    /// When it is none.
    pub fn again(folder: &Path) -> Self {
        let (store, _) = StationStore::open(folder, &SystemClock, &SystemIds).expect("the station's folder");
        let enrolment = store.outbox.enrolment().expect("it can be read").expect("it was enrolled");
        Self { store: Arc::new(store), enrolment, running: None }
    }

    /// Lets its loops run.
    pub fn go(&mut self) {
        let (sender, events) = unbounded_channel();
        let tell = move |event| {
            // Nobody listens any more once the workplace has stopped.
            let _ = sender.send(event);
        };
        let store = Arc::clone(&self.store);
        let handle = sync::start(store, Arc::new(SystemClock), Arc::new(SystemIds), tell, Handle::current());
        self.running = Some(Running { handle, events });
    }

    /// Stops its loops.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.handle.stop().await;
        }
    }

    /// Says that something was recorded.
    pub fn wake(&self) {
        if let Some(running) = &self.running {
            running.handle.wake_push();
        }
    }

    /// Waits until the server's feed has been followed to its end.
    ///
    /// # Panics
    /// When it takes far too long.
    pub async fn followed(&mut self) {
        self.until("the feed to be followed", |workplace, event| {
            matches!(event, SyncEvent::Page(_)) && workplace.is_up_to_date()
        })
        .await;
    }

    /// Waits for the server's next answer to a push.
    ///
    /// # Panics
    /// When it takes far too long.
    pub async fn pushed(&mut self) {
        self.until("an answer to a push", |_, event| matches!(event, SyncEvent::Pushed)).await;
    }

    /// Waits until the server has stored and judged everything that was recorded here.
    ///
    /// # Panics
    /// When it takes far too long.
    pub async fn drained(&mut self) {
        if self.unsent() > 0 {
            self.until("the outbox to be empty", |workplace, event| {
                matches!(event, SyncEvent::Pushed) && workplace.unsent() == 0
            })
            .await;
        }
    }

    /// How many actions the server has not stored.
    pub fn unsent(&self) -> u64 {
        self.store.outbox.unsent().expect("the outbox can be read").count
    }

    /// How many rows of the server's it holds, pictures left out.
    pub fn rows(&self) -> usize {
        let image = self.store.cache.image().expect("the cache can be read");
        image.work_orders.len() + image.cards.len() + image.operations.len() + image.workers.len() + image.defects.len()
    }

    /// Somebody whose PIN is known here.
    ///
    /// # Panics
    /// When nobody's is.
    pub fn worker_with_pin(&self) -> WorkerId {
        let image = self.store.cache.image().expect("the cache can be read");
        let known = image.workers.values().find(|row| row.pin.is_some());
        known.expect("the demo's workers have PINs").worker.id
    }

    fn is_up_to_date(&self) -> bool {
        self.store.cache.followed().expect("the cache can be read").cursor.is_some()
    }

    async fn until(&mut self, what: &str, done: impl Fn(&Self, &SyncEvent) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let running = self.running.as_mut().expect("its loops run");
            let left = deadline.saturating_duration_since(Instant::now());
            let heard = tokio::time::timeout(left, running.events.recv()).await;
            let event = heard.ok().flatten().unwrap_or_else(|| panic!("waited for {what}"));
            if done(self, &event) {
                return;
            }
        }
    }

    /// The jobs of an operation that this workstation holds, in the order of their pairs' numbers, and who can do them.
    ///
    /// # Panics
    /// When it holds none, or nobody is qualified.
    pub fn work(&self, operation: &str) -> Work {
        let image = self.store.cache.image().expect("the cache can be read");
        let operation = OperationId::from(operation);
        let mut pairs: Vec<&WorkOrder> = image.work_orders.values().collect();
        pairs.sort_by(|one, other| one.number.cmp(&other.number));
        let job_of = |pair: &&WorkOrder| pair.jobs.iter().find(|job| job.spec.operation == operation).cloned();
        let jobs: Vec<_> = pairs.iter().filter_map(|pair| job_of(pair).map(|job| (pair.id, job))).collect();
        let (_, example) = jobs.first().expect("the workstation holds work");
        let able =
            image.workers.values().find(|row| row.worker.active && row.worker.lacks(&example.spec.skills).is_none());
        let worker = able.expect("somebody is qualified").worker.id;
        Work { worker, jobs: jobs.into_iter().map(|(pair, job)| (pair, job.spec.id)).collect() }
    }

    /// Records so many actions: each of the pairs in turn is begun, stopped and gone on with, and signed off at the end.
    pub fn record(&self, work: &Work, pairs: std::ops::Range<usize>, actions_per_pair: usize) {
        let facts = work.jobs[pairs].iter().flat_map(|(pair, job)| {
            let turns = (0..actions_per_pair).map(move |turn| turn_of(turn, actions_per_pair));
            turns.map(|fact| self.sign(work.worker, *pair, *job, fact))
        });
        let signed: Vec<SignedAction> = facts.collect();
        for some in signed.chunks(RECORDED_TOGETHER) {
            self.store.outbox.record(some, None).expect("room on the disk");
        }
    }

    fn sign(&self, worker: WorkerId, pair: WorkOrderId, job: JobId, fact: Fact) -> SignedAction {
        let clock = SystemClock;
        let action = Action {
            id: ActionId(SystemIds.uuid_v7(clock.wall_ms())),
            site: self.enrolment.site_id.clone(),
            station: self.enrolment.station_id,
            workstation: self.enrolment.workstation.clone(),
            worker: Some(worker),
            grant: None,
            auth_level: AuthLevel::Badge,
            work_order: Some(pair),
            job: Some(job),
            base_version: None,
            base_cursor: None,
            clock: read_clock(&clock, self.store.outbox.server_time().as_ref()),
            app_version: "bench".to_owned(),
            schema_version: SCHEMA_VERSION,
            fact,
        };
        let body = encode(&action).expect("an action can be written");
        let sig = self.enrolment.signing_key().sign(Purpose::Action, &body);
        SignedAction { action, body, sig }
    }
}

fn turn_of(turn: usize, turns: usize) -> Fact {
    match turn {
        0 => Fact::JobStarted { round: 0 },
        last if last + 1 == turns => {
            Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: true }
        }
        odd if odd % 2 == 1 => Fact::JobPaused { round: 0, reason: PauseReason::Break },
        _ => Fact::JobResumed { round: 0 },
    }
}
