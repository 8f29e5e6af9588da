//! One worker for the station's printer: first in, first out, one label an attempt, and never a byte before the store knows.
//! Between labels it asks the printer how it is, on the same thread, so that no question is ever in the way of a label's
//! bytes; a label that comes meanwhile waits half a second at most.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use cordwainer_devices::printer::{PrintJobState, PrinterAddress, PrinterInput, ask_status, send};
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::station::DeviceHealth;
use cordwainer_protocol::{Message, MessageCode, Param};

use super::printer_status::{Asking, Reply, StatusRounds};
use crate::clock::Clock;
use crate::engine::{Input, StationHandle};
use crate::store::{PrintWork, StationStore, StoreFault};

/// The first wait after an attempt of which no byte left, and the longest.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

enum Bell {
    Work,
    Stop,
}

/// The printer's thread. Dropping it ends the thread after the attempt under way, which the transport bounds.
#[derive(Debug)]
pub struct PrinterWorker {
    bell: Sender<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl PrinterWorker {
    /// Begins to print what waits for this printer.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(
        address: PrinterAddress,
        rounds: StatusRounds,
        store: Arc<StationStore>,
        clock: Arc<dyn Clock>,
        engine: StationHandle,
    ) -> std::io::Result<Self> {
        let (bell, heard) = channel();
        let name = address.to_string();
        let worker =
            Worker { name, address, store, clock, engine, asking: Asking::new(rounds), told: None, label_at_ms: None };
        let thread = std::thread::Builder::new().name("printer".to_owned()).spawn(move || worker.run(&heard))?;
        Ok(Self { bell, thread: Some(thread) })
    }

    /// There is something to print.
    pub fn wake(&self) {
        // A worker that has ended has nothing to print.
        drop(self.bell.send(Bell::Work));
    }
}

impl Drop for PrinterWorker {
    fn drop(&mut self) {
        drop(self.bell.send(Bell::Stop));
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the printer's thread had panicked");
        }
    }
}

struct Worker {
    name: String,
    address: PrinterAddress,
    store: Arc<StationStore>,
    clock: Arc<dyn Clock>,
    engine: StationHandle,
    asking: Asking,
    /// What the screen shows.
    told: Option<DeviceHealth>,
    /// When the last label left whole, Unix milliseconds.
    label_at_ms: Option<i64>,
}

impl Worker {
    fn run(mut self, bell: &Receiver<Bell>) {
        let mut retry = Duration::ZERO;
        loop {
            let (wait, is_idle) = match self.print_next() {
                // The next attempt finds out as much as a question would.
                Ok(Some(PrintJobState::FailedClean)) => (Some(grown(retry)), false),
                Ok(Some(_)) => (Some(Duration::ZERO), false),
                Ok(None) => (self.asking.wait(), true),
                Err(fault) => {
                    tracing::error!(%fault, "the print queue could not be read");
                    (Some(RETRY.1), false)
                }
            };
            retry = wait.filter(|_| !is_idle).unwrap_or_default();
            let heard = match wait {
                None => bell.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => bell.recv_timeout(wait),
            };
            match heard {
                Ok(Bell::Work) => {}
                Err(RecvTimeoutError::Timeout) if is_idle => self.ask(),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Bell::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Makes one attempt for the label whose turn it is; `None` if none waits.
    fn print_next(&mut self) -> Result<Option<PrintJobState>, StoreFault> {
        let Some(PrintWork { job, payload }) = self.store.outbox.next_print_job(&self.name)? else { return Ok(None) };
        let attempt = self.store.outbox.begin_attempt(&job.id, self.clock.wall_ms())?;
        fail_point(Point::PrintBegun);
        self.engine.tell_blocking(Input::Printed);
        let mut leaving = |_| fail_point(Point::PrintLeaving);
        let outcome = send(self.address.transport().as_mut(), &payload, &mut leaving);
        fail_point(Point::PrintLeft);
        if let Err(fault) = &outcome.result {
            tracing::warn!(%fault, job = job.id, bytes = outcome.bytes_written, "a label was not sent whole");
        }
        let state = self.store.outbox.end_attempt(&job.id, attempt, &outcome, self.clock.wall_ms())?;
        fail_point(Point::PrintSaved);
        let code = match state {
            PrintJobState::FailedClean => Some(MessageCode::PrinterUnreachable),
            PrintJobState::Unknown => Some(MessageCode::PrinterUnknownResult),
            _ => None,
        };
        if code.is_none() {
            self.label_at_ms = Some(self.clock.wall_ms());
        }
        // What a printer has said of itself stands: that it takes bytes does not mean that it has labels again.
        if code.is_some() || !self.asking.knows_status() {
            self.tell(code.is_none(), code);
        }
        if state == PrintJobState::FailedClean {
            self.asking.attempt_failed();
        } else {
            self.asking.label_left();
        }
        self.engine.tell_blocking(Input::Printed);
        Ok(Some(state))
    }

    fn ask(&mut self) {
        let reply = match self.address.input {
            PrinterInput::Pages => Reply::OneWay,
            PrinterInput::Label(language) => match ask_status(self.address.transport().as_mut(), language) {
                Ok(status) => status.map_or(Reply::OneWay, Reply::Status),
                Err(fault) => {
                    tracing::debug!(%fault, printer = self.name, "the printer could not be asked");
                    Reply::Unreachable
                }
            },
        };
        self.asking.heard(reply);
        let Some((ok, code)) = reply.health() else { return };
        // That it is well now does not say what became of a label that nobody has seen.
        match self.store.outbox.awaits_print_answer(&self.name) {
            Ok(true) if ok => self.tell(false, Some(MessageCode::PrinterUnknownResult)),
            Ok(_) => self.tell(ok, code),
            Err(fault) => tracing::error!(%fault, "the print queue could not be read"),
        }
    }

    /// Those that are also said of a label name the printer; the others stand beside its name.
    fn message(&self, code: MessageCode) -> Message {
        match code {
            MessageCode::PrinterUnreachable | MessageCode::PrinterUnknownResult => {
                Message::new(code).with("printer", Param::Text(self.name.clone()))
            }
            _ => Message::new(code),
        }
    }

    /// The engine hears of what has changed, or the screens would be drawn anew for nothing.
    fn tell(&mut self, ok: bool, code: Option<MessageCode>) {
        let health = DeviceHealth {
            kind: "printer".to_owned(),
            name: self.name.clone(),
            ok,
            message: code.map(|code| self.message(code)),
            seen_at: self.label_at_ms.and_then(chrono::DateTime::from_timestamp_millis),
        };
        if self.told.as_ref() != Some(&health) {
            self.told = Some(health.clone());
            self.engine.tell_blocking(Input::Device(health));
        }
    }
}

fn grown(wait: Duration) -> Duration {
    (wait * 2).clamp(RETRY.0, RETRY.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_for_a_printer_that_is_away_grows_to_half_a_minute() {
        let waits: Vec<u64> = std::iter::successors(Some(grown(Duration::ZERO)), |wait| Some(grown(*wait)))
            .take(7)
            .map(|wait| wait.as_secs())
            .collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30], "seconds between two attempts of which no byte left");
    }
}
