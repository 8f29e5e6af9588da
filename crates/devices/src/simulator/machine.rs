//! What is inside a simulated printer: the labels that wait, the one that is stuck, and the tray.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use serde::Serialize;

use super::language::SimulatedLanguage;
use super::printer_mode::PrinterMode;
use super::tray::{PrintedLabel, Tray};

/// What happened at the printer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum Received {
    /// Someone connected, and what the mode does first has been done.
    Connected,
    /// A whole label came out: it would be on the table now.
    Label(PrintedLabel),
    /// The sender left in the middle of a label, which would not be printed.
    Cut {
        /// What came of it.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// Someone asked how it is.
    Asked {
        /// Whether it said something.
        answered: bool,
    },
    /// A label was taken and is in the machine, waiting.
    Held,
    /// A label was ruined in a jam. It never comes out.
    Spoilt,
    /// The power went with so many labels inside. They never come out.
    Lost {
        /// How many.
        labels: usize,
    },
}

/// The mode and what is inside, always seen together.
#[derive(Debug)]
pub(super) struct Machine {
    mode: PrinterMode,
    pub(super) stopped: bool,
    tray: Tray,
    held: VecDeque<Vec<u8>>,
    jammed: bool,
    events: Sender<Received>,
}

impl Machine {
    pub(super) fn new(
        mode: PrinterMode,
        keep: Option<PathBuf>,
        language: Arc<dyn SimulatedLanguage>,
        events: Sender<Received>,
    ) -> io::Result<Self> {
        let tray = Tray::new(keep, language)?;
        Ok(Self { mode, stopped: false, tray, held: VecDeque::new(), jammed: false, events })
    }

    pub(super) fn mode(&self) -> PrinterMode {
        self.mode
    }

    /// Someone puts paper in, clears a jam, or pulls the plug.
    pub(super) fn set_mode(&mut self, mode: PrinterMode) {
        self.mode = mode;
        self.jammed = false;
        if mode == PrinterMode::PowerLoss && !self.held.is_empty() {
            self.tell(Received::Lost { labels: self.held.len() });
            self.held.clear();
        }
        if !mode.holds_labels() {
            while let Some(label) = self.held.pop_front() {
                self.print(label);
            }
        }
    }

    /// A label arrived whole.
    pub(super) fn take(&mut self, label: Vec<u8>) {
        if self.mode == PrinterMode::Jam && !self.jammed {
            self.jammed = true;
            self.tell(Received::Spoilt);
        } else if self.mode.holds_labels() {
            self.held.push_back(label);
            self.tell(Received::Held);
        } else {
            self.print(label);
        }
    }

    /// How many labels wait inside, and how many bytes they are.
    pub(super) fn held(&self) -> (usize, usize) {
        (self.held.len(), self.held.iter().map(Vec::len).sum())
    }

    pub(super) fn tell(&self, event: Received) {
        // Nobody listening any more only means that the simulator is being dropped.
        let _ = self.events.send(event);
    }

    fn print(&mut self, label: Vec<u8>) {
        let label = self.tray.take(label);
        self.tell(Received::Label(label));
    }
}
