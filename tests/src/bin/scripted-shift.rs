//! Plays the scripted shift on both engines and says what happened, for `cargo xtask run` where there is no display; and the
//! office's first day for `cargo xtask pictures`, where there is a browser.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use cordwainer_tests::server::Engine;
use cordwainer_tests::story::{office, shift};

/// Plays a shift through the real window, on a display of its own.
#[derive(Parser)]
#[command(name = "scripted-shift")]
struct Arguments {
    /// The folder for pictures and labels; what an earlier shift left there goes.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Photograph the office as well, in Chromium.
    #[arg(long)]
    office: bool,
}

fn main() {
    let Arguments { out, office } = Arguments::parse();
    for engine in Engine::ALL {
        let folder = emptied(&out, engine.word());
        println!("\n--- The scripted shift on {} ---", engine.word());
        let report = shift::shift(engine, &folder);
        println!("{} pictures, and the labels, are in {}", report.pictures().len(), folder.display());
    }
    println!("\nBoth shifts went as they must.");
    if office {
        let folder = emptied(&out, "office");
        println!("\n--- The office's first day ---");
        let report = office::first_day(&folder);
        println!("{} pictures are in {}", report.pictures().len(), folder.display());
    }
}

/// A folder with nothing in it, whatever an earlier play left there.
fn emptied(out: &Path, name: &str) -> PathBuf {
    let folder = out.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    }
    fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    folder
}
