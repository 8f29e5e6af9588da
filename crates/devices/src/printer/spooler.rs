//! A printer that Windows has installed, through its share: `\\localhost\Label printer`.
//!
//! What is written to a printer's share goes into the spooler as it is, as `copy /b label.zpl \\localhost\printer` does.
//! The spooler's own calls need unsafe code, which this workspace forbids, and the safe wrapper that was looked at (`printers`
//! 2.3.0) drops the result of `WritePrinter`, so that a job of no bytes would count as spooled. The price is that the printer
//! must be shared, to this computer at least.
//!
//! The spooler takes jobs for a printer that is unplugged and says success, so this never claims more than
//! [`Evidence::Spooled`]. **Type-checked for Windows only: never run, never tested on hardware.**

use std::fs::{File, OpenOptions};

use super::evidence::Evidence;
use super::pieces::{WriteLimits, write_pieces};
use super::transport::{PrinterTransport, TransportError};

/// Bytes given to the spooler at once.
const PIECE_BYTES: usize = 4096;

/// A printer's share.
#[derive(Debug)]
pub struct SpoolerTransport {
    share: String,
    job: Option<File>,
}

impl SpoolerTransport {
    /// The printer behind `share`, such as `\\localhost\Label printer`.
    pub fn new(share: impl Into<String>) -> Self {
        Self { share: share.into(), job: None }
    }
}

impl PrinterTransport for SpoolerTransport {
    fn open(&mut self) -> Result<(), TransportError> {
        let job = OpenOptions::new().write(true).open(&self.share);
        let unreachable = |source| TransportError::Unreachable { place: self.share.clone(), source };
        self.job = Some(job.map_err(unreachable)?);
        Ok(())
    }

    fn write_all(&mut self, payload: &[u8], progress: &mut dyn FnMut(u64)) -> Result<(), TransportError> {
        let job = self.job.as_mut().ok_or(TransportError::NotOpen)?;
        write_pieces(job, payload, PIECE_BYTES, WriteLimits::default(), progress)
    }

    /// Closing the share ends the job, and the spooler begins to print.
    fn finish(&mut self) -> Result<Evidence, TransportError> {
        self.job.take().ok_or(TransportError::NotOpen)?;
        Ok(Evidence::Spooled)
    }
}
