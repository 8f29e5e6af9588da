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
    port: u16,
    url: String,
    server: Option<Process>,
    folder: TempDir,
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
        let port = crate::port::free_port();
        let url = format!("postgres://postgres@127.0.0.1:{port}/cordwainer");
        let mut cluster = Self { port, url, server: None, folder };
        cluster.start_again();
        let create = ["--dbname", &cluster.url_of("postgres"), "--quiet", "--command", "CREATE DATABASE cordwainer"];
        output_of(Command::new("psql").args(create));
        cluster
    }

    /// Starts it with what is on its disk, and waits until it answers.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn start_again(&mut self) {
        let data = self.folder.path().join("data");
        let mut command = as_postgres(&programs().join("postgres"));
        command.args(["-D", path_text(&data), "-p", &self.port.to_string(), "-h", "127.0.0.1"]);
        command.args(["-k", path_text(self.folder.path()), "-c", "max_connections=100"]);
        self.server = Some(Process::start("PostgreSQL", &command));
        wait::until("PostgreSQL to answer", || {
            let ask = ["--dbname", &self.url_of("postgres"), "--quiet", "--command", "SELECT 1"];
            let (answered, _, complaint) = outcome_of(Command::new("psql").args(ask));
            if answered { Ok(()) } else { Err(complaint) }
        });
    }

    /// Stops it: `Signal::INT` rolls open transactions back first, `Signal::QUIT` is as sudden as a crash.
    ///
    /// # Panics
    /// When it does not end.
    #[track_caller]
    pub fn stop(&mut self, signal: Signal) {
        if let Some(mut server) = self.server.take() {
            server.signal_group(signal);
            server.wait_for_end();
        }
    }

    /// Runs statements and gives what they print, a row a line.
    ///
    /// # Panics
    /// When one fails.
    #[track_caller]
    pub fn sql(&self, statements: &str) -> String {
        output_of(Command::new("psql").args(["--dbname", &self.url, "-X", "-q", "-t", "-A", "-c", statements]))
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The empty database.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A killed PostgreSQL leaves its shared memory behind; the quick end does not.
        self.stop(Signal::QUIT);
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
