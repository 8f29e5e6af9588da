//! Measures the programs as a worker meets them and prints a table beside the goals. Nothing fails here for being slow:
//! a figure over its goal is marked, and a person decides.

mod bundle;
mod figure;
mod memory;
mod paint;
mod record;
mod start;

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use figure::{Figure, table};

/// Measures the programs that lie beside this one.
#[derive(Parser)]
#[command(name = "bench")]
struct Arguments {
    /// Where the figures go, as JSON.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The built user interface.
    #[arg(long, value_name = "DIR", default_value = "ui/dist")]
    bundle: PathBuf,
    /// How many scans each distribution is made of.
    #[arg(long, default_value_t = 200)]
    scans: usize,
}

fn main() {
    let arguments = Arguments::parse();
    let mut figures: Vec<Figure> = bundle::measure(&arguments.bundle);
    figures.extend(record::measure(arguments.scans));
    figures.extend(start::measure());
    figures.extend(paint::measure(arguments.scans));
    figures.extend(memory::measure());
    println!("{}", table(&figures));
    let json = serde_json::to_string_pretty(&figures).expect("figures are plain");
    fs::write(&arguments.out, json).unwrap_or_else(|error| panic!("{}: {error}", arguments.out.display()));
    println!("Written to {}", arguments.out.display());
}
