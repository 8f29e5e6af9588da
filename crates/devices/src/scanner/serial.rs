//! A scanner on a serial port: USB-CDC, RS-232, or a pseudo terminal in a test. One plain thread per port.
//!
//! Measured on `serialport` 4.10: "another program has it" and "it is gone" come as the same error kind, so it is looked
//! whether the port is there.

use std::io::{self, ErrorKind};
use std::time::Duration;

use serialport::SerialPort;

use super::framer::{FramingRules, SourceId};
use super::reconnect::{Backoff, Closed, Door, Line, Reader};
use super::source::{ScanOutlet, ScanSource};
use crate::serial::{LineSettings, Located, PortFinder, PortName};

/// How often a typed path is looked at while it is away: looking at one node costs next to nothing.
const PATH_LOOK: Duration = Duration::from_millis(250);
/// How often the system is asked for all its ports while a named device is away.
const LIST_LOOK: Duration = Duration::from_secs(1);

/// Which port to read and how.
#[derive(Debug, Clone)]
pub struct SerialSettings {
    /// Which port, and where it is looked for.
    pub port: PortFinder,
    /// Speed and shape of a character.
    pub line: LineSettings,
    /// How frames are cut.
    pub framing: FramingRules,
    /// How long one read may wait. It bounds how long stopping takes.
    pub read_timeout: Duration,
    /// The waits between attempts to open.
    pub backoff: Backoff,
}

impl SerialSettings {
    /// The usual settings: 100 ms reads, among the system's own ports.
    pub fn new(port: PortName, line: LineSettings) -> Self {
        Self {
            port: PortFinder::new(port),
            line,
            framing: FramingRules::default(),
            read_timeout: Duration::from_millis(100),
            backoff: Backoff::default(),
        }
    }
}

/// Reads one serial port for as long as the station runs, through unplug and replug.
#[derive(Debug)]
pub struct SerialSource {
    door: SerialDoor,
    reader: Reader,
}

impl SerialSource {
    /// A source that will look for its port when it is started.
    pub fn new(source_id: SourceId, settings: SerialSettings) -> Self {
        let SerialSettings { port, line, framing, read_timeout, backoff } = settings;
        Self { door: SerialDoor { port, line }, reader: Reader { source_id, framing, read_timeout, backoff } }
    }
}

impl ScanSource for SerialSource {
    fn source_id(&self) -> &SourceId {
        &self.reader.source_id
    }

    fn run(self: Box<Self>, outlet: &ScanOutlet) {
        self.reader.run(&self.door, outlet);
    }
}

#[derive(Debug)]
struct SerialDoor {
    port: PortFinder,
    line: LineSettings,
}

impl Door for SerialDoor {
    fn open(&self, timeout: Duration) -> Result<Box<dyn Line>, Closed> {
        let path = match self.port.locate() {
            Located::At(path) => path,
            Located::Absent => return Err(Closed::Gone),
            Located::Ambiguous(devices) => {
                tracing::warn!(port = %self.port.name(), devices, "several devices answer to one name; none is read");
                return Err(Closed::Ambiguous);
            }
        };
        match self.line.open(&path, timeout) {
            Ok(port) => Ok(Box::new(SerialLine(port))),
            Err(error) => {
                tracing::debug!(port = %self.port.name(), path, %error, "not opened");
                Err(why_closed(&error, self.port.is_there(&path)))
            }
        }
    }

    fn is_there(&self) -> bool {
        self.port.is_in_sight()
    }

    fn look_every(&self) -> Duration {
        match self.port.name() {
            PortName::Path(_) => PATH_LOOK,
            PortName::Usb(_) => LIST_LOOK,
        }
    }
}

struct SerialLine(Box<dyn SerialPort>);

impl Line for SerialLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    fn set_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.0.set_timeout(timeout).map_err(io::Error::from)
    }
}

/// Windows answers "no device" both to a port that is taken and to one that is gone, and so does the exclusive lock here.
fn why_closed(error: &serialport::Error, is_there: bool) -> Closed {
    match error.kind() {
        serialport::ErrorKind::Io(ErrorKind::PermissionDenied) => Closed::Permission,
        serialport::ErrorKind::Io(ErrorKind::ResourceBusy) => Closed::Busy,
        serialport::ErrorKind::NoDevice if is_there => Closed::Busy,
        _ => Closed::Gone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_told_from_one_that_is_gone() {
        let missing = serialport::ErrorKind::Io(ErrorKind::NotFound);
        for (kind, is_there, expected) in [
            (serialport::ErrorKind::Io(ErrorKind::PermissionDenied), true, Closed::Permission),
            (serialport::ErrorKind::Io(ErrorKind::ResourceBusy), true, Closed::Busy),
            (serialport::ErrorKind::NoDevice, true, Closed::Busy),
            (serialport::ErrorKind::NoDevice, false, Closed::Gone),
            (missing, false, Closed::Gone),
            (serialport::ErrorKind::Io(ErrorKind::Other), true, Closed::Gone),
        ] {
            let error = serialport::Error::new(kind, "as the driver words it");
            assert_eq!(why_closed(&error, is_there), expected, "{kind:?}, there: {is_there}");
        }
    }
}
