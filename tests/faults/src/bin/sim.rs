//! `cargo xtask sim`: as many seeds as one likes. The last line says how many ran and how many broke a rule.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use cordwainer_faults::controls::catch;
use cordwainer_faults::program::{Program, in_a_runtime};
use cordwainer_faults::{matrix, story};
use cordwainer_sync::controls::Control;

/// Plays random programs of stations and a server, and checks that nothing is lost or doubled.
#[derive(Parser)]
#[command(name = "sim")]
struct Arguments {
    /// How many seeds to play.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    first_seed: u64,
    /// Leave steps out of a failing program until it is short.
    #[arg(long)]
    shrink: bool,
    /// Switch every protection off in turn instead, and see whether it is noticed.
    #[arg(long)]
    controls: bool,
    /// Play the long story instead.
    #[arg(long)]
    story: bool,
    /// Play the rows of the fault matrix that are short programs instead.
    #[arg(long)]
    matrix: bool,
    /// Where the long story's report goes.
    #[arg(long, default_value = "long-story.md")]
    report: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // `RUST_LOG=warn` lets the server and the stations say what happens to them.
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if arguments.controls {
        return negative_controls();
    }
    if arguments.matrix {
        return fault_matrix();
    }
    if arguments.story {
        return tell_story(&arguments);
    }
    let broken = play(&arguments);
    println!("{} seeds run, {broken} violations", arguments.seeds);
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays every seed, one thread a core. Says how many broke a rule.
fn play(arguments: &Arguments) -> u64 {
    let next = AtomicU64::new(arguments.first_seed);
    let broken = AtomicU64::new(0);
    let (confirmed, gone, slowest_ms) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::new((0, 0)));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= arguments.first_seed + arguments.seeds {
                return;
            }
            let program = Program::of(seed);
            match program.run() {
                Ok(figures) => {
                    confirmed.fetch_add(figures.confirmed as u64, Ordering::SeqCst);
                    gone.fetch_add(figures.gone as u64, Ordering::SeqCst);
                    if let Ok(mut slowest) = slowest_ms.lock() {
                        *slowest = (*slowest).max((figures.rest_ms, seed));
                    }
                }
                Err(failure) => {
                    broken.fetch_add(1, Ordering::SeqCst);
                    println!("seed {seed} breaks a rule after step {}: {}", failure.after, failure.violation);
                    if arguments.shrink {
                        tell_shorter(&program);
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(work);
        }
    });
    let slowest = slowest_ms.into_inner().unwrap_or_default();
    println!(
        "{} actions confirmed, {} of them gone with the only disks that held them; slowest to rest: {} virtual ms (seed {})",
        confirmed.into_inner(),
        gone.into_inner(),
        slowest.0,
        slowest.1
    );
    broken.into_inner()
}

/// Switches each protection off. It is a failure when nobody notices.
fn negative_controls() -> ExitCode {
    let caught = Control::ALL.into_iter().filter(|control| match catch(*control) {
        Some(caught) => {
            println!("{control:?} is off: caught by {}: {}", caught.by, caught.violation);
            true
        }
        None => {
            println!("{control:?} is off, and nobody notices");
            false
        }
    });
    let caught = caught.count();
    println!("{} protections switched off, {caught} caught", Control::ALL.len());
    if caught == Control::ALL.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays the rows that are short programs.
fn fault_matrix() -> ExitCode {
    let mut broken = 0;
    for row in 1..=77 {
        match matrix::play(row) {
            Ok(0) => {}
            Ok(count) => println!("row {row}: {count} programs keep every rule"),
            Err((steps, failure)) => {
                broken += 1;
                println!("row {row} breaks a rule: {}: {steps:?}", failure.violation);
            }
        }
    }
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Plays the long story and says where its report lies.
fn tell_story(arguments: &Arguments) -> ExitCode {
    let told = in_a_runtime(story::play());
    if let Err(fault) = std::fs::write(&arguments.report, &told.report) {
        println!("the report cannot be written to {}: {fault}", arguments.report.display());
        return ExitCode::FAILURE;
    }
    println!("{}", told.sums);
    println!("the whole report: {}", arguments.report.display());
    match told.broken {
        None => ExitCode::SUCCESS,
        Some(violation) => {
            println!("{violation}");
            ExitCode::FAILURE
        }
    }
}

fn tell_shorter(program: &Program) {
    let (shorter, failure) = program.shrunk();
    println!("  {} stations, {} of {} steps are enough:", shorter.stations, shorter.steps.len(), program.steps.len());
    for (index, step) in shorter.steps.iter().enumerate() {
        println!("  {index:>4} {step:?}");
    }
    if let Some(failure) = failure {
        println!("  after step {}: {}", failure.after, failure.violation);
    }
}
