//! Label printers: bytes out, and honest knowledge of what became of them.
//!
//! "Sent" never means "printed": a sink that read nothing was measured to accept 285 labels. So a transport gives
//! [`Evidence`], never success, and [`PrintJobState`] keeps "nothing left us" apart from "who knows". The station stores
//! the job before its first byte and drives it with [`send()`]; only a job of which no byte left is sent again by itself.

mod address;
mod evidence;
mod file;
mod ipp;
mod job;
mod pieces;
mod send;
mod serial;
#[cfg(windows)]
mod spooler;
mod status;
mod tcp;
mod transport;
#[cfg(unix)]
mod usb;

pub use address::{PrinterAddress, PrinterInput, PrinterRoute};
pub use evidence::{Evidence, UnknownWord};
pub use file::FileTransport;
pub use ipp::{IppLimits, IppTransport, ipp_uri};
pub use job::{Confirmation, InvalidTransition, PrintJobState};
pub use pieces::WriteLimits;
pub use send::{AttemptOutcome, send};
pub use serial::SerialTransport;
#[cfg(windows)]
pub use spooler::SpoolerTransport;
pub use status::{QUERY_LIMIT, StatusAnswer, StatusQuestion, ask_status};
pub use tcp::{TcpLimits, TcpTransport};
pub use transport::{PrinterTransport, TransportError};
#[cfg(unix)]
pub use usb::UsbNodeTransport;
