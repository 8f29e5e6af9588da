//! One worker for the station's printer: first in, first out, one label an attempt, and never a byte before the store knows.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use cordwainer_devices::printer::{PrintJobState, PrinterAddress, send};
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::station::DeviceHealth;
use cordwainer_protocol::{Message, MessageCode, Param};

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
        store: Arc<StationStore>,
        clock: Arc<dyn Clock>,
        engine: StationHandle,
    ) -> std::io::Result<Self> {
        let (bell, heard) = channel();
        let worker = Worker { name: address.to_string(), address, store, clock, engine };
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
}

impl Worker {
    fn run(&self, bell: &Receiver<Bell>) {
        let mut wait = Duration::ZERO;
        loop {
            let retry_after = match self.print_next() {
                Ok(Some(PrintJobState::FailedClean)) => Some(grown(wait)),
                Ok(Some(_)) => Some(Duration::ZERO),
                Ok(None) => None,
                Err(fault) => {
                    tracing::error!(%fault, "the print queue could not be read");
                    Some(RETRY.1)
                }
            };
            wait = retry_after.unwrap_or_default();
            let stopped = match retry_after {
                None => matches!(bell.recv(), Ok(Bell::Stop) | Err(_)),
                Some(wait) => {
                    matches!(bell.recv_timeout(wait), Ok(Bell::Stop) | Err(RecvTimeoutError::Disconnected))
                }
            };
            if stopped {
                return;
            }
        }
    }

    /// Makes one attempt for the label whose turn it is; `None` if none waits.
    fn print_next(&self) -> Result<Option<PrintJobState>, StoreFault> {
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
        self.engine.tell_blocking(Input::Device(self.health(state)));
        self.engine.tell_blocking(Input::Printed);
        Ok(Some(state))
    }

    fn health(&self, state: PrintJobState) -> DeviceHealth {
        let code = match state {
            PrintJobState::FailedClean => Some(MessageCode::PrinterUnreachable),
            PrintJobState::Unknown => Some(MessageCode::PrinterUnknownResult),
            _ => None,
        };
        DeviceHealth {
            kind: "printer".to_owned(),
            name: self.name.clone(),
            ok: code.is_none(),
            message: code.map(|code| Message::new(code).with("printer", Param::Text(self.name.clone()))),
            seen_at: code.is_none().then(|| chrono::DateTime::from_timestamp_millis(self.clock.wall_ms())).flatten(),
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
