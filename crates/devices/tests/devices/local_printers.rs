//! Printers on a cable: serial ports, and the kernel's node for USB printers, both played by a pseudo terminal.

#![cfg(unix)]

use std::io::{ErrorKind, Read, Write};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cordwainer_devices::printer::{
    AttemptOutcome, Evidence, PrintJobState, PrinterTransport, QUERY_LIMIT, SerialTransport, StatusAnswer,
    StatusQuestion, TransportError, UsbNodeTransport, WriteLimits, send,
};
use cordwainer_devices::serial::{LineSettings, PortFinder, PortName, UsbIdentity};
use serialport::{SerialPort, TTYPort};
use tempfile::TempDir;

/// Far longer than anything here takes; reached only when something hangs.
const PATIENCE: Duration = Duration::from_secs(30);
/// Short, so that a stalled printer costs the test little.
const LIMITS: WriteLimits = WriteLimits { stall: Duration::from_millis(300), whole: PATIENCE };
/// More than a pseudo terminal holds.
const TOO_MUCH: usize = 4 << 20;

/// A printer's end of a cable, and the path of ours. The socket keeps the port alive while nobody has it open.
struct Cable {
    printer: TTYPort,
    _socket: TTYPort,
    path: String,
}

impl Cable {
    fn lay() -> Self {
        let (mut printer, socket) = TTYPort::pair().expect("a pseudo terminal");
        printer.set_timeout(PATIENCE).expect("a timeout");
        let path = socket.name().expect("it has a path");
        Self { printer, _socket: socket, path }
    }

    /// Both ways to one cable: they must keep the same promises.
    fn transports(&self) -> [(&'static str, Box<dyn PrinterTransport>); 2] {
        let port = PortFinder::new(PortName::Path(self.path.clone()));
        [
            ("serial", Box::new(SerialTransport::new(port, LineSettings::plain(115_200), LIMITS))),
            ("usb", Box::new(UsbNodeTransport::new(&self.path, LIMITS))),
        ]
    }
}

fn label(bytes: usize) -> Vec<u8> {
    [b"^XA^GFA,".as_slice(), &vec![b'F'; bytes], b"^FS^XZ\n"].concat()
}

fn attempt(transport: &mut dyn PrinterTransport, payload: &[u8]) -> (AttemptOutcome, PrintJobState) {
    let outcome = send(transport, payload, &mut |_| {});
    let state = PrintJobState::Queued.begin().and_then(|sending| sending.finish(&outcome)).expect("sending");
    (outcome, state)
}

/// The printer takes so many bytes and gives them back, with itself.
fn taking(mut printer: TTYPort, bytes: usize) -> JoinHandle<(TTYPort, Vec<u8>)> {
    std::thread::spawn(move || {
        let mut taken = vec![0; bytes];
        printer.read_exact(&mut taken).expect("it arrives");
        (printer, taken)
    })
}

#[test]
fn every_byte_arrives_and_no_more_is_claimed_than_that() {
    let mut cable = Cable::lay();
    let payload: Vec<u8> = label(20_000).into_iter().chain(0..=255).collect();
    for (kind, mut transport) in cable.transports() {
        let printer = taking(cable.printer, payload.len());
        let (outcome, state) = attempt(transport.as_mut(), &payload);
        let (back, taken) = printer.join().expect("the printer lives");
        cable.printer = back;
        assert!(taken == payload, "every byte as it was, control characters too ({kind})");
        assert_eq!(outcome.bytes_written, payload.len() as u64, "and each was counted ({kind})");
        assert_eq!(state, PrintJobState::Sent(Evidence::BytesAccepted), "no printer has said anything ({kind})");
    }
}

#[test]
fn a_printer_that_takes_nothing_is_given_up_in_time() {
    let cable = Cable::lay();
    for (kind, mut transport) in cable.transports() {
        let begun = Instant::now();
        let (outcome, state) = attempt(transport.as_mut(), &label(TOO_MUCH));
        assert!(matches!(outcome.result, Err(TransportError::Stalled(_))), "{kind}: {outcome:?}");
        assert_eq!(state, PrintJobState::Unknown, "some bytes left us ({kind})");
        drop(transport);
        assert!(begun.elapsed() < PATIENCE, "not even closing the port may wait for paper ({kind})");
    }
}

#[test]
fn a_cable_that_is_pulled_in_the_middle_of_a_label_is_unknown() {
    for which in 0..2 {
        let cable = Cable::lay();
        let [serial, usb] = cable.transports();
        let (kind, mut transport) = if which == 0 { serial } else { usb };
        let Cable { printer, _socket: socket, .. } = cable;
        let pulled = std::thread::spawn(move || drop((taking(printer, 1000).join().expect("it arrives"), socket)));
        let (outcome, state) = attempt(transport.as_mut(), &label(TOO_MUCH));
        pulled.join().expect("the printer lived");
        assert!(matches!(outcome.result, Err(TransportError::Broken(_))), "{kind}: {outcome:?}");
        assert_eq!(state, PrintJobState::Unknown, "half of it is over there ({kind})");
    }
}

#[test]
fn a_printer_that_cannot_be_opened_costs_no_byte() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("lp0");
    std::fs::write(&file, "precious").expect("written");
    let cable = Cable::lay();
    let _other_program = serialport::new(&cable.path, 9600).open().expect("free so far");
    let serial = |name: PortName| SerialTransport::new(PortFinder::new(name), LineSettings::default(), LIMITS);
    let transports: [(&str, Box<dyn PrinterTransport>); 5] = [
        ("no such port", Box::new(serial(PortName::Path("/dev/no-such-port".to_owned())))),
        ("no such device", Box::new(serial(PortName::Usb(UsbIdentity::of_product(0xfffe, 0xfffe))))),
        ("port taken", Box::new(serial(PortName::Path(cable.path.clone())))),
        ("no such node", Box::new(UsbNodeTransport::new(folder.path().join("lp1"), LIMITS))),
        ("not a device", Box::new(UsbNodeTransport::new(&file, LIMITS))),
    ];
    for (why, mut transport) in transports {
        let (outcome, state) = attempt(transport.as_mut(), &label(10));
        assert!(matches!(outcome.result, Err(TransportError::Unreachable { .. })), "{why}: {outcome:?}");
        assert_eq!(state, PrintJobState::FailedClean, "so it may be tried again ({why})");
    }
    assert_eq!(std::fs::read(&file).expect("still there"), b"precious", "a mistyped path costs nothing");
}

