//! `cargo xtask bench`: measures a release build on this machine.

use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
    frontend,
    setup::{self, Purpose},
};

/// Builds in release and lets the bench of the tests crate print its table.
pub fn perform(checkout: &Checkout) -> Outcome {
    setup::perform(checkout, Purpose::Test)?;
    frontend::install(checkout)?;
    frontend::build(checkout)?;
    checkout.build_programs(Profile::Release)?;
    let bench = checkout.program(Profile::Release, "bench")?;
    let out = checkout.output("bench.json")?;
    let peers = checkout.root.join("tests/bench/peers");
    {
        let _inside = checkout.shell.push_dir(&peers);
        cmd!(checkout.shell, "npm ci").run()?;
    }
    Ok(cmd!(checkout.shell, "{bench} --out {out} --peers {peers}").run()?)
}
