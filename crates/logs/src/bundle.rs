//! A support bundle: one tar file with what helps somebody far away to understand what is wrong, and nothing of anybody's.
//! Every text in it goes through the same [`Redactor`].

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use serde::Serialize;

use super::Redactor;

/// The newest log files that go in.
const LOG_FILES: usize = 5;
/// Bytes of each of them, from its end.
const LOG_BYTES: usize = 2 * 1024 * 1024;

/// A bundle that is being filled.
#[derive(Debug)]
pub struct Bundle {
    redactor: Redactor,
    files: Vec<(String, String)>,
}

impl Bundle {
    /// An empty bundle.
    pub const fn new(redactor: Redactor) -> Self {
        Self { redactor, files: Vec::new() }
    }

    /// Adds a text.
    pub fn add_text(&mut self, name: &str, text: &str) {
        self.files.push((name.to_owned(), self.redactor.redacted(text)));
    }

    /// Adds a value as JSON.
    ///
    /// # Errors
    /// When it has no JSON.
    pub fn add_json(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.add_text(name, &text);
        Ok(())
    }

    /// Adds the ends of the newest log files of a folder; none if there is no such folder.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn add_logs(&mut self, folder: &Path) -> io::Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".log") {
                files.push((entry.metadata()?.modified()?, name));
            }
        }
        files.sort_unstable();
        for (_, name) in files.into_iter().rev().take(LOG_FILES) {
            let bytes = fs::read(folder.join(&name))?;
            let end = &bytes[bytes.len().saturating_sub(LOG_BYTES)..];
            self.add_text(&format!("logs/{name}"), &String::from_utf8_lossy(end));
        }
        Ok(())
    }

    /// Writes the bundle. It never writes over a file.
    ///
    /// # Errors
    /// When the file is there, or cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<Vec<String>> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        let mut tar = tar::Builder::new(file);
        for (name, text) in &self.files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o600);
            header.set_cksum();
            tar.append_data(&mut header, format!("support/{name}"), text.as_bytes())?;
        }
        tar.into_inner()?.sync_all()?;
        Ok(self.files.iter().map(|(name, _)| name.clone()).collect())
    }
}
