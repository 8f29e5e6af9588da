//! A server, a station at it, and a book of what the station was told "yes" to: the same questions at the end of every story.

use std::collections::BTreeSet;
use std::process::Command;

use cordwainer_tests::factory::Factory;
use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use serde_json::Value;

/// What a worker scans who comes and goes all day: each scan is one action.
const WORKER: &str = "zhu-xiaolong";
/// Where they work.
pub const WORKSTATION: &str = "finish-1";

/// A server, one station, and the book.
pub struct Floor {
    pub station: Station,
    pub server: Server,
    pub factory: Factory,
    pub book: Book,
    signed_in: bool,
}

impl Floor {
    /// A station that has sent everything, at a server that is up.
    #[track_caller]
    pub fn open(engine: Engine) -> Self {
        let server = Server::with_demo(engine);
        let station = Station::enrol(&server, WORKSTATION, None);
        Self::of(server, station)
    }

    /// A station that is up at a server that is up.
    #[track_caller]
    pub fn of(server: Server, mut station: Station) -> Self {
        station.drained();
        let factory = server.factory();
        let book = Book::open(&server);
        Self { station, server, factory, book, signed_in: false }
    }

    /// The code that makes the next action: the worker comes, and goes.
    pub fn next_code(&mut self) -> String {
        self.signed_in = !self.signed_in;
        if self.signed_in { self.factory.badge(WORKER) } else { self.factory.command("sign_out") }
    }

    /// Records so many actions, each answered with yes.
    #[track_caller]
    pub fn record(&mut self, count: usize) {
        for _ in 0..count {
            let code = self.next_code();
            let answer = self.station.scan(&code);
            assert!(self.book.note(&answer), "the scan of {code} is an action: {answer}");
        }
    }

    /// After a restart of the station nobody is signed in there.
    #[track_caller]
    pub fn restart_station(&mut self) {
        self.station.cut_power();
        self.station.restart();
        self.signed_in = false;
    }

    /// Whatever happened: everything that was answered with yes is stored, once, and nothing beside it but `unanswered`
    /// actions of which nobody was told.
    #[track_caller]
    pub fn prove(&mut self, unanswered: usize, when: &str) {
        self.station.drained();
        self.book.prove(&self.server, unanswered, when);
    }
}

/// What stations were told "yes" to, and what was there before.
pub struct Book {
    before: BTreeSet<String>,
    confirmed: BTreeSet<String>,
    unanswered: usize,
}

impl Book {
    /// Opens a book on what a server holds now.
    #[track_caller]
    pub fn open(server: &Server) -> Self {
        Self { before: stored(server), confirmed: BTreeSet::new(), unanswered: 0 }
    }

    /// Notes an answer; says whether it was a yes.
    pub fn note(&mut self, answer: &Value) -> bool {
        let Some(action) = answer["action"].as_str() else { return false };
        self.confirmed.insert(action.replace('-', ""))
    }

    /// How many were noted.
    pub fn confirmed(&self) -> usize {
        self.confirmed.len()
    }

    /// I1 to I3 and I5, by the server's own proof and by looking into its log: every yes is there, and beside them exactly so
    /// many more actions than at the last proof of which nobody was told.
    #[track_caller]
    pub fn prove(&mut self, server: &Server, unanswered: usize, when: &str) {
        let found = self.prove_at_most(server, unanswered, when);
        assert_eq!(found, unanswered, "{when}: what was begun and not answered");
    }

    /// The same where it is open whether an action was begun. Says how many were.
    #[track_caller]
    pub fn prove_at_most(&mut self, server: &Server, unanswered: usize, when: &str) -> usize {
        let proof = server.verify();
        let stored = stored(server);
        assert_eq!(stored.len() as u64, proof.actions, "{when}: the proof is about every row");
        let lost: Vec<_> = self.confirmed.difference(&stored).collect();
        assert!(lost.is_empty(), "{when}: a worker was told yes, and the server does not hold {lost:?}");
        let beside = stored.difference(&self.before).count() - self.confirmed.len();
        let found = beside.saturating_sub(self.unanswered);
        assert!(beside >= self.unanswered, "{when}: what was found before stays");
        assert!(found <= unanswered, "{when}: nothing that nobody did: {found} more than were told");
        self.unanswered = beside;
        found
    }
}

/// The identifiers in a server's log of actions. An identifier is the key there, so none is there twice.
#[track_caller]
fn stored(server: &Server) -> BTreeSet<String> {
    let text = match server.database_url() {
        Some(url) => {
            let ask = "SELECT replace(action_id::text, '-', '') FROM action_log";
            output_of(Command::new("psql").args(["--dbname", url, "-X", "-q", "-t", "-A", "-c", ask]))
        }
        None => {
            let file = server.data().join("cordwainer.db");
            let ask = "SELECT lower(hex(action_id)) FROM action_log";
            let database = rusqlite::Connection::open(file).expect("the server's database opens");
            let mut statement = database.prepare(ask).expect("the log is there");
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("the log can be read");
            rows.map(|row| row.expect("an identifier")).collect::<Vec<_>>().join("\n")
        }
    };
    text.lines().map(str::to_owned).collect()
}
