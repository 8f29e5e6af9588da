//! Where the checkout and its build products lie, and a shell that stands in it.

use std::{
    env,
    path::{Path, PathBuf},
};

use xshell::{Shell, cmd};

use crate::Outcome;

/// This working copy of the repository.
pub struct Checkout {
    /// Its top folder.
    pub root: PathBuf,
    /// A shell whose current folder is the top folder.
    pub shell: Shell,
}

/// How the Rust code is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// For running and testing.
    Dev,
    /// For measuring and shipping.
    Release,
    /// For playing thousands of random programs.
    Simulator,
}

impl Checkout {
    /// The checkout that this program was built from.
    pub fn here() -> Outcome<Self> {
        let own_crate =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = own_crate.parent().ok_or("xtask has no folder above it")?.canonicalize()?;
        let shell = Shell::new()?;
        shell.change_dir(&root);
        Ok(Self { root, shell })
    }

    /// Builds what ships, cargo's own progress visible.
    pub fn build_products(&self) -> Outcome {
        Ok(cmd!(self.shell, "cargo build --locked").run()?)
    }

    /// Builds every program of the workspace, those of the tests included.
    ///
    /// The whole workspace, even when one program is wanted: cargo unites features over what it is asked to build, and
    /// a narrower request would compile the same libraries a second time.
    pub fn build_programs(&self, profile: Profile) -> Outcome {
        let release = (profile == Profile::Release).then_some("--release");
        Ok(cmd!(self.shell, "cargo build --locked --workspace --bins {release...}").run()?)
    }

    /// Where cargo puts the program of that name.
    pub fn program(&self, profile: Profile, name: &str) -> Outcome<PathBuf> {
        let folder = match profile {
            Profile::Dev => "debug",
            Profile::Release => "release",
            Profile::Simulator => "simulator",
        };
        let path = self.cargo_target_dir()?.join(folder).join(format!("{name}{}", env::consts::EXE_SUFFIX));
        if path.is_file() {
            Ok(path)
        } else {
            Err(format!("the build made no program `{name}` ({})", path.display()).into())
        }
    }

    /// A folder under `target/` of the checkout itself, where people look for it, wherever cargo builds.
    pub fn output(&self, name: &str) -> Outcome<PathBuf> {
        let target = self.root.join("target");
        self.shell.create_dir(&target)?;
        Ok(target.join(name))
    }

    /// The UI's folder.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    fn cargo_target_dir(&self) -> Outcome<PathBuf> {
        let metadata = cargo_metadata::MetadataCommand::new().current_dir(&self.root).no_deps().exec()?;
        Ok(metadata.target_directory.into_std_path_buf())
    }
}

/// The path below `root`, with forward slashes, as the repository names it.
pub fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
