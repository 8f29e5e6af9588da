//! The channel: who gets through to the doors for stations, and what everybody else is told.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use cordwainer_channel::{Authority, STATION_CERTIFICATE_DAYS, Shown};
use cordwainer_protocol::sync::{CertificateReply, Problem, ProblemCode, PullReply};
use cordwainer_server::boot::{Config, OfficeChannel, Server};
use cordwainer_server::clock::{Clock, SystemClock};
use cordwainer_sync::{Hash, SigningKey};
use reqwest::Method;

use crate::station::{Refused, client, pin_of, random, read};
use crate::world::{Engine, World, both_engines};

const PULL: &str = "/sync/v1/pull?limit=10";

both_engines!(a_stranger_without_a_certificate_is_turned_away_before_its_request_is_read, world => {
    let stranger = client(pin_of(world.store()), None);
    for (method, path) in [(Method::POST, "/sync/v1/push"), (Method::GET, PULL), (Method::GET, "/sync/v1/poke")] {
        let door = format!("{}{path}", world.server.stations_url());
        let answer: Result<PullReply, Refused> = read(stranger.request(method, door).send().await.unwrap()).await;
        let (status, problem) = answer.unwrap_err();
        assert_eq!((status, problem.code), (401, ProblemCode::CertificateDue), "{path}");
    }
    let mut station = world.enrol("cut-1").await;
    let offer = station.record(&station.sign_off(1, 0));
    let request = station.request(Hash::START, &[offer]);
    station.shows(None);
    let refused = station.send(&request).await.unwrap_err();
    assert_eq!(refused.1.code, ProblemCode::CertificateDue, "a signature alone opens no door but that of certificates");
    assert_eq!(world.proven().await.actions, 0, "nothing was stored");
});

both_engines!(a_certificate_of_another_authority_opens_no_channel, world => {
    let mut station = world.enrol("cut-1").await;
    let seed = random();
    let other = SigningKey::from_seed(&seed).public();
    let now = SystemClock.now();
    let elsewhere = Authority::load(&seed, &other, &Authority::found(&other, now).unwrap()).unwrap();
    let forged = elsewhere.for_station("station", &station.public_key(), now, [1; 16]).unwrap();
    station.shows(Some(&forged));
    let door = format!("{}{PULL}", world.server.stations_url());
    assert!(station.client().get(door).send().await.is_err(), "the handshake fails; no request is heard");
});

both_engines!(a_certificate_of_one_station_signs_nothing_for_another, world => {
    let mut thief = world.enrol("cut-1").await;
    let other = world.enrol("cut-1").await;
    let offer = thief.record(&thief.sign_off(1, 0));
    let request = thief.request(Hash::START, &[offer]);
    thief.connects_as(&other);
    let (status, problem) = thief.send(&request).await.unwrap_err();
    assert_eq!((status, problem.code), (401, ProblemCode::Unauthorised), "the channel is one's, the signature another's");
    assert_eq!(thief.page(None, 10).await.unwrap_err().0, 401, "nor does it read anything");
    assert_eq!(world.proven().await.actions, 0, "nothing was stored");
});

both_engines!(revocation_holds_for_the_very_next_request_of_an_open_connection, world => {
    let mut station = world.enrol("cut-1").await;
    assert!(station.page(None, 10).await.is_ok(), "a moment ago it was welcome");
    world.store().revoke_station(station.id).await.unwrap();
    assert_eq!(station.page(None, 10).await.unwrap_err().1.code, ProblemCode::Unauthorised, "now it is not");
    let renewal = renew(&station).await.unwrap_err();
    assert_eq!(renewal.1.code, ProblemCode::Unauthorised, "and gets no new certificate, either");
});

