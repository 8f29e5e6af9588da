//! `cargo xtask sim`: random programs of stations and a server in a simulated world, as many as one likes.

use xshell::cmd;

use crate::{Outcome, checkout::Checkout};

/// What `cargo xtask sim` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many seeds to play
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    first_seed: u64,
    /// Leave steps out of a failing program until it is short
    #[arg(long)]
    shrink: bool,
    /// Switch every protection off in turn instead, and see whether it is noticed
    #[arg(long)]
    controls: bool,
    /// Play the long story instead, and say where its report lies
    #[arg(long)]
    story: bool,
}

/// Builds the simulator and lets it print; it fails when a rule was broken.
pub fn perform(checkout: &Checkout, arguments: &Arguments) -> Outcome {
    let (seeds, first) = (arguments.seeds.to_string(), arguments.first_seed.to_string());
    let flags = [("--shrink", arguments.shrink), ("--controls", arguments.controls), ("--story", arguments.story)];
    let flags = flags.into_iter().filter(|(_, chosen)| *chosen).map(|(flag, _)| flag);
    let report = checkout.output("long-story.md")?;
    let shell = &checkout.shell;
    let sim = cmd!(shell, "cargo run --locked --quiet --package cordwainer-faults --bin sim --");
    let sim = sim.args(["--seeds", &seeds, "--first-seed", &first, "--report"]).arg(report).args(flags);
    Ok(sim.run()?)
}
