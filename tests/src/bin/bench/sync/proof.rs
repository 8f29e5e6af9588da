//! The server's proof of everything that it stores, by its own command and from the start of the program.

use std::time::Instant;

use cordwainer_tests::server::Server;

use super::seconds;
use crate::figure::Figure;

/// What the proof of 100,000 rows of history may take.
const GOAL_S: f64 = 1.0;

/// Lets the server prove what it stores, at least so many actions among it.
pub fn measure(server: &Server, actions: u64, of_what: &str) -> Figure {
    let began = Instant::now();
    let done = server.command(&["verify"]).output().expect("the server's program");
    let taken = seconds(began);
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("the proof is JSON");
    assert_eq!(found["problem_count"], 0, "what was measured adds up: {found}");
    let count = |of: &str| found[of].as_u64().unwrap_or_default();
    assert!(count("actions") >= actions, "{actions} actions arrived: {found}");
    // Links of the audit chain, places in the stations' histories, and each action with its verdict.
    let entries = count("audit_entries") + count("places") + 2 * count("actions");
    let name = format!("the proof of {of_what}, for 100,000 of {entries} rows of history");
    Figure::with_goal(name, taken * 100_000.0 / entries as f64, "s", GOAL_S)
}