both_engines!(a_certificate_that_ended_is_renewed_by_whoever_holds_the_key, world => {
    let mut station = world.enrol("cut-1").await;
    world.clock.advance(TimeDelta::days(STATION_CERTIFICATE_DAYS + 400));
    let (status, problem) = station.page(None, 10).await.unwrap_err();
    assert_eq!((status, problem.code), (401, ProblemCode::CertificateDue), "two years are over, and more than one besides");
    station.nonce = fresh_nonce(&station).await;
    let next = renew(&station).await.unwrap();
    let certificate = STANDARD.decode(&next.certificate).unwrap();
    let shown = Shown::read(&certificate).unwrap();
    assert_eq!(shown.key, Some(station.public_key()), "for the same key");
    assert!(shown.validity.not_after > world.clock.now() + TimeDelta::days(STATION_CERTIFICATE_DAYS - 1), "for two more");
    station.shows(Some(&certificate));
    assert!(station.page(None, 10).await.is_ok(), "nobody was stranded");
    world.proven().await;
});

both_engines!(a_station_that_nobody_confirmed_may_do_nothing, world => {
    let mut station = world.enrol_unconfirmed("cut-1").await;
    let offer = station.record(&station.sign_off(1, 0));
    let request = station.request(Hash::START, &[offer]);
    for refused in [station.send(&request).await.unwrap_err(), station.page(None, 10).await.unwrap_err()] {
        assert_eq!((refused.0, refused.1.code), (403, ProblemCode::Unconfirmed), "it waits");
    }
    let wrong = world.store().confirm_station(station.id, "0000-0000-0000-0000").await.unwrap_err();
    assert!(wrong.to_string().contains("somebody is in between"), "{wrong}");
    assert!(station.page(None, 10).await.is_err(), "a wrong fingerprint lets nobody in");
    world.store().confirm_station(station.id, &station.public_key().fingerprint()).await.unwrap();
    assert!(station.page(None, 10).await.is_ok(), "the right one does");
    assert_eq!(station.send(&request).await.unwrap().stored_through, 1, "and what it recorded arrives");
    world.proven().await;
});

both_engines!(two_processes_and_a_restart_share_one_authority, world => {
    let mut station = world.enrol("cut-1").await;
    let other = Server::start(world.config.clone()).await.unwrap();
    station.url_of(&other.stations_url());
    assert!(station.page(None, 10).await.is_ok(), "the certificate of one process is good at the other");
    assert_eq!(
        other.store.identity().authority().certificate(),
        world.store().identity().authority().certificate(),
        "because it is one authority"
    );
    other.shutdown().await;
});

async fn renew(station: &crate::station::Station) -> Result<CertificateReply, Refused> {
    read(station.call(Method::POST, "/sync/v1/certificate", &station.nonce, Vec::new()).await).await
}

/// The server hands a known station its next nonce with every refusal, also where its certificate has ended.
async fn fresh_nonce(station: &crate::station::Station) -> String {
    let refused = station.call(Method::POST, "/sync/v1/certificate", "", Vec::new()).await;
    refused.headers()[cordwainer_protocol::sync::NONCE_HEADER].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn plain_http_at_the_door_for_stations_gets_a_clear_word() {
    let world = World::empty(Engine::Sqlite).await;
    let answer = reqwest::get(format!("http://{}/healthz", world.server.stations)).await.unwrap();
    assert_eq!(answer.status(), 400, "it is no HTTP door");
    let problem: Problem = answer.json().await.unwrap();
    assert!(problem.hint.contains("https://"), "{}", problem.hint);
}

#[tokio::test]
async fn a_slow_stranger_is_not_waited_for() {
    let world = World::empty(Engine::Sqlite).await;
    let address = world.server.stations;
    let cut = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        socket.write_all(&[0x16, 0x03, 0x01]).unwrap();
        // Half a record, then nothing: the server hangs up after its own time.
        matches!(socket.read(&mut [0; 64]), Ok(0) | Err(_))
    });
    assert!(cut.await.unwrap(), "the connection is given up");
    assert!(world.enrol_is_possible().await, "and the doors are open for others");
}

