//! The factory's server as its own process, on either engine, with a port that survives its death.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::factory::Factory;
use crate::postgres::Postgres;
use crate::process::{Process, outcome_of, output_of};
use crate::programs::program;

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
    data: TempDir,
    postgres: Option<Postgres>,
    process: Option<Process>,
}

impl Server {
    /// Loads the demo factory into an empty database and serves it.
    ///
    /// # Panics
    /// When either fails.
    #[track_caller]
    pub fn with_demo(engine: Engine) -> Self {
        let data = tempfile::tempdir().expect("a folder for the server");
        let postgres = (engine == Engine::Postgres).then(Postgres::start);
        let mut server = Self { port: free_port(), data, postgres, process: None };
        output_of(&mut server.command(&["demo", "load"]));
        server.start();
        server
    }

    /// Serves, again or for the first time, at the port it has always had.
    ///
    /// # Panics
    /// When it does not come up.
    #[track_caller]
    pub fn start(&mut self) {
        let mut command = self.command(&["serve"]);
        command.args(["--listen", &format!("127.0.0.1:{}", self.port)]);
        let mut process = Process::start("the server", &command);
        let line = process.json_line("the line that says where it listens", |line| line["listening"].is_string());
        assert_eq!(line["listening"], self.address().as_str(), "it listens where it was told to");
        self.process = Some(process);
    }

    /// Ends it as a power cut would.
    pub fn cut_power(&mut self) {
        self.process = None;
    }

    /// Where stations find it.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
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
        if let Some(postgres) = &self.postgres {
            command.args(["--database-url", postgres.url()]);
        }
        command
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }
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

/// A port that was free a moment ago, for programs that must be told one.
///
/// # Panics
/// When the system has none.
#[track_caller]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a bound port has an address").port()
}
