//! The station killed at every step of recording, sending, following and printing: what it had said yes to is there, once, and
//! a label's state is never better than what is known.

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use cordwainer_fail_points::{Point, VARIABLE, Work};
use cordwainer_tests::printer::Printer;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::floor::Floor;

/// A label that has not come by then comes by nobody's own doing.
const QUIET: Duration = Duration::from_millis(700);

pub fn points(work: Work) -> impl Iterator<Item = Point> {
    Point::ALL.iter().copied().filter(move |point| point.work() == work)
}

/// Waits until the station has died where it was told to, and gives what it said before.
#[track_caller]
pub fn dead(station: &mut Station, point: Point) -> Vec<Value> {
    println!("the station is to die at {}", point.name());
    let words = station.last_words();
    let ended = station.process().wait_for_end();
    assert_eq!(ended.signal(), Some(Signal::KILL.as_raw()), "{}: the station passes here", point.name());
    station.surround_with(&[]);
    words
}

/// What the scan log says of a code.
#[track_caller]
fn logged(station: &Station, code: &str) -> Vec<String> {
    let outbox = rusqlite::Connection::open(station.data().join("outbox.db")).expect("the station's outbox");
    let mut lines = outbox.prepare("SELECT outcome FROM scan_log WHERE text = ?1 ORDER BY id").expect("a scan log");
    let outcomes = lines.query_map([code], |line| line.get(0)).expect("readable");
    outcomes.collect::<Result<_, _>>().expect("readable")
}

#[test]
fn a_station_killed_at_any_step_of_recording_keeps_what_it_said_yes_to() {
    let mut floor = Floor::open(Engine::Sqlite);
    for point in points(Work::Record) {
        floor.station.surround_with(&[(VARIABLE, point.name())]);
        floor.restart_station();
        let code = floor.next_code();
        let earlier = logged(&floor.station, &code).len();
        floor.station.scanner.scan(&code);
        let words = dead(&mut floor.station, point);
        let told = words.iter().any(|word| word["event"] == "scan");
        assert!(!told, "{}: nobody was told yes: {words:?}", point.name());
        floor.restart_station();
        // Before its frame is written there is nothing; from then on a kill leaves it in the system's hands, and it is
        // found at the next start. (What a power cut leaves of an unsynced frame is the simulated disk's affair.)
        let found = usize::from(!matches!(point, Point::ScanLogged | Point::RecordBegun));
        let logged = logged(&floor.station, &code).split_off(earlier);
        let cut_off = logged == ["interrupted"];
        assert_eq!(logged.len(), 1, "{}: the scan was in the log first, once: {logged:?}", point.name());
        assert_eq!(cut_off, point != Point::RecordCommitted, "{}: with what came of it: {logged:?}", point.name());
        floor.prove(found, point.name());
        floor.record(2);
        floor.prove(0, point.name());
    }
}

#[test]
fn a_station_killed_at_any_step_of_sending_sends_each_action_once() {
    let mut floor = Floor::open(Engine::Sqlite);
    for point in points(Work::Push) {
        floor.station.surround_with(&[(VARIABLE, point.name())]);
        floor.restart_station();
        let code = floor.next_code();
        floor.station.scanner.scan(&code);
        let words = dead(&mut floor.station, point);
        let told = words.iter().any(|word| floor.book.note(word));
        floor.restart_station();
        floor.prove(usize::from(!told), point.name());
        floor.record(2);
        floor.prove(0, point.name());
    }
}

#[test]
fn a_station_killed_at_any_step_of_following_the_feed_follows_it_whole() {
    let mut floor = Floor::open(Engine::Sqlite);
    for point in points(Work::Pull) {
        // The second page: the first is asked for at once, and might come before the station is ready to be scanned at.
        floor.station.surround_with(&[(VARIABLE, &format!("{}:2", point.name()))]);
        floor.restart_station();
        let code = floor.next_code();
        floor.station.scanner.scan(&code);
        let words = dead(&mut floor.station, point);
        let told = words.iter().any(|word| floor.book.note(word));
        floor.restart_station();
        floor.station.drained();
        floor.book.prove_at_most(&floor.server, usize::from(!told), point.name());
        floor.record(1);
    }
}