#[test]
fn a_printer_on_a_cable_can_be_asked_and_silence_is_told() {
    let mut cable = Cable::lay();
    let question = StatusQuestion { bytes: b"\x1b!?", is_whole: &|heard| !heard.is_empty() };
    for (kind, mut transport) in cable.transports() {
        let mut printer = cable.printer;
        let answering = std::thread::spawn(move || {
            let mut asked = [0; 3];
            printer.read_exact(&mut asked).expect("it is asked");
            printer.write_all(b"\x04").expect("it answers");
            (printer, asked)
        });
        let answer = transport.query(question, QUERY_LIMIT).expect("asked");
        let (back, asked) = answering.join().expect("the printer lives");
        cable.printer = back;
        assert_eq!((&asked, answer), (question.bytes.try_into().expect("3"), StatusAnswer::Whole(vec![4])), "{kind}");

        let answer = transport.query(question, PATIENCE).expect("asked");
        assert_eq!(answer, StatusAnswer::Silent, "it has heard the question and says nothing ({kind})");
        let mut heard = [0; 3];
        cable.printer.read_exact(&mut heard).expect("the question came over");
        transport.open().expect("free again");
        assert_eq!(transport.query(question, QUERY_LIMIT).expect_err("a job is open").code(), "busy", "{kind}");
        assert_eq!(transport.finish().expect("nothing was written"), Evidence::BytesAccepted, "{kind}");
    }
}

#[test]
fn what_a_printer_said_before_is_no_answer_to_the_next_question() {
    let mut cable = Cable::lay();
    cable.printer.write_all(b"\x04").expect("said unasked");
    let port = PortFinder::new(PortName::Path(cable.path.clone()));
    let mut transport = SerialTransport::new(port, LineSettings::default(), LIMITS);
    let question = StatusQuestion { bytes: b"\x1b!?", is_whole: &|heard| !heard.is_empty() };
    assert_eq!(transport.query(question, QUERY_LIMIT).expect("asked"), StatusAnswer::Silent, "old news are no news");
    let nothing = transport.finish().expect_err("nothing is open");
    assert_eq!(nothing.code(), "not_open", "a question opens no job");
    cable.printer.set_timeout(Duration::from_millis(1)).expect("a timeout");
    assert_ne!(cable.printer.read(&mut [0; 8]).map_err(|error| error.kind()), Err(ErrorKind::TimedOut), "it was asked");
}
