//! Serial ports by name: which device is meant, where it is now, and how its line is set.
//!
//! `ttyACM0` and `COM3` are given in the order of plugging in, so they name no device. A [`PortName`] does: by what the USB
//! device says of itself and, where two say the same, by the socket it sits in. A typed path still works, for pseudo
//! terminals are never listed, by design of `serialport` (serialport-rs#298).

mod glance;
mod line;
mod listing;
mod locate;
mod name;

pub use line::{FlowControl, LineSettings, Parity};
pub use listing::{ListedPort, PortListing, SystemPorts, UsbPort};
pub use locate::{Located, PortFinder, locate};
pub use name::{PortName, UsbIdentity};
