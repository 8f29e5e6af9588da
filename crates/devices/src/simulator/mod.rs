//! Devices that are not there: products of their own, with binaries, and usable inside a test.
//!
//! A simulator shows what a real device was seen to do, the bad habits first: a scanner that is torn out in the middle of
//! a code, a printer that accepts everything and reads nothing.

mod cutting;
mod epl;
mod escpos;
mod language;
mod machine;
mod order;
mod printer;
mod printer_mode;
#[cfg(unix)]
mod scanner;
mod tray;
mod tspl;
mod typing;
mod zpl;

pub use epl::Epl;
pub use escpos::EscPos;
pub use language::{Ear, Heard, PrinterCondition, SeenLabel, SimulatedLanguage, speaking};
pub use machine::Received;
pub use order::{OrderError, ScannerOrder};
pub use printer::{ModeSwitch, PrinterSimulator};
pub use printer_mode::PrinterMode;
#[cfg(unix)]
pub use scanner::ScannerSimulator;
pub use tray::PrintedLabel;
pub use tspl::Tspl;
pub use typing::{Suffix, Typing};
pub use zpl::Zpl;
