//! `cargo xtask sim`: random programs of stations and a server in a simulated world, as many as one likes.

use std::path::PathBuf;

use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
};

/// A hundred are too few for what needs three faults at once; a thousand take about five minutes on two cores.
const SEEDS_OF_EVERY_RUN: &str = "1000";

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
    let sim = build(checkout)?;
    let sim = cmd!(checkout.shell, "{sim} --seeds {seeds} --first-seed {first} --report {report}").args(flags);
    Ok(sim.run()?)
}

/// The seeds of every run of the tests. What breaks a rule is named, and made shorter with `cargo xtask sim --shrink`.
pub fn play_all(checkout: &Checkout) -> Outcome {
    let sim = build(checkout)?;
    Ok(cmd!(checkout.shell, "{sim} --seeds {SEEDS_OF_EVERY_RUN}").run()?)
}

/// In a profile of its own: unoptimised, a thousand programs take twice as long. The whole workspace is named, because a package
/// alone would be compiled with other features.
fn build(checkout: &Checkout) -> Outcome<PathBuf> {
    cmd!(checkout.shell, "cargo build --locked --quiet --workspace --bin sim --profile simulator").run()?;
    checkout.program(Profile::Simulator, "sim")
}
