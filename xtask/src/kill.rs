//! `cargo xtask kill`: the station killed while it prints, as often as one likes.

use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
};

const STORY: &str = "test(a_station_killed_again_and_again_while_it_prints)";

/// What `cargo xtask kill` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// How often
    #[arg(long, default_value_t = 500)]
    times: usize,
}

/// Builds every program and plays that one story. It is not among the stages of `cargo xtask test`, which kills a few times.
pub fn perform(checkout: &Checkout, arguments: &Arguments) -> Outcome {
    checkout.build_programs(Profile::Dev)?;
    let times = arguments.times.to_string();
    let config = "xtask/nextest.toml";
    let play = cmd!(
        checkout.shell,
        "cargo nextest run --locked --workspace --config-file {config} --profile kill --no-capture"
    );
    Ok(play.args(["-E", STORY]).env("CORDWAINER_KILLS", times).run()?)
}
