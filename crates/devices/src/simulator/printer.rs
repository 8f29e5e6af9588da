//! A label printer that listens on TCP, keeps what it gets, and can be told to fail in the ways that were seen.

use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use serde::Serialize;

use super::label_splitter::LabelSplitter;
use super::tray::{PrintedLabel, Tray};

/// How often a waiting connection looks whether it shall stop or behave otherwise.
const LOOK_AROUND: Duration = Duration::from_millis(20);
/// How long waking the listening thread may take.
const WAKE_LIMIT: Duration = Duration::from_secs(1);
/// What a stalling printer reads before it stalls.
const STALL_AFTER_BYTES: u64 = 1024;
/// A job longer than this without the end of a label is no job.
const ENDLESS_BYTES: u64 = 64 << 20;

/// How the simulated printer behaves. It may be changed while a connection is open, as when someone puts paper in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterMode {
    /// Reads everything and closes after the sender: a healthy printer.
    Read,
    /// Accepts and reads nothing: the sender's system still takes the bytes.
    NoRead,
    /// Resets the connection after so many bytes.
    ResetAfter(u64),
    /// Reads a little and then no more, as a printer out of paper does.
    Stall,
    /// Ends its own side at once and reads nothing. Its end proves nothing.
    Fin,
}

impl PrinterMode {
    /// How many bytes it would read next, having taken so many.
    fn appetite(self, taken: u64) -> usize {
        let limit = match self {
            Self::Read => return usize::MAX,
            Self::NoRead | Self::Fin => 0,
            Self::Stall => STALL_AFTER_BYTES,
            Self::ResetAfter(bytes) => bytes,
        };
        usize::try_from(limit.saturating_sub(taken)).unwrap_or(usize::MAX)
    }
}

impl FromStr for PrinterMode {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        match words.split_once([':', ' ']) {
            Some(("reset-after", count)) => {
                count.trim().parse().map(Self::ResetAfter).map_err(|_| format!("{count:?} is no number of bytes"))
            }
            None if words == "read" => Ok(Self::Read),
            None if words == "no-read" => Ok(Self::NoRead),
            None if words == "stall" => Ok(Self::Stall),
            None if words == "fin" => Ok(Self::Fin),
            _ => Err(format!("{words:?} is no mode; use read, no-read, reset-after:BYTES, stall, fin")),
        }
    }
}

impl fmt::Display for PrinterMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("read"),
            Self::NoRead => f.write_str("no-read"),
            Self::ResetAfter(bytes) => write!(f, "reset-after:{bytes}"),
            Self::Stall => f.write_str("stall"),
            Self::Fin => f.write_str("fin"),
        }
    }
}

/// What happened at the printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Received {
    /// Someone connected, and what the mode does first has been done.
    Connected,
    /// A whole label arrived: it would be on the table now.
    Label(PrintedLabel),
    /// The sender left in the middle of a label, which would not be printed.
    Cut {
        /// What came of it.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
}

#[derive(Debug)]
struct Shared {
    panel: Mutex<Panel>,
    changed: Condvar,
}

/// What can be set from outside.
#[derive(Debug, Clone, Copy)]
struct Panel {
    mode: PrinterMode,
    stopped: bool,
}

impl Shared {
    fn panel(&self) -> MutexGuard<'_, Panel> {
        self.panel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, change: impl FnOnce(&mut Panel)) {
        change(&mut self.panel());
        self.changed.notify_all();
    }

    /// Waits a short while for a change of the panel.
    fn look_around(&self) {
        drop(self.changed.wait_timeout(self.panel(), LOOK_AROUND));
    }
}

/// Changes how a simulated printer behaves.
#[derive(Debug, Clone)]
pub struct ModeSwitch(Arc<Shared>);

impl ModeSwitch {
    /// From now on, and for a connection that is already open.
    pub fn set(&self, mode: PrinterMode) {
        self.0.set(|panel| panel.mode = mode);
    }
}

