//! Actions as bytes: what cannot be read is told apart, and nothing makes the reader stumble.

use cordwainer_sync::{DecodeFault, Purpose, SigningKey, body_hash, canonical_json, decode, encode, read_header};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::samples;

fn bodies() -> Vec<Vec<u8>> {
    samples::all().iter().map(|action| encode(action).unwrap()).collect()
}

/// A sample's bytes with one member changed, still canonical.
fn changed(place: usize, member: &str, value: Value) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&bodies()[place]).unwrap();
    body[member] = value;
    canonical_json(&body).unwrap()
}

#[test]
fn every_action_reads_back_as_it_was() {
    for action in samples::all() {
        let body = encode(&action).unwrap();
        assert_eq!(decode(&body).as_ref(), Ok(&action), "{} is a round trip", action.fact.kind());
        let value: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(canonical_json(&value).unwrap(), body, "{}: the bytes are canonical", action.fact.kind());
    }
}

#[test]
fn every_column_is_inside_the_signed_bytes() {
    let body: Value = serde_json::from_slice(&bodies()[0]).unwrap();
    let mut columns: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    columns.sort_unstable();
    let expected = [
        "action_id",
        "app_version",
        "auth_level",
        "base_cursor",
        "base_version",
        "boot_id",
        "clock_class",
        "clock_offset_ms",
        "data",
        "grant_id",
        "job_id",
        "kind",
        "kind_version",
        "mono_at",
        "schema_version",
        "site_id",
        "station_id",
        "wall_at",
        "work_order_id",
        "worker_id",
        "workstation",
    ];
    assert_eq!(columns, expected, "a column outside the signature could be altered unseen");
}

#[test]
fn an_unknown_kind_or_version_keeps_a_readable_header() {
    for (member, value, kind, version) in [
        ("kind", json!("hide_reserved"), "hide_reserved", 1),
        ("kind_version", json!(2), "job_started", 2),
        ("kind_version", json!(0), "job_started", 0),
        ("kind", json!(""), "", 1),
    ] {
        let body = changed(1, member, value);
        let expected = DecodeFault::UnknownKind { kind: kind.to_owned(), version };
        assert_eq!(decode(&body), Err(expected), "a newer station wrote it");
        let header = read_header(&body).unwrap();
        assert_eq!((header.kind.as_str(), header.kind_version), (kind, version), "who, when and where can be read");
        assert_eq!(header.action_id, samples::all()[1].id, "so it can be filed and judged after an upgrade");
    }
}

#[test]
fn what_is_no_action_is_unreadable() {
    let deep = "[".repeat(10_000);
    let cases: [(&str, Vec<u8>); 17] = [
        ("nothing", Vec::new()),
        ("not text", vec![0xff, 0xfe, 0x00]),
        ("not an object", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("no members", b"{}".to_vec()),
        ("nested without end", deep.into_bytes()),
        ("half of it", bodies()[0][..200].to_vec()),
        ("something after it", [bodies()[1].clone(), b"{}".to_vec()].concat()),
        ("an id that is none", changed(1, "action_id", json!("seven"))),
        ("an unknown level", changed(1, "auth_level", json!("fingerprint"))),
        ("a negative version", changed(1, "base_version", json!(-1))),
        ("another kind's data", changed(1, "data", json!({ "target": "x" }))),
        ("data of the wrong shape", changed(1, "data", json!("round 0"))),
        ("a column that nobody knows", changed(1, "mood", json!("good"))),
        ("a member that nobody knows", changed(1, "data", json!({ "round": 0, "again": 1 }))),
        ("a blank that was not signed so", [b" ".to_vec(), bodies()[1].clone()].concat()),
        ("a negative round", changed(1, "data", json!({ "round": -1 }))),
    ];
    for (name, body) in cases {
        assert!(matches!(decode(&body), Err(DecodeFault::Unreadable(_))), "{name}: {:?}", decode(&body));
    }
    let without_data = {
        let mut body: Value = serde_json::from_slice(&bodies()[1]).unwrap();
        body.as_object_mut().unwrap().remove("data");
        canonical_json(&body).unwrap()
    };
    assert!(matches!(decode(&without_data), Err(DecodeFault::Unreadable(_))), "a fact without its data");
}

proptest! {
    #![proptest_config(crate::trials(300))]

    #[test]
    fn a_damaged_byte_is_never_taken_for_the_signed_action(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let all = bodies();
        let body = &all[pick.index(all.len())];
        let key = SigningKey::from_seed(&[7; 32]);
        let signature = key.sign(Purpose::Action, body);
        let mut damaged = body.clone();
        let at = at.index(damaged.len());
        damaged[at] ^= flip;
        prop_assert_ne!(body_hash(&damaged), body_hash(body), "the hash tells");
        prop_assert!(key.public().verify(Purpose::Action, &damaged, &signature).is_err(), "and so does the signature");
        // Whatever it reads as, reading it is safe, and it is another action than the one that was signed.
        if let Ok(action) = decode(&damaged) {
            prop_assert_ne!(encode(&action).unwrap(), body.clone(), "damage is never repaired in silence");
        }
    }

    #[test]
    fn a_torn_action_is_unreadable(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let all = bodies();
        let body = &all[pick.index(all.len())];
        let torn = &body[..at.index(body.len())];
        prop_assert!(matches!(decode(torn), Err(DecodeFault::Unreadable(_))), "a part is not the whole");
    }

    #[test]
    fn no_bytes_at_all_make_the_reader_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(decode(&bytes).is_err(), "noise is no action");
        prop_assert!(read_header(&bytes).is_err(), "nor has it a header");
    }
}
