//! The things with a cable, tied to the engine: scanners that feed its queue, instruments whose readings go to the value that is
//! being entered, and the printer that empties the store's queue.

mod instruments;
pub(crate) mod label_template;
mod ports;
mod printer;
mod printer_status;
mod reading;
mod scanners;
pub(crate) mod traveller_label;

use serde::{Deserialize, Serialize};

pub use instruments::Instruments;
pub use ports::ports;
pub use printer::PrinterWorker;
pub use printer_status::StatusRounds;
pub(crate) use scanners::address;
pub use scanners::{Scanners, scanner_setting};

/// Setting: scanners as JSON.
pub(crate) const SCANNERS_SETTING: &str = "scanners";
/// Setting: balances, callipers and gauges as JSON.
pub(crate) const INSTRUMENTS_SETTING: &str = "instruments";
/// Setting: the printer's address; empty for none.
pub(crate) const PRINTER_SETTING: &str = "printer";
/// Setting: when travellers are printed unasked.
pub(crate) const AUTO_PRINT_SETTING: &str = "auto_print";

/// When a traveller is printed unasked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoPrint {
    /// Once a job that begins a pair's routing is signed off here, if no label of the pair was asked for here before.
    #[default]
    AfterFirstSignOff,
    /// Never.
    Never,
}

impl AutoPrint {
    /// The setting's word; anything unknown is the default.
    pub fn read(word: Option<&str>) -> Self {
        if word == Some(Self::Never.word()) { Self::Never } else { Self::AfterFirstSignOff }
    }

    /// The word as stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AfterFirstSignOff => "after_first_sign_off",
            Self::Never => "never",
        }
    }
}
