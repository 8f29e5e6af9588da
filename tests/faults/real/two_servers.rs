//! Two server processes on one PostgreSQL serve the same stations at once; one is killed and comes back.

use cordwainer_fail_points::{Point, VARIABLE};
use cordwainer_faults::proxy::Proxy;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use serde_json::{Value, json};

use crate::floor::Book;

/// Who comes and goes at which workstation.
const PLACES: [(&str, &str); 3] = [("finish-1", "zhu-xiaolong"), ("sole-1", "pan-yongfu"), ("sole-2", "hu-zhengang")];

#[test]
fn two_servers_on_one_database_serve_the_same_stations_and_one_may_die() {
    let mut first = Server::with_demo(Engine::Postgres);
    let mut second = first.beside();
    second.start();
    let factory = first.factory();
    // The balancer leads every new connection to the next server.
    let balancer = Proxy::before_all(&[&first.socket(), &second.socket()]);
    let balanced = first.address().replace(&first.socket(), &balancer.socket());
    let addresses = [first.address(), second.address(), balanced];
    let mut stations: Vec<Station> = PLACES.iter().map(|(place, _)| Station::enrol(&first, place, None)).collect();
    for (station, address) in stations.iter_mut().zip(&addresses) {
        station.cut_power();
        station.dial(address);
        station.restart();
        station.drained();
    }
    let mut book = Book::open(&first);
    let sign_out = factory.command("sign_out");
    let come_and_go = |stations: &mut Vec<Station>, book: &mut Book| {
        for (station, (_, worker)) in stations.iter_mut().zip(PLACES) {
            for code in [&factory.badge(worker), &sign_out] {
                assert!(book.note(&station.scan(code)), "each is an action");
            }
        }
    };
    come_and_go(&mut stations, &mut book);
    // The second dies after its next commit, before it has told anybody.
    second.cut_power();
    second.start_with(&[(VARIABLE, Point::TakeCommitted.name())]);
    come_and_go(&mut stations, &mut book);
    second.process().wait_for_end();
    come_and_go(&mut stations, &mut book);
    second.start();
    come_and_go(&mut stations, &mut book);
    // And the first, in the middle of anything.
    first.cut_power();
    come_and_go(&mut stations, &mut book);
    first.start();
    for station in &mut stations {
        station.drained();
    }
    assert_eq!(book.confirmed(), 2 * PLACES.len() * 5, "every scan was answered with yes");
    book.prove(&first, 0, "both servers up again");
}

#[test]
fn what_one_server_stored_is_seen_by_a_station_of_the_other() {
    let first = Server::with_demo(Engine::Postgres);
    let mut second = first.beside();
    second.start();
    let factory = first.factory();
    let mut soling = Station::enrol(&first, "sole-1", None);
    let mut beside = Station::enrol(&first, "sole-2", None);
    beside.cut_power();
    beside.dial(&second.address());
    beside.restart();
    let done = |station: &mut Station, pair: &Value| {
        let sheet = station.ask("get_pair", json!({ "work_order": pair }));
        sheet.to_string().matches("\"done\"").count()
    };
    soling.scan_to(&factory.badge("pan-yongfu"), "signed_in");
    let started = soling.scan_to(&factory.traveller("WO-2611-030"), "started");
    let pair = &started["work_order_id"];
    let before = done(&mut beside, pair);
    soling.scan_to(&factory.command("finish"), "signed_off");
    wait::until("the other server's station to see the sign-off", || match done(&mut beside, pair) {
        now if now > before => Ok(()),
        now => Err(format!("{now} jobs are done there")),
    });
    first.verify();
}
