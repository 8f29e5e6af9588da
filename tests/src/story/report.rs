//! What happened, in plain lines and pictures, as `cargo xtask run` shows it where nobody sees the window.

use std::path::{Path, PathBuf};

use crate::screens;
use crate::window::{SIZES, Window};

/// A story's record of itself. Lines are printed as they come, so that a story that stops has said how far it came.
#[derive(Debug)]
pub struct Report {
    folder: PathBuf,
    lines: Vec<String>,
    pictures: Vec<PathBuf>,
}

impl Report {
    /// A record whose pictures go into a folder.
    pub fn into_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), lines: Vec::new(), pictures: Vec::new() }
    }

    /// Tells one thing that happened.
    pub fn tell(&mut self, line: impl Into<String>) {
        let line = line.into();
        println!("{line}");
        self.lines.push(line);
    }

    /// Photographs the screen as it is, at every size.
    ///
    /// # Panics
    /// When a picture cannot be taken.
    #[track_caller]
    pub fn photograph(&mut self, window: &Window, screen: &str, language: &str) {
        for (width, height) in SIZES {
            window.resize((width, height));
            let name = format!("{screen}-{language}-{width}x{height}.png");
            self.pictures.push(window.screenshot(&self.folder.join(name)));
        }
        window.resize(SIZES[0]);
    }

    /// Photographs the screen in both languages, and leaves it in the one it had.
    ///
    /// # Panics
    /// When a picture cannot be taken.
    #[track_caller]
    pub fn photograph_both(&mut self, window: &Window, screen: &str) {
        for _ in 0..2 {
            let language = screens::language(window);
            self.photograph(window, screen, &language);
            screens::switch_language(window);
        }
    }

    /// Where the pictures are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Everything that was told.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Every picture.
    pub fn pictures(&self) -> &[PathBuf] {
        &self.pictures
    }
}
