//! Scanners: from a device's bytes to a text that is known to be whole.
//!
//! `ScanSource` (thread, I/O) → [`Framer`] (pure) → [`RawFrame`] → [`decode()`] (pure) → [`ScanText`] or [`ScanReject`].
//! A reject is shown with its raw text and never repaired: a guessed code is a wrong pair of shoes.

mod address;
mod decode;
mod framer;
mod replay;
mod serial;
mod source;

pub use address::ScannerAddress;
pub use decode::{AimId, ScanReject, ScanText, Symbology, decode};
pub use framer::{Framer, Framing, FramingRules, RawFrame, SourceId};
pub use replay::{Keystrokes, ReplaySource};
pub use serial::{Backoff, SerialSettings, SerialSource};
pub use source::{Health, Link, ScanOutlet, ScanSource, ScannerHandle, start};
