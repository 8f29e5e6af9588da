//! A network that carries one way only: namespaces of the kernel with a router between station and server, and a route of the
//! router that swallows packets of one direction. No proxy, no closed socket: to both sides the other is simply quiet.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cordwainer_tests::process::output_of;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use serde_json::json;

use crate::floor::{Floor, WORKSTATION};
use crate::privileged::as_root;

const SERVER: &str = "10.77.1.2";
const STATION: &str = "10.77.2.2";
/// Longer than a station waits for an answer.
const PAST_THE_DEADLINE: Duration = Duration::from_secs(75);

static NETWORKS: AtomicU32 = AtomicU32::new(0);

/// A server's place, a station's place, and a router between them.
struct Network {
    name: String,
}

impl Network {
    #[track_caller]
    fn new() -> Self {
        let name = format!("cw{}-{}", std::process::id(), NETWORKS.fetch_add(1, Ordering::SeqCst));
        let network = Self { name };
        for place in ["s", "r", "c"] {
            network.ip(&["netns", "add", &network.place(place)]);
            network.ip(&["-n", &network.place(place), "link", "set", "lo", "up"]);
        }
        network.cable("s", "10.77.1.1", SERVER);
        network.cable("c", "10.77.2.1", STATION);
        let forward = "echo 1 > /proc/sys/net/ipv4/ip_forward";
        output_of(as_root("ip").args(["netns", "exec", &network.place("r"), "sh", "-c", forward]));
        network
    }

    fn place(&self, place: &str) -> String {
        format!("{}{place}", self.name)
    }

    /// A cable between the router and a place, with an address at each end.
    #[track_caller]
    fn cable(&self, place: &str, router: &str, address: &str) {
        let (there, here) = (self.place(place), self.place("r"));
        let port = format!("to-{place}");
        self.ip(&["link", "add", "eth0", "netns", &there, "type", "veth", "peer", "name", &port, "netns", &here]);
        self.ip(&["-n", &here, "address", "add", &format!("{router}/24"), "dev", &port]);
        self.ip(&["-n", &here, "link", "set", &port, "up"]);
        self.ip(&["-n", &there, "address", "add", &format!("{address}/24"), "dev", "eth0"]);
        self.ip(&["-n", &there, "link", "set", "eth0", "up"]);
        self.ip(&["-n", &there, "route", "add", "default", "via", router]);
    }

    /// From now on nothing reaches this address.
    #[track_caller]
    fn swallow(&self, address: &str) {
        self.ip(&["-n", &self.place("r"), "route", "add", "blackhole", &format!("{address}/32")]);
    }

    #[track_caller]
    fn heal(&self, address: &str) {
        self.ip(&["-n", &self.place("r"), "route", "del", "blackhole", &format!("{address}/32")]);
    }

    #[track_caller]
    fn ip(&self, words: &[&str]) {
        output_of(as_root("ip").args(words));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for place in ["s", "r", "c"] {
            // What a failed test did not make cannot be removed.
            drop(as_root("ip").args(["netns", "del", &self.place(place)]).status());
        }
    }
}

/// The words that start a program in a place.
fn inside(place: &str) -> Vec<String> {
    let command: Command = as_root("ip");
    let program = command.get_program().to_string_lossy().into_owned();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    let rest = ["netns", "exec", place].map(str::to_owned);
    std::iter::once(program).chain(words).chain(rest).collect()
}

fn words(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

fn packets_to(quiet: &str) {
    let network = Network::new();
    let data = tempfile::tempdir().expect("a folder for the server");
    let mut server = Server::loaded(Engine::Sqlite, data);
    server.live_in(&words(&inside(&network.place("s"))), SERVER);
    server.start();
    let mut station = Station::off(&server, WORKSTATION, None);
    station.run_behind(&words(&inside(&network.place("c"))));
    station.join(&server, WORKSTATION);
    let mut floor = Floor::of(server, station);
    floor.record(1);
    floor.station.drained();

    network.swallow(quiet);
    floor.record(2);
    let noticed = wait::within(PAST_THE_DEADLINE, || {
        let state = floor.station.ask("get_state", json!({}));
        if state["reply"]["value"]["online"] == false { Ok(()) } else { Err(state.to_string()) }
    });
    assert_eq!(noticed, Ok(()), "the station notices that nothing comes back");
    floor.record(1);
    network.heal(quiet);
    let drained = wait::within(PAST_THE_DEADLINE, || match floor.station.unsent() {
        0 => Ok(()),
        count => Err(count),
    });
    assert_eq!(drained, Ok(()), "what could not be said is said after all");
    floor.prove(0, "after the network carried one way only");
}

#[test]
fn a_station_that_is_heard_and_hears_nothing_sends_each_action_once() {
    packets_to(STATION);
}

#[test]
fn a_station_that_hears_and_is_not_heard_sends_each_action_once() {
    packets_to(SERVER);
}
