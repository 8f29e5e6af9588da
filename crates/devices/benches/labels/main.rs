//! Labels, many and at random, seen with other people's eyes: `cargo xtask bench labels`, which installs the peers first.
//!
//! Every template at 203 and 300 dpi is filled at random and drawn; two independent decoders must read every symbol, other
//! interpreters of ZPL and TSPL and another encoder of ESC/POS must agree on every dot, and a head with a dead dot must leave
//! one of two symbols readable. Then it is timed. It ends with 1 when anything was missed.

mod decoded;
mod drawn;
mod labels;
mod paper;
mod peers;
mod speed;
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use clap::Parser;
use cordwainer_labels::LabelKind;

use labels::{RESOLUTIONS, Random};
use peers::{Decoder, Renderer};
use tally::Tally;

/// Looks at many random labels with other people's eyes.
#[derive(Parser)]
#[command(name = "labels")]
struct Arguments {
    /// How many labels of every template, each at every resolution.
    #[arg(long, default_value_t = 1000)]
    labels: usize,
    /// The state of the dice. The same seed gives the same labels.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder `tests/bench/label-peers`, with its packages installed.
    #[arg(long, value_name = "DIR")]
    peers: PathBuf,
    /// A Python that has the packages of `requirements.txt`.
    #[arg(long, value_name = "FILE", default_value = "python3")]
    python: PathBuf,
    /// Say how fast it was, and let no slowness fail: for a program that was built without optimisation.
    #[arg(long)]
    untimed: bool,
    /// What cargo says to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut misses = look_at_all(&arguments);
    misses += speed::measure(arguments.seed, arguments.untimed);
    misses += paper::measure(arguments.seed, arguments.labels);
    let tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
    let (labels, templates, resolutions) = (arguments.labels, LabelKind::ALL.len(), RESOLUTIONS.len());
    println!(
        "{labels} labels × {templates} templates × {resolutions} resolutions: {} of {} decoded by two, {} pixels differing",
        tally.decoded, tally.labels, tally.pixels_differing
    );
    if misses == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What all threads have found together.
static TALLY: Mutex<Tally> = Mutex::new(Tally::NOTHING);

/// Goes through every label, one thread with its own peers a core; gives how many things were missed.
fn look_at_all(arguments: &Arguments) -> usize {
    let next = AtomicUsize::new(0);
    let all = arguments.labels * LabelKind::ALL.len();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(all.max(1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut decoder = Decoder::start(&arguments.python, &arguments.peers);
                let mut renderer = Renderer::start(&arguments.peers);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= all {
                        return;
                    }
                    let kind = LabelKind::ALL[at % LabelKind::ALL.len()];
                    let found = look_at(kind, arguments.seed, at, &mut decoder, &mut renderer);
                    TALLY.lock().unwrap_or_else(PoisonError::into_inner).add(found);
                }
            });
        }
    });
    TALLY.lock().unwrap_or_else(PoisonError::into_inner).report()
}

/// One label at every resolution.
fn look_at(kind: LabelKind, seed: u64, at: usize, decoder: &mut Decoder, renderer: &mut Renderer) -> Tally {
    let mut tally = Tally::NOTHING;
    for dots_per_inch in RESOLUTIONS {
        let mut random = Random::new(seed, at);
        let label = labels::random(kind, dots_per_inch, &mut random);
        let name = format!("{} {at} of seed {seed} at {dots_per_inch} dpi", kind.word());
        tally.labels += 1;
        decoded::check(&label, &name, decoder, &mut tally);
        drawn::check(&label, &name, renderer, &mut tally);
        decoded::check_dead_dot(&label, &mut random, decoder, &mut tally);
    }
    tally
}
