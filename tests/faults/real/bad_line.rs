//! Real stations behind a bad line: cut, reset, silent, one-way, slow, doubled, swapped, in a stranger's hands. Work goes on, and each action arrives once.

use std::time::Duration;

use cordwainer_faults::proxy::{End, Proxy, Way, Weather};
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;
use cordwainer_tests::wait;
use serde_json::json;

use crate::floor::{Floor, WORKSTATION};

/// Longer than a station waits for the rest of an answer.
const PAST_THE_DEADLINE: Duration = Duration::from_secs(75);

/// A floor whose station dials the server through a proxy.
#[track_caller]
fn behind_a_line() -> (Floor, Proxy) {
    let server = Server::with_demo(Engine::Sqlite);
    let proxy = Proxy::before(&server.socket());
    let mut station = Station::off(&server, WORKSTATION, None);
    station.dial(&server.address().replace(&server.socket(), &proxy.socket()));
    station.join(&server, WORKSTATION);
    (Floor::of(server, station), proxy)
}

/// Waits until the station says that the server does not answer.
#[track_caller]
fn offline(station: &mut Station) {
    let noticed = wait::within(PAST_THE_DEADLINE, || {
        let state = station.ask("get_state", json!({}));
        if state["reply"]["value"]["online"] == false { Ok(()) } else { Err(state.to_string()) }
    });
    noticed.unwrap_or_else(|state| panic!("the station noticed nothing: {state}"));
}

#[test]
fn a_push_cut_anywhere_on_its_way_or_in_its_answer_arrives_once() {
    let (mut floor, proxy) = behind_a_line();
    let mut cuts = 0;
    // Steps that share no factor with the length of anything, so that they fall everywhere.
    for after in (1..2_300_u64).step_by(173) {
        for way in [Way::Up, Way::Down] {
            let end = if after % 2 == 0 { End::Closed } else { End::Reset };
            proxy.set(Weather::Cut { way, after, end });
            floor.record(1);
            floor.station.drained();
            cuts += u64::from(proxy.weather() == Weather::Clear);
            proxy.set(Weather::Clear);
        }
    }
    assert!(cuts >= 16, "the line did break: {cuts} times");
    floor.prove(0, "after every cut");
}

#[test]
fn a_line_that_falls_silent_is_given_up_and_taken_up_again() {
    let (mut floor, proxy) = behind_a_line();
    proxy.set(Weather::Silent);
    floor.record(3);
    offline(&mut floor.station);
    floor.record(2);
    proxy.set(Weather::Clear);
    floor.prove(0, "after the silence");
}

#[test]
fn a_line_that_carries_one_way_only_holds_nothing_up_for_good() {
    for way in [Way::Up, Way::Down] {
        let (mut floor, proxy) = behind_a_line();
        proxy.set(Weather::Lost(way));
        floor.record(2);
        offline(&mut floor.station);
        floor.record(1);
        // What was half said on the old connections will never be whole.
        proxy.set(Weather::Clear);
        proxy.hang_up();
        floor.prove(0, "after bytes were lost one way");
    }
}

#[test]
fn a_backlog_too_large_for_a_slow_line_goes_in_smaller_portions() {
    let (mut floor, proxy) = behind_a_line();
    floor.server.cut_power();
    // In one portion these are well over 100 kB, and the line carries 60 kB before a station gives a request up.
    floor.record(120);
    proxy.set(Weather::Slow(2_000));
    floor.server.start();
    let mut seen = Vec::new();
    let drained = wait::within(Duration::from_secs(240), || {
        let waiting = floor.station.unsent();
        seen.push(waiting);
        if waiting == 0 { Ok(()) } else { Err(waiting) }
    });
    assert_eq!(drained, Ok(()), "at 2 kB/s a backlog drains all the same");
    seen.dedup();
    assert!(seen.len() > 2, "portion by portion: {seen:?}");
    proxy.set(Weather::Clear);
    floor.prove(0, "after the slow line");
}

/// What a hotel's wireless network says to whoever has not paid.
const PORTAL: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 22\r\n\r\n<html>Sign in</html>\r\n";

#[test]
fn whoever_answers_instead_of_the_server_acknowledges_nothing() {
    let (mut floor, proxy) = behind_a_line();
    proxy.set(Weather::Stranger(PORTAL));
    floor.record(3);
    offline(&mut floor.station);
    assert_eq!(floor.station.unsent(), 3, "a page is no receipt");
    proxy.set(Weather::Clear);
    floor.prove(0, "after the stranger");
}

#[test]
fn what_arrives_twice_or_in_the_wrong_order_counts_once() {
    let (mut floor, proxy) = behind_a_line();
    for way in [Way::Up, Way::Down] {
        for weather in [Weather::Doubled(way), Weather::Swapped(way)] {
            let before = proxy.connections();
            proxy.set(weather.clone());
            floor.record(1);
            let noticed = wait::within(PAST_THE_DEADLINE, || {
                let since = proxy.connections() - before;
                if since > 1 { Ok(()) } else { Err(since) }
            });
            assert_eq!(noticed, Ok(()), "{weather:?} breaks the channel, and the station dials again");
            proxy.set(Weather::Clear);
            floor.station.drained();
        }
    }
    floor.prove(0, "after pieces were doubled and swapped");
}

#[test]
fn a_flapping_line_delays_and_loses_nothing() {
    let (mut floor, proxy) = behind_a_line();
    for round in 0..12 {
        let way = if round % 2 == 0 { Way::Up } else { Way::Down };
        proxy.set(if round % 3 == 0 { Weather::Away } else { Weather::Cut { way, after: 700, end: End::Reset } });
        floor.record(1);
        proxy.set(Weather::Clear);
        floor.record(1);
    }
    floor.prove(0, "after the last flap");
}
