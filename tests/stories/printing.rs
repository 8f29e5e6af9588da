//! A label whose fate is not known: a person is asked, and nothing is printed twice by itself.

use cordwainer_devices::simulator::PrinterMode;
use cordwainer_tests::label;
use cordwainer_tests::printer::Printer;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use serde_json::{Value, json};

/// Part of a label: enough that some paper may have moved.
const SOME_BYTES: u64 = 600;

/// Begins to print a pair's traveller and gives the first word about its label: stored, or leaving already.
#[track_caller]
fn print(station: &mut Station, traveller: &str) -> Value {
    let answer = station.scan_to(traveller, "signed_off");
    let reply = station.ask("print_traveller", json!({ "work_order": answer["work_order_id"], "reason": null }));
    assert_eq!(reply["scan"]["outcome"], "label", "the label is stored before its first byte: {reply}");
    station.event("the stored label", |event| event["event"] == "label")
}

fn job_of(label: &Value) -> &str {
    label["job"].as_str().unwrap_or_else(|| panic!("no print job in {label}"))
}

fn is_state(event: &Value, state: &str) -> bool {
    event["event"] == "label" && event["state"] == state
}

#[test]
fn a_label_that_broke_off_is_asked_about_and_printed_again_only_on_a_persons_word() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let printer = Printer::switch_on(None);
    let mut packing = Station::enrol(&server, "pack-1", Some(&printer));
    packing.scan_to(&factory.badge("zhao-jing"), "signed_in");
    printer.behave(PrinterMode::ResetAfter(SOME_BYTES));
    let traveller = factory.traveller("WO-2611-009");
    let stored = print(&mut packing, &traveller);
    let job = job_of(&stored);
    packing.event("the question", |event| event["event"] == "ask_print" && event["job"] == job);

    printer.behave(PrinterMode::Read);
    // Work goes on while the question is open, and no label comes out by itself.
    packing.scan_to(&factory.traveller("WO-2611-010"), "signed_off");
    packing.ask("answer_print", json!({ "print_job": job, "came_out": false }));
    let printed = printer.next_label();
    let expected = [format!("CODE-128:{traveller}"), format!("QR-Code:{traveller}")];
    assert_eq!(label::codes(&printed.bytes), expected, "the first whole label is the one that was asked for again");
    packing.event("the label to be sent", |event| is_state(event, "sent"));
}

#[test]
fn a_station_killed_while_a_label_is_leaving_asks_after_the_restart() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let printer = Printer::switch_on(None);
    let mut packing = Station::enrol(&server, "pack-1", Some(&printer));
    packing.scan_to(&factory.badge("zhao-jing"), "signed_in");
    printer.behave(PrinterMode::Stall);
    let stored = print(&mut packing, &factory.traveller("WO-2611-009"));
    if !is_state(&stored, "sending") {
        packing.event("the label to be leaving", |event| is_state(event, "sending"));
    }
    packing.cut_power();
    packing.restart();
    let asked = packing.ask("get_state", json!({}));
    assert_eq!(asked["reply"]["value"]["ask_print"]["id"], job_of(&stored), "only a person can tell: {asked}");
}
