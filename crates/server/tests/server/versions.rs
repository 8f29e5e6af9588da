//! Programs of other releases: what they push is always taken, what they pull is what they understand.

use cordwainer_domain::production::ParkReason;
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{ProblemCode, PullReply, SnapshotChunk};
use cordwainer_server::test_support::factory;
use cordwainer_sync::{Hash, encode};
use serde_json::json;

use crate::station::{Refused, read};
use crate::world::both_engines;

both_engines!(every_protocol_may_push, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let mut before = Hash::START;
    for protocol in [0, 1, PROTOCOL, PROTOCOL + 1, 99] {
        let offer = station.record(&station.sign_off(1, 0));
        let mut body = serde_json::to_value(station.request(before, &[offer])).unwrap();
        body["protocol"] = json!(protocol);
        // An older program does not send what is new, a newer one sends what is not known here.
        for member in ["epoch", "health"] {
            body.as_object_mut().unwrap().remove(member);
        }
        body["of_the_future"] = json!({ "a": [1] });
        let bytes = serde_json::to_vec(&body).unwrap();
        let answer = station.call(reqwest::Method::POST, "/sync/v1/push", "", bytes).await;
        let reply: cordwainer_protocol::sync::PushReply = read(answer).await.unwrap();
        assert_eq!(reply.stored_through, station.seq, "protocol {protocol}: a recorded fact is never refused for its age");
        station.lease.clone_from(&reply.lease);
        before = station.chain;
    }
    world.proven().await;
});

both_engines!(only_the_current_protocol_and_the_two_before_may_pull, world => {
    let mut station = world.enrol("cut-1").await;
    for (query, may) in [
        (String::new(), true),
        ("?protocol=1".to_owned(), true),
        (format!("?protocol={PROTOCOL}"), true),
        (format!("?protocol={}", PROTOCOL + 1), false),
        ("?protocol=0".to_owned(), false),
    ] {
        let answer: Result<PullReply, Refused> = station.get(&format!("/sync/v1/pull{query}")).await;
        assert_eq!(answer.as_ref().err().map(|(status, _)| *status), (!may).then_some(426), "{query}");
    }
    let answer: Result<SnapshotChunk, Refused> = station.get("/sync/v1/snapshot?protocol=99").await;
    assert_eq!(answer.unwrap_err().1.code, ProblemCode::Version, "nor take a snapshot");
});

both_engines!(a_kind_of_the_future_is_kept_raw, world => {
    let mut station = world.enrol("cut-1").await;
    let action = station.sign_off(1, 0);
    let body = String::from_utf8(encode(&action).unwrap()).unwrap().replace("\"kind_version\":1", "\"kind_version\":7");
    let before = station.chain;
    let mut offer = station.record_bytes(action.id, "job_finished", body);
    offer.kind_version = 7;
    let reply = station.push_offers(before, &[offer]).await.unwrap();
    assert_eq!(reply.verdicts[0].park_reason, Some(ParkReason::UnknownKind), "the bytes wait for a newer server");
    world.proven().await;
});
