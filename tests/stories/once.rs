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

#[test]
fn two_stations_that_sign_the_same_job_apart_from_each_other_make_one_sign_off_and_a_conflict() {
    let mut server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut first = Station::enrol(&server, "sole-1", None);
    let mut second = Station::enrol(&server, "sole-2", None);
    first.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    second.scan_to(&factory.badge("hu-zhengang"), "signed_in");
    first.drained();
    second.drained();
    let before = server.verify();

    server.cut_power();
    for station in [&mut first, &mut second] {
        station.scan_to(&factory.traveller("WO-2611-030"), "started");
        station.scan_to(&factory.command("finish"), "signed_off");
    }
    server.start();
    first.drained();
    second.drained();
    let after = server.verify();
    assert_eq!(after.actions - before.actions, 4, "every fact is kept");
    assert!(after.flagged > before.flagged, "a supervisor is shown that two signed: {after:?}");
}
