//! What the loops share: the store, the server as it is enrolled now, and what was last said about the connection.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use cordwainer_channel::{ServerWatch, Shown};
use cordwainer_protocol::sync::{CertificateReply, Problem, ProblemCode};
use cordwainer_protocol::{Message, MessageCode, Param};
use cordwainer_sync::Portion;
use reqwest::Method;
use tokio::sync::{Notify, RwLock};

use super::SyncEvent;
use super::enrol::own_certificate;
use super::http::{self, CallFault, Server, Times};
use super::push::TOO_SLOW_MS;
use super::snapshot::Ahead;
use super::wire::Dial;
use crate::clock::{Clock, ServerTime, now_of};
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
    /// When the rows here are compared with the server's again, by the monotonic clock, milliseconds.
    pub next_comparison_ms: AtomicI64,
    /// Most rows of the next page.
    pub page: Mutex<Portion>,
    /// The chunk of a snapshot that came while the one before it was being stored.
    ahead: Mutex<Option<Ahead>>,
    events: Box<dyn Fn(SyncEvent) + Send + Sync>,
    busy: Arc<RwLock<()>>,
    contact: Mutex<Contact>,
    dial: Dial,
    server: Mutex<Option<Arc<Server>>>,
    /// What handshakes have shown, and the latest time that the server has told.
    watch: Arc<ServerWatch>,
    /// The certificate is missing, has ended, or soon will.
    certificate_due: AtomicBool,
    clock_doubtful: AtomicBool,
    /// When the certificate is looked at again, by the server's clock, Unix seconds.
    next_look_s: AtomicI64,
}

/// Between two looks at how long the certificate is still good: an hour.
const BETWEEN_LOOKS_S: i64 = 3_600;
const CERTIFICATE: &str = "/sync/v1/certificate";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Contact {
    Unknown,
    Online,
    Offline,
    OtherServer,
    Unconfirmed,
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
        let watch = Arc::<ServerWatch>::default();
        let dial = http::dialling(Times { watch: Arc::clone(&watch), now: now_of(&clock) });
        Self { watch, ..Self::over(dial, store, clock, ids, events) }
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
            next_comparison_ms: AtomicI64::new(i64::MIN),
            page: Mutex::new(Portion::full(PAGE_ROWS)),
            ahead: Mutex::default(),
            events,
            busy: Arc::default(),
            contact: Mutex::new(Contact::Unknown),
            dial,
            server: Mutex::new(None),
            watch: Arc::default(),
            certificate_due: AtomicBool::new(false),
            clock_doubtful: AtomicBool::new(false),
            next_look_s: AtomicI64::new(i64::MIN),
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

    /// The server of the present enrolment. A certificate that is due is fetched first; while the old one is good, a failure
    /// to do so is no reason to wait.
    pub async fn server(&self) -> Result<(Arc<Server>, Enrolment), Trouble> {
        let enrolment = self.on_store(|store| store.outbox.enrolment()).await?.ok_or(Trouble::NotEnrolled)?;
        let server = self.server_of(&enrolment)?;
        if !self.certificate_due.swap(false, Ordering::Relaxed) {
            return Ok((server, enrolment));
        }
        match self.renew(&server, &enrolment).await {
            Ok(renewed) => Ok((self.server_of(&renewed)?, renewed)),
            Err(trouble) => {
                tracing::warn!(%trouble, "a new certificate could not be fetched; it will be tried again");
                Ok((server, enrolment))
            }
        }
    }

    async fn renew(&self, server: &Server, enrolment: &Enrolment) -> Result<Enrolment, Trouble> {
        let reply: CertificateReply = server.call(Method::POST, CERTIFICATE, &[], Vec::new()).await?;
        let certificate = own_certificate(&reply.certificate, &enrolment.signing_key().public())
            .ok_or(Trouble::Senseless("the certificate is not this station's"))?;
        let renewed = Enrolment { certificate, ..enrolment.clone() };
        let kept = renewed.clone();
        self.on_store(move |store| store.outbox.save_enrolment(&kept)).await?;
        tracing::info!("a new certificate has been fetched");
        Ok(renewed)
    }

    fn server_of(&self, enrolment: &Enrolment) -> Result<Arc<Server>, Trouble> {
        let mut known = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = known.as_ref()
            && server.is_of(enrolment)
        {
            return Ok(Arc::clone(server));
        }
        let server = Arc::new(Server::over((self.dial)(enrolment)?, enrolment));
        *known = Some(Arc::clone(&server));
        self.next_look_s.store(i64::MIN, Ordering::Relaxed);
        Ok(server)
    }

    /// A reply that carries out a request has come over the channel: it tells the time, whether this station's certificate
    /// is to be renewed by it, and that somebody has let this station in.
    async fn note_answer(&self, server_time: DateTime<Utc>) {
        self.watch.heard(server_time);
        let doubtful = self.watch.clock_is_doubtful();
        if self.clock_doubtful.swap(doubtful, Ordering::Relaxed) != doubtful {
            self.tell(SyncEvent::ClockDoubtful(doubtful));
        }
        let next_look = self.next_look_s.load(Ordering::Relaxed);
        if server_time.timestamp() < next_look {
            return;
        }
        let confirmed = self.on_store(move |store| {
            let Some(enrolment) = store.outbox.enrolment()? else { return Ok((false, false)) };
            let shown = Shown::read(&enrolment.certificate).ok();
            let due = shown.is_none_or(|shown| shown.validity.is_nearly_over(server_time));
            let news = !enrolment.confirmed;
            if news {
                store.outbox.save_enrolment(&Enrolment { confirmed: true, ..enrolment })?;
            }
            Ok((due, news))
        });
        match confirmed.await {
            Ok((due, news)) => {
                self.next_look_s.store(server_time.timestamp() + BETWEEN_LOOKS_S, Ordering::Relaxed);
                if due {
                    self.certificate_due.store(true, Ordering::Relaxed);
                }
                if news {
                    self.tell(SyncEvent::Confirmed);
                }
            }
            Err(trouble) => tracing::warn!(%trouble, "the enrolment could not be looked at"),
        }
    }

    /// Remembers the server's clock. A failure to write it is no reason to drop an answer.
    pub async fn note_server_time(&self, server_time: DateTime<Utc>) {
        self.note_answer(server_time).await;
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
            store.cache.outlive()
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

    /// What was fetched ahead, once.
    pub fn take_ahead(&self) -> Option<Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps a chunk in memory until its turn comes.
    pub fn keep_ahead(&self, ahead: Ahead) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
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
            Err(Trouble::Call(CallFault::Refused { problem, .. })) if problem.code == ProblemCode::Unconfirmed => {
                Contact::Unconfirmed
            }
            Err(Trouble::Call(CallFault::Refused { problem, .. })) if problem.code == ProblemCode::CertificateDue => {
                self.certificate_due.store(true, Ordering::Relaxed);
                return;
            }
            Err(Trouble::Call(CallFault::OtherServer { .. })) => Contact::OtherServer,
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
            (Contact::OtherServer, _) => self.tell(SyncEvent::OtherServer),
            (Contact::Unconfirmed, _) => self.tell(SyncEvent::Unconfirmed),
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
