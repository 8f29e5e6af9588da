//! The network gone, the server killed, the station killed: what was answered is on the disk, arrives, and counts once.

use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use serde_json::Value;

/// How many actions the server holds, having checked that everything adds up.
#[track_caller]
fn stored(server: &Server) -> u64 {
    let (content, said) = server.verify();
    assert!(content, "verify is content: {said}");
    said["stored"].as_u64().unwrap_or_else(|| panic!("no count of stored actions in {said}"))
}

fn two_stations_work_without_a_server(engine: Engine) {
    let mut server = Server::with_demo(engine);
    let factory = server.factory();
    let mut finishing = Station::enrol(&server, &factory.workstation("finish-1"), "finishing", None);
    let mut soling = Station::enrol(&server, &factory.workstation("sole-1"), "soling", None);
    finishing.scan_to(&factory.badge("zhu-xiaolong"), "signed_in");
    soling.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    finishing.drained();
    soling.drained();
    let before = stored(&server);

    server.cut_power();
    let at_finishing = [
        (factory.traveller("WO-2611-017"), "signed_off"),
        (factory.traveller("WO-2611-018"), "signed_off"),
        (factory.traveller("WO-2611-019"), "started"),
        (factory.traveller("WO-2611-018"), "signed_off"),
        (factory.command("pause_break"), "paused"),
        (factory.traveller("WO-2611-022"), "started"),
    ];
    let at_soling = [
        (factory.traveller("WO-2611-030"), "started"),
        (factory.traveller("WO-2611-028"), "started"),
        (factory.command("undo"), "undone"),
        (factory.command("sign_out"), "signed_out"),
    ];
    for (code, outcome) in &at_finishing {
        finishing.scan_to(code, outcome);
    }
    for (code, outcome) in &at_soling {
        soling.scan_to(code, outcome);
    }
    let unsent = |event: &Value| event["event"] == "sync" && event["pending"] == at_finishing.len();
    finishing.event("every action to be counted as unsent", unsent);

    server.start();
    finishing.drained();
    soling.drained();
    let arrived = stored(&server) - before;
    assert_eq!(arrived as usize, at_finishing.len() + at_soling.len(), "every scan is there once");
}

#[test]
fn two_stations_work_without_a_server_and_lose_nothing_on_sqlite() {
    two_stations_work_without_a_server(Engine::Sqlite);
}

#[test]
fn two_stations_work_without_a_server_and_lose_nothing_on_postgresql() {
    two_stations_work_without_a_server(Engine::Postgres);
}

#[test]
fn a_station_killed_between_two_scans_sends_what_it_had_answered() {
    let mut server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut station = Station::enrol(&server, &factory.workstation("finish-1"), "finishing", None);
    station.drained();
    let before = stored(&server);

    server.cut_power();
    station.scan_to(&factory.badge("zhu-xiaolong"), "signed_in");
    station.scan_to(&factory.traveller("WO-2611-017"), "signed_off");
    station.cut_power();
    station.restart();
    station.event("what it had recorded to be counted", |event| event["event"] == "sync" && event["pending"] == 2);
    station.scan_to(&factory.badge("zhu-xiaolong"), "signed_in");
    station.scan_to(&factory.traveller("WO-2611-018"), "signed_off");

    server.start();
    station.drained();
    assert_eq!(stored(&server) - before, 4, "two actions from before the power cut and two from after it");
}
