//! What the user interface weighs, gzipped, as it would travel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::figure::Figure;

/// Goals of the design: kilobytes of script and of style for the station.
const SCRIPT_GOAL_KB: f64 = 60.0;
const STYLE_GOAL_KB: f64 = 12.0;

/// Weighs what the window loads before its first screen, and everything that may follow.
pub fn measure(folder: &Path) -> Vec<Figure> {
    let files = files(folder);
    if files.is_empty() {
        eprintln!("{} holds no bundle; its size is not measured", folder.display());
        return Vec::new();
    }
    let weigh = |files: &[PathBuf], extension: &str| -> f64 {
        let wanted = files.iter().filter(|path| path.extension().is_some_and(|its| its == extension));
        wanted.map(|path| gzipped_bytes(path) as f64).sum::<f64>() / 1000.0
    };
    let entry = entry(folder);
    vec![
        Figure::with_goal("station entry: script, gzipped", weigh(&entry, "js"), "kB", SCRIPT_GOAL_KB),
        Figure::with_goal("station entry: style, gzipped", weigh(&entry, "css"), "kB", STYLE_GOAL_KB),
        Figure::plain("every screen: script, gzipped", weigh(&files, "js"), "kB"),
        Figure::plain("every screen: style, gzipped", weigh(&files, "css"), "kB"),
    ]
}

/// The entry's own files with all that it imports at once; what it imports later comes after the first paint.
fn entry(folder: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(folder.join(".vite/manifest.json")).expect("the bundle's manifest");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut found = Vec::new();
    let mut next = vec!["index.html".to_owned()];
    while let Some(key) = next.pop() {
        let chunk = &manifest[&key];
        let texts = |field: &str| -> Vec<String> {
            let listed = chunk[field].as_array().into_iter().flatten();
            listed.filter_map(|one| one.as_str().map(str::to_owned)).collect()
        };
        let own = chunk["file"].as_str().map(str::to_owned);
        for file in own.into_iter().chain(texts("css")).map(|file| folder.join(file)) {
            if !found.contains(&file) {
                found.push(file);
                next.extend(texts("imports"));
            }
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn gzipped_bytes(path: &Path) -> usize {
    let output = Command::new("gzip").args(["-9", "--stdout", "--no-name"]).arg(path).output().expect("gzip runs");
    output.stdout.len()
}
