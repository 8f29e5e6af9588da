//! From the scanner's last byte to the verdict painted in the real window. The page itself says when: the first task after
//! the frame in which the answer's number changed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cordwainer_tests::display::Display;
use cordwainer_tests::screens;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::story::desk;
use cordwainer_tests::wait;
use cordwainer_tests::window::Window;
use serde_json::Value;

use crate::figure::{Figure, percentile};

/// What the median and the slowest of a hundred may take, milliseconds.
const P50_GOAL_MS: f64 = 50.0;
const P99_GOAL_MS: f64 = 100.0;
/// How long the page is left alone after a scan.
const UNDISTURBED: Duration = Duration::from_millis(400);

/// Notes in the page when each answer stood in it and when it had been painted. A message is delivered only after the frame
/// is out.
const WATCH: &str = "
    const seen = { last: null };
    window.painted = [];
    const look = () => {
        const band = document.querySelector(arguments_[0]);
        const number = band && band.getAttribute(arguments_[1]);
        if (!number || number === seen.last) return;
        seen.last = number;
        const stood = performance.timeOrigin + performance.now();
        requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => window.painted.push([stood, performance.timeOrigin + performance.now()]);
            after.port2.postMessage(0);
        });
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    look();
";

/// Starts a job and takes it back, over and over: two records and two changed queues a round.
pub fn measure(scans: usize) -> Vec<Figure> {
    let display = Display::start();
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut desktop = desk::at_work(&display, &server, "finish-1", "dai-chunhua", None);
    watch(desktop.window());
    let codes = [factory.traveller("WO-2611-016"), factory.command("undo")];
    let (mut stood_ms, mut painted_ms) = (Vec::new(), Vec::new());
    for code in codes.iter().cycle().take(scans) {
        let before = paintings(desktop.window()).len();
        let scanned_at_ms = now_ms();
        desktop.scanner.scan(code);
        let (stood, painted) = wait::until(format_args!("the answer to {code}"), || {
            // Asking the page keeps it busy: it is left alone until it must have answered.
            std::thread::sleep(UNDISTURBED);
            let all = paintings(desktop.window());
            if all.len() > before { Ok(all[before]) } else { Err("nothing was painted") }
        });
        stood_ms.push(stood - scanned_at_ms);
        painted_ms.push(painted - scanned_at_ms);
    }
    desktop.close();
    vec![
        Figure::plain("scan to verdict in the page, p50", percentile(&stood_ms, 0.5), "ms"),
        Figure::plain("scan to verdict in the page, p99", percentile(&stood_ms, 0.99), "ms"),
        Figure::with_goal("scan to painted verdict, p50", percentile(&painted_ms, 0.5), "ms", P50_GOAL_MS),
        Figure::with_goal("scan to painted verdict, p99", percentile(&painted_ms, 0.99), "ms", P99_GOAL_MS),
    ]
}

fn watch(window: &Window) {
    let script = format!("const arguments_ = arguments; {WATCH}");
    window.look(&script, vec![screens::BAND.into(), screens::ANSWER_NUMBER.into()]);
    wait::until("the watch in the page", || if paintings(window).is_empty() { Err("no painting") } else { Ok(()) });
}

/// When each answer stood in the page and was painted, milliseconds of the wall clock.
fn paintings(window: &Window) -> Vec<(f64, f64)> {
    let Value::Array(all) = window.look("return window.painted", Vec::new()) else { return Vec::new() };
    all.iter().filter_map(|one| Some((one[0].as_f64()?, one[1].as_f64()?))).collect()
}

#[expect(clippy::disallowed_methods, reason = "compared with the page's clock, which no test can choose")]
fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0)
}