/// A simulated printer. It stops when it is dropped.
#[derive(Debug)]
pub struct PrinterSimulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    received: Receiver<Received>,
    thread: Option<JoinHandle<()>>,
}

impl PrinterSimulator {
    /// Listens at `listen` (port 0 lets the system choose) and keeps each label as a file in the folder `keep`.
    pub fn start(listen: SocketAddr, keep: Option<PathBuf>, mode: PrinterMode) -> io::Result<Self> {
        let tray = Tray::new(keep)?;
        let listener = TcpListener::bind(listen)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { panel: Mutex::new(Panel { mode, stopped: false }), changed: Condvar::new() });
        let (events, received) = mpsc::channel();
        let mut inside = Inside { shared: Arc::clone(&shared), tray, events };
        let thread = Builder::new().name("printer-sim".to_owned()).spawn(move || inside.serve(&listener))?;
        Ok(Self { address, shared, received, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The switch that changes how it behaves. It may be held by another thread.
    pub fn mode_switch(&self) -> ModeSwitch {
        ModeSwitch(Arc::clone(&self.shared))
    }

    /// What happened next, or `None` when nothing did for `patience`.
    pub fn next(&self, patience: Duration) -> Option<Received> {
        self.received.recv_timeout(patience).ok()
    }
}

impl Drop for PrinterSimulator {
    fn drop(&mut self) {
        self.shared.set(|panel| panel.stopped = true);
        // Wakes the thread if it is waiting for someone to connect. If this fails, others are waiting and it is awake.
        drop(TcpStream::connect_timeout(&self.address, WAKE_LIMIT));
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the printer simulator had panicked");
        }
    }
}

/// The printer's own thread.
struct Inside {
    shared: Arc<Shared>,
    tray: Tray,
    events: Sender<Received>,
}

impl Inside {
    /// One connection after the other, as real printers do.
    fn serve(&mut self, listener: &TcpListener) {
        for line in listener.incoming() {
            if self.shared.panel().stopped {
                return;
            }
            if let Err(error) = line.and_then(|line| self.converse(line)) {
                tracing::info!(%error, "connection broke");
            }
        }
    }

    /// Reads one connection as the mode says, until it ends.
    fn converse(&mut self, mut line: TcpStream) -> io::Result<()> {
        line.set_read_timeout(Some(LOOK_AROUND))?;
        if self.shared.panel().mode == PrinterMode::Fin {
            line.shutdown(Shutdown::Write)?;
        }
        self.tell(Received::Connected);
        let mut splitter = LabelSplitter::default();
        let mut taken: u64 = 0;
        let mut buffer = [0; 4096];
        loop {
            let Panel { mode, stopped } = *self.shared.panel();
            if stopped || taken > ENDLESS_BYTES {
                return Ok(());
            }
            let wanted = mode.appetite(taken).min(buffer.len());
            if wanted == 0 {
                if matches!(mode, PrinterMode::ResetAfter(_)) && has_unread(&line)? {
                    // Closing with unread bytes is what makes the system send a reset.
                    return Ok(());
                }
                self.shared.look_around();
                continue;
            }
            match line.read(&mut buffer[..wanted]) {
                Ok(0) => break,
                Ok(length) => {
                    taken += length as u64;
                    for label in splitter.push(&buffer[..length]) {
                        let label = self.tray.take(label);
                        self.tell(Received::Label(label));
                    }
                }
                Err(error) if nothing_yet(&error) => {}
                Err(error) => return Err(error),
            }
        }
        splitter.rest().into_iter().for_each(|bytes| self.tell(Received::Cut { bytes }));
        Ok(())
    }

    fn tell(&self, event: Received) {
        // Nobody listening any more only means that the simulator is being dropped.
        let _ = self.events.send(event);
    }
}

fn has_unread(line: &TcpStream) -> io::Result<bool> {
    match line.peek(&mut [0]) {
        Ok(length) => Ok(length > 0),
        Err(error) if nothing_yet(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn nothing_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
