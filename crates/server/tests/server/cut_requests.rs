//! Requests cut off, repeated, left by their sender, and replayed by somebody else: on the wire, byte by byte.

use std::collections::BTreeSet;

use cordwainer_protocol::sync::{ProblemCode, PushReply, VerdictStatus};
use cordwainer_server::test_support::factory;
use cordwainer_sync::Hash;
use sqlx::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::station::Station;
use crate::world::{Engine, World, both_engines};

/// The bytes of a signed push of three new sign-offs, as they go over the wire.
fn three_sign_offs(station: &mut Station) -> (Vec<u8>, cordwainer_protocol::sync::PushRequest) {
    let before = station.chain;
    let offers: Vec<_> = (1..=3)
        .map(|pair| {
            let action = station.sign_off(pair, 0);
            station.record(&action)
        })
        .collect();
    let request = station.request(before, &offers);
    (station.bytes_of_push(&request), request)
}

fn duplicates(reply: &PushReply) -> usize {
    reply.verdicts.iter().filter(|verdict| verdict.duplicate).count()
}

both_engines!(a_push_of_three_cut_at_every_byte_stores_nothing_until_it_is_whole, world => {
    factory::release(world.store(), 1..=3).await;
    let mut station = world.enrol("cut-1").await;
    let (bytes, request) = three_sign_offs(&mut station);
    for length in 0..bytes.len() {
        let mut line = station.dial().await;
        line.write_all(&bytes[..length]).await.unwrap();
        // Half of the time in order, half of the time with a reset.
        if length % 2 == 0 {
            line.shutdown().await.unwrap();
        }
    }
    let first = station.send(&request).await.unwrap();
    assert_eq!(duplicates(&first), 0, "none of {} cut deliveries was taken", bytes.len());
    assert!(first.verdicts.iter().all(|verdict| verdict.status == VerdictStatus::Applied), "the whole one is");
    assert_eq!(world.proven().await.actions, 6, "three releases, three sign-offs");
});

both_engines!(an_answer_cut_at_every_byte_is_given_again_as_it_was, world => {
    factory::release(world.store(), 1..=3).await;
    let mut station = world.enrol("cut-1").await;
    let (bytes, request) = three_sign_offs(&mut station);
    let mut line = station.dial().await;
    line.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "stored at the first delivery: {}", String::from_utf8_lossy(&answer));
    for length in 0..answer.len() {
        let mut line = station.dial().await;
        line.write_all(&bytes).await.unwrap();
        // Where later answers are a byte or two shorter, the last lengths are the whole of them.
        line.take(length as u64).read_to_end(&mut Vec::new()).await.unwrap();
    }
    let last = station.send(&request).await.unwrap();
    assert_eq!(duplicates(&last), 3, "the original verdicts, for the {}th time", answer.len() + 2);
    let commits: BTreeSet<_> = last.verdicts.iter().map(|verdict| verdict.commit_seq).collect();
    assert_eq!(commits.len(), 1, "of the one commit that there was");
    station.lease.clone_from(&last.lease);
    station.push(&[station.sign_off(1, 0)]).await.unwrap();
    assert_eq!(world.proven().await.actions, 7, "three releases, three sign-offs, and the station goes on");
});

both_engines!(a_captured_push_replayed_from_elsewhere_adds_nothing_and_learns_no_lease, world => {
    factory::release(world.store(), 1..=3).await;
    let mut station = world.enrol("cut-1").await;
    let (captured, request) = three_sign_offs(&mut station);
    let reply = station.send(&request).await.unwrap();
    station.lease.clone_from(&reply.lease);
    for _ in 0..2 {
        station.push(&[station.sign_off(1, 0)]).await.unwrap();
    }
    let before = world.proven().await;
    let mut elsewhere = station.dial().await;
    elsewhere.write_all(&captured).await.unwrap();
    let mut answer = Vec::new();
    elsewhere.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "an old delivery that comes late is no fork: {head}");
    let replayed: PushReply = serde_json::from_str(body).unwrap();
    assert_eq!((duplicates(&replayed), replayed.stored_through), (3, 5), "nothing goes back to where it was");
    assert_ne!(replayed.lease, station.lease, "the lease is for the station alone");

    // The same bytes with another content, or under another station's name, are nobody's.
    let mut neighbour = world.enrol("cut-1").await;
    let altered = String::from_utf8(captured.clone()).unwrap().replacen("\"outbox_depth\":3", "\"outbox_depth\":4", 1);
    let renamed = String::from_utf8(captured).unwrap().replacen(&station.id.to_string(), &neighbour.id.to_string(), 1);
    for forged in [altered, renamed] {
        let mut line = neighbour.dial().await;
        line.write_all(forged.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 401"), "{}", String::from_utf8_lossy(&answer));
    }
    // Under the neighbour's own signature it is a push of another station's places.
    let mut stolen = request.clone();
    stolen.station_id = station.id;
    let (status, problem) = neighbour.send(&stolen).await.unwrap_err();
    assert_eq!((status, problem.code), (401, ProblemCode::Unauthorised), "a station pushes for itself alone");
    neighbour.push(&[neighbour.sign_off(2, 0)]).await.unwrap();
    assert_eq!(world.proven().await.actions, before.actions + 1, "of all that, one honest action was stored");
});

#[tokio::test]
async fn a_push_whose_sender_hangs_up_is_finished_all_the_same() {
    let world = World::new(Engine::Postgres).await;
    factory::release(world.store(), 1..=3).await;
    let mut station = world.enrol("cut-1").await;
    let (bytes, request) = three_sign_offs(&mut station);
    let mut holder = sqlx::PgConnection::connect(world.config.database_url.as_deref().unwrap()).await.unwrap();
    sqlx::raw_sql("BEGIN; UPDATE sync_head SET v = v").execute(&mut holder).await.unwrap();
    let mut line = station.dial().await;
    line.write_all(&bytes).await.unwrap();
    world.until_somebody_waits().await;
    drop(line);
    // Whoever notices that the line is gone has noticed it by the time a second request was answered on a new one.
    assert_eq!(station.call(reqwest::Method::GET, "/healthz", "", Vec::new()).await.status(), 200, "the server lives");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    let again = station.send(&request).await.unwrap();
    assert_eq!(duplicates(&again), 3, "what was begun was finished, though nobody was there to be told");
    assert_eq!(again.stored_through, 3, "all of it");
    assert_eq!(world.proven().await.actions, 6, "three releases, three sign-offs");
    assert_ne!(station.chain, Hash::START, "the station's own history goes on from there");
}
