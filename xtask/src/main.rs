//! The verbs of this checkout: `cargo xtask run`, `cargo xtask test` and their smaller parts. One verb, one file.
//! Nothing that ships depends on this crate, and it links no native library, so that it runs on a machine on which
//! nothing is installed yet.

mod bench;
mod checkout;
mod codegen;
mod demo;
mod frontend;
mod kill;
mod pictures;
mod run;
mod setup;
mod sim;
mod stage;
mod test;
mod tidy;

use std::process::ExitCode;

use checkout::Checkout;
use clap::{Parser, Subcommand};

/// What every verb returns. The text of the error says what to do.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Everything one does with this checkout")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Install what the build, the app and the tests need on this machine
    Setup,
    /// Build the desktop app and open its window; without a display, play the scripted shift
    Run(run::Arguments),
    /// Run everything that CI runs
    Test(test::Arguments),
    /// Check the rules of the house that no compiler checks
    Tidy,
    /// Write the TypeScript of the wire types into the UI
    Codegen,
    /// Measure a release build and write `target/bench.json`; or labels, or scanners
    Bench(bench::Arguments),
    /// Take the pictures of the documents anew, by playing the scripted shift and the office's first day
    Pictures,
    /// Play random programs of stations and a server in a simulated world
    Sim(sim::Arguments),
    /// Kill a station while it prints, 500 times, and count its labels
    Kill(kill::Arguments),
    /// Load the demo factory into `target/demo-data` and print its codes
    Demo,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(verb: Verb) -> Outcome {
    let checkout = Checkout::here()?;
    match verb {
        Verb::Setup => setup::perform(&checkout, setup::Purpose::Test),
        Verb::Run(arguments) => run::perform(&checkout, &arguments),
        Verb::Test(arguments) => test::perform(&checkout, &arguments),
        Verb::Tidy => tidy::perform(&checkout),
        Verb::Codegen => codegen::perform(&checkout),
        Verb::Bench(arguments) => bench::perform(&checkout, &arguments),
        Verb::Pictures => pictures::perform(&checkout),
        Verb::Sim(arguments) => sim::perform(&checkout, &arguments),
        Verb::Kill(arguments) => kill::perform(&checkout, &arguments),
        Verb::Demo => demo::perform(&checkout),
    }
}
