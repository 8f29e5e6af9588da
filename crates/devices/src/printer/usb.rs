//! A printer at a node of the Linux kernel's `usblp` driver, such as `/dev/usb/lp0`.
//!
//! A blocking write to the node waits for paper for ever. So it is opened without blocking, and each wait is a `poll` with a
//! bound: the driver calls itself writable when the printer's buffer has taken the last transfer. Tried against a character
//! device of the same manners (a pseudo terminal); **not tested on hardware**.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use super::evidence::Evidence;
use super::pieces::{WriteLimits, write_pieces};
use super::status::{QUERY_LIMIT, StatusAnswer, StatusQuestion, deadline, listen};
use super::transport::{PrinterTransport, TransportError};

/// Bytes given to the driver at once. It sends at most 8 kB in one transfer.
const PIECE_BYTES: usize = 4096;

/// A printer at a device node.
#[derive(Debug)]
pub struct UsbNodeTransport {
    path: PathBuf,
    limits: WriteLimits,
    node: Option<Node>,
}

impl UsbNodeTransport {
    /// A printer at the character device `path`. Nothing else is ever written to.
    pub fn new(path: impl Into<PathBuf>, limits: WriteLimits) -> Self {
        Self { path: path.into(), limits, node: None }
    }

    fn connect(&self, patience: Duration) -> Result<Node, TransportError> {
        let unreachable = |source| TransportError::Unreachable { place: self.path.display().to_string(), source };
        Ok(Node { file: open_device(&self.path).map_err(unreachable)?, patience })
    }
}

impl PrinterTransport for UsbNodeTransport {
    fn open(&mut self) -> Result<(), TransportError> {
        self.node = None;
        self.node = Some(self.connect(self.limits.stall)?);
        Ok(())
    }

    fn write_all(&mut self, payload: &[u8], progress: &mut dyn FnMut(u64)) -> Result<(), TransportError> {
        let node = self.node.as_mut().ok_or(TransportError::NotOpen)?;
        write_pieces(node, payload, PIECE_BYTES, self.limits, progress)
    }

    /// Waits until the printer's buffer has the last transfer. What it does with it cannot be seen here.
    fn finish(&mut self) -> Result<Evidence, TransportError> {
        let node = self.node.take().ok_or(TransportError::NotOpen)?;
        match node.wait(PollFlags::OUT, self.limits.stall) {
            Ok(()) => Ok(Evidence::BytesAccepted),
            Err(error) if error.kind() == ErrorKind::TimedOut => Err(TransportError::Stalled(self.limits.stall)),
            Err(error) => Err(TransportError::Broken(error)),
        }
    }

    fn query(&mut self, question: StatusQuestion<'_>, limit: Duration) -> Result<StatusAnswer, TransportError> {
        if self.node.is_some() {
            return Err(TransportError::Busy);
        }
        let until = deadline(limit);
        let mut node = self.connect(QUERY_LIMIT)?;
        node.write_all(question.bytes).map_err(TransportError::Broken)?;
        listen(until, question, &mut |buffer, left| {
            node.wait(PollFlags::IN, left)?;
            node.file.read(buffer)
        })
    }
}

/// An open device, and how long a write to it may wait.
#[derive(Debug)]
struct Node {
    file: File,
    patience: Duration,
}

impl Node {
    fn wait(&self, what: PollFlags, patience: Duration) -> io::Result<()> {
        let patience = Timespec::try_from(patience).map_err(|_| ErrorKind::InvalidInput)?;
        let mut waiting = [PollFd::new(&self.file, what)];
        if poll(&mut waiting, Some(&patience))? == 0 {
            return Err(ErrorKind::TimedOut.into());
        }
        // An error or a hang-up is told by the read or write that follows.
        Ok(())
    }
}

impl Write for Node {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait(PollFlags::OUT, self.patience)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open_device(path: &Path) -> io::Result<File> {
    if !path.metadata()?.file_type().is_char_device() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a device"));
    }
    // A terminal that is opened by mistake must not become ours.
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(|_| ErrorKind::InvalidInput)?;
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)
}
