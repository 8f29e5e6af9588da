//! The crates of the workspace as cargo sees them: what each is called, where it lies, what it asks for.

use std::{collections::BTreeSet, path::Path};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::{Outcome, checkout::relative};

/// One crate of ours.
#[derive(Debug, Default)]
pub struct Member {
    /// Its name: `cordwainer-domain`.
    pub name: String,
    /// Its folder below the top: `crates/domain`.
    pub folder: String,
    /// The crates that its product is made with, by name (build scripts included, tests not).
    pub needs: BTreeSet<String>,
    /// The crates that only its tests are made with.
    pub tested_with: BTreeSet<String>,
    /// The files that cargo compiles as roots, below the top.
    pub roots: BTreeSet<String>,
    /// The programs it makes.
    pub programs: BTreeSet<String>,
}

/// Asks cargo; needs no network.
pub fn load(root: &Path) -> Outcome<Vec<Member>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    Ok(metadata.workspace_packages().into_iter().map(|package| member(root, package)).collect())
}

fn member(root: &Path, package: &Package) -> Member {
    let named = |tests: bool| {
        let kinds = package.dependencies.iter().filter(move |one| (one.kind == DependencyKind::Development) == tests);
        kinds.map(|one| one.name.clone()).collect()
    };
    let manifest = relative(root, package.manifest_path.as_std_path());
    let programs = package.targets.iter().filter(|target| target.is_bin());
    Member {
        name: package.name.to_string(),
        folder: manifest.trim_end_matches("/Cargo.toml").to_owned(),
        needs: named(false),
        tested_with: named(true),
        roots: package.targets.iter().map(|target| relative(root, target.src_path.as_std_path())).collect(),
        programs: programs.map(|target| target.name.clone()).collect(),
    }
}
