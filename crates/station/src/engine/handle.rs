//! The door to the engine: a thread that owns it, and handles that anybody may hold.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use cordwainer_protocol::station::{Command, RpcFailure, RpcReply, StationEvent};
use cordwainer_protocol::{Message, MessageCode, Param, Secret};
use tokio::sync::{broadcast, mpsc, oneshot};

use super::{Engine, Errand, Input};

/// Inputs that may wait for the engine; beyond it, whoever sends waits.
const QUEUE: usize = 1024;
/// Events that a slow listener may fall behind by before it misses some.
const EVENTS: usize = 4096;

type Reply = oneshot::Sender<Result<RpcReply, RpcFailure>>;

/// What somebody else must answer: a command that waits for a network.
#[derive(Debug)]
pub(crate) struct Enrolling {
    pub server: String,
    pub code: Secret,
    pub reply: Reply,
}

enum Letter {
    Say(Input, Option<Reply>),
    Stop,
}

/// A way to the engine. Cheap to clone; all of them lead to one queue.
#[derive(Clone)]
pub struct StationHandle {
    letters: mpsc::Sender<Letter>,
    events: broadcast::Sender<StationEvent>,
    enrolling: Arc<RwLock<Option<mpsc::Sender<Enrolling>>>>,
}

impl std::fmt::Debug for StationHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StationHandle")
    }
}

impl StationHandle {
    /// Starts the engine on a thread of its own. It ends when it is told to, or when the last handle is dropped. Errands are
    /// handed out as they come; whoever takes them must not block.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        mut engine: Engine,
        run_errand: impl Fn(Errand) + Send + 'static,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (letters, mut inbox) = mpsc::channel::<Letter>(QUEUE);
        let (events, _) = broadcast::channel(EVENTS);
        let told = events.clone();
        let thread = std::thread::Builder::new().name("engine".to_owned()).spawn(move || {
            while let Some(Letter::Say(input, reply)) = inbox.blocking_recv() {
                // What the server sent may be poison to this program. Whoever asked hears that there is no answer.
                let Ok(output) = catch_unwind(AssertUnwindSafe(|| engine.handle(input))) else {
                    let Some(next) = begin_again(&engine) else { return };
                    engine = next;
                    continue;
                };
                // Nobody listening, or a caller who left, is no fault.
                output.events.into_iter().for_each(|event| drop(told.send(event)));
                if let (Some(reply), Some(said)) = (reply, output.reply) {
                    drop(reply.send(said));
                }
                output.errands.into_iter().for_each(&run_errand);
            }
        })?;
        Ok((Self { letters, events, enrolling: Arc::default() }, thread))
    }

    /// Carries a command out.
    ///
    /// # Errors
    /// [`RpcFailure`] when it could not be carried out at all; a refusal on the floor is an answer.
    pub async fn call(&self, command: Command) -> Result<RpcReply, RpcFailure> {
        let (reply, said) = oneshot::channel();
        if let Command::Enrol { server, code } = command {
            let door = self.enrolling.read().unwrap_or_else(PoisonError::into_inner).clone();
            let door = door.ok_or_else(closed)?;
            door.send(Enrolling { server, code, reply }).await.map_err(|_| closed())?;
        } else {
            let letter = Letter::Say(Input::Command(command), Some(reply));
            self.letters.send(letter).await.map_err(|_| closed())?;
        }
        said.await.map_err(|_| closed())?
    }

    /// Tells the engine something. Waits while the queue is full.
    pub async fn tell(&self, input: Input) {
        if self.letters.send(Letter::Say(input, None)).await.is_err() {
            tracing::debug!("the engine has stopped");
        }
    }

    /// The same from a thread that may block.
    pub fn tell_blocking(&self, input: Input) {
        if self.letters.blocking_send(Letter::Say(input, None)).is_err() {
            tracing::debug!("the engine has stopped");
        }
    }

    /// Ends the engine after everything that was sent before.
    pub(crate) async fn stop(&self) {
        drop(self.letters.send(Letter::Stop).await);
    }

    /// What the engine tells the screens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<StationEvent> {
        self.events.subscribe()
    }

    /// Who answers enrolments.
    pub(crate) fn enrol_through(&self, door: mpsc::Sender<Enrolling>) {
        *self.enrolling.write().unwrap_or_else(PoisonError::into_inner) = Some(door);
    }
}

/// Another engine over the same stores, after one has panicked. Each panic is a strike against the cache, and after two the
/// cache begins again; so the third try has nothing left to stumble over.
fn begin_again(fallen: &Engine) -> Option<Engine> {
    for _ in 0..3 {
        match catch_unwind(AssertUnwindSafe(|| fallen.begin_again())) {
            Ok(Ok(engine)) => return Some(engine),
            Ok(Err(fault)) => tracing::error!(%fault, "the engine cannot begin again"),
            Err(_) => tracing::error!("the engine panicked as it began again"),
        }
    }
    None
}

fn closed() -> RpcFailure {
    let detail = Param::Text("the station is shutting down".to_owned());
    RpcFailure { message: Message::new(MessageCode::Internal).with("detail", detail) }
}
