//! `cargo xtask bench`: measures a release build on this machine. `bench labels` and `bench scanners` measure the devices
//! alone.

use std::path::{Path, PathBuf};

use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
    frontend,
    setup::{self, Purpose},
};

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to measure; the programs as a worker meets them, if nothing is said
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// Fill every label at random, and look at it with other people's decoders and renderers
    Labels(Labels),
    /// How fast a scan is heard, and what a dead port costs
    Scanners,
}

#[derive(clap::Args)]
struct Labels {
    /// How many labels of every template, each at 203 and at 300 dpi
    #[arg(long, default_value_t = 1000)]
    labels: usize,
    /// The state of the dice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Build without optimisation, which is quicker for a few labels; nothing then fails for being slow
    #[arg(long)]
    dev: bool,
}

/// Measures, and fails where a goal of labels or scanners is missed.
pub fn perform(checkout: &Checkout, arguments: &Arguments) -> Outcome {
    setup::perform(checkout, Purpose::Test)?;
    match &arguments.what {
        None => programs(checkout),
        Some(What::Labels(arguments)) => labels(checkout, arguments),
        Some(What::Scanners) => {
            Ok(cmd!(checkout.shell, "cargo bench --locked -p cordwainer-devices --bench scanners").run()?)
        }
    }
}

/// Builds in release and lets the bench of the tests crate print its table.
fn programs(checkout: &Checkout) -> Outcome {
    frontend::install(checkout)?;
    frontend::build(checkout)?;
    checkout.build_programs(Profile::Release)?;
    let bench = checkout.program(Profile::Release, "bench")?;
    let out = checkout.output("bench.json")?;
    let peers = checkout.root.join("tests/bench/peers");
    install_packages(checkout, &peers)?;
    Ok(cmd!(checkout.shell, "{bench} --out {out} --peers {peers}").run()?)
}

fn labels(checkout: &Checkout, Labels { labels, seed, dev }: &Labels) -> Outcome {
    let peers = checkout.root.join("tests/bench/label-peers");
    install_packages(checkout, &peers)?;
    let python = python_with(checkout, &peers.join("requirements.txt"))?;
    let (labels, seed) = (labels.to_string(), seed.to_string());
    let profile: &[&str] = if *dev { &["--profile", "dev"] } else { &[] };
    let untimed = dev.then_some("--untimed");
    let bench = cmd!(checkout.shell, "cargo bench --locked -p cordwainer-devices --bench labels {profile...} --");
    Ok(bench
        .args(["--labels", &labels, "--seed", &seed])
        .arg("--peers")
        .arg(&peers)
        .arg("--python")
        .arg(&python)
        .args(untimed)
        .run()?)
}

fn install_packages(checkout: &Checkout, folder: &Path) -> Outcome {
    let _inside = checkout.shell.push_dir(folder);
    Ok(cmd!(checkout.shell, "npm ci").run()?)
}

/// A Python of its own with these packages: nothing of the system's is touched.
fn python_with(checkout: &Checkout, requirements: &Path) -> Outcome<PathBuf> {
    let shell = &checkout.shell;
    let venv = checkout.output("label-peers")?;
    let python = venv.join("bin/python");
    if !python.is_file() {
        cmd!(shell, "python3 -m venv {venv}").run()?;
    }
    let install =
        cmd!(shell, "{python} -m pip install --quiet --disable-pip-version-check --requirement {requirements}");
    install.run().map_err(|error| {
        format!("the decoders of tests/bench/label-peers could not be installed; pip needs the network once ({error})")
    })?;
    Ok(python)
}
