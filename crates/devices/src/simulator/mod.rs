//! Devices that are not there: products of their own, with binaries, and usable inside a test.
//!
//! A simulator shows what a real device was seen to do, the bad habits first: a scanner that is torn out in the middle of
//! a code, a printer that accepts everything and reads nothing.

mod label_splitter;
mod order;
mod printer;
#[cfg(unix)]
mod scanner;
mod tray;
mod typing;

pub use label_splitter::LabelSplitter;
pub use order::{OrderError, ScannerOrder};
pub use printer::{ModeSwitch, PrinterMode, PrinterSimulator, Received};
#[cfg(unix)]
pub use scanner::ScannerSimulator;
pub use tray::PrintedLabel;
pub use typing::{Suffix, Typing};
