//! The factory's server as its own process, on either engine, with a port that survives its death.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::factory::Factory;
use crate::port::free_port;
use crate::postgres::Postgres;
use crate::process::{Process, outcome_of, output_of};
use crate::programs::program;

/// The built screens, for a browser.
const SCREENS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist");

/// Which database the server stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// Embedded: one folder.
    Sqlite,
    /// A cluster of the story's own.
    Postgres,
}

impl Engine {
    /// Both, in the order in which stories run.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// For file names and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A server with the demo factory, up or down.
pub struct Server {
    port: u16,
    stations_port: u16,
    data: TempDir,
    database: Option<String>,
    postgres: Option<Postgres>,
    process: Option<Process>,
    wrapper: Vec<String>,
    host: String,
}

impl Server {
    /// Loads the demo factory into an empty database and serves it.
    ///
    /// # Panics
    /// When either fails.
    #[track_caller]
    pub fn with_demo(engine: Engine) -> Self {
        let mut server = Self::loaded(engine, tempfile::tempdir().expect("a folder for the server"));
        server.start();
        server
    }

    /// Loads a factory of one's own, a folder like `assets/demo`, and serves it.
    ///
    /// # Panics
    /// When either fails.
    #[track_caller]
    pub fn with_factory(engine: Engine, factory: &Path) -> Self {
        let data = tempfile::tempdir().expect("a folder for the server");
        let mut server = Self::empty(engine, data);
        output_of(server.command(&["demo", "load"]).arg("--factory").arg(factory));
        server.start();
        server
    }

    /// Loads the demo factory into an empty database, kept in this folder, and does not serve it yet.
    ///
    /// # Panics
    /// When that fails.
    #[track_caller]
    pub fn loaded(engine: Engine, data: TempDir) -> Self {
        let server = Self::empty(engine, data);
        output_of(&mut server.command(&["demo", "load"]));
        server
    }

    fn empty(engine: Engine, data: TempDir) -> Self {
        let postgres = (engine == Engine::Postgres).then(Postgres::start);
        let database = postgres.as_ref().map(|postgres| postgres.url().to_owned());
        Self::at(data, database, postgres)
    }

    /// A second server on the same PostgreSQL, down. It must end before the first does.
    ///
    /// # Panics
    /// When the first one's database is embedded.
    #[track_caller]
    pub fn beside(&self) -> Self {
        let database = self.database.clone();
        assert!(database.is_some(), "an embedded database serves one process");
        Self::at(tempfile::tempdir().expect("a folder for the server"), database, None)
    }

    fn at(data: TempDir, database: Option<String>, postgres: Option<Postgres>) -> Self {
        let host = "127.0.0.1".to_owned();
        let (port, stations_port) = (free_port(), free_port());
        Self { port, stations_port, data, database, postgres, process: None, wrapper: Vec::new(), host }
    }

    /// Serves from now on at another address of this machine, behind a program that leads there, such as
    /// `ip netns exec NAME`.
    pub fn live_in(&mut self, wrapper: &[&str], host: &str) {
        self.wrapper = wrapper.iter().map(|word| (*word).to_owned()).collect();
        host.clone_into(&mut self.host);
    }

    /// Reaches its database another way from now on.
    pub fn reach_database_at(&mut self, url: &str) {
        self.database = Some(url.to_owned());
    }

    /// Serves, again or for the first time, at the port it has always had.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Serves with these environment variables.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn start_with(&mut self, environment: &[(&str, &str)]) {
        let serve = self.command(&["serve"]);
        let mut command = within(&self.wrapper, &serve);
        command.args(["--listen", &format!("{}:{}", self.host, self.port), "--listen-stations", &self.socket()]);
        command.args(["--ui", SCREENS]);
        command.envs(environment.iter().copied());
        let mut process = Process::start("the server", &command);
        let line = process.json_line("the line that says where it listens", |line| line["listening"].is_string());
        assert_eq!(line["listening"], self.office().as_str(), "it listens for browsers where it was told to");
        assert_eq!(line["stations"], self.address().as_str(), "and for stations");
        self.process = Some(process);
    }

