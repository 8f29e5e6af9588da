//! A scanner torn out and put back.

use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;

#[test]
fn a_scanner_put_back_reads_again_without_a_restart() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut packing = Station::enrol(&server, "pack-1", None);
    packing.scan_to(&factory.badge("zhao-jing"), "signed_in");
    packing.scanner.unplug();
    packing.event("the missing scanner", |event| event["event"] == "device" && event["ok"] == false);
    packing.scanner.replug();
    packing.event("the scanner", |event| event["event"] == "device" && event["ok"] == true);
    packing.scan_to(&factory.traveller("WO-2611-009"), "signed_off");
}
