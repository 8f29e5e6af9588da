//! What the people who run the server see: figures, and support bundles.

use std::io::Read;

use cordwainer_protocol::sync::Witness;
use cordwainer_server::boot::{BootFault, Config, MetricsDoor, Server};
use cordwainer_server::support::write_bundle;
use cordwainer_server::test_support::factory;
use cordwainer_sync::Hash;
use reqwest::Client;

use crate::world::both_engines;

both_engines!(figures_tell_of_stations_facts_and_requests, world => {
    let door = MetricsDoor { listen: "127.0.0.1:0".to_owned(), token: Some("scraper".to_owned()) };
    let config = Config { metrics: Some(door), ..world.config.clone() };
    let server = Server::start(config).await.unwrap();
    factory::release(&server.store, [1, 2]).await;
    let mut station = crate::station::Station::on(&server, &world, "cut-1").await;
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let mut request = station.request(Hash::START, &[]);
    (request.outbox_depth, request.oldest_pending_age_ms) = (7, 90_000);
    request.witnessed = Some(Witness { audit_seq: 99_999, audit_head: "00".repeat(32), epoch: None, sig: None });
    station.send(&request).await.unwrap();

    let url = format!("http://{}/metrics", server.metrics.unwrap());
    let stranger = Client::new().get(&url).send().await.unwrap();
    assert_eq!(stranger.status(), 401, "figures are not for everybody");
    let text = Client::new().get(&url).bearer_auth("scraper").send().await.unwrap().text().await.unwrap();
    let labels = format!("{{site=\"test\",station=\"{}\",workstation=\"cut-1\"}}", station.id);
    for line in [
        format!("cordwainer_station_pending{labels} 7"),
        format!("cordwainer_station_oldest_pending_seconds{labels} 90"),
        format!("cordwainer_station_last_contact_age_seconds{labels} 0"),
        format!("cordwainer_station_witness_disagrees{labels} 1"),
        "cordwainer_actions{site=\"test\",status=\"applied\"} 3".to_owned(),
        "cordwainer_conflicts_open{site=\"test\"} 0".to_owned(),
        format!("cordwainer_station_loop_restarts{labels} 0"),
        "cordwainer_request_seconds_count{door=\"push\"} 2".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    assert_strict(&text);
    server.shutdown().await;
});

/// Every line is a comment of a family or a sample of the family that was begun last, as the format asks.
fn assert_strict(text: &str) {
    let mut family = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["gauge", "counter", "histogram"].contains(&kind), "{line}");
            name.clone_into(&mut family);
        } else if !line.starts_with("# HELP ") {
            assert!(line.starts_with(&family), "{line} is not of {family}");
            let value = line.rsplit_once(' ').unwrap().1;
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }
}

#[tokio::test]
async fn figures_are_not_told_to_other_machines_without_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let door = MetricsDoor { listen: "0.0.0.0:0".to_owned(), token: None };
    let refused = Server::start(Config { metrics: Some(door), ..Config::embedded(folder.path()) }).await;
    assert!(matches!(refused, Err(BootFault::OpenMetrics(_))), "the person who starts it is told");
}

both_engines!(a_support_bundle_holds_no_secret_and_nobodys_name, world => {
    factory::release(world.store(), [1]).await;
    let worker = factory::worker(factory::maker(), true);
    // Planted where a careless line of log might have put them.
    let folder = tempfile::tempdir().unwrap();
    let logs = world.config.data_dir.join("logs");
    std::fs::create_dir_all(&logs).unwrap();
    let secrets = ["Somebody", worker.badge.as_str(), "Pan", "hunter2", &"ab".repeat(32)];
    let planted = format!(
        "{{\"message\":\"{} scanned {} for {} at postgres://u:{}@db/x key {}\"}}\n{{\"message\":\"the end\"}}",
        secrets[0], secrets[1], secrets[2], secrets[3], secrets[4]
    );
    std::fs::write(logs.join("server-20261120-0001.log"), planted).unwrap();
    let out = folder.path().join("bundle.tar");
    let files = write_bundle(&world.config, world.store(), &out).await.unwrap();
    assert!(files.iter().any(|name| name == "proof.json"), "what the proof found is inside: {files:?}");
    let mut bytes = Vec::new();
    std::fs::File::open(&out).unwrap().read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("the end") && text.contains("schema_step"), "there is something to read");
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} must not leave the house");
    }
    assert!(write_bundle(&world.config, world.store(), &out).await.is_err(), "nothing is written over");
});

both_engines!(codes_that_expired_long_ago_are_swept_and_history_stays, world => {
    factory::release(world.store(), [1]).await;
    world.store().make_enrolment_code("cut-1", false).await.unwrap();
    const CODES: &str = "SELECT tries, hash FROM enrolment_code";
    world.store().do_what_is_due().await.unwrap();
    assert_eq!(world.rows(CODES).await.len(), 1, "it may still be of interest");
    world.clock.advance(chrono::TimeDelta::days(8));
    world.store().do_what_is_due().await.unwrap();
    assert_eq!(world.rows(CODES).await.len(), 0, "it has served its time");
    assert_eq!(world.proven().await.actions, 1, "what happened stays for ever");
});
