//! A label printer that listens on TCP, keeps what it gets, and can be told to fail in the ways that were seen.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

use super::language::{Heard, SimulatedLanguage};
use super::machine::{Machine, Received};
use super::printer_mode::PrinterMode;
use super::zpl::Zpl;

/// How often a waiting connection looks whether it shall stop or behave otherwise.
const LOOK_AROUND: Duration = Duration::from_millis(20);
/// How long waking the listening thread may take.
const WAKE_LIMIT: Duration = Duration::from_secs(1);
/// How long an answer may wait for its reader.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);
/// A job longer than this without the end of a label is no job.
const ENDLESS_BYTES: u64 = 64 << 20;

#[derive(Debug)]
struct Shared {
    machine: Mutex<Machine>,
    changed: Condvar,
    address: SocketAddr,
}

impl Shared {
    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits a short while for a change of mode.
    fn look_around(&self) {
        drop(self.changed.wait_timeout(self.machine(), LOOK_AROUND));
    }

    /// Wakes the thread if it waits for someone to connect. If this fails, others are waiting and it is awake.
    fn wake(&self) {
        self.changed.notify_all();
        drop(TcpStream::connect_timeout(&self.address, WAKE_LIMIT));
    }
}

/// Changes how a simulated printer behaves.
#[derive(Debug, Clone)]
pub struct ModeSwitch(Arc<Shared>);

impl ModeSwitch {
    /// From now on, and for a connection that is already open.
    pub fn set(&self, mode: PrinterMode) {
        self.0.machine().set_mode(mode);
        self.0.changed.notify_all();
        if mode == PrinterMode::PowerLoss {
            self.0.wake();
        }
    }
}

/// A simulated printer. It stops when it is dropped.
#[derive(Debug)]
pub struct PrinterSimulator {
    shared: Arc<Shared>,
    received: Receiver<Received>,
    thread: Option<JoinHandle<()>>,
}

impl PrinterSimulator {
    /// A printer that speaks ZPL. It listens at `listen` (port 0 lets the system choose) and keeps each label as a file in the
    /// folder `keep`.
    ///
    /// # Errors
    /// When the port is taken or the folder cannot be made.
    pub fn start(listen: SocketAddr, keep: Option<PathBuf>, mode: PrinterMode) -> io::Result<Self> {
        Self::start_speaking(Arc::new(Zpl), listen, keep, mode)
    }

    /// A printer that speaks `language`.
    ///
    /// # Errors
    /// When the port is taken or the folder cannot be made.
    pub fn start_speaking(
        language: Arc<dyn SimulatedLanguage>,
        listen: SocketAddr,
        keep: Option<PathBuf>,
        mode: PrinterMode,
    ) -> io::Result<Self> {
        let (events, received) = mpsc::channel();
        let machine = Mutex::new(Machine::new(mode, keep, Arc::clone(&language), events)?);
        let listener = TcpListener::bind(listen)?;
        let shared = Arc::new(Shared { machine, changed: Condvar::new(), address: listener.local_addr()? });
        let inside = Inside { shared: Arc::clone(&shared), language };
        let thread = Builder::new().name("printer-sim".to_owned()).spawn(move || inside.stand(listener))?;
        Ok(Self { shared, received, thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
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
        self.shared.machine().stopped = true;
        self.shared.wake();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the printer simulator had panicked");
        }
    }
}

/// The printer's own thread.
struct Inside {
    shared: Arc<Shared>,
    language: Arc<dyn SimulatedLanguage>,
}

impl Inside {
    fn stand(&self, listener: TcpListener) {
        if let Err(error) = self.serve(listener) {
            tracing::error!(%error, place = %self.shared.address, "the printer simulator cannot listen any more");
        }
    }

    /// One connection after the other, as real printers do, and none while there is no power.
    fn serve(&self, mut listener: TcpListener) -> io::Result<()> {
        loop {
            let Some(mode) = self.mode() else { return Ok(()) };
            if mode == PrinterMode::PowerLoss {
                drop(listener);
                if !self.wait_for_power() {
                    return Ok(());
                }
                listener = TcpListener::bind(self.shared.address)?;
                continue;
            }
            let accepted = listener.accept().map(|(line, _)| line);
            // The power may have gone meanwhile, or this is only the call to look around.
            if self.mode().is_none_or(|mode| mode == PrinterMode::PowerLoss) {
                continue;
            }
            if let Err(error) = accepted.and_then(|line| self.converse(line)) {
                tracing::info!(%error, "connection broke");
            }
        }
    }

    /// The mode, or `None` once it shall stop.
    fn mode(&self) -> Option<PrinterMode> {
        let machine = self.shared.machine();
        (!machine.stopped).then(|| machine.mode())
    }

    /// Says whether the power came back; if not, it shall stop.
    fn wait_for_power(&self) -> bool {
        loop {
            match self.mode() {
                Some(PrinterMode::PowerLoss) => self.shared.look_around(),
                mode => return mode.is_some(),
            }
        }
    }

    /// Reads one connection as the mode says, until it ends.
    fn converse(&self, mut line: TcpStream) -> io::Result<()> {
        line.set_read_timeout(Some(LOOK_AROUND))?;
        line.set_write_timeout(Some(ANSWER_LIMIT))?;
        if self.mode() == Some(PrinterMode::Fin) {
            line.shutdown(Shutdown::Write)?;
        }
        self.shared.machine().tell(Received::Connected);
        let mut ear = self.language.ear();
        let mut taken: u64 = 0;
        let mut buffer = [0; 4096];
        loop {
            let Some(mode) = self.mode() else { return Ok(()) };
            if taken > ENDLESS_BYTES {
                return Ok(());
            }
            if mode == PrinterMode::PowerLoss {
                return reset(&line);
            }
            let (_, held_bytes) = self.shared.machine().held();
            let wanted = mode.appetite(taken, held_bytes).min(buffer.len());
            if wanted == 0 {
                if matches!(mode, PrinterMode::ResetAfter(_)) && has_unread(&line)? {
                    return reset(&line);
                }
                self.shared.look_around();
                continue;
            }
            match line.read(&mut buffer[..wanted]) {
                Ok(0) => break,
                Ok(length) => {
                    taken += length as u64;
                    for heard in ear.push(&buffer[..length]) {
                        self.act_on(heard, &mut line)?;
                    }
                }
                Err(error) if nothing_yet(&error) => {}
                Err(error) => return Err(error),
            }
        }
        ear.end().map_or(Ok(()), |heard| self.act_on(heard, &mut line))
    }

    fn act_on(&self, heard: Heard, line: &mut TcpStream) -> io::Result<()> {
        let question = match heard {
            Heard::Label(label) => {
                self.shared.machine().take(label);
                return Ok(());
            }
            Heard::Cut(bytes) => {
                self.shared.machine().tell(Received::Cut { bytes });
                return Ok(());
            }
            Heard::Question(question) => question,
        };
        let condition = {
            let machine = self.shared.machine();
            machine.mode().condition(machine.held().0)
        };
        let answer = self.language.answer(&question, condition);
        self.shared.machine().tell(Received::Asked { answered: answer.is_some() });
        answer.map_or(Ok(()), |answer| line.write_all(&answer))
    }
}

/// Ends a connection the hard way: the sender sees it broken and not closed.
fn reset(line: &TcpStream) -> io::Result<()> {
    SockRef::from(line).set_linger(Some(Duration::ZERO))
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
