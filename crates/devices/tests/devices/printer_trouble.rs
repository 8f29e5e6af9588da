//! Printers in trouble, and what may be said of them: media out, jams, power cuts, and questions that nobody answers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use cordwainer_devices::printer::{
    Evidence, FileTransport, PrintJobState, PrinterTransport, QUERY_LIMIT, StatusAnswer, StatusQuestion, TcpLimits,
    TcpTransport, TransportError, send,
};
use cordwainer_devices::simulator::{PrinterMode, PrinterSimulator, Received};
use tempfile::TempDir;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Far longer than anything here takes; reached only when something hangs.
const PATIENCE: Duration = Duration::from_secs(30);
const LIMITS: TcpLimits = TcpLimits {
    connect: Duration::from_secs(5),
    stall: Duration::from_secs(5),
    write: Duration::from_secs(20),
    finish: PATIENCE,
};
const LABEL: &[u8] = b"^XA^FDW0000001X^FS^XZ";

fn printer(mode: PrinterMode) -> PrinterSimulator {
    PrinterSimulator::start(ANY_PORT, None, mode).expect("a free port")
}

fn line_to(printer: &PrinterSimulator) -> TcpTransport {
    TcpTransport::new(printer.address().to_string(), LIMITS)
}

fn print(printer: &PrinterSimulator, payload: &[u8]) -> PrintJobState {
    let outcome = send(&mut line_to(printer), payload, &mut |_| {});
    PrintJobState::Queued.begin().and_then(|sending| sending.finish(&outcome)).expect("sending")
}

/// What happens next, connections apart.
fn next(printer: &PrinterSimulator) -> Received {
    let mut events = std::iter::from_fn(|| printer.next(PATIENCE));
    events.find(|event| *event != Received::Connected).expect("something happens")
}

fn is_label(event: &Received, number: u32) -> bool {
    matches!(event, Received::Label(label) if label.number == number)
}

/// Zebra's question; the answer is three lines.
fn host_status() -> StatusQuestion<'static> {
    StatusQuestion { bytes: b"~HS", is_whole: &|heard| heard.iter().filter(|&&byte| byte == 3).count() == 3 }
}

#[test]
fn a_printer_out_of_paper_takes_everything_and_the_label_is_not_called_printed() {
    let printer = printer(PrinterMode::MediaOut);
    let state = print(&printer, LABEL);
    assert_eq!(state, PrintJobState::Sent(Evidence::Consumed), "it has read the label, and that is all that is known");
    assert_eq!(next(&printer), Received::Held, "nothing came out");
    printer.mode_switch().set(PrinterMode::Read);
    assert!(is_label(&next(&printer), 1), "with paper it comes out by itself, so it must not be sent again");
}

#[test]
fn a_jam_costs_the_label_in_the_machine_and_none_behind_it() {
    let printer = printer(PrinterMode::Jam);
    for _ in 0..2 {
        assert_eq!(print(&printer, LABEL), PrintJobState::Sent(Evidence::Consumed), "the printer does not tell");
    }
    assert_eq!((next(&printer), next(&printer)), (Received::Spoilt, Received::Held), "one is ruined, one waits");
    printer.mode_switch().set(PrinterMode::Read);
    assert!(is_label(&next(&printer), 1), "only the second comes out: the first is missed when nobody can scan it");
}

#[test]
fn a_power_cut_loses_what_was_inside_and_the_next_label_is_printed_once() {
    let printer = printer(PrinterMode::MediaOut);
    let (before, switch) = (print(&printer, LABEL), printer.mode_switch());
    assert_eq!((before, next(&printer)), (PrintJobState::Sent(Evidence::Consumed), Received::Held), "it waits inside");
    switch.set(PrinterMode::PowerLoss);
    assert_eq!(next(&printer), Received::Lost { labels: 1 }, "it will never come out, and only a person can know");

    let without_power = loop {
        // The port is closed a moment after the switch; until then a connection is torn instead.
        match print(&printer, LABEL) {
            PrintJobState::FailedClean => break PrintJobState::FailedClean,
            state => assert!(!state.may_be_sent(), "bytes may have left: {state}"),
        }
    };
    assert!(without_power.may_be_sent(), "nobody listens, not a byte left");
    switch.set(PrinterMode::Read);
    let after = loop {
        match print(&printer, LABEL) {
            PrintJobState::FailedClean => std::thread::yield_now(),
            state => break state,
        }
    };
    assert_eq!(after, PrintJobState::Sent(Evidence::Consumed), "the power is back");
    assert!(is_label(&next(&printer), 1), "one label, from the attempt after the cut");
}

