//! A server that checks signatures, nonces and chains as the real one must, keeps what it is sent, and breaks on request.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use chrono::DateTime;
use cordwainer_channel::Authority;
use cordwainer_domain::ActionId;
use cordwainer_protocol::sync::{
    AuditCheckpoint, Change, NONCE_HEADER, PinTally, Problem, ProblemCode, PullReply, PushReply, PushRequest,
    PushVerdict, SIGNATURE_HEADER, STATION_HEADER, SnapshotChunk, Table, VerdictRow, VerdictStatus, Witness,
};
use cordwainer_sync::{
    Cursor, Hash, Offered, Purpose, PushFault, StationHead, chunk_hash, request_bytes, row_hash, take_in,
};

use super::fake_channel::{Channel, acceptor};
use crate::fixture;

/// What comes instead of an answer of ours.
#[derive(Clone, Debug)]
pub enum Instead {
    /// This body with this status, before the request is looked at.
    Before(StatusCode, String),
    /// The request is carried out, but this is what arrives.
    After(StatusCode, String),
}

/// A hotel's log-in page, or a proxy's regrets.
pub const HTML: &str = "<!doctype html><title>Welcome to the guest network</title>";

/// What the server keeps.
pub struct Kept {
    pub epoch: String,
    pub head: StationHead,
    pub incarnations: Vec<String>,
    chains: HashMap<(String, u64), Hash>,
    /// Actions in the order of their first arrival.
    pub actions: Vec<ActionId>,
    /// `fork_of` of each place that had one.
    pub forks_of: Vec<String>,
    /// Size of each push that was accepted.
    pub pushes: Vec<usize>,
    pub witnessed: Option<Witness>,
    /// Wrong PINs as they were told, push by push.
    pub pin_tries: Vec<PinTally>,
    /// How often the station said that its rows differed.
    pub digest_mismatches: u32,
    nonce: u64,
    /// Requests that came with an old nonce.
    pub stale: usize,
    pub most_actions: usize,
    pub revoked: bool,
    /// Next answers by path.
    pub instead: HashMap<&'static str, VecDeque<Instead>>,
    /// The feed: commit, rows and verdicts.
    pub feed: Vec<(u64, Vec<Change>, Vec<VerdictRow>)>,
    /// Chunks of a snapshot as of the commit before the feed's first, or of the floor.
    pub chunks: Vec<Vec<Change>>,
    /// How often a chunk was asked for.
    pub chunks_asked: u32,
    /// What the rows in scope add up to; told to whoever asks.
    pub digest: Option<BTreeMap<Table, String>>,
    /// How often its sums were asked for.
    pub digests_asked: u32,
    /// Cursors before this are gone.
    pub floor: u64,
    pub checkpoint: Option<AuditCheckpoint>,
    pub enrol_reply: Option<cordwainer_protocol::sync::EnrolReply>,
}

