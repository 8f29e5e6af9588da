//! A scanner at a pty, of the make that ships with us.

use std::fmt::Display;
use std::path::Path;

use cordwainer_devices::simulator::{ScannerSimulator, Suffix, Typing};
use tempfile::TempDir;

/// A scanner in somebody's hand. Unplugged when dropped.
pub struct Scanner {
    device: ScannerSimulator,
    _folder: TempDir,
}

impl Scanner {
    /// Plugs a scanner in.
    ///
    /// # Panics
    /// When the system gives no pseudo terminal.
    #[track_caller]
    pub fn plug_in() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the scanner's link");
        let typing = Typing { prefix: String::new(), suffix: Suffix::Cr, longest_piece: 0, seed: 1 };
        let device = ScannerSimulator::plug_in(folder.path().join("scanner"), typing).expect("a pseudo terminal");
        Self { device, _folder: folder }
    }

    /// The path that goes into a setting.
    pub fn path(&self) -> &Path {
        self.device.path()
    }

    /// As the headless station's command line wants it.
    pub fn address(&self) -> String {
        format!("serial:{}@9600", self.path().display())
    }

    /// Reads a code.
    ///
    /// # Panics
    /// When nobody takes the bytes.
    #[track_caller]
    pub fn scan(&mut self, text: impl Display) {
        self.device.scan(&text.to_string()).expect("the port takes the bytes");
    }

    /// Reads codes one after the other, as fast as the line takes them.
    ///
    /// # Panics
    /// When nobody takes the bytes.
    #[track_caller]
    pub fn burst<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        self.device.burst(texts).expect("the port takes the bytes");
    }

    /// Pulls the cable.
    pub fn unplug(&mut self) {
        self.device.unplug();
    }

    /// Puts the cable back.
    ///
    /// # Panics
    /// When the system gives no pseudo terminal.
    #[track_caller]
    pub fn replug(&mut self) {
        self.device.replug().expect("a pseudo terminal");
    }
}
