//! The things at a workstation that have a cable: scanners, label printers, and simulators of both that ship as products.
//!
//! * [`scanner`]: bytes from a device become [`scanner::RawFrame`]s and then [`scanner::ScanText`]. What a text *means* is
//!   the domain's work; here it is only known to be whole.
//! * [`printer`]: bytes go to a device, and what is known about their fate comes back as [`printer::Evidence`]. What is on
//!   the label is the labels crate's work, and storing the job is the station's.
//! * [`simulator`]: a scanner that types into a pseudo terminal and a printer that listens on TCP, each able to fail the
//!   way the real ones do.
//!
//! A new kind of scanner implements [`scanner::ScanSource`]; a new way to a printer implements
//! [`printer::PrinterTransport`]; either gets a form in `ScannerAddress` or `PrinterAddress`, and a simulator that can jam.
//! Every wait here has a named bound, and nothing here reads the wall clock: times are [`std::time::Duration`]s since an
//! origin that the caller chooses, so that all devices of a station share one scale.

mod address;
pub mod instrument;
pub mod printer;
pub mod scanner;
pub mod serial;
pub mod simulator;

pub use address::AddressError;
