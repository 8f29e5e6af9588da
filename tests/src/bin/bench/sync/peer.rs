//! PouchDB beside us: `tests/bench/peers/pouchdb.mjs`, a process of Node with its packages from npm.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::figure::{Figure, percentile};

/// How many documents are pushed one by one.
const SINGLES: usize = 100;

/// What was measured of PouchDB.
#[derive(Deserialize)]
pub struct Peer {
    /// All documents to the server, by documents a batch.
    backlog_ms: BTreeMap<String, f64>,
    /// All documents from the server into an empty folder, by documents a batch.
    pull_ms: BTreeMap<String, f64>,
    /// One document each.
    singles_ms: Vec<f64>,
}

/// Runs the driver. Without Node's packages there is nothing to compare with, and that is said.
pub fn measure(folder: &Path, documents: usize) -> Option<Peer> {
    let place = tempfile::tempdir().expect("a folder for the peer");
    let mut command = Command::new("node");
    command.arg(folder.join("pouchdb.mjs")).arg(place.path()).args([documents.to_string(), SINGLES.to_string()]);
    let output = command.output().ok().filter(|output| output.status.success());
    let Some(output) = output else {
        eprintln!("PouchDB was not measured: `npm ci` in {} first", folder.display());
        return None;
    };
    Some(serde_json::from_slice(&output.stdout).expect("the driver prints one JSON object"))
}

impl Peer {
    /// Its best time for the backlog, seconds.
    pub fn backlog_s(&self) -> f64 {
        best(&self.backlog_ms) / 1000.0
    }

    /// Its best time for fetching all, seconds.
    pub fn pull_s(&self) -> f64 {
        best(&self.pull_ms) / 1000.0
    }

    /// One document to the server, the middle of all, milliseconds.
    pub fn single_ms(&self) -> f64 {
        percentile(&self.singles_ms, 0.5)
    }

    /// What is good to know of it.
    pub fn figures(self) -> Vec<Figure> {
        vec![
            Figure::plain("PouchDB: 10,000 documents to its server, its best batch", self.backlog_s(), "s"),
            Figure::plain("PouchDB: 10,000 documents from its server, its best batch", self.pull_s(), "s"),
            Figure::plain("PouchDB: one document to its server, p50", self.single_ms(), "ms"),
        ]
    }
}

fn best(times: &BTreeMap<String, f64>) -> f64 {
    times.values().copied().fold(f64::INFINITY, f64::min)
}
