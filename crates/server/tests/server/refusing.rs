//! What is not a request of ours, or not of a station of ours, changes nothing.

use chrono::TimeDelta;
use cordwainer_domain::{ActionId, StationId};
use cordwainer_protocol::sync::{NONCE_HEADER, Problem, ProblemCode, PullReply, PushReply};
use cordwainer_server::test_support::factory;
use cordwainer_sync::Hash;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::station::{Refused, read};
use crate::world::both_engines;

both_engines!(malformed_pushes_are_refused_and_nothing_is_stored, world => {
    let mut station = world.enrol("cut-1").await;
    let offer = station.record(&station.sign_off(1, 0));
    let good = serde_json::to_value(station.request(Hash::START, &[offer])).unwrap();
    let with = |path: &str, value: Value| {
        let mut changed = good.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[key] = value;
        serde_json::to_vec(&changed).unwrap()
    };
    let bodies = [
        Vec::new(),
        b"{".to_vec(),
        b"[]".to_vec(),
        vec![0xff; 64],
        "[".repeat(100_000).into_bytes(),
        with("/incarnation", json!("")),
        with("/incarnation", json!("z".repeat(32))),
        with("/first_seq", json!(2)),
        with("/first_seq", json!(u64::MAX)),
        with("/first_seq", json!(-1)),
        with("/prev_chain", json!("00")),
        with("/app_version", json!("a\u{0}b")),
        with("/app_version", json!("a".repeat(10_000))),
        with("/actions/0/seq", json!(0)),
        with("/actions/0/seq", json!(u64::MAX)),
        with("/actions/0/chain_hash", json!("xyz")),
        with("/actions/0/fork_of", json!("xyz")),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer: Result<PushReply, Refused> = read(station.call(Method::POST, "/sync/v1/push", "", body).await).await;
        let (status, problem) = answer.unwrap_err();
        assert_eq!((status, problem.code), (400, ProblemCode::Malformed), "{shown}");
    }
    let huge = vec![b' '; 1024 * 1024 + 1];
    let answer: Result<PushReply, Refused> = read(station.call(Method::POST, "/sync/v1/push", "", huge).await).await;
    assert_eq!(answer.unwrap_err().1.code, ProblemCode::TooLarge, "more than a mebibyte is not read");
    assert_eq!(world.proven().await.actions, 0, "nothing of all that is stored");
    let body = serde_json::to_vec(&good).unwrap();
    let reply: Result<PushReply, Refused> = read(station.call(Method::POST, "/sync/v1/push", "", body).await).await;
    assert_eq!(reply.unwrap().stored_through, 1, "the true one passes");
});

both_engines!(strangers_and_revoked_stations_store_nothing, world => {
    let mut station = world.enrol("cut-1").await;
    let offer = station.record(&station.sign_off(1, 0));
    let request = station.request(Hash::START, &[offer]);
    let mut stranger = station.cloned_disk();
    stranger.id = StationId(Uuid::from_u128(77));
    assert_eq!(stranger.send(&request).await.unwrap_err().0, 401, "nobody of that name is enrolled");
    let mut thief = world.enrol("cut-1").await;
    thief.id = station.id;
    assert_eq!(thief.send(&request).await.unwrap_err().0, 401, "the name fits, the key does not");
    let other = world.enrol("cut-1").await;
    assert_eq!(other.send(&request).await.unwrap_err().0, 401, "a station cannot push in another one's name");

    world.store().revoke_station(station.id).await.unwrap();
    let (status, problem) = station.send(&request).await.unwrap_err();
    assert_eq!((status, problem.code), (401, ProblemCode::Unauthorised), "its rights were taken away a moment ago");
    assert_eq!(station.page(None, 10).await.unwrap_err().0, 401, "it sees nothing any more, either");
    assert_eq!(world.proven().await.actions, 0, "nothing was stored");
});

