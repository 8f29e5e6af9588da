//! A second scan never counts twice: not at once, not later, not at another station.

use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;

#[test]
fn a_held_trigger_is_one_scan_and_a_later_scan_is_told_who_did_it() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut packing = Station::enrol(&server, "pack-1", None);
    packing.scan_to(&factory.badge("zhao-jing"), "signed_in");
    let before = server.verify();
    let pair = factory.traveller("WO-2611-009");
    packing.scanner.burst(&[&pair, &pair, &pair]);
    let outcomes: Vec<_> = (0..3).map(|_| packing.event("an answer", |event| event["event"] == "scan")).collect();
    let words: Vec<_> = outcomes.iter().map(|event| event["outcome"].as_str().unwrap_or_default()).collect();
    assert_eq!(words, ["signed_off", "repeat", "repeat"], "one sign-off, shown twice more");

    packing.scan_to(&factory.traveller("WO-2611-010"), "signed_off");
    let again = packing.scan_to(&pair, "refused");
    assert_eq!(again["reason"], "already_done", "a later scan says who did it: {again}");
    packing.drained();
    let proof = server.verify();
    assert_eq!((proof.flagged, proof.parked), (before.flagged, before.parked), "nothing was counted twice");
}