#[tokio::test]
async fn browsers_get_the_certificate_that_was_given_and_its_successor_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let first = write_certificate(&certificate, &key);
    let config = Config {
        office: OfficeChannel::Given { certificate: certificate.clone(), key: key.clone() },
        ..Config::embedded(folder.path().join("data"))
    };
    let server = Server::start(config).await.unwrap();
    assert!(server.url().starts_with("https://"), "{}", server.url());
    let url = format!("https://localhost:{}/healthz", server.address.port());
    let trusting = |root: &[u8]| {
        let root = reqwest::Certificate::from_der(root).unwrap();
        reqwest::Client::builder().add_root_certificate(root).build().unwrap()
    };
    assert_eq!(trusting(&first).get(&url).send().await.unwrap().status(), 200, "as given");
    let second = write_certificate(&certificate, &key);
    assert_eq!(trusting(&second).get(&url).send().await.unwrap().status(), 200, "and as renewed beneath it");
    assert!(trusting(&first).get(&url).send().await.is_err(), "the old one is no longer shown");
    std::fs::write(&key, "nonsense").unwrap();
    assert_eq!(
        trusting(&second).get(&url).send().await.unwrap().status(),
        200,
        "a mistake does not take the server down"
    );
    server.shutdown().await;
}

#[tokio::test]
async fn a_given_certificate_that_cannot_be_used_is_said_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let office = OfficeChannel::Given { certificate: folder.path().join("no.pem"), key: folder.path().join("no.key") };
    let told = Server::start(Config { office, ..Config::embedded(folder.path().join("data")) }).await.unwrap_err();
    assert!(told.to_string().contains("no.pem") && told.to_string().contains("--tls-cert"), "{told}");
}

#[tokio::test]
async fn browsers_on_the_network_are_never_spoken_to_in_the_clear_unless_a_balancer_is() {
    let world = World::empty(Engine::Sqlite).await;
    assert!(world.server.url().starts_with("http://127.0.0.1:"), "this machine's own browser needs no TLS");
    let everywhere =
        |trusted_proxies| Config { listen: "0.0.0.0:0".to_owned(), trusted_proxies, ..world.config.clone() };
    let usual = Server::start(everywhere(Vec::new())).await.unwrap();
    let root = usual.store.identity().authority().certificate().to_vec();
    let root = reqwest::Certificate::from_der(&root).unwrap();
    let browser = reqwest::Client::builder().add_root_certificate(root).build().unwrap();
    let url = format!("https://localhost:{}/healthz", usual.address.port());
    assert_eq!(
        browser.get(url).send().await.unwrap().status(),
        200,
        "TLS, by the authority that a browser was told of"
    );
    usual.shutdown().await;
    let behind = Server::start(everywhere(vec!["127.0.0.1".parse().unwrap()])).await.unwrap();
    let url = format!("http://localhost:{}/healthz", behind.address.port());
    assert_eq!(reqwest::get(url).await.unwrap().status(), 200, "the balancer speaks TLS to others");
    behind.shutdown().await;
}

/// Writes a certificate for this machine, and gives its authority's.
fn write_certificate(certificate: &std::path::Path, key: &std::path::Path) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(certificate, pem("CERTIFICATE", made.cert.der())).unwrap();
    std::fs::write(key, pem("PRIVATE KEY", &made.signing_key.serialize_der())).unwrap();
    made.cert.der().to_vec()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[tokio::test]
async fn too_many_silent_strangers_do_not_keep_a_station_out() {
    let world = World::new(Engine::Sqlite).await;
    let mut station = world.enrol("cut-1").await;
    assert!(station.page(None, 10).await.is_ok(), "its connection is open");
    let address = world.server.stations;
    let connect = move || (0..200).filter_map(|_| TcpStream::connect(address).ok()).collect::<Vec<_>>();
    let crowd = tokio::task::spawn_blocking(connect).await.unwrap();
    assert!(station.page(None, 10).await.is_ok(), "whoever is known keeps its place");
    drop(crowd);
}
