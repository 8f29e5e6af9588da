//! A station as the server sees one: it signs, chains, pushes and pulls, and remembers nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cordwainer_channel::{Identity, Pin, ServerWatch, station_side};
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Action, ClockClass, ClockReading, Fact};
use cordwainer_domain::{ActionId, GrantId, JobId, SiteId, StationId, WorkOrderId, WorkerId, WorkstationId};
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{
    ActionOffer, ClockReport, EnrolReply, EnrolRequest, NONCE_HEADER, Problem, ProblemCode, PullReply, PushReply,
    PushRequest, SIGNATURE_HEADER, STATION_HEADER, StationHealth,
};
use cordwainer_server::boot::RunningServer;
use cordwainer_server::clock::{Clock, IdSource, SystemClock, SystemIds};
use cordwainer_server::store::Store;
use cordwainer_server::test_support::factory;
use cordwainer_sync::{Hash, PublicKey, Purpose, SigningKey, body_hash, encode, link, request_bytes};
use reqwest::{Client, Method, Response};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::world::World;

/// A refusal: status and problem.
pub type Refused = (u16, Problem);

/// An enrolled station.
pub struct Station {
    pub id: StationId,
    pub site: SiteId,
    pub workstation: WorkstationId,
    pub incarnation: String,
    pub lease: String,
    pub seq: u64,
    pub chain: Hash,
    pub nonce: String,
    pub cursor: Option<String>,
    key: SigningKey,
    seed: [u8; 32],
    url: String,
    server: PublicKey,
    certificate: Vec<u8>,
    client: Client,
    wall_ms: i64,
}

impl Station {
    /// Enrols a station and lets it in.
    pub async fn enrol(world: &World, workstation: &str, whole_floor: bool) -> Self {
        Self::enrol_on(&world.server, world, workstation, whole_floor).await
    }

    /// Enrols with another server than the world's own.
    pub async fn on(server: &RunningServer, world: &World, workstation: &str) -> Self {
        Self::enrol_on(server, world, workstation, false).await
    }

    async fn enrol_on(server: &RunningServer, world: &World, workstation: &str, whole_floor: bool) -> Self {
        let station = Self::enrol_unconfirmed(server, world, workstation, whole_floor).await;
        server.store.confirm_station(station.id, &station.public_key().fingerprint()).await.unwrap();
        station
    }

    pub async fn enrol_unconfirmed(
        server: &RunningServer,
        world: &World,
        workstation: &str,
        whole_floor: bool,
    ) -> Self {
        let code = server.store.make_enrolment_code(workstation, whole_floor).await.unwrap();
        let seed = random();
        let key = SigningKey::from_seed(&seed);
        let pin = || pin_of(&server.store);
        let reply = ask_to_enrol(&server.stations_url(), pin(), &code.code, &key).await.unwrap();
        let certificate = STANDARD.decode(&reply.certificate).unwrap();
        let client = client(pin(), Some((&seed, &certificate)));
        Self {
            id: reply.station_id,
            site: reply.site_id,
            workstation: reply.workstation,
            incarnation: hex::encode(&random()[..16]),
            lease: String::new(),
            seq: 0,
            chain: Hash::START,
            nonce: reply.nonce,
            cursor: None,
            key,
            seed,
            url: server.stations_url(),
            server: server.store.identity().public_key(),
            certificate,
            client,
            wall_ms: world.clock.now().timestamp_millis(),
        }
    }

    /// A copy of the disk that begins to work on its own.
    pub fn cloned_disk(&self) -> Self {
        let Self { id, seq, chain, wall_ms, seed, .. } = *self;
        Self {
            seed,
            id,
            seq,
            chain,
            wall_ms,
            site: self.site.clone(),
            workstation: self.workstation.clone(),
            incarnation: self.incarnation.clone(),
            lease: self.lease.clone(),
            nonce: self.nonce.clone(),
            cursor: self.cursor.clone(),
            key: SigningKey::from_seed(&seed),
            url: self.url.clone(),
            server: self.server,
            certificate: self.certificate.clone(),
            client: client(Pin::Key(self.server), Some((&seed, &self.certificate))),
        }
    }

    /// Opens its connections from now on with another certificate, or with none.
    pub fn shows(&mut self, certificate: Option<&[u8]>) {
        self.client = client(Pin::Key(self.server), certificate.map(|certificate| (&self.seed, certificate)));
    }

