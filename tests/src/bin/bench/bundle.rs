//! What the user interface weighs, gzipped, as it would travel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::figure::Figure;

/// Goals of the design: kilobytes of script and of style for the station.
const SCRIPT_GOAL_KB: f64 = 60.0;
const STYLE_GOAL_KB: f64 = 12.0;

/// Weighs everything that the window loads.
pub fn measure(folder: &Path) -> Vec<Figure> {
    let files = files(folder);
    if files.is_empty() {
        eprintln!("{} holds no bundle; its size is not measured", folder.display());
        return Vec::new();
    }
    let weigh = |extension: &str| -> f64 {
        let wanted = files.iter().filter(|path| path.extension().is_some_and(|its| its == extension));
        wanted.map(|path| gzipped_bytes(path) as f64).sum::<f64>() / 1000.0
    };
    vec![
        Figure::with_goal("bundle: script, gzipped", weigh("js"), "kB", SCRIPT_GOAL_KB),
        Figure::with_goal("bundle: style, gzipped", weigh("css"), "kB", STYLE_GOAL_KB),
    ]
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn gzipped_bytes(path: &Path) -> usize {
    let output = Command::new("gzip").args(["-9", "--stdout", "--no-name"]).arg(path).output().expect("gzip runs");
    output.stdout.len()
}
