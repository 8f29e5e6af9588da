//! Plays the scripted shift on both engines and says what happened, for `cargo xtask run` where there is no display.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use cordwainer_tests::server::Engine;
use cordwainer_tests::story::shift;

/// Plays a shift through the real window, on a display of its own.
#[derive(Parser)]
#[command(name = "scripted-shift")]
struct Arguments {
    /// The folder for pictures and labels; what an earlier shift left there goes.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

fn main() {
    let Arguments { out } = Arguments::parse();
    for engine in Engine::ALL {
        let folder = out.join(engine.word());
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        }
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        println!("\n--- The scripted shift on {} ---", engine.word());
        let report = shift::shift(engine, &folder);
        println!("{} pictures, and the labels, are in {}", report.pictures().len(), folder.display());
    }
    println!("\nBoth shifts went as they must.");
}
