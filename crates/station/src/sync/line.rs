//! What the loops share: the store, the server as it is enrolled now, and what was last said about the connection.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use cordwainer_protocol::sync::{Problem, ProblemCode};
use cordwainer_protocol::{Message, MessageCode, Param};
use cordwainer_sync::Portion;
use tokio::sync::{Notify, RwLock};

use super::SyncEvent;
use super::http::{self, CallFault, Server};
use super::push::TOO_SLOW_MS;
use super::wire::Dial;
use crate::clock::{Clock, ServerTime};
use crate::ids::IdSource;
use crate::store::{Enrolment, StationStore, StoreFault};

/// Most rows of a page.
const PAGE_ROWS: usize = 500;

pub(super) struct Line {
    pub store: Arc<StationStore>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub push_wake: Notify,
    pub pull_wake: Notify,
    /// The server must hear of this station although nothing waits here.
    pub report_due: AtomicBool,
    /// How often a loop was started again.
    pub loop_restarts: AtomicU32,
    /// How often the rows here were not those of the server.
    pub digest_mismatches: AtomicU32,
    /// Most rows of the next page.
    pub page: Mutex<Portion>,
    events: Box<dyn Fn(SyncEvent) + Send + Sync>,
    busy: Arc<RwLock<()>>,
    contact: Mutex<Contact>,
    dial: Dial,
    server: Mutex<Option<Arc<Server>>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Contact {
    Unknown,
    Online,
    Offline,
    Revoked,
}

/// Why a round came to nothing. Whatever it is, it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The station has no server yet.
    #[error("not enrolled")]
    NotEnrolled,
    /// The server did not carry the request out.
    #[error(transparent)]
    Call(#[from] CallFault),
    /// This disk refused.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The answer is of our protocol and makes no sense.
    #[error("the server's answer makes no sense: {0}")]
    Senseless(&'static str),
    /// The work on the store did not end.
    #[error("the work on the store did not end: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

impl Trouble {
    /// How long the server asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Call(CallFault::Refused { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }
}

impl Line {
    pub fn new(
        store: Arc<StationStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        events: Box<dyn Fn(SyncEvent) + Send + Sync>,
    ) -> Self {
        Self::over(Box::new(http::dial), store, clock, ids, events)
    }

    /// The same on another line than HTTP.
    pub fn over(
        dial: Dial,
        store: Arc<StationStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        events: Box<dyn Fn(SyncEvent) + Send + Sync>,
    ) -> Self {
        Self {
            store,
            clock,
            ids,
            push_wake: Notify::new(),
            pull_wake: Notify::new(),
            report_due: AtomicBool::new(false),
            loop_restarts: AtomicU32::new(0),
            digest_mismatches: AtomicU32::new(0),
            page: Mutex::new(Portion::full(PAGE_ROWS)),
            events,
            busy: Arc::default(),
            contact: Mutex::new(Contact::Unknown),
            dial,
            server: Mutex::new(None),
        }
    }

    pub fn tell(&self, event: SyncEvent) {
        (self.events)(event);
    }

    /// Does blocking work on the store beside the loops.
    pub async fn on_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&StationStore) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, Trouble> {
        let store = Arc::clone(&self.store);
        let busy = Arc::clone(&self.busy).read_owned().await;
        let task = tokio::task::spawn_blocking(move || {
            let done = work(&store);
            drop(store);
            drop(busy);
            done
        });
        Ok(task.await??)
    }

    /// Waits for work on the store that an ended loop has left behind: it cannot be cut short, and it holds the store.
    pub async fn let_go(&self) {
        drop(self.busy.write().await);
    }

    /// The server of the present enrolment.
    pub async fn server(&self) -> Result<(Arc<Server>, Enrolment), Trouble> {
        let enrolment = self.on_store(|store| store.outbox.enrolment()).await?.ok_or(Trouble::NotEnrolled)?;
        let mut known = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = known.as_ref()
            && server.is_of(&enrolment)
        {
            return Ok((Arc::clone(server), enrolment));
        }
        let server = Arc::new(Server::over((self.dial)(&enrolment)?, &enrolment));
        *known = Some(Arc::clone(&server));
        Ok((server, enrolment))
    }

    /// Remembers the server's clock. A failure to write it is no reason to drop an answer.
    pub async fn note_server_time(&self, server_time: DateTime<Utc>) {
        let now = ServerTime::compare(server_time, self.clock.as_ref());
        if let Err(trouble) = self.on_store(move |store| store.outbox.note_server_time(now)).await {
            tracing::warn!(%trouble, "the server's time was not kept");
        }
    }

    /// If the server has begun another life: offers everything again, and asks for everything again. Says whether it has.
    pub async fn meet_epoch(&self, enrolment: &Enrolment, epoch: &str) -> Result<bool, Trouble> {
        if enrolment.server_epoch == epoch {
            return Ok(false);
        }
        let (adopted, ids) = (epoch.to_owned(), Arc::clone(&self.ids));
        self.on_store(move |store| {
            store.outbox.adopt_epoch(&adopted, ids.as_ref())?;
            store.cache.reset()
        })
        .await?;
        tracing::warn!(before = enrolment.server_epoch, now = epoch, "the server has begun another life");
        self.tell(SyncEvent::EpochChanged);
        self.report_due.store(true, Ordering::Relaxed);
        self.push_wake.notify_one();
        Ok(true)
    }

    /// Most rows of the next page.
    pub fn page_rows(&self) -> usize {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).size()
    }

    /// A page took so long, whether it came or not.
    pub fn page_took(&self, after_ms: u64, came: bool) {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        if came {
            page.answered(after_ms);
        } else if after_ms >= TOO_SLOW_MS {
            let asked = page.size();
            page.halve(asked);
        }
    }

    /// Says it when the connection has changed.
    pub fn round_ended<T>(&self, outcome: &Result<T, Trouble>) {
        let now = match outcome {
            Ok(_) => Contact::Online,
            Err(Trouble::Call(CallFault::Refused { problem, .. })) if is_revoked(problem) => Contact::Revoked,
            Err(Trouble::Call(CallFault::Unreachable { .. })) => Contact::Offline,
            // The server answered, or was not asked.
            Err(_) => return,
        };
        let before = std::mem::replace(&mut *self.contact.lock().unwrap_or_else(PoisonError::into_inner), now);
        if before == now {
            return;
        }
        match (now, outcome) {
            (Contact::Online, _) => {
                // A push that waits out a failure need not: what stood in the way is gone. Only the push is woken: were the
                // pull woken too, a server that answers one and not the other would be asked in a tight loop.
                self.push_wake.notify_one();
                self.tell(SyncEvent::Online);
            }
            (Contact::Revoked, _) => self.tell(SyncEvent::Revoked),
            (Contact::Offline, Err(Trouble::Call(CallFault::Unreachable { server, .. }))) => {
                let message = Message::new(MessageCode::ServerUnreachable).with("server", Param::Text(server.clone()));
                self.tell(SyncEvent::Offline(message));
            }
            _ => {}
        }
    }
}

fn is_revoked(problem: &Problem) -> bool {
    problem.code == ProblemCode::Unauthorised
}
