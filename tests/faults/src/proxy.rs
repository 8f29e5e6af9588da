//! A bad line: a TCP proxy on this machine that breaks off, resets, falls silent one way or both, crawls, says things twice or in
//! the wrong order, or lets a stranger answer, when it is told to.
//!
//! It passes bytes and understands none, so it stands before plain HTTP, TLS and PostgreSQL alike. Threads, not tasks: a
//! story blocks, and a line that has fallen silent must cost nobody a runtime.
//!
//! Long because what the weather does and the tests that show it are read together.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_linger;

/// The way that bytes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From whoever dialled to the server.
    Up,
    /// From the server to whoever dialled.
    Down,
}

/// How a line ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// In order: whoever reads sees the end of the stream.
    Closed,
    /// With a reset: whoever reads or writes gets an error, and what was on its way is lost.
    Reset,
}

/// What the line does to bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Weather {
    /// It passes them.
    Clear,
    /// After so many more bytes of one way, that connection ends, and the line is clear again.
    Cut {
        /// Whose bytes are counted.
        way: Way,
        /// How many still pass.
        after: u64,
        /// How it ends.
        end: End,
    },
    /// After these bytes have passed up, nothing comes down any more, and that connection ends after a while: whatever they
    /// asked for has been done, and nobody is told. Then the line is clear again.
    SwallowAnswer {
        /// What is looked for.
        to: Vec<u8>,
    },
    /// Bytes of one way are lost, connections stay.
    Lost(Way),
    /// No byte passes either way, connections stay, and new ones are taken: a half-open line.
    Silent,
    /// So many bytes a second pass, each way.
    Slow(u64),
    /// Each piece of one way passes twice.
    Doubled(Way),
    /// Of each piece of one way, the second half passes before the first.
    Swapped(Way),
    /// Nobody is there: connections end, and new ones with them.
    Away,
    /// A stranger takes every new connection and answers with these bytes, whatever is asked; connections that are open end.
    Stranger(&'static [u8]),
}

/// How long an answer is swallowed before its connection ends: what was asked for is done by then, or has failed.
const SWALLOWED_FOR: Duration = Duration::from_millis(500);
/// How often a thread looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(20);
const PIECE_BYTES: usize = 16 * 1024;

struct Line {
    weather: Mutex<Weather>,
    changed: Condvar,
    passed: [AtomicU64; 2],
    connections: AtomicU64,
    hung_up: AtomicU64,
    over: AtomicBool,
}

impl Line {
    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, weather: Weather) {
        *self.weather() = weather;
        self.changed.notify_all();
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

/// A proxy before one server. Ends with all its connections when dropped.
pub struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
}

impl Proxy {
    /// Stands before a server, in clear weather.
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn before(server: &str) -> Self {
        Self::before_all(&[server])
    }

    /// Stands before several servers, and leads each new connection to the next of them.
    ///
    /// # Panics
    /// When no port is free, or there is no server.
    #[must_use]
    pub fn before_all(servers: &[&str]) -> Self {
        assert!(!servers.is_empty(), "a line leads somewhere");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound port has an address");
        listener.set_nonblocking(true).expect("a socket of ours obeys");
        let line = Arc::new(Line {
            weather: Mutex::new(Weather::Clear),
            changed: Condvar::new(),
            passed: [AtomicU64::new(0), AtomicU64::new(0)],
            connections: AtomicU64::new(0),
            hung_up: AtomicU64::new(0),
            over: AtomicBool::new(false),
        });
        let servers: Vec<String> = servers.iter().map(|server| (*server).to_owned()).collect();
        let own = Arc::clone(&line);
        thread::spawn(move || accept(&listener, &servers, &own));
        Self { address, line }
    }

    /// `host:port` to dial instead of the server's.
    pub fn socket(&self) -> String {
        self.address.to_string()
    }

    /// Changes the weather, for connections that are open and for those to come.
    pub fn set(&self, weather: Weather) {
        self.line.set(weather);
    }

