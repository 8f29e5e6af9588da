//! Two facts that cannot both count, and the supervisor who decides: recorded apart, heard together, decided at a third
//! station, proven afterwards.

use cordwainer_tests::factory::Factory;
use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use serde_json::{Value, json};

const BOSS: &str = "chen-jianping";

/// A desk with the supervisor signed in by badge and PIN.
fn desk(server: &Server, factory: &Factory) -> Station {
    let mut desk = Station::enrol(server, "desk-1", None);
    desk.scan_to(&factory.badge(BOSS), "pin_needed");
    let signed_in = desk.ask("enter_pin", json!({ "pin": factory.pin(BOSS) }));
    assert_eq!(signed_in["reply"]["value"]["kind"], "signed_in", "badge and PIN: {signed_in}");
    desk
}

/// The open items that this desk holds.
fn items(desk: &mut Station) -> Vec<Value> {
    let reply = desk.ask("get_open_items", json!({}));
    let items = reply["reply"]["value"]["items"].as_array();
    items.unwrap_or_else(|| panic!("no items in {reply}")).clone()
}

/// The one item of a kind about a pair, as soon as the feed has brought it.
fn item_of(desk: &mut Station, kind: &str, number: &str) -> Value {
    wait::until(format_args!("{kind} of {number} on the list"), || {
        let items = items(desk);
        let fits = |item: &&Value| item["line"]["kind"] == kind && item["line"]["pair"]["number"] == number;
        items.iter().find(fits).cloned().ok_or_else(|| format!("{items:?}"))
    })
}

/// Decides, and waits until the server has confirmed it and the item has left.
fn decide(desk: &mut Station, factory: &Factory, item: &Value, choice: &str) {
    let id = item["line"]["id"].clone();
    let choices = item["choices"].as_array().expect("choices");
    let chosen = choices.iter().find(|one| one["resolution"]["choice"] == choice);
    let resolution = chosen.unwrap_or_else(|| panic!("no {choice} among {choices:?}"))["resolution"].clone();
    let arguments = |pin: &str| json!({ "item": id, "resolution": resolution, "reason": "seen_on_floor", "pin": pin });
    let refused = desk.ask("resolve_item", arguments("000000"));
    assert_eq!(refused["reply"]["value"]["kind"], "refused", "a wrong PIN decides nothing: {refused}");
    let decided = desk.ask("resolve_item", arguments(&factory.pin(BOSS)));
    assert_eq!(decided["reply"]["value"]["kind"], "resolved", "the decision is recorded: {decided}");
    desk.drained();
    wait::until("the item to leave the list", || {
        let open = items(desk);
        if open.iter().any(|item| item["line"]["id"] == id) { Err(format!("{open:?}")) } else { Ok(()) }
    });
}

fn enrolled_makers(server: &Server, factory: &Factory) -> [Station; 2] {
    let mut first = Station::enrol(server, "sole-1", None);
    let mut second = Station::enrol(server, "sole-2", None);
    first.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    second.scan_to(&factory.badge("hu-zhengang"), "signed_in");
    first.drained();
    second.drained();
    [first, second]
}

#[test]
fn two_stations_that_sign_one_job_apart_are_decided_at_a_third_and_one_worker_is_credited() {
    let mut server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let [mut first, mut second] = enrolled_makers(&server, &factory);
    let mut desk = desk(&server, &factory);
    desk.drained();
    let before = server.verify();

    server.cut_power();
    for station in [&mut first, &mut second] {
        station.scan_to(&factory.traveller("WO-2611-030"), "started");
        station.scan_to(&factory.command("finish"), "signed_off");
    }
    server.start();
    first.drained();
    second.drained();
    let apart = server.verify();
    assert_eq!(apart.actions - before.actions, 4, "every fact is kept");
    assert!(apart.flagged > before.flagged, "a supervisor is called: {apart:?}");

    let item = item_of(&mut desk, "signed_twice", "WO-2611-030");
    let facts = item["facts"].as_array().expect("facts");
    let finishes: Vec<_> = facts.iter().filter(|fact| fact["kind"] == "job_finished").collect();
    assert!(!finishes.is_empty(), "with what each of them recorded: {facts:?}");
    assert_ne!(facts[0]["worker"]["id"], facts[1]["worker"]["id"], "both sides, side by side");
    // Each fact of the second station is flagged; a start beside a sign-off can only be given to the first.
    let open = |desk: &mut Station| {
        let of_pair = |item: &Value| item["line"]["pair"]["number"] == "WO-2611-030";
        items(desk).into_iter().find(|item| of_pair(item))
    };
    while let Some(item) = open(&mut desk) {
        let choices = item["choices"].as_array().expect("choices");
        let choice = ["credit_first", "acknowledge"]
            .into_iter()
            .find(|choice| choices.iter().any(|one| one["resolution"]["choice"] == *choice));
        decide(&mut desk, &factory, &item, choice.expect("a choice that leaves the first in place"));
    }
    let after = server.verify();
    assert_eq!(after.flagged, before.flagged, "nothing contradicts any more: {after:?}");
    assert!(after.closed > before.closed, "what did not count is closed, not gone: {after:?}");
    let proof: Value = serde_json::from_str(&output_of(&mut server.command(&["prove"]))).expect("the proof is JSON");
    let sites = proof.as_object().expect("a proof for each site");
    assert!(sites.values().all(|site| site["ok"] == true), "stored = applied + flagged + parked + closed: {proof}");
}

#[test]
fn work_on_an_order_cancelled_meanwhile_is_kept_until_the_supervisor_says_what_becomes_of_it() {
    let mut server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let [mut maker, _] = enrolled_makers(&server, &factory);
    let mut desk = desk(&server, &factory);
    let before = server.verify();

    server.cut_power();
    let code = factory.traveller("WO-2611-030");
    maker.scan_to(&code, "started");
    maker.scan_to(&factory.command("finish"), "signed_off");
    output_of(&mut server.command(&["work-order", "cancel", "--code", &code, "--reason", "客户取消"]));
    server.start();
    maker.drained();
    let item = item_of(&mut desk, "order_closed", "WO-2611-030");
    decide(&mut desk, &factory, &item, "reinstate");
    let after = server.verify();
    assert_eq!(after.flagged, before.flagged, "one decision settles the start and the finish: {after:?}");
    assert_eq!(after.closed, before.closed, "and both count: {after:?}");
    let of_pair = |item: &Value| item["line"]["pair"]["number"] == "WO-2611-030";
    wait::until("no item of the pair to be left", || match items(&mut desk).into_iter().filter(of_pair).count() {
        0 => Ok(()),
        open => Err(format!("{open} open")),
    });
}
