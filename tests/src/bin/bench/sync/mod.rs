//! Synchronisation, with the real server as a process of its own and the stations' own stores and loops in this one. In the
//! same run PouchDB carries as many documents to its own server, so that the comparison is with the same machine on the
//! same day.

mod crowd;
mod factory;
mod one_station;
mod peer;
mod proof;
mod workplace;

use std::path::Path;
use std::time::Instant;

use crate::figure::Figure;

/// What the comparison is made with.
const BACKLOG: usize = 10_000;

/// Measures everything about the line between stations and server.
pub fn measure(peers: Option<&Path>) -> Vec<Figure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let peer = peers.and_then(|folder| peer::measure(folder, BACKLOG));
    let mut figures = runtime.block_on(one_station::measure(peer.as_ref()));
    figures.extend(runtime.block_on(crowd::measure()));
    figures.extend(peer.into_iter().flat_map(peer::Peer::figures));
    figures
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

fn milliseconds(since: Instant) -> f64 {
    seconds(since) * 1000.0
}