    /// Ends every connection that is open; new ones are taken.
    pub fn hang_up(&self) {
        self.line.hung_up.fetch_add(1, Ordering::SeqCst);
        self.line.changed.notify_all();
    }

    /// The weather as it is: a cut that has happened has cleared it.
    pub fn weather(&self) -> Weather {
        self.line.weather().clone()
    }

    /// Bytes that have passed one way so far.
    pub fn passed(&self, way: Way) -> u64 {
        self.line.passed[way as usize].load(Ordering::SeqCst)
    }

    /// Connections that were taken so far.
    pub fn connections(&self) -> u64 {
        self.line.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.line.over.store(true, Ordering::SeqCst);
        self.line.changed.notify_all();
    }
}

fn accept(listener: &TcpListener, servers: &[String], line: &Arc<Line>) {
    let mut turns = servers.iter().cycle();
    while !line.is_over() {
        let Ok((near, _)) = listener.accept() else {
            thread::sleep(LOOK);
            continue;
        };
        line.connections.fetch_add(1, Ordering::SeqCst);
        match line.weather().clone() {
            Weather::Away => {
                reset(&near);
                continue;
            }
            Weather::Stranger(page) => {
                thread::spawn(move || answer_as_a_stranger(near, page));
                continue;
            }
            _ => {}
        }
        let (server, line) = (turns.next().cloned().unwrap_or_default(), Arc::clone(line));
        thread::spawn(move || {
            // A server that is down is what its stations see, too: the connection ends.
            let Ok(far) = TcpStream::connect(&server) else { return reset(&near) };
            if let (Ok(near_again), Ok(far_again)) = (prepared(&near), prepared(&far)) {
                let gone = Arc::new(AtomicBool::new(false));
                let (beside, other) = (Arc::clone(&line), Arc::clone(&gone));
                thread::spawn(move || Pump { way: Way::Down, from: far, to: near, line: beside, gone: other }.run());
                Pump { way: Way::Up, from: near_again, to: far_again, line, gone }.run();
            }
        });
    }
}

/// Answers the first thing that is said, and closes. Whoever asked may be gone by then.
fn answer_as_a_stranger(mut near: TcpStream, page: &[u8]) {
    let heard = prepared(&near).and_then(|_| near.set_read_timeout(Some(SWALLOWED_FOR)));
    if heard.and_then(|()| near.read(&mut [0; PIECE_BYTES])).is_ok() {
        drop(near.write_all(page).and_then(|()| near.shutdown(Shutdown::Both)));
    }
}

fn prepared(stream: &TcpStream) -> io::Result<TcpStream> {
    // On some systems an accepted socket inherits this from its listener.
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(LOOK))?;
    stream.try_clone()
}

fn reset(stream: &TcpStream) {
    // Without time to linger, closing is a reset.
    // A socket that is gone already cannot be told.
    let _ = set_socket_linger(stream, Some(Duration::ZERO));
}

/// One way of one connection.
struct Pump {
    way: Way,
    from: TcpStream,
    to: TcpStream,
    line: Arc<Line>,
    gone: Arc<AtomicBool>,
}

/// What becomes of a piece.
enum Fate {
    Pass(usize),
    PassTwice(usize),
    PassSwapped(usize),
    Lose,
    PassAndEnd(usize, End),
    /// The piece asks for an answer that nobody is to get.
    PassAndDeafen(usize),
    End(End),
}

