//! From the scanner's last byte to an action on the disk, beside two syncs of the same disk: the least that an action can
//! cost, for it is written to the journal and to the store. The server is away: on the floor it is another machine, and
//! its own work and its syncs are not the station's.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;

use crate::figure::{Figure, percentile};

/// About what an action weighs.
const ACTION_BYTES: usize = 700;
/// What an action may cost beyond two syncs, milliseconds.
const BEYOND_SYNCS_MS: f64 = 2.0;

/// Scans a badge and the card that signs out, over and over: each is an action, and neither changes a pair.
pub fn measure(scans: usize) -> Vec<Figure> {
    let mut server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut station = Station::enrol(&server, "finish-1", None);
    server.cut_power();
    let syncs_ms = two_syncs_ms(station.data(), scans);
    let codes = [(factory.badge("dai-chunhua"), "signed_in"), (factory.command("sign_out"), "signed_out")];
    let mut durable_ms = Vec::new();
    for (code, outcome) in codes.iter().cycle().take(scans) {
        let began = Instant::now();
        station.scan_to(code, outcome);
        durable_ms.push(milliseconds(began));
    }
    let (sync_p50, sync_p99) = (percentile(&syncs_ms, 0.5), percentile(&syncs_ms, 0.99));
    vec![
        Figure::plain("two syncs of this disk, p50", sync_p50, "ms"),
        Figure::plain("two syncs of this disk, p99", sync_p99, "ms"),
        Figure::plain("scan to action on the disk, p50", percentile(&durable_ms, 0.5), "ms"),
        Figure::with_goal(
            "scan to action on the disk, p99",
            percentile(&durable_ms, 0.99),
            "ms",
            ((sync_p99 + BEYOND_SYNCS_MS) * 100.0).round() / 100.0,
        ),
        Figure::plain(
            "scan to action on the disk, as so many times two syncs",
            percentile(&durable_ms, 0.5) / sync_p50,
            "×",
        ),
    ]
}

fn two_syncs_ms(folder: &Path, times: usize) -> Vec<f64> {
    let mut file = File::create(folder.join("synced")).expect("a file in the station's folder");
    let measured = (0..times).map(|_| {
        let began = Instant::now();
        for _ in 0..2 {
            file.write_all(&[b'x'; ACTION_BYTES]).expect("room on the disk");
            file.sync_data().expect("a disk that syncs");
        }
        milliseconds(began)
    });
    measured.collect()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
