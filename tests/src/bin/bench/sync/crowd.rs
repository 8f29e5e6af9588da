//! Sixty stations come back from an outage at once, on PostgreSQL; then the server dies and they find it again.

use std::time::Instant;

use cordwainer_tests::server::{Engine, Server};
use futures::future::join_all;
use tempfile::TempDir;

use super::workplace::{Work, Workplace};
use super::{factory, proof, seconds};
use crate::figure::Figure;

const STATIONS: usize = 60;
/// Each pair is worked on at two workstations.
const PAIRS: usize = 150;
const PAIRS_EACH: usize = PAIRS / (STATIONS / 2);
const ACTIONS_EACH: usize = 500;

/// Where the stations stand, and what is done there on a pair that was just released.
const PLACES: [(&str, &str); 2] = [("cut-1", "cutting.pattern"), ("bottom-1", "bottom.insole")];

/// Plays the morning after an outage.
pub async fn measure() -> Vec<Figure> {
    let data = factory::with_pairs(PAIRS as u64);
    let mut server = Server::with_factory(Engine::Postgres, data.path());
    let mut crowd = Vec::new();
    for index in 0..STATIONS {
        crowd.push(Member::join(&server, index).await);
    }
    server.cut_power();
    for member in &crowd {
        member.record(PAIRS_EACH, ACTIONS_EACH / PAIRS_EACH);
    }
    server.start();
    let began = Instant::now();
    join_all(crowd.iter_mut().map(Member::send_all)).await;
    let drained_s = seconds(began);
    let slowest_s = crowd.iter().map(|member| member.slowest_s).fold(0.0, f64::max);

    server.cut_power();
    let began = Instant::now();
    server.start();
    join_all(crowd.iter_mut().map(Member::in_step)).await;
    let in_step_s = seconds(began);
    for member in &mut crowd {
        member.workplace.stop().await;
    }
    let actions = (STATIONS * ACTIONS_EACH) as u64;
    vec![
        Figure::with_goal("60 stations with 500 actions each, all drained", drained_s, "s", 30.0),
        Figure::with_goal("the longest that one of them waited for an answer", slowest_s, "s", 5.0),
        Figure::with_goal("server killed and back, all 60 in step", in_step_s, "s", 30.0),
        proof::measure(&server, actions, "what the 60 did"),
    ]
}

/// One of the sixty.
struct Member {
    workplace: Workplace,
    work: Work,
    /// The first of the pairs that are worked on here.
    first_pair: usize,
    slowest_s: f64,
    /// Holds the station's stores.
    _folder: TempDir,
}

impl Member {
    async fn join(server: &Server, index: usize) -> Self {
        let (workstation, operation) = PLACES[index % PLACES.len()];
        let folder = tempfile::tempdir().expect("a folder for the station");
        let code = server.enrol_code(workstation);
        let mut workplace = Workplace::enrol(folder.path(), server, &code).await;
        workplace.go();
        workplace.followed().await;
        workplace.stop().await;
        let work = workplace.work(operation);
        let first_pair = index / PLACES.len() * PAIRS_EACH;
        Self { workplace, work, first_pair, slowest_s: 0.0, _folder: folder }
    }

    fn record(&self, pairs: usize, actions_each: usize) {
        self.workplace.record(&self.work, self.first_pair..self.first_pair + pairs, actions_each);
    }

    /// Sends all that waits. The time between two answers is the longest that a request can have taken.
    async fn send_all(&mut self) {
        self.workplace.go();
        while self.workplace.unsent() > 0 {
            let asked = Instant::now();
            self.workplace.pushed().await;
            self.slowest_s = self.slowest_s.max(seconds(asked));
        }
    }

    /// Waits until the server answers again and this station has followed its feed to the end.
    async fn in_step(&mut self) {
        self.workplace.followed().await;
    }
}
