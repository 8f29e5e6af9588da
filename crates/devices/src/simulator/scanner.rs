//! A scanner that types into a pseudo terminal, under a path that stays the same through unplug and replug.

use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serialport::{SerialPort, TTYPort};

use super::order::ScannerOrder;
use super::typing::Typing;

/// How long one write may wait for a reader that has stopped reading, with its buffer full.
const WRITE_LIMIT: Duration = Duration::from_secs(5);
/// How long an unplug lets the reader take what was typed. A hang-up throws unread bytes away, so without this a script's
/// `scan` and `unplug` would race.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);
/// How long the port must stay empty to count as drained. What was typed passes through a queue of the kernel, where it
/// cannot be counted, before it can be read.
const SETTLED: Duration = Duration::from_millis(50);

/// The two ends of the cable: we type into `keys`; `socket` is held so that the port lives while nobody has it open.
#[derive(Debug)]
struct Cable {
    keys: TTYPort,
    socket: TTYPort,
}

/// A simulated serial scanner. Dropping it unplugs it.
#[derive(Debug)]
pub struct ScannerSimulator {
    path: PathBuf,
    /// How it types. Change it at any time.
    pub typing: Typing,
    cable: Option<Cable>,
}

impl ScannerSimulator {
    /// Plugs a scanner in under `path`, a symbolic link that this simulator makes and removes.
    pub fn plug_in(path: impl Into<PathBuf>, typing: Typing) -> io::Result<Self> {
        let mut simulator = Self { path: path.into(), typing, cable: None };
        simulator.replug()?;
        Ok(simulator)
    }

    /// Where a station finds it, plugged in or not.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads one code.
    pub fn scan(&mut self, text: &str) -> io::Result<()> {
        let bytes = self.typing.whole(text);
        self.write(&bytes)
    }

    /// Reads many codes as fast as the line takes them. Pieces may span codes.
    pub fn burst<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) -> io::Result<()> {
        let bytes: Vec<u8> = texts.into_iter().flat_map(|text| self.typing.whole(text.as_ref())).collect();
        self.write(&bytes)
    }

    /// Writes bytes as they are, in the pieces that [`Typing`] says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let cable = self.cable.as_mut().ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "unplugged"))?;
        for piece in self.typing.pieces(bytes) {
            cable.keys.write_all(&piece)?;
        }
        Ok(())
    }

    /// Pulls the cable. The path vanishes, and whoever has it open sees it die.
    pub fn unplug(&mut self) {
        let Some(cable) = self.cable.take() else { return };
        drain(&cable.socket);
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "the link was already gone");
        }
    }

    /// Puts the cable back: another port, the same path. Also what the first plugging in does.
    pub fn replug(&mut self) -> io::Result<()> {
        self.unplug();
        let (mut keys, socket) = TTYPort::pair().map_err(io::Error::from)?;
        keys.set_timeout(WRITE_LIMIT).map_err(io::Error::from)?;
        let node = socket.name().ok_or_else(|| io::Error::other("the pseudo terminal has no name"))?;
        point(&self.path, Path::new(&node))?;
        self.cable = Some(Cable { keys, socket });
        Ok(())
    }

    /// Does what it is told, and says whether to go on.
    pub fn obey(&mut self, order: ScannerOrder) -> io::Result<bool> {
        match order {
            ScannerOrder::Scan(text) => self.scan(&text)?,
            ScannerOrder::Burst { count, texts } => self.burst(texts.iter().cycle().take(count))?,
            ScannerOrder::Partial(text) => self.write(text.as_bytes())?,
            ScannerOrder::Garble(text) => {
                let bytes = self.typing.garbled(&text);
                self.write(&bytes)?;
            }
            ScannerOrder::Chunks(longest) => self.typing.longest_piece = longest,
            ScannerOrder::Suffix(suffix) => self.typing.suffix = suffix,
            ScannerOrder::Prefix(prefix) => self.typing.prefix = prefix,
            ScannerOrder::Unplug => self.unplug(),
            ScannerOrder::Replug => self.replug()?,
            ScannerOrder::Quit => return Ok(false),
        }
        Ok(true)
    }
}

impl Drop for ScannerSimulator {
    fn drop(&mut self) {
        self.unplug();
    }
}

/// Waits, a bounded while, until the reader has taken everything.
fn drain(socket: &TTYPort) {
    let until = Instant::now() + DRAIN_LIMIT;
    let mut empty_since = Instant::now();
    while empty_since.elapsed() < SETTLED && Instant::now() < until {
        if socket.bytes_to_read().is_ok_and(|waiting| waiting > 0) {
            empty_since = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Makes `link` point to `node` in one step, so that a reader never finds half a link. Only a link is ever replaced.
fn point(link: &Path, node: &Path) -> io::Result<()> {
    if link.symlink_metadata().is_ok_and(|there| !there.file_type().is_symlink()) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the path is taken by something that is no link"));
    }
    let mut fresh = link.as_os_str().to_owned();
    fresh.push(".plugging-in");
    let fresh = PathBuf::from(fresh);
    match std::fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    symlink(node, &fresh)?;
    std::fs::rename(&fresh, link)
}
