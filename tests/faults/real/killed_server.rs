//! The server killed at every step of taking a push, on both engines: the station sends again, and everything is there once.

use std::os::unix::process::ExitStatusExt;

use cordwainer_fail_points::{Point, VARIABLE, Work};
use cordwainer_tests::server::Engine;
use rustix::process::Signal;

use crate::floor::Floor;

fn killed_at_every_step(engine: Engine) {
    let mut floor = Floor::open(engine);
    for point in Point::ALL.iter().filter(|point| point.work() == Work::Take) {
        floor.server.cut_power();
        floor.server.start_with(&[(VARIABLE, point.name())]);
        floor.record(2);
        let ended = floor.server.process().wait_for_end();
        assert_eq!(ended.signal(), Some(Signal::KILL.as_raw()), "{}: the push passes here", point.name());
        floor.record(1);
        floor.server.start();
        floor.prove(0, point.name());
    }
}

#[test]
fn a_server_killed_at_any_step_of_a_push_loses_and_doubles_nothing_on_sqlite() {
    killed_at_every_step(Engine::Sqlite);
}

#[test]
fn a_server_killed_at_any_step_of_a_push_loses_and_doubles_nothing_on_postgresql() {
    killed_at_every_step(Engine::Postgres);
}
