//! Ports for programs that must be told one, and that may be ended and started again at the same one.

use std::net::{TcpListener, UdpSocket};
use std::sync::Mutex;

/// Below the ports that a system gives to outgoing connections (32768 on Linux, 49152 elsewhere), so that no client that
/// connects while a program is down takes that program's port.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// Ports given out by this process. A socket of the other transport holds each until the process ends, which keeps every
/// other test's process from choosing it, too.
static GIVEN: Mutex<Vec<UdpSocket>> = Mutex::new(Vec::new());

/// A port of this machine that is this process's own until it ends.
///
/// # Panics
/// When none is free.
#[track_caller]
pub fn free_port() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let count = usize::from(PORTS.end - PORTS.start);
    // Processes that begin together look in different places.
    let start = std::process::id() as usize * 101;
    let (port, hold) = PORTS
        .cycle()
        .skip(start % count)
        .take(count)
        .find_map(|port| {
            let hold = UdpSocket::bind(("127.0.0.1", port)).ok()?;
            TcpListener::bind(("127.0.0.1", port)).ok()?;
            Some((port, hold))
        })
        .expect("a free port");
    given.push(hold);
    port
}
