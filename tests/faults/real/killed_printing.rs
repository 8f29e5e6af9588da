//! The station killed while it prints, again and again, at every step: no label is lost, and none comes out twice without a
//! person having said that it did not come out.
//!
//! A run of the suite kills it often enough to pass every step twice; `cargo xtask kill` kills it five hundred times.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use cordwainer_devices::printer::{PrinterAddress, ask_status};
use cordwainer_fail_points::{Point, VARIABLE, Work};
use cordwainer_labels::{PrinterLanguage, PrinterStatus};
use cordwainer_tests::factory::Factory;
use cordwainer_tests::printer::Printer;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::killed_station::{ask_for_label, dead, nothing_under_way, points};

/// How many kills, where nothing else is said: `cargo xtask kill` says it in this variable.
const KILLS: usize = 30;
const KILLS_VARIABLE: &str = "CORDWAINER_KILLS";
/// The process dies at the first, second or third label of its life.
const VISITS: usize = 3;
const WORKER: &str = "pan-yongfu";

/// A label as the station's own store has it.
struct Stored {
    id: String,
    state: String,
    payload: Vec<u8>,
}

fn stored(station: &Station) -> Vec<Stored> {
    let path = station.data().join("outbox.db");
    let outbox = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the outbox");
    let mut statement = outbox.prepare("SELECT id, state, payload FROM print_job ORDER BY place").expect("its labels");
    let rows = statement.query_map([], |row| Ok(Stored { id: row.get(0)?, state: row.get(1)?, payload: row.get(2)? }));
    rows.and_then(Iterator::collect).expect("labels")
}

/// What lies under the printer. Each label carries its own mark of reprint, so no two have the same bytes.
struct Tray<'a> {
    printer: &'a Printer,
    labels: HashMap<Vec<u8>, usize>,
}

impl Tray<'_> {
    /// Everything that was sent before is printed by now: the printer serves one caller after the other.
    fn look(&mut self) {
        let address: PrinterAddress = self.printer.address().parse().expect("an address");
        wait::until("the printer to be at rest", || {
            match ask_status(address.transport().as_mut(), PrinterLanguage::Zpl) {
                Ok(Some(PrinterStatus::Ready)) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
        while let Some(label) = self.printer.label_within(Duration::ZERO) {
            *self.labels.entry(label.bytes).or_default() += 1;
        }
    }

    fn count(&self, payload: &[u8]) -> usize {
        self.labels.get(payload.trim_ascii()).copied().unwrap_or_default()
    }
}

/// Prints label after label until the process dies; says how many the station had said yes to.
fn print_until_dead(station: &mut Station, pair: &Value, copy: &mut usize, point: Point) -> usize {
    let mut promised = 0;
    // At its start it tells of the labels that it printed in earlier lives.
    let mut known: HashSet<String> = stored(station).into_iter().map(|label| label.id).collect();
    let mut count = |word: &Value| {
        promised += usize::from(word["event"] == "reply" && word["scan"]["outcome"] == "label");
        let is_sent = word["event"] == "label" && word["state"] == "sent";
        is_sent && word["job"].as_str().is_some_and(|job| known.insert(job.to_owned()))
    };
    // One more than the visits: a label may be one piece long, and the last one may be over before the first is asked for.
    for _ in 0..=VISITS {
        ask_for_label(station, pair, *copy);
        *copy += 1;
        if station.event_before_end(&mut count).is_none() {
            break;
        }
    }
    for word in dead(station, point) {
        count(&word);
    }
    promised
}

/// Starts the station again, lets it finish by itself, and answers what it asks by what lies under the printer; says how
/// often it asked.
fn settle(station: &mut Station, tray: &mut Tray<'_>, factory: &Factory, name: &str) -> usize {
    station.restart();
    let mut asked = 0;
    loop {
        wait::until(format_args!("{name}: no label to be under way"), || nothing_under_way(station));
        tray.look();
        let question = station.ask("get_state", json!({}))["reply"]["value"]["ask_print"].clone();
        let Some(id) = question["id"].as_str() else { return asked };
        let label = stored(station).into_iter().find(|label| label.id == id).expect("the label in question");
        let came_out = tray.count(&label.payload) > 0;
        if asked == 0 {
            // Only somebody who is there can have looked.
            station.scan_to(&factory.badge(WORKER), "signed_in");
        }
        station.ask("answer_print", json!({ "print_job": id, "came_out": came_out }));
        asked += 1;
    }
}

fn kills() -> usize {
    let wanted = std::env::var(KILLS_VARIABLE).ok();
    wanted.map_or(KILLS, |count| count.parse().unwrap_or_else(|_| panic!("{KILLS_VARIABLE}={count} is no number")))
}

#[test]
fn a_station_killed_again_and_again_while_it_prints_loses_no_label_and_doubles_none() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let printer = Printer::switch_on(None);
    let mut station = Station::enrol(&server, "sole-1", Some(&printer));
    station.scan_to(&factory.badge(WORKER), "signed_in");
    let pair = station.scan_to(&factory.traveller("WO-2611-030"), "started")["work_order_id"].clone();
    let mut tray = Tray { printer: &printer, labels: HashMap::new() };
    let (mut copy, mut promised, mut asked) = (0, 0, 0);
    let steps: Vec<Point> = points(Work::Print).collect();
    for kill in 0..kills() {
        let (point, visit) = (steps[kill % steps.len()], 1 + kill / steps.len() % VISITS);
        let name = format!("kill {kill} at {}:{visit}", point.name());
        station.surround_with(&[(VARIABLE, &format!("{}:{visit}", point.name()))]);
        station.cut_power();
        station.restart();
        promised += print_until_dead(&mut station, &pair, &mut copy, point);
        asked += settle(&mut station, &mut tray, &factory, &name);
        let labels = stored(&station);
        assert!(labels.len() >= promised, "{name}: of {promised} labels that were promised, {} are kept", labels.len());
        for label in &labels {
            let (id, state) = (&label.id, &label.state);
            assert_eq!(tray.count(&label.payload), 1, "{name}: label {id}, {state}: neither lost nor doubled");
            assert!(state.starts_with("sent:") || state.starts_with("confirmed:"), "{name}: label {id} is {state}");
        }
        assert_eq!(tray.labels.len(), labels.len(), "{name}: nothing else came out");
    }
    println!("{} kills, {} labels, {asked} asked about; 0 lost, 0 doubled", kills(), stored(&station).len());
    server.verify();
}
