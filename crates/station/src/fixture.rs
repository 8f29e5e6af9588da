//! What the tests of this crate share: clocks that stand still, ids that repeat, and actions to record.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use cordwainer_channel::Authority;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Action, Fact};
use cordwainer_domain::{ActionId, StationId, WorkOrderId, WorkerId};
use cordwainer_protocol::Secret;
use cordwainer_sync::{Purpose, SigningKey};
use uuid::Uuid;

use crate::clock::{Clock, read_clock};
use crate::ids::IdSource;
use crate::store::{Enrolment, OpenReport, SignedAction, StationStore};

/// A clock that moves when it is told to.
pub struct TestClock {
    wall_ms: AtomicI64,
    mono_ms: AtomicI64,
    boots: AtomicU64,
}

impl Default for TestClock {
    fn default() -> Self {
        // 2026-11-20, in the morning.
        Self { wall_ms: AtomicI64::new(1_795_142_400_000), mono_ms: AtomicI64::new(60_000), boots: AtomicU64::new(1) }
    }
}

impl TestClock {
    /// Time passes.
    pub fn pass_ms(&self, ms: i64) {
        self.wall_ms.fetch_add(ms, Ordering::SeqCst);
        self.mono_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Somebody turns the wall clock back.
    pub fn set_wall_back_ms(&self, ms: i64) {
        self.wall_ms.fetch_sub(ms, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock.
    pub fn set_wall_ms(&self, ms: i64) {
        self.wall_ms.store(ms, Ordering::SeqCst);
    }

    /// The machine starts again.
    pub fn reboot(&self) {
        self.boots.fetch_add(1, Ordering::SeqCst);
        self.mono_ms.store(0, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn wall_ms(&self) -> i64 {
        self.wall_ms.load(Ordering::SeqCst)
    }

    fn mono_ms(&self) -> i64 {
        self.mono_ms.load(Ordering::SeqCst)
    }

    fn boot_id(&self) -> String {
        format!("boot-{}", self.boots.load(Ordering::SeqCst))
    }
}

/// Ids that count.
#[derive(Default)]
pub struct TestIds(AtomicU64);

impl TestIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl IdSource for TestIds {
    fn uuid_v7(&self, wall_ms: i64) -> Uuid {
        let count = self.next().to_be_bytes();
        let mut random = [0; 10];
        random[2..].copy_from_slice(&count);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(wall_ms).expect("after 1970"), &random).into_uuid()
    }

    fn random_32(&self) -> [u8; 32] {
        let mut bytes = [7; 32];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }

    fn random_u64(&self) -> u64 {
        self.next()
    }
}

/// The worker of the tests.
pub fn worker() -> WorkerId {
    WorkerId(Uuid::from_u128(0xA))
}

/// The pair of the tests.
pub fn pair() -> WorkOrderId {
    WorkOrderId(Uuid::from_u128(0xB))
}

/// The station of the tests.
pub fn station() -> StationId {
    StationId(Uuid::from_u128(0xC))
}

/// The key that signs in the tests.
pub fn key() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

/// Signs a fact of the tests' worker about the tests' pair.
pub fn signed(fact: Fact, clock: &dyn Clock, ids: &dyn IdSource) -> SignedAction {
    let action = Action {
        id: ActionId(ids.uuid_v7(clock.wall_ms())),
        site: "site".into(),
        station: station(),
        workstation: "last-1".into(),
        worker: Some(worker()),
        grant: None,
        auth_level: AuthLevel::Badge,
        work_order: Some(pair()),
        job: Some(cordwainer_domain::JobId(Uuid::from_u128(0xD))),
        base_version: Some(1),
        base_cursor: Some(1),
        clock: read_clock(clock, None),
        app_version: "0".to_owned(),
        schema_version: 1,
        fact,
    };
    let body = cordwainer_sync::encode(&action).expect("no floats");
    let sig = key().sign(Purpose::Action, &body);
    SignedAction { action, body, sig }
}

/// A start, signed.
pub fn start(clock: &dyn Clock, ids: &dyn IdSource) -> SignedAction {
    signed(Fact::JobStarted { round: 0 }, clock, ids)
}

/// A data folder, with clocks and ids for everything that opens it.
pub struct Desk {
    /// The folder; gone when this is.
    pub folder: tempfile::TempDir,
    /// Clock.
    pub clock: std::sync::Arc<TestClock>,
    /// Ids.
    pub ids: std::sync::Arc<TestIds>,
}

impl Desk {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), clock: Default::default(), ids: Default::default() }
    }

    /// Opens the stores.
    pub fn open(&self) -> (StationStore, OpenReport) {
        StationStore::open(self.folder.path(), self.clock.as_ref(), self.ids.as_ref()).expect("opens")
    }

    /// Opens the stores of a folder that needs no mending.
    pub fn open_sound(&self) -> StationStore {
        let (store, report) = self.open();
        assert_eq!(report, OpenReport::default(), "nothing had to be mended");
        store
    }

    /// A start, signed; a moment after the one before.
    pub fn start(&self) -> SignedAction {
        self.clock.pass_ms(1_000);
        start(self.clock.as_ref(), self.ids.as_ref())
    }

    /// Records so many starts, one by one.
    pub fn record(&self, store: &StationStore, count: usize) -> Vec<ActionId> {
        let record = |_| {
            let signed = self.start();
            store.outbox.record(std::slice::from_ref(&signed), None).expect("recorded");
            signed.action.id
        };
        (0..count).map(record).collect()
    }

    /// A second, raw connection, as somebody with a database tool would have.
    pub fn raw(&self, file: &str) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join(file)).expect("opens")
    }

    /// Overwrites the beginning of a file.
    pub fn damage(&self, file: &str) {
        use std::io::Write;
        let mut file = std::fs::OpenOptions::new().write(true).open(self.folder.path().join(file)).expect("is there");
        file.write_all(&[0xAA; 512]).expect("writes");
    }
}

/// The enrolment of the tests' station.
pub fn enrolment(server_url: &str) -> Enrolment {
    Enrolment {
        station_id: station(),
        site_id: "site".into(),
        workstation: "last-1".into(),
        scope: "lasting".to_owned(),
        server_url: server_url.to_owned(),
        server_key: server_key().public(),
        server_epoch: "epoch-1".to_owned(),
        key_seed: Secret::new([3; 32]),
        certificate: certificate().to_vec(),
        confirmed: true,
    }
}

/// When everything in the tests begins.
pub fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(TestClock::default().wall_ms()).expect("an instant")
}

/// The authority of a server, by the seed of its key.
pub fn authority(seed: [u8; 32]) -> Arc<Authority> {
    let key = SigningKey::from_seed(&seed).public();
    let record = Authority::found(&key, beginning()).expect("made");
    Arc::new(Authority::load(&seed, &key, &record).expect("taken up"))
}

/// The authority of the tests' server: one, as a server has it.
pub fn server_authority() -> Arc<Authority> {
    static MADE: OnceLock<Arc<Authority>> = OnceLock::new();
    Arc::clone(MADE.get_or_init(|| authority(SERVER_SEED)))
}

/// The certificate of the tests' station.
pub fn certificate() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        server_authority().for_station("station", &key().public(), beginning(), [1; 16]).expect("issued")
    })
}

/// The seed of the tests' server.
const SERVER_SEED: [u8; 32] = [5; 32];

/// The key of the tests' server.
pub fn server_key() -> SigningKey {
    SigningKey::from_seed(&SERVER_SEED)
}
