//! Serial ports that are there now, so that a person can pick one instead of typing it.

use std::path::Path;

/// Where Linux names serial devices so that the name follows the device from socket to socket.
const BY_ID: &str = "/dev/serial/by-id";

/// Paths of serial ports, stable names first. Empty where the system does not list them; a path can always be typed.
pub fn ports() -> Vec<String> {
    let mut found = list(Path::new(BY_ID), |_| true);
    found.extend(list(Path::new("/dev"), |name| name.starts_with("ttyACM") || name.starts_with("ttyUSB")));
    found
}

fn list(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<String> = entries
        .flatten()
        .filter(|entry| wanted(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path().display().to_string())
        .collect();
    found.sort();
    found
}
