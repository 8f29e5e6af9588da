//! What a scanner costs and how fast it is heard: `cargo xtask bench scanners`. Prints one line of JSON a measurement
//! and fails when a target is missed. The targets are those of a station: last byte to event under 10 ms for 99 of 100 scans,
//! and under 1 % of one core for all ports that are dead or away.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    unix::run()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("The scanner simulator needs pseudo terminals, which this system does not have.");
    ExitCode::FAILURE
}

#[cfg(unix)]
mod unix {
    use std::process::ExitCode;
    use std::time::{Duration, Instant};

    use cordwainer_devices::scanner::{RawFrame, ScannerAddress, ScannerHandle, SourceId, start};
    use cordwainer_devices::serial::{PortListing, SystemPorts};
    use cordwainer_devices::simulator::{ScannerSimulator, Typing};
    use rustix::time::{ClockId, clock_gettime};
    use serde_json::json;
    use tempfile::TempDir;
    use tokio::sync::mpsc::{Receiver, Sender, channel};

    const SCANS: usize = 5000;
    const LATENCY_TARGET: Duration = Duration::from_millis(10);
    const CPU_TARGET_PERCENT: f64 = 1.0;
    const CPU_OVER: Duration = Duration::from_secs(20);
    const LISTS: u32 = 100;
    const QUEUE: usize = 64;

    pub fn run() -> ExitCode {
        let folder = TempDir::new().expect("a folder");
        let fast = latency(&folder);
        listing();
        let frugal = cpu_of_dead_ports(&folder);
        if fast && frugal { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn listen(address: &str, frames: Sender<RawFrame>) -> ScannerHandle {
        let address: ScannerAddress = address.parse().expect("an address");
        start(address.source(SourceId::new(address.to_string())), frames, Instant::now()).expect("a thread")
    }

    fn rig(folder: &TempDir, name: &str) -> (ScannerSimulator, ScannerHandle, Receiver<RawFrame>) {
        let mut scanner = ScannerSimulator::plug_in(folder.path().join(name), Typing::default()).expect("a port");
        let (sender, mut frames) = channel(QUEUE);
        let handle = listen(&format!("serial:{}", scanner.path().display()), sender);
        scanner.scan("WARM").expect("typed");
        frames.blocking_recv().expect("heard");
        (scanner, handle, frames)
    }

    /// From before the last byte is written until whoever waits for the frame has it.
    fn latency(folder: &TempDir) -> bool {
        let (mut scanner, _handle, mut frames) = rig(folder, "latency");
        let mut waits: Vec<Duration> = Vec::with_capacity(SCANS);
        for number in 0..SCANS {
            scanner.write(format!("W{number:07}X").as_bytes()).expect("typed");
            let last_byte = Instant::now();
            scanner.write(b"\r").expect("typed");
            frames.blocking_recv().expect("heard");
            waits.push(last_byte.elapsed());
        }
        waits.sort();
        let at = |percent: usize| waits[(SCANS - 1) * percent / 100];
        let micros = |wait: Duration| u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
        println!(
            "{}",
            json!({ "measured": "last byte to event", "scans": SCANS, "p50_us": micros(at(50)), "p99_us": micros(at(99)),
                "max_us": micros(at(100)), "target_p99_us": micros(LATENCY_TARGET) })
        );
        at(99) < LATENCY_TARGET
    }

    /// What each look for a device costs where nothing is remembered. No target: it is the system's.
    fn listing() {
        let began = Instant::now();
        let found = (0..LISTS).map(|_| SystemPorts.ports().map_or(0, |ports| ports.len())).max();
        let each = began.elapsed() / LISTS;
        println!("{}", json!({ "measured": "list of all ports", "ports": found, "each_us": each.as_micros() as u64 }));
    }

    /// One port that died, one that was never there, three devices that are looked for by what they are, and a host that is away.
    fn cpu_of_dead_ports(folder: &TempDir) -> bool {
        let (mut scanner, _dead, _frames) = rig(folder, "dead");
        scanner.unplug();
        let (sender, _kept) = channel(QUEUE);
        let missing = format!("serial:{}", folder.path().join("missing").display());
        let _away = [missing.as_str(), "serial:usb:FFFE:FFFE,serial=0", "tcp://127.0.0.1:9"]
            .map(|at| listen(at, sender.clone()));
        let (began, used) = (Instant::now(), cpu());
        std::thread::sleep(CPU_OVER);
        let percent = (cpu() - used).as_secs_f64() / began.elapsed().as_secs_f64() * 100.0;
        println!(
            "{}",
            json!({ "measured": "cpu of six dead ports", "seconds": CPU_OVER.as_secs(), "percent_of_a_core": percent,
                "target_percent": CPU_TARGET_PERCENT })
        );
        percent < CPU_TARGET_PERCENT
    }

    /// What this process has used, all threads together.
    fn cpu() -> Duration {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(used.tv_sec.unsigned_abs(), u32::try_from(used.tv_nsec).unwrap_or(0))
    }
}