    /// Ends it as a power cut would.
    pub fn cut_power(&mut self) {
        self.process = None;
    }

    /// Its process, for stories about its end.
    ///
    /// # Panics
    /// When it is down.
    #[track_caller]
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the server is up")
    }

    /// Its cluster, for stories about the database's end.
    ///
    /// # Panics
    /// When the cluster is not this server's.
    #[track_caller]
    pub fn postgres(&mut self) -> &mut Postgres {
        self.postgres.as_mut().expect("the server stands on a cluster of its own")
    }

    /// How another program reaches its database, if that is no embedded one.
    pub fn database_url(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Where stations find it.
    pub fn address(&self) -> String {
        format!("https://{}", self.socket())
    }

    /// `host:port`, for whatever stands between a station and it.
    pub fn socket(&self) -> String {
        format!("{}:{}", self.host, self.stations_port)
    }

    /// Where browsers find it: those of its own machine need no TLS.
    pub fn office(&self) -> String {
        let scheme = if self.host == "127.0.0.1" { "http" } else { "https" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    /// A one-time code for a station at this workstation. A supervisor's desk holds the whole floor.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn enrol_code(&self, workstation: &str) -> String {
        let scope = if workstation.starts_with("desk") { "floor" } else { "work-centre" };
        let words = ["station", "enrol-code", "--workstation", workstation, "--scope", scope];
        let reply = json_of(&mut self.command(&words));
        reply["code"].as_str().unwrap_or_else(|| panic!("no code in {reply}")).to_owned()
    }

    /// Lets a station in, as the administrator does who has compared its fingerprint.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn confirm(&self, station: &str, fingerprint: &str) {
        json_of(&mut self.command(&["station", "confirm", station, "--fingerprint", fingerprint]));
    }

    /// Every code of the factory.
    ///
    /// # Panics
    /// When the server refuses.
    #[track_caller]
    pub fn factory(&self) -> Factory {
        Factory::read(&json_of(&mut self.command(&["demo", "codes"])))
    }

    /// Lets the server prove that everything it holds adds up.
    ///
    /// # Panics
    /// When anything does not.
    #[track_caller]
    pub fn verify(&self) -> Proof {
        proof(&mut self.command(&["verify"]))
    }

    /// A command of the server's program for this database.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program("cordwainer-server"));
        command.args(words).arg("--data").arg(self.data.path());
        if let Some(database) = &self.database {
            command.args(["--database-url", database]);
        }
        command
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }
}

/// A command run by another program, with its environment.
pub(crate) fn within(wrapper: &[String], command: &Command) -> Command {
    let Some((program, words)) = wrapper.split_first() else {
        let mut plain = Command::new(command.get_program());
        plain.args(command.get_args());
        return plain;
    };
    let mut wrapped = Command::new(program);
    wrapped.args(words).arg(command.get_program()).args(command.get_args());
    wrapped
}

/// What `verify` counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct Proof {
    /// Actions stored.
    pub actions: u64,
    /// Of these, applied.
    pub applied: u64,
    /// Of these, shown to a supervisor.
    pub flagged: u64,
    /// Of these, waiting.
    pub parked: u64,
    /// Of these, closed by a person.
    pub closed: u64,
}

/// Runs `verify` and takes its word only if its exit code agrees.
///
/// # Panics
/// When anything does not add up.
#[track_caller]
pub fn proof(verify: &mut Command) -> Proof {
    let (content, out, err) = outcome_of(verify);
    assert!(content, "the server's own proof fails: {out}{err}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("verify said {out:?}: {error}\n{err}"))
}

#[track_caller]
fn json_of(command: &mut Command) -> Value {
    let out = output_of(command);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{command:?} said {out:?}: {error}"))
}
