//! What every scanner has in common: a thread of its own, an outlet for its frames, and a health that can be watched.
//!
//! A plain thread and not a task, because a serial read blocks, and a scanner must not wait for a busy runtime.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};

use super::framer::{RawFrame, SourceId};

/// How long an outlet waits before it offers a frame again to a queue that is full.
const FULL_QUEUE_RETRY: Duration = Duration::from_millis(5);

/// What stands between the station and a scanner. The screen shows it as a banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "link")]
pub enum Link {
    /// Open and listening.
    Connected,
    /// It was there and is gone.
    Reconnecting {
        /// How often opening it has failed since.
        attempt: u32,
    },
    /// The operating system refuses us: on Linux, the user is not in group `dialout`.
    Permission,
    /// It is there, but another program holds it.
    Busy,
    /// Several devices answer to its name, and none is taken before somebody says which.
    Ambiguous,
    /// It has not been there since the station started.
    NeverSeen,
}

/// How a scanner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Whether it can be heard.
    #[serde(flatten)]
    pub link: Link,
    /// When its last whole scan was read, since the station's origin.
    #[serde(skip)]
    pub last_good_scan: Option<Duration>,
}

/// Anything that reads codes: a serial device, keystrokes from the window, a recording.
pub trait ScanSource: Send {
    /// The name the station gave it.
    fn source_id(&self) -> &SourceId;

    /// Reads until [`ScanOutlet::is_stopped`]. Runs on a thread of its own and comes back from trouble by itself; it
    /// never spins on a dead device, and no wait in it is longer than a stop may take.
    fn run(self: Box<Self>, outlet: &ScanOutlet);
}

/// Where a source puts what it reads, and how it learns that it shall stop.
#[derive(Debug)]
pub struct ScanOutlet {
    frames: mpsc::Sender<RawFrame>,
    health: watch::Sender<Health>,
    stop: Arc<StopSignal>,
    origin: Instant,
}

impl ScanOutlet {
    /// The time since the origin that all sources of the station share.
    pub fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// Hands a frame on. A full queue is waited for, and meanwhile the operating system keeps the device's bytes: a fast
    /// hand must never lose a scan to a slow screen.
    pub fn put(&self, frame: RawFrame) {
        if frame.is_whole() {
            self.health.send_modify(|health| health.last_good_scan = Some(frame.t_last));
        } else {
            // Without the bytes: part of a badge is nobody's business.
            tracing::warn!(source = %frame.source_id, framing = ?frame.framing, bytes = frame.bytes.len(), "frame refused");
        }
        let mut waiting = frame;
        while let Err(TrySendError::Full(back)) = self.frames.try_send(waiting) {
            waiting = back;
            if self.wait(FULL_QUEUE_RETRY) {
                return;
            }
        }
    }

    /// Tells the watchers about the link, if it changed.
    pub fn link(&self, link: Link) {
        self.health.send_if_modified(|health| {
            let changed = health.link != link;
            health.link = link;
            changed
        });
    }

    /// True once nobody wants to hear this source any more.
    pub fn is_stopped(&self) -> bool {
        self.stop.raised.load(Ordering::Acquire) || self.frames.is_closed()
    }

    /// Waits for `duration` or for the stop, and says whether it is the stop.
    pub fn wait(&self, duration: Duration) -> bool {
        self.stop.wait(duration);
        self.is_stopped()
    }
}

#[derive(Debug, Default)]
struct StopSignal {
    raised: AtomicBool,
    lock: Mutex<()>,
    bell: Condvar,
}

impl StopSignal {
    fn raise(&self) {
        // The lock keeps a waiter from looking just before and sleeping just after.
        let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.raised.store(true, Ordering::Release);
        self.bell.notify_all();
    }

    fn wait(&self, duration: Duration) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let sleeping = self.bell.wait_timeout_while(guard, duration, |()| !self.raised.load(Ordering::Acquire));
        drop(sleeping);
    }
}

/// A running scanner. Dropping it lets the scanner go.
#[derive(Debug)]
pub struct ScannerHandle {
    source_id: SourceId,
    health: watch::Receiver<Health>,
    stop: Arc<StopSignal>,
    thread: Option<JoinHandle<()>>,
}

impl ScannerHandle {
    /// Which scanner this is.
    pub fn source_id(&self) -> &SourceId {
        &self.source_id
    }

    /// Its health, to look at or to wait on.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }
}

impl Drop for ScannerHandle {
    /// Returns when the device is closed, so that it can be opened again at once; at most one read timeout later.
    fn drop(&mut self) {
        self.stop.raise();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(source = %self.source_id, "the scanner's thread had panicked");
        }
    }
}

/// Starts a source on its own thread. All sources of a station share `frames` and `origin`: one queue, one order.
pub fn start(
    source: Box<dyn ScanSource>,
    frames: mpsc::Sender<RawFrame>,
    origin: Instant,
) -> std::io::Result<ScannerHandle> {
    let source_id = source.source_id().clone();
    let (health, watched) = watch::channel(Health { link: Link::NeverSeen, last_good_scan: None });
    let stop = Arc::new(StopSignal::default());
    let outlet = ScanOutlet { frames, health, stop: Arc::clone(&stop), origin };
    let thread = std::thread::Builder::new().name(format!("scanner-{source_id}")).spawn(move || source.run(&outlet))?;
    Ok(ScannerHandle { source_id, health: watched, stop, thread: Some(thread) })
}
