//! The network gone, the server killed, the station killed: what was answered is on the disk, arrives, and counts once.

use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;

fn two_stations_work_without_a_server(engine: Engine) {
    let mut server = Server::with_demo(engine);
    let factory = server.factory();
    let mut finishing = Station::enrol(&server, "finish-1", None);
    let mut soling = Station::enrol(&server, "sole-1", None);
    finishing.scan_to(&factory.badge("zhu-xiaolong"), "signed_in");
    soling.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    finishing.drained();
    soling.drained();
    let before = server.verify().actions;

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
    assert_eq!(finishing.unsent() as usize, at_finishing.len(), "every action is counted as unsent");

    server.start();
    finishing.drained();
    soling.drained();
    let arrived = server.verify().actions - before;
    assert_eq!(arrived as usize, at_finishing.len() + at_soling.len(), "every scan is there once");
    let sessions = 2;
    assert_eq!(arrived + sessions, finishing.recorded() + soling.recorded(), "and the stations count the same");
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
    let mut station = Station::enrol(&server, "finish-1", None);
    station.drained();
    let before = server.verify().actions;

    server.cut_power();
    station.scan_to(&factory.badge("zhu-xiaolong"), "signed_in");
    station.scan_to(&factory.traveller("WO-2611-017"), "signed_off");
    station.cut_power();
    station.restart();
    assert_eq!(station.unsent(), 2, "what it had answered is on its disk");
    station.scan_to(&factory.badge("zhu-xiaolong"), "signed_in");
    station.scan_to(&factory.traveller("WO-2611-018"), "signed_off");

    server.start();
    station.drained();
    assert_eq!(server.verify().actions - before, 4, "two actions from before the power cut and two from after it");
}
