//! What the app may be told on the command line, and what its folder remembers.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

/// Shop-floor software for a bespoke-shoe factory.
#[derive(Parser, Clone, Debug)]
#[command(name = "cordwainer-desktop", version)]
pub struct Arguments {
    /// Where this PC keeps its stores.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// With the server in this process, or joined to another; remembered in the folder.
    #[arg(long, value_enum)]
    pub mode: Option<ModeChoice>,
    /// Standalone only: where other stations reach this PC.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    pub listen: String,
    /// A scanner, `serial:PORT[@BAUD[,7E1]]` or `tcp://HOST:PORT`, perhaps `badges=…` in front; may be given several times. Kept on
    /// the set-up screen otherwise.
    #[arg(long, value_name = "ADDRESS")]
    pub scanner: Vec<String>,
    /// A label printer, `zpl+tcp://HOST:PORT`. Kept on the set-up screen otherwise.
    #[arg(long, value_name = "ADDRESS")]
    pub printer: Option<String>,
    /// No window frame.
    #[arg(long)]
    pub fullscreen: bool,
}

/// How the app runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ModeChoice {
    /// Server in this process.
    Standalone,
    /// Joined to a server.
    Joined,
}

impl ModeChoice {
    const fn word(self) -> &'static str {
        match self {
            Self::Standalone => "standalone",
            Self::Joined => "joined",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Standalone, Self::Joined].into_iter().find(|mode| mode.word() == word.trim())
    }
}

/// The folder used when none is named.
pub fn usual_folder() -> PathBuf {
    let home = || std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let share = std::env::var_os("XDG_DATA_HOME").map_or_else(|| home().join(".local/share"), PathBuf::from);
    share.join("cordwainer")
}

/// The mode that is asked for, or else remembered; a fresh folder is standalone. What is asked for is remembered.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn settle_mode(folder: &Path, asked: Option<ModeChoice>) -> io::Result<ModeChoice> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("mode");
    let remembered = std::fs::read_to_string(&file).ok().and_then(|word| ModeChoice::from_word(&word));
    let mode = asked.or(remembered).unwrap_or(ModeChoice::Standalone);
    if remembered != Some(mode) {
        std::fs::write(&file, mode.word())?;
    }
    Ok(mode)
}

#[cfg(test)]
mod tests {
    use super::{ModeChoice, settle_mode};

    #[test]
    fn the_folder_remembers_the_mode_that_was_asked_for() {
        let folder = std::env::temp_dir().join(format!("cordwainer-mode-{}", std::process::id()));
        assert_eq!(settle_mode(&folder, None).unwrap(), ModeChoice::Standalone, "a fresh folder is standalone");
        assert_eq!(settle_mode(&folder, Some(ModeChoice::Joined)).unwrap(), ModeChoice::Joined, "as asked");
        assert_eq!(settle_mode(&folder, None).unwrap(), ModeChoice::Joined, "as remembered");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
