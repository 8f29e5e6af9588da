//! The codes of the demo factory, as `cordwainer-server demo codes` prints them. A story names people, pairs and places;
//! what is printed on their cards is the factory's own affair.

use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::process::output_of;
use crate::programs::program;

/// Everything that can be scanned.
#[derive(Clone, Debug, Deserialize)]
pub struct Factory {
    badges: Vec<Badge>,
    travellers: Vec<Traveller>,
    workstations: Vec<Keyed>,
    commands: Vec<Card>,
    defects: Vec<Keyed>,
    operations: Vec<Keyed>,
}

#[derive(Clone, Debug, Deserialize)]
struct Badge {
    code: String,
    name: Name,
    pin: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Name {
    en: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Traveller {
    code: String,
    number: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Keyed {
    code: String,
    id: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Card {
    code: String,
    command: String,
}

impl Factory {
    /// Takes what the server printed.
    ///
    /// # Panics
    /// When it is not what it used to be.
    #[track_caller]
    pub fn read(codes: &Value) -> Self {
        Self::deserialize(codes).unwrap_or_else(|error| panic!("demo codes: {error}"))
    }

    /// The demo that every program carries.
    ///
    /// # Panics
    /// When the server's program does not print it.
    #[track_caller]
    pub fn of_the_demo() -> Self {
        let printed = output_of(Command::new(program("cordwainer-server")).args(["demo", "codes"]));
        Self::read(&serde_json::from_str(&printed).unwrap_or_else(|error| panic!("demo codes: {error}")))
    }

    /// Somebody's badge, by the name in English: `Lin Guoqiang` is `lin-guoqiang`.
    ///
    /// # Panics
    /// When nobody is called so.
    #[track_caller]
    pub fn badge(&self, worker: &str) -> String {
        self.person(worker).code.clone()
    }

    /// Somebody's PIN.
    ///
    /// # Panics
    /// When nobody is called so.
    #[track_caller]
    pub fn pin(&self, worker: &str) -> String {
        self.person(worker).pin.clone()
    }

    #[track_caller]
    fn person(&self, worker: &str) -> &Badge {
        let called = |badge: &&Badge| badge.name.en.to_lowercase().replace(' ', "-") == worker;
        self.badges.iter().find(called).unwrap_or_else(|| panic!("nobody is called {worker}"))
    }

    /// A pair's traveller, by the number as people say it.
    ///
    /// # Panics
    /// When there is no such pair.
    #[track_caller]
    pub fn traveller(&self, number: &str) -> String {
        let found = self.travellers.iter().find(|pair| pair.number == number);
        found.unwrap_or_else(|| panic!("no pair {number}")).code.clone()
    }

    /// A workstation's card.
    ///
    /// # Panics
    /// When there is no such workstation.
    #[track_caller]
    pub fn workstation(&self, id: &str) -> String {
        keyed(&self.workstations, id)
    }

    /// A defect's card.
    ///
    /// # Panics
    /// When there is no such defect.
    #[track_caller]
    pub fn defect(&self, id: &str) -> String {
        keyed(&self.defects, id)
    }

    /// An operation's card.
    ///
    /// # Panics
    /// When there is no such operation.
    #[track_caller]
    pub fn operation(&self, id: &str) -> String {
        keyed(&self.operations, id)
    }

    /// A command's card: `finish`, `undo`, `sign_out`…
    ///
    /// # Panics
    /// When there is no such command.
    #[track_caller]
    pub fn command(&self, command: &str) -> String {
        let found = self.commands.iter().find(|card| card.command == command);
        found.unwrap_or_else(|| panic!("no command {command}")).code.clone()
    }
}

#[track_caller]
fn keyed(all: &[Keyed], id: &str) -> String {
    all.iter().find(|one| one.id == id).unwrap_or_else(|| panic!("no {id}")).code.clone()
}
