//! A scanner at a pty, of the make that ships with us, as a process of its own: a station that the test starts must not
//! inherit the other end of its own scanner's cable, or it would never see it pulled.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::Process;
use crate::programs::program;

/// A scanner in somebody's hand. Unplugged when dropped.
pub struct Scanner {
    process: Process,
    path: PathBuf,
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
        let path = folder.path().join("scanner");
        let mut command = Command::new(program("cordwainer-scanner-sim"));
        command.arg("--link").arg(&path);
        let mut process = Process::start("the scanner", &command);
        process.json_line("the scanner to be plugged in", |line| line["ready"].is_string());
        Self { process, path, _folder: folder }
    }

    /// The path that goes into a setting.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// As command lines want it.
    pub fn address(&self) -> String {
        format!("serial:{}@9600", self.path().display())
    }

    /// Reads a code.
    ///
    /// # Panics
    /// When nobody takes the bytes.
    #[track_caller]
    pub fn scan(&mut self, text: impl Display) {
        self.obey(&json!({ "scan": text.to_string() }));
    }

    /// Reads codes one after the other, as fast as the line takes them.
    ///
    /// # Panics
    /// When nobody takes the bytes.
    #[track_caller]
    pub fn burst(&mut self, texts: &[&str]) {
        self.obey(&json!({ "burst": { "count": texts.len(), "texts": texts } }));
    }

    /// Pulls the cable.
    ///
    /// # Panics
    /// When the scanner does not obey.
    #[track_caller]
    pub fn unplug(&mut self) {
        self.obey(&json!("unplug"));
    }

    /// Puts the cable back.
    ///
    /// # Panics
    /// When the system gives no pseudo terminal.
    #[track_caller]
    pub fn replug(&mut self) {
        self.obey(&json!("replug"));
    }

    #[track_caller]
    fn obey(&mut self, order: &Value) {
        self.process.tell(&order.to_string());
        let answer = self.process.json_line("the scanner to obey", |_| true);
        assert!(answer["done"].is_string(), "the scanner was told {order}: {answer}");
    }
}
