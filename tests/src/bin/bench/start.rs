//! From the start of the program to a queue that can be worked, with everything on its disk already.

use std::time::Instant;

use cordwainer_tests::display::Display;
use cordwainer_tests::screens;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::story::desk;

use crate::figure::{Figure, percentile};

/// How often it is started.
const STARTS: usize = 10;
/// What a start may take, seconds.
const START_GOAL_S: f64 = 1.0;

/// Starts the app over and over at a workplace that has been in use. The driver that opens the window and looks for the
/// queue is in the figure, so the app itself is a little faster.
pub fn measure() -> Vec<Figure> {
    let display = Display::start();
    let server = Server::with_demo(Engine::Sqlite);
    let mut desktop = desk::at_work(&display, &server, "finish-1", "dai-chunhua", None);
    let mut starts_s = Vec::new();
    for _ in 0..STARTS {
        desktop.close();
        let began = Instant::now();
        desktop.open().wait_for(screens::READY_FOR_A_SCAN);
        starts_s.push(began.elapsed().as_secs_f64());
    }
    desktop.close();
    vec![
        Figure::plain("cold start to a usable window, p50", percentile(&starts_s, 0.5), "s"),
        Figure::with_goal("cold start to a usable window, p95", percentile(&starts_s, 0.95), "s", START_GOAL_S),
    ]
}
