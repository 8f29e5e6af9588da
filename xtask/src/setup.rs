//! `cargo xtask setup`: what must be on the machine besides Rust and Node.

mod debian;

use xshell::cmd;

use crate::{Outcome, checkout::Checkout};

/// The oldest Node that the UI's tools run on.
const NODE_MAJOR_MIN: u32 = 20;
/// The nextest that was tried with the pinned toolchain; a newer one is as good.
const NEXTEST_VERSION: &str = "0.9.143";
/// Somebody else's interpreter of ZPL, TSPL and EPL2, which the label tests compare dot for dot: this very version.
const LABELIZE_VERSION: &str = "1.10.0";

/// What the machine is wanted for. A later one needs all that an earlier one needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Build the app and open its window.
    Run,
    /// Play the scripted shift without a display.
    Shift,
    /// Run everything that CI runs.
    Test,
}

/// Installs or names what is missing.
pub fn perform(checkout: &Checkout, purpose: Purpose) -> Outcome {
    debian::install_missing(&checkout.shell, purpose)?;
    check_node(checkout)?;
    if purpose == Purpose::Test {
        install_nextest(checkout)?;
        install_labelize(checkout)?;
    }
    println!("This machine has all that is needed.");
    Ok(())
}

fn check_node(checkout: &Checkout) -> Outcome {
    let found = cmd!(checkout.shell, "node --version").quiet().ignore_stderr().read();
    let version =
        found.map_err(|_| format!("Node {NODE_MAJOR_MIN} or newer is needed, and there is no `node` here"))?;
    if node_is_new_enough(&version) {
        Ok(())
    } else {
        Err(format!("Node {NODE_MAJOR_MIN} or newer is needed; here is {version}").into())
    }
}

fn node_is_new_enough(version: &str) -> bool {
    let major = version.trim().trim_start_matches('v').split('.').next();
    major.and_then(|text| text.parse::<u32>().ok()).is_some_and(|major| major >= NODE_MAJOR_MIN)
}

fn install_nextest(checkout: &Checkout) -> Outcome {
    let shell = &checkout.shell;
    if cmd!(shell, "cargo nextest --version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
        return Ok(());
    }
    println!("cargo-nextest is missing; building it takes some minutes");
    Ok(cmd!(shell, "cargo install cargo-nextest --version {NEXTEST_VERSION} --locked").run()?)
}

fn install_labelize(checkout: &Checkout) -> Outcome {
    let shell = &checkout.shell;
    let found = cmd!(shell, "labelize --version").quiet().ignore_stderr().read();
    if found.is_ok_and(|version| version.trim() == format!("labelize {LABELIZE_VERSION}")) {
        return Ok(());
    }
    println!("labelize {LABELIZE_VERSION} is missing; building it takes some minutes");
    Ok(cmd!(shell, "cargo install labelize --version {LABELIZE_VERSION} --features cli --locked --force").run()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_is_refused() {
        for (version, expected) in
            [("v20.20.2", true), ("v18.19.0", false), ("24.0.0", true), ("", false), ("node", false)]
        {
            assert_eq!(node_is_new_enough(version), expected, "node --version said {version:?}");
        }
    }

    #[test]
    fn tests_need_all_that_a_window_needs() {
        assert!(Purpose::Run < Purpose::Shift && Purpose::Shift < Purpose::Test, "packages are chosen by this order");
    }
}
