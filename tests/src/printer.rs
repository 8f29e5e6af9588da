//! A label printer on a TCP port, of the make that ships with us; what comes out is read by other people's decoders.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use cordwainer_devices::simulator::{PrintedLabel, PrinterMode, PrinterSimulator, Received};

use crate::wait::PATIENCE;

/// A printer that keeps what it gets.
pub struct Printer {
    device: PrinterSimulator,
}

impl Printer {
    /// Switches a printer on. Its labels are kept in `keep`, if that is given.
    ///
    /// # Panics
    /// When no port is free.
    #[track_caller]
    pub fn switch_on(keep: Option<PathBuf>) -> Self {
        let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let device = PrinterSimulator::start(listen, keep, PrinterMode::Read).expect("a free port");
        Self { device }
    }

    /// As settings and command lines want it.
    pub fn address(&self) -> String {
        format!("zpl+tcp://{}", self.device.address())
    }

    /// Makes it behave otherwise from now on.
    pub fn behave(&self, mode: PrinterMode) {
        self.device.mode_switch().set(mode);
    }

    /// The next label that comes out.
    ///
    /// # Panics
    /// When none does.
    #[track_caller]
    pub fn next_label(&self) -> PrintedLabel {
        self.label_within(PATIENCE).expect("a label comes out of the printer")
    }

    /// The next label, if one comes out before the patience is over.
    pub fn label_within(&self, patience: Duration) -> Option<PrintedLabel> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.device.next(left) {
                Some(Received::Label(label)) => return Some(label),
                Some(_) => {}
                None => return None,
            }
        }
    }
}
