//! A private PostgreSQL cluster: made in a throw-away folder, ended with the story. The system's own is left alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::{Process, outcome_of, output_of};
use crate::wait;

/// Where Debian keeps PostgreSQL's own programs, by version.
const DEBIAN_FOLDER: &str = "/usr/lib/postgresql";

/// A running cluster with one empty database.
pub struct Postgres {
    url: String,
    server: Process,
    _folder: TempDir,
}

impl Postgres {
    /// Makes and starts a cluster on a port that the system chose.
    ///
    /// # Panics
    /// When there is no PostgreSQL here, for a test that is skipped proves nothing, or when it does not start.
    #[track_caller]
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("cordwainer-pg-").tempdir().expect("a folder for the cluster");
        if is_root() {
            // PostgreSQL refuses to run as root.
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("our own folder");
        }
        let data = folder.path().join("data");
        let initdb = ["--pgdata", path_text(&data), "--username", "postgres", "--auth", "trust", "--encoding", "UTF8"];
        output_of(as_postgres(&programs.join("initdb")).args(initdb).args(["--no-sync", "--no-locale"]));
        let port = crate::server::free_port();
        let mut command = as_postgres(&programs.join("postgres"));
        command.args(["-D", path_text(&data), "-p", &port.to_string(), "-h", "127.0.0.1"]);
        command.args(["-k", path_text(folder.path()), "-c", "max_connections=50"]);
        let server = Process::start("PostgreSQL", &command);
        let url = |database: &str| format!("postgres://postgres@127.0.0.1:{port}/{database}");
        wait::until("PostgreSQL to answer", || {
            let create = ["--dbname", &url("postgres"), "--quiet", "--command", "CREATE DATABASE cordwainer"];
            let (created, _, complaint) = outcome_of(Command::new("psql").args(create));
            if created { Ok(()) } else { Err(complaint) }
        });
        Self { url: url("cordwainer"), server, _folder: folder }
    }

    /// The empty database.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A killed PostgreSQL leaves its shared memory behind; the quick end does not.
        self.server.signal_group(Signal::QUIT);
        self.server.wait_for_end();
    }
}

fn programs() -> PathBuf {
    let versions = fs::read_dir(DEBIAN_FOLDER).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut found: Vec<PathBuf> = versions.filter(|folder| folder.join("initdb").is_file()).collect();
    found.sort();
    found.pop().unwrap_or_else(|| panic!("no PostgreSQL in {DEBIAN_FOLDER}: apt-get install postgresql"))
}

fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn path_text(path: &Path) -> &str {
    path.to_str().expect("throw-away folders have plain names")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_cluster_answers() {
        let postgres = Postgres::start();
        let answer = output_of(Command::new("psql").args(["-d", postgres.url(), "-tAc", "SELECT 6 * 7"]));
        assert_eq!(answer.trim(), "42", "the database of the story can be asked");
    }
}
