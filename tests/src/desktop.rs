//! The desktop app at one workplace: its folder, its scanner, and its window as often as it is opened.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::display::Display;
use crate::printer::Printer;
use crate::programs::program;
use crate::scanner::Scanner;
use crate::window::{App, Window};

/// A PC on the floor.
pub struct Desktop<'a> {
    /// The scanner at its port.
    pub scanner: Scanner,
    display: &'a Display,
    data: TempDir,
    arguments: Vec<String>,
    window: Option<Window>,
}

impl<'a> Desktop<'a> {
    /// A PC that will join a server, switched off.
    ///
    /// # Panics
    /// When there is no room for its folder.
    #[track_caller]
    pub fn joined(display: &'a Display, printer: Option<&Printer>) -> Self {
        Self::new(display, &["--mode", "joined"], printer)
    }

    /// A PC that is its own server, switched off.
    ///
    /// # Panics
    /// When there is no room for its folder.
    #[track_caller]
    pub fn standalone(display: &'a Display, printer: Option<&Printer>) -> Self {
        Self::new(display, &[], printer)
    }

    fn new(display: &'a Display, more: &[&str], printer: Option<&Printer>) -> Self {
        let data = tempfile::tempdir().expect("a folder for the app");
        let scanner = Scanner::plug_in();
        let mut arguments = vec!["--data".to_owned(), data.path().display().to_string()];
        arguments.extend(more.iter().map(|&word| word.to_owned()));
        arguments.extend(["--scanner".to_owned(), scanner.address()]);
        arguments.extend(printer.into_iter().flat_map(|printer| ["--printer".to_owned(), printer.address()]));
        Self { scanner, display, data, arguments, window: None }
    }

    /// Switches it on and waits for the window.
    ///
    /// # Panics
    /// When no window opens.
    #[track_caller]
    pub fn open(&mut self) -> &Window {
        self.window = None;
        let app = App { program: self.program(), arguments: self.arguments.clone(), environment: Vec::new() };
        self.window.insert(Window::open(self.display, &app))
    }

    /// Its window.
    ///
    /// # Panics
    /// When it is off.
    #[track_caller]
    pub fn window(&self) -> &Window {
        self.window.as_ref().expect("the app was opened")
    }

    /// Ends it as a power cut would.
    pub fn cut_power(&mut self) {
        if let Some(window) = self.window.take() {
            window.cut_power();
        }
    }

    /// Closes the window as a person would.
    pub fn close(&mut self) {
        self.window = None;
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The program.
    #[track_caller]
    fn program(&self) -> PathBuf {
        program("cordwainer-desktop")
    }
}