#[test]
fn a_station_killed_between_the_chunks_of_its_first_picture_gets_the_whole_picture() {
    let server = Server::with_demo(Engine::Sqlite);
    for point in points(Work::Load).chain(points(Work::Pull)) {
        let mut station = Station::off(&server, "finish-1", None);
        station.surround_with(&[(VARIABLE, point.name())]);
        station.run(&["--enrol", &server.enrol_code("finish-1")]);
        station.let_in(&server);
        dead(&mut station, point);
        station.restart();
        let factory = server.factory();
        station.scan_to(&factory.badge("zhu-xiaolong"), "signed_in");
        station.drained();
    }
    server.verify();
}

/// Asks for another label of a pair, and waits for no reply: the station may die first.
#[track_caller]
pub fn ask_for_label(station: &mut Station, pair: &Value, copy: usize) {
    let reason = (copy > 0).then(|| format!("smudged {copy}"));
    let ask = json!({ "command": "print_traveller", "args": { "work_order": pair, "reason": reason } });
    station.process().tell(&ask.to_string());
}

pub fn nothing_under_way(station: &mut Station) -> Result<(), String> {
    let reply = station.ask("get_print_jobs", json!({}));
    let lines = reply["reply"]["value"].as_array().ok_or_else(|| reply.to_string())?;
    let waits = |line: &&Value| ["queued", "sending"].iter().any(|state| line["state"] == *state);
    lines.iter().find(waits).map_or(Ok(()), |line| Err(line.to_string()))
}

#[test]
fn a_station_killed_at_any_step_of_printing_never_knows_better_than_it_can() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let printer = Printer::switch_on(None);
    let mut station = Station::enrol(&server, "sole-1", Some(&printer));
    station.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    let pair = station.scan_to(&factory.traveller("WO-2611-030"), "started")["work_order_id"].clone();
    for (copy, point) in points(Work::Print).enumerate() {
        station.surround_with(&[(VARIABLE, point.name())]);
        station.cut_power();
        station.restart();
        ask_for_label(&mut station, &pair, copy);
        dead(&mut station, point);
        let out_before = printer.label_within(QUIET).is_some();
        station.restart();
        // The printer has a label before the station has noted that it left.
        wait::until(format_args!("{}: no label to be under way", point.name()), || nothing_under_way(&mut station));
        let by_itself = printer.label_within(QUIET).is_some();
        let asked = station.ask("get_state", json!({}))["reply"]["value"]["ask_print"].clone();
        let (comes_out_before, prints_by_itself, asks) = match point {
            Point::PrintQueued => (Some(false), true, false),
            Point::PrintBegun => (Some(false), false, true),
            // Some bytes have left; whether paper moved, nobody can tell.
            Point::PrintLeaving => (None, false, true),
            Point::PrintLeft => (Some(true), false, true),
            _ => (Some(true), false, false),
        };
        let name = point.name();
        assert!(
            comes_out_before.is_none_or(|expected| expected == out_before),
            "{name}: came out before: {out_before}"
        );
        assert_eq!(by_itself, prints_by_itself, "{name}: only a label of which no byte left is printed by itself");
        assert_eq!(asked.is_object(), asks, "{name}: a person is asked exactly when nobody can know: {asked}");
        if asks {
            assert_eq!(asked["reprint"], copy, "{name}: about the label of this step: {asked}");
            // Only somebody who is there can have looked.
            station.scan_to(&factory.badge("pan-yongfu"), "signed_in");
            let answered = station.ask("answer_print", json!({ "print_job": asked["id"], "came_out": true }));
            assert_eq!(answered["reply"]["value"]["message"]["code"], "label_confirmed", "{name}: {answered}");
        }
    }
}
