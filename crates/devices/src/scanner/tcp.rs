//! A scanner, reader or converter behind a TCP port: it listens, we connect, and its bytes are framed like any other's.

use std::io::{self, ErrorKind, Read};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

use super::framer::{FramingRules, SourceId};
use super::reconnect::{Backoff, Closed, Door, Line, Reader};
use super::source::{ScanOutlet, ScanSource};

/// For reaching the device, at each of its addresses.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// A cable that is pulled says nothing. After this long without bytes the device is asked, by TCP itself.
const QUIET_BEFORE_ASKING: Duration = Duration::from_secs(10);
/// Between two such questions.
const ASKING_EVERY: Duration = Duration::from_secs(5);

/// Which device to read and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpSettings {
    /// `host:port`. A plain address is best: looking up a name has the system's own limits.
    pub place: String,
    /// How frames are cut.
    pub framing: FramingRules,
    /// How long one read may wait. It bounds how long stopping takes, but for an attempt to connect.
    pub read_timeout: Duration,
    /// The waits between attempts to connect.
    pub backoff: Backoff,
}

impl TcpSettings {
    /// The usual settings.
    pub fn new(place: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            framing: FramingRules::default(),
            read_timeout: Duration::from_millis(100),
            backoff: Backoff::default(),
        }
    }
}

/// Reads one TCP device for as long as the station runs, through every break of the line.
#[derive(Debug)]
pub struct TcpSource {
    door: TcpDoor,
    reader: Reader,
}

impl TcpSource {
    /// A source that will connect when it is started.
    pub fn new(source_id: SourceId, settings: TcpSettings) -> Self {
        let TcpSettings { place, framing, read_timeout, backoff } = settings;
        Self { door: TcpDoor { place }, reader: Reader { source_id, framing, read_timeout, backoff } }
    }
}

impl ScanSource for TcpSource {
    fn source_id(&self) -> &SourceId {
        &self.reader.source_id
    }

    fn run(self: Box<Self>, outlet: &ScanOutlet) {
        self.reader.run(&self.door, outlet);
    }
}

#[derive(Debug)]
struct TcpDoor {
    place: String,
}

impl TcpDoor {
    fn connect(&self, timeout: Duration) -> io::Result<TcpStream> {
        let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for address in self.place.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
                Ok(line) => {
                    line.set_read_timeout(Some(timeout))?;
                    let asking = TcpKeepalive::new().with_time(QUIET_BEFORE_ASKING).with_interval(ASKING_EVERY);
                    SockRef::from(&line).set_tcp_keepalive(&asking)?;
                    return Ok(line);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Door for TcpDoor {
    fn open(&self, timeout: Duration) -> Result<Box<dyn Line>, Closed> {
        match self.connect(timeout) {
            Ok(line) => Ok(Box::new(TcpLine(line))),
            Err(error) => {
                tracing::debug!(place = self.place, %error, "not reached");
                Err(Closed::Gone)
            }
        }
    }

    /// It can only be seen by connecting.
    fn is_there(&self) -> bool {
        false
    }

    fn look_every(&self) -> Duration {
        Duration::MAX
    }
}

struct TcpLine(TcpStream);

impl Line for TcpLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            // Unix says "would block" where Windows says "timed out".
            ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
            _ => error,
        })
    }

    fn set_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.0.set_read_timeout(Some(timeout))
    }
}
