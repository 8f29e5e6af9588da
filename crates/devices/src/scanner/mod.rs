//! Scanners: from a device's bytes to a text that is known to be whole.
//!
//! `ScanSource` (thread, I/O) → [`Framer`] (pure) → [`RawFrame`] → [`decode()`] (pure) → [`ScanText`] or [`ScanReject`].
//! A reject is shown with its raw text and never repaired: a guessed code is a wrong pair of shoes.

mod address;
mod aim;
mod decode;
mod framer;
mod reconnect;
mod replay;
mod serial;
mod source;
mod tcp;

pub use address::ScannerAddress;
pub use aim::{AimId, Symbology};
pub use decode::{ScanReject, ScanText, decode};
pub use framer::{Framer, Framing, FramingRules, RawFrame, SourceId};
pub use reconnect::Backoff;
pub use replay::{Keystrokes, ReplaySource};
pub use serial::{SerialSettings, SerialSource};
pub use source::{Health, Link, ScanOutlet, ScanSource, ScannerHandle, start};
pub use tcp::{TcpSettings, TcpSource};
