//! Stations that the server does not want: told so in words, and nothing of theirs is lost or stored.

use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use serde_json::json;

#[test]
fn a_revoked_station_keeps_its_work_and_says_why_nothing_is_sent() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut packing = Station::enrol(&server, "pack-1", None);
    packing.scan_to(&factory.badge("zhao-jing"), "signed_in");
    packing.drained();
    let before = server.verify();
    let set_up = packing.ask("get_set_up", json!({}));
    let station = set_up["reply"]["value"]["station"].as_str().unwrap_or_else(|| panic!("no station in {set_up}"));
    output_of(&mut server.command(&["station", "revoke", station]));

    packing.scan_to(&factory.traveller("WO-2611-009"), "signed_off");
    wait::until("the reason in words", || {
        let state = packing.ask("get_state", json!({}));
        let reason = &state["reply"]["value"]["offline_reason"]["code"];
        if reason == "station_revoked" { Ok(()) } else { Err(reason.to_string()) }
    });
    assert_eq!(packing.unsent(), 1, "what was recorded is kept on this disk");
    assert_eq!(server.verify(), before, "the server took nothing from it");
}

#[test]
fn a_station_that_never_enrolled_says_so_and_ends() {
    let server = Server::with_demo(Engine::Sqlite);
    let mut stranger = Station::off(&server, "nowhere", None);
    stranger.run(&[]);
    let said = stranger.event("the reason", |event| event["event"] == "error");
    assert_eq!(said["reason"], "not_enrolled", "{said}");
    assert_eq!(stranger.process().wait_for_end().code(), Some(2), "a script can tell");
}

#[test]
fn an_enrolment_code_works_once() {
    let server = Server::with_demo(Engine::Sqlite);
    let code = server.enrol_code("pack-1");
    let mut first = Station::off(&server, "first", None);
    first.run(&["--enrol", &code]);
    first.let_in(&server);
    first.event("the workstation's work", |event| event["event"] == "ready");
    let mut second = Station::off(&server, "second", None);
    second.run(&["--enrol", &code]);
    let said = second.event("the reason", |event| event["event"] == "error");
    assert_eq!(said["reason"], "enrol_code_refused", "{said}");
}