both_engines!(a_stale_nonce_is_refused_with_a_fresh_one, world => {
    let mut station = world.enrol("cut-1").await;
    world.clock.advance(TimeDelta::minutes(6));
    let (status, problem) = station.page(None, 10).await.unwrap_err();
    assert_eq!((status, problem.code), (401, ProblemCode::StaleNonce), "five minutes are over");
    assert!(station.page(None, 10).await.is_ok(), "the refusal brought the next nonce");
    let mut other = world.enrol("close-1").await;
    other.nonce.clone_from(&station.nonce);
    assert_eq!(other.page(None, 10).await.unwrap_err().1.code, ProblemCode::StaleNonce, "a nonce is one station's");
    let replayed = station.call(Method::GET, "/sync/v1/pull?limit=7", "", Vec::new()).await;
    assert!(replayed.headers().contains_key(NONCE_HEADER), "even without one, a known station learns the next");
    assert_eq!(replayed.status(), 401, "but gets nothing else");
});

both_engines!(a_signature_covers_the_whole_request, world => {
    let station = world.enrol("cut-1").await;
    let signed = station.call(Method::GET, "/sync/v1/pull?limit=1", &station.nonce, Vec::new()).await;
    let page: PullReply = read(signed).await.unwrap();
    assert_eq!(page.from, 0, "as it was signed, it is answered");
    let door = format!("{}/sync/v1/pull", world.server.stations_url());
    let unsigned = station.client().get(&door).send().await.unwrap();
    assert_eq!(unsigned.status(), 401, "no signature, no page, whatever the certificate");
});

both_engines!(every_answer_is_one_of_ours, world => {
    let client = reqwest::Client::new();
    let url = world.server.url();
    let health: Value = client.get(format!("{url}/healthz")).send().await.unwrap().json().await.unwrap();
    assert_eq!(health["sites"], json!([factory::SITE]), "the server answers and its database does");
    let doors: Value = client.get(format!("{url}/openapi.json")).send().await.unwrap().json().await.unwrap();
    for door in ["/healthz", "/sync/v1/enrol", "/sync/v1/certificate", "/sync/v1/push", "/sync/v1/pull", "/sync/v1/poke"] {
        assert!(doors["paths"][door].is_object(), "{door} is described");
    }
    let nowhere = client.get(format!("{url}/nowhere")).send().await.unwrap();
    assert_eq!(nowhere.status(), 404, "there is nothing");
    let problem: Problem = nowhere.json().await.unwrap();
    assert_eq!(problem.code, ProblemCode::NotFound, "and it is said in our words");
});

both_engines!(a_known_place_offered_under_another_identifier_is_refused, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let offer = station.record(&station.sign_off(1, 0));
    let mut request = station.request(Hash::START, &[offer]);
    assert_eq!(station.send(&request).await.unwrap().stored_through, 1, "stored");
    let before = world.proven().await.actions;
    request.actions[0].action_id = ActionId(Uuid::from_u128(9));
    let (status, problem) = station.send(&request).await.unwrap_err();
    assert_eq!((status, problem.code), (400, ProblemCode::Malformed), "the bytes are known, the name is not");
    assert_eq!(world.proven().await.actions, before, "nothing more is stored");
});

both_engines!(a_push_scratched_anywhere_is_refused_or_kept_and_never_brings_the_server_down, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let offers = [station.record(&station.sign_off(1, 0)), station.record(&station.sign_off(1, 1))];
    let good = serde_json::to_vec(&station.request(Hash::START, &offers)).unwrap();
    for (at, how) in (0..good.len()).step_by(11).zip((0..4).cycle()) {
        let mut body = good.clone();
        match how {
            0 => body[at] ^= 0x20,
            1 => body.truncate(at),
            2 => body[at] = b'9',
            _ => body.splice(at..at, b"\\u0000".iter().copied()).for_each(drop),
        }
        let answer = station.call(Method::POST, "/sync/v1/push", "", body).await;
        let status = answer.status().as_u16();
        assert!(status == 200 || (400..500).contains(&status), "byte {at} scratched: {status}");
        let answer: Result<PushReply, Refused> = read(answer).await;
        assert!(answer.is_ok() || status != 200, "byte {at}: an answer of ours either way");
    }
    // A body that still reads as a push is kept, parked where its signature does not fit; either way everything adds up.
    world.proven().await;
});
