//! Balances, callipers and thickness gauges that send their reading as a line of text over a serial port. Pure.
//!
//! The line is framed like a scan, by a [`SerialSource`](crate::scanner::SerialSource); [`read_measurement`] turns it into a
//! [`Measurement`] or says in words why it is none. A value is decimal text, exactly as long as the instrument sent it, for
//! `1.230` says more than `1.23`. A unit that was not sent is not made up, and a line that could mean two things is refused.

mod line;
mod number;
mod unit;

pub use line::{InstrumentReject, Measurement, Stability, read_measurement};
pub use unit::Unit;
