//! A display that nobody sees, with a window manager, so that windows have a size and a focus.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, output_of};
use crate::wait;

/// Larger than the largest window, so that one of 1920 × 1080 keeps its size beside its own title bar.
const SCREEN_DOTS: (u32, u32) = (2048, 1280);

/// No bars, and no window larger than it was asked to be: a maximised window takes no other size.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications>
    <application class="*"><decor>no</decor><maximized>no</maximized><position force="yes"><x>0</x><y>0</y></position></application>
  </applications>
</openbox_config>
"#;

/// A running Xvfb with openbox on it.
pub struct Display {
    name: String,
    // Dropped in this order: the window manager before its display.
    _window_manager: Process,
    _server: Process,
    _folder: TempDir,
}

impl Display {
    /// Starts a display under a number that is free.
    ///
    /// # Panics
    /// When Xvfb or openbox do not start.
    #[track_caller]
    pub fn start() -> Self {
        let mut command = Command::new("Xvfb");
        let screen = format!("{}x{}x24", SCREEN_DOTS.0, SCREEN_DOTS.1);
        command.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset", "-dpi", "96"]);
        let mut server = Process::start("Xvfb", &command);
        let name = format!(":{}", server.next_line("the number of a free display").trim());
        let mut command = Command::new("openbox");
        let folder = tempfile::tempdir().expect("a folder for the window manager's settings");
        let settings = folder.path().join("rc.xml");
        fs::write(&settings, SETTINGS).expect("room for settings");
        command.args(["--sm-disable", "--config-file"]).arg(&settings).env("DISPLAY", &name);
        let window_manager = Process::start("openbox", &command);
        // Openbox sets this once it manages windows; a window opened before would keep the size of its own choice.
        wait::until("the window manager", || {
            let seen = output_of(Command::new("xprop").args(["-display", &name, "-root", "_NET_SUPPORTING_WM_CHECK"]));
            if seen.contains("window id") { Ok(()) } else { Err(seen) }
        });
        Self { name, _window_manager: window_manager, _server: server, _folder: folder }
    }

    /// What goes into `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A picture of everything on the screen, as PNG.
    ///
    /// # Panics
    /// When it cannot be taken.
    #[track_caller]
    pub fn screenshot(&self, path: &Path) {
        output_of(Command::new("import").args(["-display", &self.name, "-window", "root"]).arg(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_displays_live_side_by_side_and_can_be_photographed() {
        let (first, second) = (Display::start(), Display::start());
        assert_ne!(first.name(), second.name(), "each finds a free number");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("screen.png");
        first.screenshot(&path);
        let picture = image::open(&path).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), SCREEN_DOTS, "the whole screen");
    }
}
