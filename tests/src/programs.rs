//! Where the programs under test are: beside this one, for `cargo xtask` builds them all before anything runs.

use std::env;
use std::path::PathBuf;

/// Overrides the folder, so that the bench can measure a release build from elsewhere.
pub const FOLDER_VARIABLE: &str = "CORDWAINER_PROGRAMS";

/// The path of one of our programs.
///
/// # Panics
/// When it has not been built, with the command that builds it.
#[track_caller]
pub fn program(name: &str) -> PathBuf {
    let path = folder().join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is not there: cargo build --workspace --bins", path.display());
    path
}

fn folder() -> PathBuf {
    if let Some(folder) = env::var_os(FOLDER_VARIABLE) {
        return folder.into();
    }
    let own = env::current_exe().expect("a running program has a path");
    let beside = own.parent().expect("a program lies in a folder");
    // Test programs lie one deeper, in `deps`.
    if beside.ends_with("deps") { beside.parent().unwrap_or(beside).into() } else { beside.into() }
}