    /// What it opens connections with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The key that its signatures fit.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Opens its connections as another station does, and still signs with its own key.
    pub fn connects_as(&mut self, other: &Self) {
        self.client = client(Pin::Key(other.server), Some((&other.seed, &other.certificate)));
    }

    /// Dials another server process of the same database.
    pub fn url_of(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    /// An action of a worker with badge only.
    pub fn action(&self, fact: Fact, work_order: Option<WorkOrderId>, job: Option<JobId>, worker: WorkerId) -> Action {
        Action {
            id: ActionId(random_uuid()),
            site: self.site.clone(),
            station: self.id,
            workstation: self.workstation.clone(),
            worker: Some(worker),
            grant: None::<GrantId>,
            auth_level: AuthLevel::Badge,
            work_order,
            job,
            base_version: None,
            base_cursor: None,
            clock: ClockReading {
                wall_ms: self.wall_ms,
                mono_ms: 5_000,
                boot_id: "boot".to_owned(),
                class: ClockClass::Synchronised,
                offset_ms: 0,
            },
            app_version: "test".to_owned(),
            schema_version: 1,
            fact,
        }
    }

    /// The sign-off of a pair's job at one of the factory's work centres.
    pub fn sign_off(&self, pair: u32, place: usize) -> Action {
        let fact = Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false };
        self.action(fact, Some(factory::pair(pair)), Some(factory::job(pair, place)), factory::maker())
    }

    /// Signs an action and puts it at the end of the chain.
    pub fn record(&mut self, action: &Action) -> ActionOffer {
        let body = String::from_utf8(encode(action).unwrap()).unwrap();
        self.record_bytes(action.id, action.fact.kind(), body)
    }

    /// Signs any bytes and puts them at the end of the chain.
    pub fn record_bytes(&mut self, action_id: ActionId, kind: &str, body: String) -> ActionOffer {
        self.seq += 1;
        self.chain = link(self.chain, body.as_bytes());
        ActionOffer {
            seq: self.seq,
            action_id,
            kind: kind.to_owned(),
            kind_version: 1,
            body_hash: body_hash(body.as_bytes()).to_string(),
            sig: self.key.sign(Purpose::Action, body.as_bytes()).to_string(),
            chain_hash: self.chain.to_string(),
            body,
            fork_of: None,
        }
    }

    /// The push of some offers that follow each other; `before` is the chain before the first.
    pub fn request(&self, before: Hash, offers: &[ActionOffer]) -> PushRequest {
        PushRequest {
            protocol: PROTOCOL,
            station_id: self.id,
            incarnation: self.incarnation.clone(),
            lease: self.lease.clone(),
            first_seq: offers.first().map_or(self.seq + 1, |offer| offer.seq),
            prev_chain: before.to_string(),
            actions: offers.to_vec(),
            app_version: "test".to_owned(),
            schema_version: 1,
            clock: ClockReport { wall_ms: self.wall_ms, mono_ms: 6_000, boot_id: "boot".to_owned() },
            outbox_depth: offers.len() as u64,
            oldest_pending_age_ms: 0,
            witnessed: None,
            epoch: None,
            health: StationHealth::default(),
            pin_tries: Vec::new(),
        }
    }

    /// Records actions, pushes them in one push, and keeps the lease.
    pub async fn push(&mut self, actions: &[Action]) -> Result<PushReply, Refused> {
        let before = self.chain;
        let offers: Vec<ActionOffer> = actions.iter().map(|action| self.record(action)).collect();
        self.push_offers(before, &offers).await
    }

    /// Pushes offers and keeps the lease.
    pub async fn push_offers(&mut self, before: Hash, offers: &[ActionOffer]) -> Result<PushReply, Refused> {
        let reply = self.send(&self.request(before, offers)).await?;
        self.lease.clone_from(&reply.lease);
        Ok(reply)
    }

    /// Sends a push as it is and forgets the reply's lease.
    pub async fn send(&self, request: &PushRequest) -> Result<PushReply, Refused> {
        let body = serde_json::to_vec(request).unwrap();
        read(self.call(Method::POST, "/sync/v1/push", "", body).await).await
    }

    /// Pulls one page from a cursor.
    pub async fn page(&mut self, cursor: Option<&str>, limit: u32) -> Result<PullReply, Refused> {
        let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let path = format!("/sync/v1/pull?protocol={PROTOCOL}&limit={limit}{cursor}");
        let response = self.call(Method::GET, &path, &self.nonce, Vec::new()).await;
        if let Some(nonce) = response.headers().get(NONCE_HEADER) {
            nonce.to_str().unwrap().clone_into(&mut self.nonce);
        }
        read(response).await
    }

