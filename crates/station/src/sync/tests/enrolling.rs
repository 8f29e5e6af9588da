//! Enrolment: the code names the server that may answer it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::sync::EnrolReply;
use cordwainer_sync::{Purpose, SigningKey, body_hash};

use super::super::enrol::{EnrolFault, enrol};
use super::fake_server::{FakeServer, HTML, Instead};
use crate::clock::Clock;
use crate::fixture::{Desk, authority, beginning, server_authority, server_key, station};
use crate::ids::IdSource;
use crate::store::StationStore;

const SECRET: &str = "0123456789ABCDEFGHJKMNPQRS";

fn code() -> String {
    format!("{SECRET}-{}", &body_hash(server_key().public().as_bytes()).to_string()[..16])
}

/// A reply by the holder of a key, over the public key of the station whose next key is this.
fn reply(key: &SigningKey, own_seed: &[u8; 32]) -> EnrolReply {
    let own = SigningKey::from_seed(own_seed).public();
    let own_certificate = server_authority().for_station("station", &own, beginning(), [7; 16]).expect("issued");
    let said = format!("{}\n{own}\nepoch-1", station());
    EnrolReply {
        station_id: station(),
        site_id: "site".into(),
        workstation: "last-1".into(),
        scope: "lasting".to_owned(),
        server_key: key.public().to_string(),
        server_epoch: "epoch-1".to_owned(),
        server_time: DateTime::UNIX_EPOCH,
        nonce: "nonce-1".to_owned(),
        certificate: STANDARD.encode(own_certificate),
        confirmed: false,
        sig: key.sign(Purpose::Enrolment, said.as_bytes()).to_string(),
    }
}

async fn at(url: &str, code: &str, desk: &Desk, store: &StationStore) -> Result<(), EnrolFault> {
    let clock: Arc<dyn Clock> = Arc::<crate::fixture::TestClock>::clone(&desk.clock);
    enrol(url, code, store, &clock, desk.ids.as_ref(), "0").await.map(|_| ())
}

async fn try_to_enrol(server: &FakeServer, desk: &Desk, store: &StationStore) -> Result<(), EnrolFault> {
    at(&format!("{}/", server.url), &code(), desk, store).await
}

/// The seed that the next enrolment will draw, seen by a second source that has drawn as many.
fn next_seed(drawn: u64) -> [u8; 32] {
    let ids = crate::fixture::TestIds::default();
    for _ in 0..drawn {
        ids.random_u64();
    }
    ids.random_32()
}

/// How many ids opening a fresh folder draws: its device key and its first incarnation.
const DRAWN_AT_OPEN: u64 = 2;

#[tokio::test]
async fn a_code_of_this_server_makes_a_station() {
    let server = FakeServer::start().await;
    let desk = Desk::new();
    let store = desk.open_sound();
    let seed = next_seed(DRAWN_AT_OPEN);
    server.kept(|kept| kept.enrol_reply = Some(reply(&server_key(), &seed)));
    try_to_enrol(&server, &desk, &store).await.expect("enrolled");
    let kept = store.outbox.enrolment().expect("reads").expect("enrolled");
    assert_eq!(
        (kept.station_id, kept.server_key, *kept.key_seed.expose()),
        (station(), server_key().public(), seed),
        "and kept"
    );
    assert!(!kept.confirmed, "it waits for somebody to compare its fingerprint");
    assert_eq!(kept.server_url, server.url, "without the slash that somebody typed");
}

#[tokio::test]
async fn another_servers_key_is_refused_even_with_a_good_signature() {
    let server = FakeServer::start().await;
    let desk = Desk::new();
    let store = desk.open_sound();
    let impostor = SigningKey::from_seed(&[9; 32]);
    let mut forged = reply(&server_key(), &next_seed(DRAWN_AT_OPEN + 1));
    forged.station_id = cordwainer_domain::StationId(uuid::Uuid::nil());
    for wrong in [reply(&impostor, &next_seed(DRAWN_AT_OPEN)), forged] {
        server.kept(|kept| kept.enrol_reply = Some(wrong));
        let fault = try_to_enrol(&server, &desk, &store).await.expect_err("not the server of the code");
        assert!(matches!(fault, EnrolFault::KeyMismatch), "{fault}");
        assert_eq!(fault.message().code, MessageCode::ServerKeyMismatch, "and the screen says which");
    }
    assert_eq!(store.outbox.enrolment().expect("reads"), None, "nothing was kept");
}

#[tokio::test]
async fn a_refused_code_and_a_silent_server_are_told_apart() {
    let server = FakeServer::start().await;
    let desk = Desk::new();
    let store = desk.open_sound();
    let refused = try_to_enrol(&server, &desk, &store).await.expect_err("401");
    assert_eq!(refused.message().code, MessageCode::EnrolCodeRefused, "{refused}");
    let torn = at(&server.url, SECRET, &desk, &store).await.expect_err("no key hash");
    assert_eq!(torn.message().code, MessageCode::EnrolCodeRefused, "{torn}");
    server.next("/sync/v1/enrol", Instead::Before(axum::http::StatusCode::OK, HTML.to_owned()));
    let portal = try_to_enrol(&server, &desk, &store).await.expect_err("a page");
    assert_eq!(portal.message().code, MessageCode::ServerUnreachable, "{portal}");
    let nowhere = at("floor server", &code(), &desk, &store).await.expect_err("no address");
    assert_eq!(nowhere.message().code, MessageCode::ServerUnreachable, "{nowhere}");
}

#[tokio::test]
async fn a_server_with_another_key_learns_nothing_not_even_the_code() {
    let impostor = FakeServer::start_as(authority([9; 32])).await;
    impostor.kept(|kept| kept.enrol_reply = Some(reply(&server_key(), &next_seed(DRAWN_AT_OPEN))));
    let desk = Desk::new();
    let store = desk.open_sound();
    let fault = try_to_enrol(&impostor, &desk, &store).await.expect_err("another server");
    assert_eq!(fault.message().code, MessageCode::ServerKeyMismatch, "{fault}");
    assert_eq!(impostor.opened(), 0, "no channel was opened, so no byte of ours was read");
    assert!(impostor.kept(|kept| kept.enrol_reply.is_some()), "and nothing was asked");
}
