//! One station: a long backlog, a single action, a fresh start, a damaged cache, and the server's proof of it all.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use cordwainer_tests::process::Process;
use cordwainer_tests::programs::program;
use cordwainer_tests::server::{Engine, Server};

use super::peer::Peer;
use super::workplace::{Work, Workplace};
use super::{BACKLOG, factory, milliseconds, proof, seconds};
use crate::figure::{Figure, percentile};

/// Pairs of the factory. With their cards, a cutting station holds over ten thousand rows.
const PAIRS: u64 = 5_200;
/// Pairs that make up the backlog.
const BUSY_PAIRS: usize = 500;
/// Actions that go one by one.
const SINGLES: usize = 60;
/// PIN checks; each is slow on purpose.
const PIN_CHECKS: usize = 9;

/// Plays the life of one cutting station.
pub async fn measure(peer: Option<&Peer>) -> Vec<Figure> {
    let data = factory::with_pairs(PAIRS);
    let mut server = Server::with_factory(Engine::Sqlite, data.path());
    let folder = tempfile::tempdir().expect("a folder for the station");
    let mut station = Workplace::enrol(folder.path(), &server, &server.enrol_code("cut-1")).await;
    let mut figures = vec![snapshot(&mut station).await];
    figures.extend(pin_checks(&station));
    let work = station.work("cutting.pattern");
    figures.extend(singles(&mut station, &work, peer).await);
    station.stop().await;

    server.cut_power();
    station.record(&work, SINGLES..SINGLES + BUSY_PAIRS, BACKLOG / BUSY_PAIRS);
    drop(station);
    figures.push(restart(folder.path(), &server));
    server.start();
    let mut station = Workplace::again(folder.path());
    figures.push(backlog(&mut station, peer).await);
    station.stop().await;
    drop(station);
    figures.push(rebuilt(folder.path()).await);
    figures.push(proof::measure(&server, BACKLOG as u64, "thousands of pairs that were just released"));
    figures
}

async fn snapshot(station: &mut Workplace) -> Figure {
    let began = Instant::now();
    station.go();
    station.followed().await;
    let taken = seconds(began);
    let rows = station.rows();
    Figure::with_goal(format!("snapshot of {rows} rows into an empty station"), taken, "s", 1.5)
}

fn pin_checks(station: &Workplace) -> Vec<Figure> {
    let worker = station.worker_with_pin();
    let times: Vec<f64> = (0..PIN_CHECKS)
        .map(|_| {
            let began = Instant::now();
            assert!(!station.store.cache.verify_pin(worker, "000000"), "a wrong PIN");
            milliseconds(began)
        })
        .collect();
    vec![Figure::plain("PIN check, p50 (150 to 300 ms are wanted)", percentile(&times, 0.5), "ms")]
}

/// Records one action and waits for the server's word on it, over and over.
async fn singles(station: &mut Workplace, work: &Work, peer: Option<&Peer>) -> Vec<Figure> {
    let mut times = Vec::new();
    for pair in 0..SINGLES {
        let began = Instant::now();
        station.record(work, pair..pair + 1, 1);
        station.wake();
        station.drained().await;
        times.push(milliseconds(began));
    }
    let (p50, p99) = (percentile(&times, 0.5), percentile(&times, 0.99));
    let name = "one action recorded, pushed and judged, p50";
    vec![
        Figure::against(name, p50, "ms", peer.map(Peer::single_ms)),
        Figure::plain("one action recorded, pushed and judged, p99", p99, "ms"),
    ]
}

async fn backlog(station: &mut Workplace, peer: Option<&Peer>) -> Figure {
    let waiting = station.unsent();
    assert_eq!(waiting, BACKLOG as u64, "the backlog waits");
    let began = Instant::now();
    station.go();
    station.drained().await;
    let name = format!("{waiting} actions pushed, durable, judged, signed and chained");
    Figure::against(name, seconds(began), "s", peer.map(Peer::backlog_s))
}

/// From the start of the headless program to its word that it can be worked with, the server being away.
fn restart(folder: &Path, server: &Server) -> Figure {
    let mut command = Command::new(program("cordwainer-station"));
    command.arg("--data").arg(folder).args(["--server", &server.address(), "--stdin"]);
    let began = Instant::now();
    let mut process = Process::start("the station", &command);
    process.json_line("the workstation's work", |line| line["event"] == "ready");
    Figure::with_goal("restart with 10,000 unsent actions and as many rows", seconds(began), "s", 2.0)
}

/// Damages the cache on the disk; what was in it comes from the server again.
async fn rebuilt(folder: &Path) -> Figure {
    let cache = OpenOptions::new().write(true).open(folder.join("cache.db"));
    cache.and_then(|mut file| file.write_all(&[0; 4096])).expect("a cache to damage");
    let began = Instant::now();
    let mut station = Workplace::again(folder);
    station.go();
    station.followed().await;
    let taken = seconds(began);
    station.stop().await;
    Figure::with_goal("a damaged cache found out and fetched again", taken, "s", 10.0)
}