    /// A signed request that reads, with a nonce for the next.
    pub async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Refused> {
        let response = self.call(Method::GET, path, &self.nonce, Vec::new()).await;
        if let Some(nonce) = response.headers().get(NONCE_HEADER) {
            nonce.to_str().unwrap().clone_into(&mut self.nonce);
        }
        read(response).await
    }

    /// Pulls everything that is new since the last time; a stale nonce is replaced first.
    pub async fn pull(&mut self) -> PullReply {
        let cursor = self.cursor.clone();
        let reply = match self.page(cursor.as_deref(), 5_000).await {
            Err((_, problem)) if problem.code == ProblemCode::StaleNonce => self.page(cursor.as_deref(), 5_000).await,
            other => other,
        }
        .unwrap();
        assert!(!reply.more, "everything fits one page here");
        self.cursor = Some(reply.to.clone());
        reply
    }

    /// A connection of its own, for requests that are written byte by byte.
    pub async fn dial(&self) -> tokio_rustls::client::TlsStream<tokio::net::TcpStream> {
        let stream = tokio::net::TcpStream::connect(self.url.trim_start_matches("https://")).await.unwrap();
        let config = channel(Pin::Key(self.server), Some((&self.seed, &self.certificate)));
        let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
        connector.connect("localhost".try_into().unwrap(), stream).await.unwrap()
    }

    /// A signed push as it goes over the wire.
    pub fn bytes_of_push(&self, request: &PushRequest) -> Vec<u8> {
        let (path, body) = ("/sync/v1/push", serde_json::to_vec(request).unwrap());
        let sig = self.key.sign(Purpose::Request, &request_bytes("POST", path, "", &body));
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: cordwainer\r\n{STATION_HEADER}: {}\r\n{NONCE_HEADER}: \r\n{SIGNATURE_HEADER}: \
             {sig}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            self.id,
            body.len()
        );
        [head.into_bytes(), body].concat()
    }

    /// Sends a signed request.
    pub async fn call(&self, method: Method, path: &str, nonce: &str, body: Vec<u8>) -> Response {
        let sig = self.key.sign(Purpose::Request, &request_bytes(method.as_str(), path, nonce, &body));
        self.client
            .request(method, format!("{}{path}", self.url))
            .header(STATION_HEADER, self.id.to_string())
            .header(NONCE_HEADER, nonce)
            .header(SIGNATURE_HEADER, sig.to_string())
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

/// Asks a server for a place.
pub async fn ask_to_enrol(url: &str, pin: Pin, code: &str, key: &SigningKey) -> Result<EnrolReply, Refused> {
    let request = EnrolRequest {
        protocol: PROTOCOL,
        code: code.into(),
        public_key: key.public().to_string(),
        app_version: "test".to_owned(),
    };
    read(client(pin, None).post(format!("{url}/sync/v1/enrol")).json(&request).send().await.unwrap()).await
}

/// The key of the server of a database, as its codes tell it.
pub fn pin_of(store: &Store) -> Pin {
    Pin::Key(store.identity().public_key())
}

/// A client that believes the pinned server and shows this certificate.
pub fn client(pin: Pin, identity: Option<(&[u8; 32], &[u8])>) -> Client {
    Client::builder().use_preconfigured_tls(channel(pin, identity)).build().unwrap()
}

fn channel(pin: Pin, identity: Option<(&[u8; 32], &[u8])>) -> rustls::ClientConfig {
    let identity = identity.map(|(seed, certificate)| Identity { seed, certificate });
    let now = std::sync::Arc::new(|| SystemClock.now());
    station_side(pin, identity, std::sync::Arc::<ServerWatch>::default(), now).unwrap()
}

/// Reads an answer, whichever it is.
pub async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Refused> {
    let status = response.status();
    let bytes = response.bytes().await.unwrap();
    if status.is_success() {
        return Ok(serde_json::from_slice(&bytes).unwrap());
    }
    let problem = serde_json::from_slice(&bytes)
        .unwrap_or_else(|fault| panic!("{status} without a problem: {fault}: {}", String::from_utf8_lossy(&bytes)));
    Err((status.as_u16(), problem))
}

/// Random bytes.
pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    SystemIds.fill(&mut bytes);
    bytes
}

fn random_uuid() -> Uuid {
    uuid::Builder::from_random_bytes(random()[..16].try_into().unwrap()).into_uuid()
}
