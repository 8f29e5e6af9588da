//! How long a label takes to its bytes, and how many a second reach a printer that takes them all.

use std::time::{Duration, Instant};

use cordwainer_devices::printer::{Evidence, TcpLimits, TcpTransport, send};
use cordwainer_devices::simulator::{PrinterMode, PrinterSimulator, speaking};
use cordwainer_labels::{LabelKind, PrinterLanguage};

use super::labels::{RESOLUTIONS, Random, random};

/// From data to bytes, for 95 of 100 labels.
const RENDER_GOAL: Duration = Duration::from_millis(30);
/// Travellers from data to the printer's last byte.
const LABELS_PER_SECOND_GOAL: f64 = 50.0;
/// Labels of every kind and resolution that are timed, and travellers that are sent.
const TIMED: usize = 20;
const SENT: usize = 200;

/// Prints both figures; gives how many goals were missed.
pub fn measure(seed: u64, untimed: bool) -> usize {
    let missed = usize::from(!render(seed)) + usize::from(!sink(seed));
    if untimed { 0 } else { missed }
}

fn render(seed: u64) -> bool {
    let mut times = Vec::new();
    for kind in LabelKind::ALL {
        for (dots_per_inch, at) in RESOLUTIONS.into_iter().flat_map(|dpi| (0..TIMED).map(move |at| (dpi, at))) {
            let begun = Instant::now();
            let label = random(kind, dots_per_inch, &mut Random::new(seed, at));
            label.encode(PrinterLanguage::Zpl);
            times.push(begun.elapsed());
        }
    }
    times.sort();
    let (half, most) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    let met = most <= RENDER_GOAL;
    println!("render: p50 {half:.1?}, p95 {most:.1?}, goal {RENDER_GOAL:?} {}", verdict(met));
    met
}

fn sink(seed: u64) -> bool {
    let anywhere = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let speaks = speaking(PrinterLanguage::Zpl, 203);
    let printer = PrinterSimulator::start_speaking(speaks, anywhere, None, PrinterMode::Read).expect("a free port");
    let place = printer.address().to_string();
    let limits = TcpLimits { finish: Duration::from_secs(30), ..TcpLimits::default() };
    let begun = Instant::now();
    for at in 0..SENT {
        let label = random(LabelKind::Traveller, 203, &mut Random::new(seed, at)).encode(PrinterLanguage::Zpl);
        let outcome = send(&mut TcpTransport::new(&place, limits), &label, &mut |_| {});
        assert_eq!(outcome.result.expect("taken"), Evidence::Consumed, "the printer has read it");
    }
    let rate = SENT as f64 / begun.elapsed().as_secs_f64();
    let met = rate >= LABELS_PER_SECOND_GOAL;
    println!("sink: {rate:.0} labels/s, goal {LABELS_PER_SECOND_GOAL} {}", verdict(met));
    met
}

pub fn verdict(met: bool) -> &'static str {
    if met { "ok" } else { "MISSED" }
}
