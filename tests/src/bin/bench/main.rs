//! Measures the programs as a worker meets them and prints a table beside the goals. Nothing fails here for being slow:
//! a figure over its goal is marked, and a person decides.

mod bundle;
mod figure;
mod memory;
mod paint;
mod record;
mod start;
mod sync;

use std::fs;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
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
    /// The drivers of other systems, with their packages installed.
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// Only these groups of figures.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Group>,
    /// How many scans each distribution is made of.
    #[arg(long, default_value_t = 200)]
    scans: usize,
}

/// Figures that are measured together, the cheap ones first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// What the bundle weighs.
    Bundle,
    /// From a scan to the disk.
    Record,
    /// Between stations and server.
    Sync,
    /// A start of the app.
    Start,
    /// From a scan to the screen.
    Paint,
    /// What the app weighs.
    Memory,
}

fn main() {
    let arguments = Arguments::parse();
    let wanted = |group: &&Group| arguments.only.is_empty() || arguments.only.contains(*group);
    let groups = Group::value_variants().iter().filter(wanted);
    let figures: Vec<Figure> = groups.flat_map(|group| measure(*group, &arguments)).collect();
    println!("{}", table(&figures));
    let json = serde_json::to_string_pretty(&figures).expect("figures are plain");
    fs::write(&arguments.out, json).unwrap_or_else(|error| panic!("{}: {error}", arguments.out.display()));
    println!("Written to {}", arguments.out.display());
}

fn measure(group: Group, arguments: &Arguments) -> Vec<Figure> {
    match group {
        Group::Bundle => bundle::measure(&arguments.bundle),
        Group::Record => record::measure(arguments.scans),
        Group::Sync => sync::measure(arguments.peers.as_deref()),
        Group::Start => start::measure(),
        Group::Paint => paint::measure(arguments.scans),
        Group::Memory => memory::measure(),
    }
}