/// A running server.
pub struct FakeServer {
    pub url: String,
    kept: Arc<Mutex<Kept>>,
    opened: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeServer {
    /// Starts on a port that the system chooses, as the server that the tests' station is enrolled with.
    pub async fn start() -> Self {
        Self::start_as(fixture::server_authority()).await
    }

    /// Starts as the server of an authority.
    pub async fn start_as(authority: Arc<Authority>) -> Self {
        let head = StationHead {
            incarnation: String::new(),
            last_seq: 0,
            last_chain: Hash::START,
            lease: String::new(),
            previous_lease: String::new(),
        };
        let kept = Arc::new(Mutex::new(Kept {
            epoch: "epoch-1".to_owned(),
            head,
            incarnations: Vec::new(),
            chains: HashMap::new(),
            actions: Vec::new(),
            forks_of: Vec::new(),
            pushes: Vec::new(),
            witnessed: None,
            pin_tries: Vec::new(),
            digest_mismatches: 0,
            nonce: 1,
            stale: 0,
            most_actions: 200,
            revoked: false,
            instead: HashMap::new(),
            feed: Vec::new(),
            chunks: vec![Vec::new()],
            chunks_asked: 0,
            digest: None,
            digests_asked: 0,
            floor: 0,
            checkpoint: None,
            enrol_reply: None,
        }));
        let router = Router::new().fallback(any(answer)).with_state(Arc::clone(&kept));
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("https://{}", socket.local_addr().expect("an address"));
        let opened: Arc<AtomicUsize> = Arc::default();
        let channel = Channel { socket, acceptor: acceptor(authority), opened: Arc::clone(&opened) };
        let task = tokio::spawn(async move { axum::serve(channel, router).await.expect("serves") });
        Self { url, kept, opened, task }
    }

    /// Closes the port.
    pub async fn stop(mut self) {
        self.task.abort();
        let ended = (&mut self.task).await;
        assert!(ended.is_err(), "it ran until now");
    }

    /// Looks at, or changes, what the server keeps.
    pub fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The next request to the path meets this.
    pub fn next(&self, path: &'static str, instead: Instead) {
        self.kept(|kept| kept.instead.entry(path).or_default().push_back(instead));
    }

    /// How many channels were opened so far.
    pub fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    /// Every nonce handed out so far is old now.
    pub fn age_nonces(&self) {
        self.kept(|kept| kept.nonce += 1);
    }
}

async fn answer(
    State(kept): State<Arc<Mutex<Kept>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let instead = kept.instead.get_mut(uri.path()).and_then(VecDeque::pop_front);
    if let Some(Instead::Before(status, text)) = instead {
        return (status, text).into_response();
    }
    let answer = kept.answer(&method, &uri, &headers, &body);
    if let Some(Instead::After(status, text)) = instead {
        return (status, text).into_response();
    }
    let mut response = answer.unwrap_or_else(|refused| {
        let (status, problem) = *refused;
        (status, axum::Json(problem)).into_response()
    });
    let nonce = HeaderValue::from_str(&format!("nonce-{}", kept.nonce)).expect("ASCII");
    response.headers_mut().insert(NONCE_HEADER, nonce);
    response
}

type Answer = Result<Response, Box<(StatusCode, Problem)>>;

fn problem<T>(status: StatusCode, code: ProblemCode) -> Result<T, Box<(StatusCode, Problem)>> {
    Err(Box::new((status, Problem::new(code, "as the test asked"))))
}

impl Kept {
    fn answer(&mut self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Answer {
        if uri.path() == "/sync/v1/enrol" {
            return match self.enrol_reply.take() {
                Some(reply) => Ok(axum::Json(reply).into_response()),
                None => problem(StatusCode::UNAUTHORIZED, ProblemCode::Unauthorised),
            };
        }
        self.authenticate(method, uri, headers, body)?;
        match (method, uri.path()) {
            (&Method::POST, "/sync/v1/push") => self.push(body),
            (&Method::GET, "/sync/v1/pull") => self.pull(uri),
            (&Method::GET, "/sync/v1/snapshot") => self.snapshot(uri),
            (&Method::GET, "/sync/v1/poke") => {
                let stream = ":\n\ndata: look\n\n";
                Ok(([(header::CONTENT_TYPE, "text/event-stream")], stream).into_response())
            }
            _ => problem(StatusCode::NOT_FOUND, ProblemCode::NotFound),
        }
    }

    fn authenticate(
        &mut self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), Box<(StatusCode, Problem)>> {
        let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if self.revoked || said(STATION_HEADER) != fixture::station().to_string() {
            return problem(StatusCode::UNAUTHORIZED, ProblemCode::Unauthorised);
        }
        let nonce = said(NONCE_HEADER);
        if nonce != format!("nonce-{}", self.nonce) {
            self.stale += 1;
            return problem(StatusCode::UNAUTHORIZED, ProblemCode::StaleNonce);
        }
        let path = uri.path_and_query().map_or("", |path| path.as_str());
        let signed = request_bytes(method.as_str(), path, nonce, body);
        let fits = said(SIGNATURE_HEADER)
            .parse()
            .is_ok_and(|sig| fixture::key().public().verify(Purpose::Request, &signed, &sig).is_ok());
        if fits { Ok(()) } else { problem(StatusCode::UNAUTHORIZED, ProblemCode::Unauthorised) }
    }

    fn push(&mut self, body: &[u8]) -> Answer {
        let Ok(push) = serde_json::from_slice::<PushRequest>(body) else {
            return problem(StatusCode::BAD_REQUEST, ProblemCode::Malformed);
        };
        if push.actions.len() > self.most_actions {
            return problem(StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge);
        }
        let hash = |text: &str| Hash::from_slice(&hex::decode(text).expect("hexadecimal")).expect("32 bytes");
        let offered: Vec<Offered<'_>> = push
            .actions
            .iter()
            .map(|offer| Offered { seq: offer.seq, body: offer.body.as_bytes(), chain_hash: hash(&offer.chain_hash) })
            .collect();
        let known = self.incarnations.contains(&push.incarnation);
        let at = |seq| self.chains.get(&(push.incarnation.clone(), seq)).copied();
        let intake = take_in(&self.head, &push.incarnation, known, &push.lease, hash(&push.prev_chain), &offered, at)
            .map_err(refused)?;
        if intake.begins_incarnation {
            self.incarnations.push(push.incarnation.clone());
            self.head.incarnation.clone_from(&push.incarnation);
        }
        for (offer, place) in push.actions.iter().zip(&offered).skip(intake.known) {
            self.chains.insert((push.incarnation.clone(), offer.seq), place.chain_hash);
            (self.head.last_seq, self.head.last_chain) = (offer.seq, place.chain_hash);
            if !self.actions.contains(&offer.action_id) {
                self.actions.push(offer.action_id);
            }
            self.forks_of.extend(offer.fork_of.clone());
        }
        if intake.rotates_lease {
            self.head.previous_lease = std::mem::replace(&mut self.head.lease, format!("lease-{}", self.chains.len()));
        }
        self.pushes.push(push.actions.len());
        self.witnessed.clone_from(&push.witnessed);
        self.pin_tries.extend(&push.pin_tries);
        self.digest_mismatches = push.health.digest_mismatches;
        Ok(axum::Json(self.push_reply(&push)).into_response())
    }

    fn push_reply(&self, push: &PushRequest) -> PushReply {
        let verdict = |offer: &cordwainer_protocol::sync::ActionOffer| PushVerdict {
            seq: offer.seq,
            action_id: offer.action_id,
            status: VerdictStatus::Applied,
            duplicate: false,
            commit_seq: self.actions.iter().position(|id| *id == offer.action_id).map(|index| index as u64 + 1),
            park_reason: None,
            conflict: None,
            conflict_id: None,
        };
        PushReply {
            server_epoch: self.epoch.clone(),
            stored_through: self.head.last_seq,
            lease: self.head.lease.clone(),
            verdicts: push.actions.iter().map(verdict).collect(),
            server_time: DateTime::UNIX_EPOCH,
            head: 0,
            directives: Vec::new(),
        }
    }

    fn snapshot(&mut self, uri: &Uri) -> Answer {
        self.chunks_asked += 1;
        let at = self.cursor_at(self.floor).to_string();
        if said(uri, "at").is_some_and(|said| said != at) {
            return problem(StatusCode::GONE, ProblemCode::CursorGone);
        }
        let index = said(uri, "after").map_or(0, |after| after.parse().expect("a place of ours"));
        let rows: Vec<Change> = self.chunks[index].clone();
        let hash = |change: &Change| {
            let row = change.row.as_ref().expect("a row");
            row_hash(change.table.name(), &change.pk, change.row_version, row.as_str())
        };
        Ok(axum::Json(SnapshotChunk {
            at,
            server_epoch: self.epoch.clone(),
            total_rows: self.chunks.iter().map(Vec::len).sum::<usize>() as u64,
            sha256: chunk_hash(rows.iter().map(hash)).to_string(),
            rows,
            verdicts: Vec::new(),
            next: (index + 1 < self.chunks.len()).then(|| (index + 1).to_string()),
            audit_checkpoint: self.checkpoint.clone().unwrap_or_else(|| AuditCheckpoint {
                audit_seq: 0,
                audit_head: String::new(),
                sig: String::new(),
            }),
            server_time: DateTime::UNIX_EPOCH,
        })
        .into_response())
    }

    fn cursor_at(&self, commit_seq: u64) -> Cursor {
        Cursor { server_epoch: self.epoch.clone(), scope: "lasting".to_owned(), scope_version: 1, commit_seq }
    }

    fn pull(&mut self, uri: &Uri) -> Answer {
        let cursor = said(uri, "cursor").map(|text| text.parse::<Cursor>().expect("a cursor of ours"));
        let from = match cursor {
            None => 0,
            Some(cursor) if cursor.server_epoch != self.epoch => {
                return problem(StatusCode::CONFLICT, ProblemCode::Epoch);
            }
            Some(cursor) if cursor.commit_seq < self.floor => {
                return problem(StatusCode::GONE, ProblemCode::CursorGone);
            }
            Some(cursor) => cursor.commit_seq,
        };
        let page = self.feed.iter().find(|(commit, ..)| *commit > from);
        let (commit_seq, changes, verdicts) = page.cloned().unwrap_or((from, Vec::new(), Vec::new()));
        let to = self.cursor_at(commit_seq);
        let asks = said(uri, "digest").is_some();
        self.digests_asked += u32::from(asks);
        Ok(axum::Json(PullReply {
            from,
            to: to.to_string(),
            head: self.feed.last().map_or(0, |(commit, ..)| *commit),
            more: self.feed.last().is_some_and(|(commit, ..)| *commit > commit_seq),
            server_epoch: self.epoch.clone(),
            changes,
            verdicts,
            scope_digest: self.digest.clone().filter(|_| asks),
            audit_checkpoint: self.checkpoint.clone(),
            tombstone_floor: self.floor,
            server_time: DateTime::UNIX_EPOCH,
            stations: Vec::new(),
        })
        .into_response())
    }
}

/// What a query says under a name.
fn said(uri: &Uri, name: &str) -> Option<String> {
    let mut pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, text)| text.replace("%7E", "~").replace("%2A", "*"))
}

fn refused(fault: PushFault) -> Box<(StatusCode, Problem)> {
    let (code, expected_seq, fork) = match fault {
        PushFault::Gap { expected } => (ProblemCode::Gap, Some(expected), None),
        PushFault::Fork { last_seq, chain_hash } => (ProblemCode::Fork, None, Some((last_seq, chain_hash.to_string()))),
        PushFault::Broken { .. } => {
            return Box::new((StatusCode::BAD_REQUEST, Problem::new(ProblemCode::Malformed, "broken")));
        }
    };
    let (last_seq, chain_hash) = fork.unzip();
    Box::new((StatusCode::CONFLICT, Problem { expected_seq, last_seq, chain_hash, ..Problem::new(code, "") }))
}
