//! A "printer" that is a file, for a trial without hardware.
//!
//! Regular files only. Opening a pipe or writing to a device node can block without any bound, and every attempt to print
//! must be bounded.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::evidence::Evidence;
use super::pieces::{WriteLimits, write_pieces};
use super::transport::{PrinterTransport, TransportError};

/// Bytes written at once; progress is as fine as this.
const PIECE_BYTES: usize = 4096;

/// Appends each job to one file. It never claims more than [`Evidence::Spooled`]: a file prints nothing.
#[derive(Debug)]
pub struct FileTransport {
    path: PathBuf,
    file: Option<File>,
}

impl FileTransport {
    /// Jobs go to the end of the file at `path`, which is created if it is not there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), file: None }
    }
}

fn open_regular(path: &Path) -> io::Result<File> {
    if path.exists() && !path.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
    }
    OpenOptions::new().create(true).append(true).open(path)
}

impl PrinterTransport for FileTransport {
    fn open(&mut self) -> Result<(), TransportError> {
        let file = open_regular(&self.path)
            .map_err(|source| TransportError::Unreachable { place: self.path.display().to_string(), source })?;
        self.file = Some(file);
        Ok(())
    }

    fn write_all(&mut self, payload: &[u8], progress: &mut dyn FnMut(u64)) -> Result<(), TransportError> {
        let file = self.file.as_mut().ok_or(TransportError::NotOpen)?;
        write_pieces(file, payload, PIECE_BYTES, WriteLimits::default(), progress)
    }

    fn finish(&mut self) -> Result<Evidence, TransportError> {
        let file = self.file.take().ok_or(TransportError::NotOpen)?;
        file.sync_all().map_err(TransportError::Broken)?;
        Ok(Evidence::Spooled)
    }
}
