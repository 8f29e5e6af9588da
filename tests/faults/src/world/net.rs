//! The network between stations and server: it loses, doubles, delays and reorders, each way on its own, as the weather says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cordwainer_domain::ActionId;
use cordwainer_protocol::sync::{PushReply, PushRequest};
use cordwainer_station::sync::{Wire, WireFault, WireReply, WireRequest};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::locked;
use super::server::SimServer;
use crate::chance::Chance;
use crate::clock::WorldClock;

/// How long a request and its answer take, milliseconds.
const LATENCY_MS: i64 = 20;

/// What becomes of a station's requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Weather {
    /// They arrive, and the answers too.
    #[default]
    Fair,
    /// One in so many is lost, one in so many answers too; some arrive twice, or long after they were given up.
    Rough(u64),
    /// No request arrives.
    NoRequests,
    /// Requests arrive, no answer does.
    NoReplies,
}

/// The network.
pub struct Net {
    server: Arc<SimServer>,
    clock: Arc<WorldClock>,
    inner: Mutex<Inner>,
}

struct Inner {
    chance: Chance,
    weather: BTreeMap<usize, Weather>,
    /// Requests that were given up and are still under way.
    late: Vec<WireRequest>,
    lives: BTreeMap<String, Life>,
    event: u64,
    torn: Vec<String>,
    requests: u64,
    acknowledged: BTreeSet<ActionId>,
}

/// Who last had something new stored under an incarnation, and when.
struct Life {
    machine: usize,
    event: u64,
    through: u64,
}

/// One machine's line into the network.
pub struct Line {
    /// The network.
    pub net: Arc<Net>,
    /// Which machine.
    pub machine: usize,
    /// When there came to be two copies of its disk; 0 if there never were, or if something was under way then.
    pub copied_at: Arc<AtomicU64>,
}

impl Net {
    /// Fair weather everywhere.
    pub fn new(server: &Arc<SimServer>, clock: &Arc<WorldClock>, seed: u64) -> Self {
        let inner = Inner {
            chance: Chance::new(seed),
            weather: BTreeMap::new(),
            late: Vec::new(),
            lives: BTreeMap::new(),
            event: 0,
            torn: Vec::new(),
            requests: 0,
            acknowledged: BTreeSet::new(),
        };
        Self { server: Arc::clone(server), clock: Arc::clone(clock), inner: Mutex::new(inner) }
    }

    /// Changes the weather of one machine.
    pub fn set_weather(&self, machine: usize, weather: Weather) {
        locked(&self.inner).weather.insert(machine, weather);
    }

    /// Fair weather everywhere again.
    pub fn clear_up(&self) {
        locked(&self.inner).weather.clear();
    }

    /// Counts on; what happens before and after can be told apart.
    pub fn event(&self) -> u64 {
        let mut inner = locked(&self.inner);
        inner.event += 1;
        inner.event
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        locked(&self.inner).requests
    }

    /// Lives that two machines added to, one of them with a copy from before the other's addition.
    pub fn torn_lives(&self) -> Vec<String> {
        locked(&self.inner).torn.clone()
    }

    /// What the server has said it has stored; a power cut must not take it away.
    pub fn acknowledged(&self) -> BTreeSet<ActionId> {
        locked(&self.inner).acknowledged.clone()
    }

    /// A server that was restored has forgotten who stored what.
    pub fn server_restored(&self) {
        let mut inner = locked(&self.inner);
        inner.lives.clear();
        inner.acknowledged.clear();
    }

    /// Delivers one request that was given up long ago; nobody waits for the answer.
    pub async fn deliver_late(&self) {
        let request = {
            let mut inner = locked(&self.inner);
            if inner.late.is_empty() {
                return;
            }
            let count = inner.late.len();
            let index = inner.chance.index(count);
            inner.late.swap_remove(index)
        };
        self.server.call(&request).await;
    }

    /// How many requests are still under way.
    pub fn late(&self) -> usize {
        locked(&self.inner).late.len()
    }

    fn fate(&self, machine: usize, request: &WireRequest) -> Fate {
        let mut inner = locked(&self.inner);
        inner.requests += 1;
        match inner.weather.get(&machine).copied().unwrap_or_default() {
            Weather::Fair => Fate::default(),
            Weather::NoRequests => Fate { arrives: 0, ..Fate::default() },
            Weather::NoReplies => Fate { answers: false, ..Fate::default() },
            Weather::Rough(one_in) => {
                let fate = Fate {
                    arrives: u32::from(!inner.chance.one_in(one_in)) + u32::from(inner.chance.one_in(one_in)),
                    answers: !inner.chance.one_in(one_in),
                };
                if inner.chance.one_in(one_in) {
                    inner.late.push(request.clone());
                }
                fate
            }
        }
    }

    /// Notices who adds to which life.
    fn observe(&self, line: &Line, request: &WireRequest, body: &[u8]) {
        let Ok(push) = serde_json::from_slice::<PushRequest>(&request.body) else { return };
        let Ok(reply) = serde_json::from_slice::<PushReply>(body) else { return };
        let mut inner = locked(&self.inner);
        inner.event += 1;
        let event = inner.event;
        inner.acknowledged.extend(reply.verdicts.iter().map(|verdict| verdict.action_id));
        let Some(life) = inner.lives.get_mut(&push.incarnation) else {
            let life = Life { machine: line.machine, event, through: reply.stored_through };
            inner.lives.insert(push.incarnation, life);
            return;
        };
        if reply.stored_through <= life.through {
            return;
        }
        let copied_at = line.copied_at.load(Ordering::SeqCst);
        let copied_before = copied_at != 0 && copied_at < life.event;
        let is_torn = life.machine != line.machine && copied_before;
        *life = Life { machine: line.machine, event, through: reply.stored_through };
        if is_torn {
            inner.torn.push(push.incarnation);
        }
    }
}

struct Fate {
    arrives: u32,
    answers: bool,
}

impl Default for Fate {
    fn default() -> Self {
        Self { arrives: 1, answers: true }
    }
}

impl Wire for Line {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireReply, WireFault>> {
        async move {
            self.net.clock.pass_ms(LATENCY_MS);
            let fate = self.net.fate(self.machine, &request);
            let mut answer = None;
            for _ in 0..fate.arrives {
                let mut reply = self
                    .net
                    .server
                    .call(&request)
                    .await
                    .ok_or_else(|| WireFault::Broken("the line broke".to_owned()))?;
                let body = reply.chunk().await?.unwrap_or_default();
                if reply.status.is_success() {
                    self.net.observe(self, &request, &body);
                }
                // The answer to the first is the one that is heard; a second one finds nobody waiting.
                answer.get_or_insert(WireReply::whole(reply.status, reply.headers, body));
            }
            answer.filter(|_| fate.answers).ok_or_else(|| WireFault::Broken("no answer in time".to_owned()))
        }
        .boxed()
    }
}