#[test]
fn a_power_cut_in_the_middle_of_a_label_is_unknown() {
    let printer = printer(PrinterMode::Read);
    let mut line = line_to(&printer);
    line.open().expect("connected");
    assert_eq!(printer.next(PATIENCE), Some(Received::Connected), "the printer has it");
    let mut written = 0;
    line.write_all(b"^XA^FDhalf", &mut |total| written = total).expect("sent");
    printer.mode_switch().set(PrinterMode::PowerLoss);
    // Either the end of the line or one of the next bytes finds it broken.
    let broken = (0..1000).find_map(|_| line.write_all(&[b'F'; 4096], &mut |_| {}).err());
    let error = broken.or_else(|| line.finish().err()).expect("the line is dead");
    assert!(matches!(error, TransportError::Broken(_)), "torn, not ended: {error:?}");
    assert!(written > 0, "so nobody may send it again unasked");
}

#[test]
fn a_printer_that_is_well_says_so_and_nothing_is_printed_by_asking() {
    let printer = printer(PrinterMode::Read);
    let answer = line_to(&printer).query(host_status(), QUERY_LIMIT).expect("reached");
    let StatusAnswer::Whole(said) = answer else { panic!("it answers: {answer:?}") };
    assert!(said.starts_with(b"\x02030,0,0,"), "what a Zebra says when nothing is wrong: {said:?}");
    assert_eq!(next(&printer), Received::Asked { answered: true }, "a question is no label");
    assert_eq!(print(&printer, LABEL), PrintJobState::Sent(Evidence::Consumed), "and the line is free again");
}

#[test]
fn silence_is_an_answer_of_its_own_however_long_the_caller_would_wait() {
    for mode in [PrinterMode::MediaOut, PrinterMode::Jam, PrinterMode::NoRead, PrinterMode::Fin] {
        let printer = printer(mode);
        let asked = Instant::now();
        let answer = line_to(&printer).query(host_status(), PATIENCE).expect("reached");
        assert_eq!(answer, StatusAnswer::Silent, "a Zebra in trouble says nothing ({mode})");
        assert!(asked.elapsed() < PATIENCE, "and it is not waited out ({mode})");
    }
}

#[test]
fn half_an_answer_is_told_from_a_whole_one() {
    let printer = printer(PrinterMode::Read);
    let question = StatusQuestion { is_whole: &|_| false, ..host_status() };
    let answer = line_to(&printer).query(question, QUERY_LIMIT).expect("reached");
    assert!(matches!(answer, StatusAnswer::Partial(said) if said.len() > 3), "another language may be set");
}

#[test]
fn nobody_is_asked_while_a_job_is_being_written_or_where_nothing_can_come_back() {
    let printer = printer(PrinterMode::Read);
    let mut line = line_to(&printer);
    line.open().expect("connected");
    let refused = line.query(host_status(), QUERY_LIMIT).expect_err("a job is open");
    assert_eq!(refused.code(), "busy", "the question would stand in the middle of a label");

    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("labels.zpl");
    let answer = FileTransport::new(&path).query(host_status(), QUERY_LIMIT).expect("no way");
    assert_eq!((answer, path.exists()), (StatusAnswer::OneWay, false), "and the question is not written anywhere");

    let free = TcpListener::bind(ANY_PORT).and_then(|listener| listener.local_addr()).expect("a free port");
    let nobody = TcpTransport::new(free.to_string(), LIMITS).query(host_status(), QUERY_LIMIT);
    assert!(matches!(nobody, Err(TransportError::Unreachable { .. })), "away is not silent: {nobody:?}");
}
