//! The UI's own tools, called through npm: install, checks, tests, build.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
};

use serde_json::Value;
use xshell::cmd;

use crate::{Outcome, checkout::Checkout};

/// Installs the UI's packages exactly as locked, unless they are there already.
///
/// A stamp inside `node_modules` holds the lock file's fingerprint: it goes when the folder goes.
pub fn install(checkout: &Checkout) -> Outcome {
    let shell = &checkout.shell;
    let stamp_path = checkout.ui().join("node_modules/.installed-from");
    let lock = shell.read_file(checkout.ui().join("package-lock.json"))?;
    let stamp = fingerprint(&lock, &cmd!(shell, "node --version").quiet().read()?);
    if shell.read_file(&stamp_path).is_ok_and(|known| known == stamp) {
        println!("UI packages are up to date");
        return Ok(());
    }
    let _ui = shell.push_dir(checkout.ui());
    cmd!(shell, "npm ci --no-audit --no-fund --prefer-offline").run()?;
    Ok(shell.write_file(stamp_path, stamp)?)
}

/// Checks, tests and builds the UI. The build itself refuses bundles over their budget.
pub fn check(checkout: &Checkout) -> Outcome {
    let scripts = scripts(&checkout.shell.read_file(checkout.ui().join("package.json"))?)?;
    for script in steps(&scripts)? {
        npm_run(checkout, script)?;
    }
    Ok(())
}

/// Builds the bundle that the desktop app and the server carry.
pub fn build(checkout: &Checkout) -> Outcome {
    npm_run(checkout, "build")
}

fn npm_run(checkout: &Checkout, script: &str) -> Outcome {
    let _ui = checkout.shell.push_dir(checkout.ui());
    Ok(cmd!(checkout.shell, "npm run {script}").run()?)
}

fn fingerprint(lock: &str, node_version: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (lock, node_version.trim()).hash(&mut hasher);
    format!("{:016x}\n", hasher.finish())
}

fn scripts(package_json: &str) -> Outcome<Vec<String>> {
    let package: Value = serde_json::from_str(package_json)?;
    let scripts = package.get("scripts").and_then(Value::as_object).ok_or("ui/package.json has no scripts")?;
    Ok(scripts.keys().cloned().collect())
}

/// The scripts to run, in order. A missing one is an error, a linter alone is optional.
fn steps(scripts: &[String]) -> Outcome<Vec<&'static str>> {
    let has = |name: &str| scripts.iter().any(|script| script == name);
    if let Some(missing) = ["check", "test", "build"].into_iter().find(|name| !has(name)) {
        return Err(format!("ui/package.json has no script `{missing}`: CI would not notice a broken UI").into());
    }
    Ok(["check", "lint", "test", "build"].into_iter().filter(|name| has(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_lock_or_node_makes_npm_run_again() {
        let known = fingerprint("{}", "v20.1.0\n");
        assert_eq!(known, fingerprint("{}", "v20.1.0"), "a line end is no change");
        assert_ne!(known, fingerprint("{ }", "v20.1.0"), "another lock is");
        assert_ne!(known, fingerprint("{}", "v22.1.0"), "native modules depend on Node");
    }

    #[test]
    fn a_ui_without_tests_is_refused() {
        let found = scripts(r#"{"scripts": {"check": "a", "build": "b"}}"#).expect("valid package");
        let error = steps(&found).expect_err("the script `test` is missing");
        assert!(error.to_string().contains("`test`"), "the missing script is named: {error}");
    }

    #[test]
    fn the_linter_runs_where_there_is_one() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let all = names(&["build", "check", "lint", "test"]);
        assert_eq!(steps(&all).expect("complete"), ["check", "lint", "test", "build"], "cheap checks come first");
        let without = names(&["build", "check", "test"]);
        assert_eq!(steps(&without).expect("complete"), ["check", "test", "build"], "no linter, no step");
    }
}