impl Pump {
    fn run(mut self) {
        let mut piece = vec![0; PIECE_BYTES];
        let mut deaf_until: Option<Instant> = None;
        let since = self.line.hung_up.load(Ordering::SeqCst);
        loop {
            let hung_up = self.line.hung_up.load(Ordering::SeqCst) != since;
            let ended_meanwhile = hung_up || self.gone.load(Ordering::SeqCst) || self.line.is_over();
            let is_elsewhere = matches!(*self.line.weather(), Weather::Away | Weather::Stranger(_));
            if ended_meanwhile || is_elsewhere {
                return self.end(End::Reset);
            }
            if deaf_until.is_some_and(|until| Instant::now() >= until) {
                self.line.set(Weather::Clear);
                return self.end(End::Reset);
            }
            let length = match self.from.read(&mut piece) {
                Ok(0) => return self.pass_the_end(),
                Ok(length) => length,
                Err(fault) if matches!(fault.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => continue,
                Err(_) => return self.end(End::Reset),
            };
            let passed = match self.fate(&piece[..length]) {
                Fate::Pass(length) => self.pass(&piece[..length]),
                Fate::PassTwice(length) => self.pass(&piece[..length]) && self.pass(&piece[..length]),
                Fate::PassSwapped(length) => {
                    let (first, second) = piece[..length].split_at(length / 2);
                    self.pass(second) && self.pass(first)
                }
                Fate::Lose => true,
                Fate::PassAndEnd(length, end) => {
                    self.pass(&piece[..length]);
                    return self.end(end);
                }
                Fate::PassAndDeafen(length) => {
                    deaf_until = Some(Instant::now() + SWALLOWED_FOR);
                    self.pass(&piece[..length])
                }
                Fate::End(end) => return self.end(end),
            };
            if !passed {
                return self.end(End::Reset);
            }
        }
    }

    fn fate(&self, piece: &[u8]) -> Fate {
        let mut weather = self.line.weather();
        // A line that is silent holds what it has until it is not.
        while *weather == Weather::Silent && !self.line.is_over() && !self.gone.load(Ordering::SeqCst) {
            weather = self.line.changed.wait(weather).unwrap_or_else(PoisonError::into_inner);
        }
        match weather.clone() {
            Weather::Cut { way, after, end } if way == self.way => {
                let length = piece.len() as u64;
                if length < after {
                    *weather = Weather::Cut { way, after: after - length, end };
                    return Fate::Pass(piece.len());
                }
                *weather = Weather::Clear;
                Fate::PassAndEnd(usize::try_from(after).unwrap_or(usize::MAX), end)
            }
            Weather::SwallowAnswer { to } if self.way == Way::Up => {
                let asked = piece.windows(to.len().max(1)).any(|window| window == to);
                if asked {
                    *weather = Weather::Lost(Way::Down);
                    return Fate::PassAndDeafen(piece.len());
                }
                Fate::Pass(piece.len())
            }
            Weather::Lost(way) if way == self.way => Fate::Lose,
            Weather::Doubled(way) if way == self.way => Fate::PassTwice(piece.len()),
            Weather::Swapped(way) if way == self.way => Fate::PassSwapped(piece.len()),
            Weather::Slow(a_second) => {
                drop(weather);
                self.crawl(piece.len() as u64, a_second)
            }
            Weather::Away | Weather::Stranger(_) => Fate::End(End::Reset),
            _ => Fate::Pass(piece.len()),
        }
    }

    /// Waits as long as these bytes take, unless the weather turns.
    fn crawl(&self, bytes: u64, a_second: u64) -> Fate {
        let until = Instant::now() + Duration::from_millis(bytes * 1_000 / a_second.max(1));
        let mut weather = self.line.weather();
        while *weather == Weather::Slow(a_second) && Instant::now() < until && !self.gone.load(Ordering::SeqCst) {
            let left = until.saturating_duration_since(Instant::now()).min(LOOK);
            weather = self.line.changed.wait_timeout(weather, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Fate::Pass(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    fn pass(&mut self, bytes: &[u8]) -> bool {
        // Counted first: whoever receives the bytes may ask at once.
        self.line.passed[self.way as usize].fetch_add(bytes.len() as u64, Ordering::SeqCst);
        self.to.write_all(bytes).is_ok()
    }

    /// The sender has nothing more to say; the other way may still talk.
    fn pass_the_end(&self) {
        if self.to.shutdown(Shutdown::Write).is_err() {
            self.end(End::Closed);
        }
    }

    fn end(&self, end: End) {
        self.gone.store(true, Ordering::SeqCst);
        self.line.changed.notify_all();
        if end == End::Reset {
            // Both sockets close when the other way has seen that this one is gone.
            reset(&self.from);
            reset(&self.to);
        } else {
            // A side that has gone already needs no telling.
            drop(self.from.shutdown(Shutdown::Both));
            drop(self.to.shutdown(Shutdown::Both));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says everything back.
    fn echo() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || io::copy(&mut &stream, &mut &stream));
            }
        });
        address
    }

    fn dial(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect(proxy.socket()).expect("the proxy listens");
        stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
        stream
    }

    #[test]
    fn a_clear_line_passes_everything_both_ways() {
        let proxy = Proxy::before(&echo());
        let mut line = dial(&proxy);
        line.write_all(b"facts in").expect("sent");
        let mut back = [0; 8];
        line.read_exact(&mut back).expect("and back");
        assert_eq!(&back, b"facts in", "no byte is changed");
        assert_eq!((proxy.passed(Way::Up), proxy.passed(Way::Down)), (8, 8), "and each is counted");
    }

    #[test]
    fn a_line_that_is_cut_passes_exactly_so_many_bytes_once() {
        let proxy = Proxy::before(&echo());
        proxy.set(Weather::Cut { way: Way::Up, after: 5, end: End::Closed });
        let mut line = dial(&proxy);
        line.write_all(b"facts in").expect("sent");
        let mut back = Vec::new();
        drop(line.read_to_end(&mut back));
        assert_eq!(proxy.passed(Way::Up), 5, "the server saw no more");
        assert_eq!(proxy.weather(), Weather::Clear, "the next connection is whole");
        let mut again = dial(&proxy);
        again.write_all(b"facts in").expect("sent");
        again.read_exact(&mut [0; 8]).expect("and back");
    }

    #[test]
    fn a_silent_line_gives_nothing_and_heals() {
        let proxy = Proxy::before(&echo());
        let mut line = dial(&proxy);
        proxy.set(Weather::Silent);
        line.write_all(b"hello?").expect("the system takes it");
        assert!(line.read(&mut [0; 6]).is_err(), "nobody answers, nobody hangs up");
        proxy.set(Weather::Clear);
        line.read_exact(&mut [0; 6]).expect("what was held arrives");
    }

    #[test]
    fn pieces_are_doubled_and_swapped_and_a_stranger_answers() {
        let proxy = Proxy::before(&echo());
        for (weather, expected) in
            [(Weather::Doubled(Way::Down), b"factfact".as_slice()), (Weather::Swapped(Way::Down), b"ctfa")]
        {
            let mut line = dial(&proxy);
            proxy.set(weather.clone());
            line.write_all(b"fact").expect("sent");
            let mut back = vec![0; expected.len()];
            line.read_exact(&mut back).expect("something comes back");
            assert_eq!(back, expected, "{weather:?}");
        }
        proxy.set(Weather::Stranger(b"please sign in"));
        let mut line = dial(&proxy);
        line.write_all(b"fact").expect("sent");
        let mut back = Vec::new();
        drop(line.read_to_end(&mut back));
        assert_eq!(back, b"please sign in", "and the server heard nothing of it");
    }

    #[test]
    fn answers_to_one_question_are_swallowed_though_it_was_asked() {
        let proxy = Proxy::before(&echo());
        let mut line = dial(&proxy);
        proxy.set(Weather::SwallowAnswer { to: b"COMMIT".to_vec() });
        line.write_all(b"COMMIT").expect("sent");
        let read = line.read(&mut [0; 6]);
        assert!(!matches!(read, Ok(1..)), "nothing comes back: {read:?}");
        assert_eq!(proxy.passed(Way::Up), 6, "but the server was asked");
    }
}
