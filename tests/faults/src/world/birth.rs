//! How a world begins: the small factory on the server's disk, and stations that are enrolled and in step. Made once in a
//! process, copied for every run.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cordwainer_protocol::sync::{EnrolReply, EnrolRequest};
use cordwainer_protocol::{PROTOCOL, Secret};
use cordwainer_server::store::Store;
use cordwainer_server::test_support::factory;
use cordwainer_station::store::Enrolment;
use cordwainer_station::sync::{Pulled, WireRequest};
use cordwainer_sync::SigningKey;
use tokio::sync::OnceCell;

use super::machine::Machine;
use super::net::Net;
use super::server::SimServer;
use crate::clock::WorldClock;
use crate::disk::Image;

/// Most stations that a world may have.
pub const STATIONS: usize = 8;
/// Pairs on the floor.
pub const PAIRS: u32 = 10;
/// Where the stations stand: several at one work centre, one that sees the whole floor.
const PLACES: [(&str, bool); STATIONS] = [
    ("last-1", false),
    ("last-2", false),
    ("judge-1", false),
    ("close-1", false),
    ("cut-1", false),
    ("close-1", false),
    ("desk", true),
    ("last-1", false),
];

/// The disks that a world begins with.
pub struct Born {
    /// The server's.
    pub server: Image,
    /// The stations'.
    pub stations: Vec<Image>,
}

static BORN: OnceCell<Born> = OnceCell::const_new();

/// The disks that a world begins with.
///
/// # Panics
/// When they cannot be made: then nothing can be tested.
pub async fn image() -> &'static Born {
    BORN.get_or_init(make).await
}

async fn make() -> Born {
    let clock = Arc::new(WorldClock::default());
    let server = Arc::new(SimServer::new(&Image::default(), &clock, 1));
    let net = Arc::new(Net::new(&server, &clock, 1));
    furnish(&server).await;
    let mut stations = Vec::new();
    for number in 0..STATIONS {
        let mut machine = settle(&server, &clock, &net, number).await;
        machine.stop();
        stations.push(machine.disk.image());
    }
    server.stop().await;
    Born { server: server.disk().image(), stations }
}

/// Starts a server on an empty memory and puts the factory into it.
#[expect(clippy::expect_used, reason = "without a beginning there is nothing to test; it should say where it stopped")]
pub(crate) async fn furnish(server: &SimServer) {
    server.start().await.expect("the server starts on an empty memory");
    let store = server.store().expect("it runs");
    store.put_master(&factory::site(), &factory::rows()).await.expect("the factory is put in");
    factory::release(&store, 1..=PAIRS).await;
}

/// Enrols the station of a place, and lets it follow the feed to its end.
#[expect(clippy::expect_used, reason = "as above")]
pub(crate) async fn settle(server: &SimServer, clock: &Arc<WorldClock>, net: &Arc<Net>, number: usize) -> Machine {
    let (workstation, whole_floor) = PLACES[number];
    let mut machine = Machine::new(number, number, &Image::default(), clock, net, 100 + number as u64);
    machine.start().expect("a station starts on an empty disk");
    let store = server.store().expect("the server runs");
    let enrolment = enrol(server, &store, workstation, whole_floor, number).await;
    machine.store().expect("it runs").outbox.save_enrolment(&enrolment).expect("the enrolment is kept");
    while machine.pull().await.expect("it runs").expect("the feed is there") != Pulled::UpToDate {}
    machine
}

/// Enrols a station at the server's door.
#[expect(clippy::expect_used, reason = "as above")]
async fn enrol(server: &SimServer, store: &Store, workstation: &str, whole_floor: bool, number: usize) -> Enrolment {
    let code = store.make_enrolment_code(workstation, whole_floor).await.expect("a code is made");
    let key_seed = [u8::try_from(number).unwrap_or(0) + 1; 32];
    let asked = EnrolRequest {
        protocol: PROTOCOL,
        code: Secret::new(code.code),
        public_key: SigningKey::from_seed(&key_seed).public().to_string(),
        app_version: "simulated".to_owned(),
    };
    let request = WireRequest {
        method: "POST".parse().expect("a verb"),
        path_and_query: "/sync/v1/enrol".to_owned(),
        headers: Vec::new(),
        body: serde_json::to_vec(&asked).expect("JSON"),
        timeout: None,
    };
    let mut reply = server.call(&request).await.expect("the server answers");
    let body = reply.chunk().await.expect("whole").expect("with a body");
    let reply: EnrolReply =
        serde_json::from_slice(&body).unwrap_or_else(|fault| panic!("{fault}: {}", String::from_utf8_lossy(&body)));
    let fingerprint = SigningKey::from_seed(&key_seed).public().fingerprint();
    store.confirm_station(reply.station_id, &fingerprint).await.expect("somebody compares and lets it in");
    Enrolment {
        station_id: reply.station_id,
        site_id: reply.site_id,
        workstation: reply.workstation,
        scope: reply.scope,
        server_url: "https://the-server".to_owned(),
        server_key: reply.server_key.parse().expect("a key"),
        server_epoch: reply.server_epoch,
        key_seed: Secret::new(key_seed),
        // No channel is opened in here; the doors take each station as if it had shown its own.
        certificate: STANDARD.decode(&reply.certificate).expect("base 64"),
        confirmed: true,
    }
}
