//! Printing against printers that fail in the ways that were measured. Complaint 10, and "sent never means printed".

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::num::NonZeroU16;
use std::time::{Duration, Instant};

use cordwainer_devices::printer::{
    AttemptOutcome, Evidence, FileTransport, PrintJobState, PrinterTransport, TcpLimits, TcpTransport, TransportError,
    send,
};
use cordwainer_devices::simulator::{PrinterMode, PrinterSimulator, Received};
use cordwainer_labels::{LabelData, LabelTemplate, Raster, resolve, zpl};
use tempfile::TempDir;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Far longer than anything here takes; reached only when something hangs.
const PATIENCE: Duration = Duration::from_secs(30);
/// Short, so that a stalled printer costs the test little; long enough for a healthy one on a busy machine.
const LIMITS: TcpLimits = TcpLimits {
    connect: Duration::from_secs(5),
    stall: Duration::from_millis(200),
    write: Duration::from_secs(20),
    finish: Duration::from_millis(200),
};

fn printer(mode: PrinterMode) -> PrinterSimulator {
    PrinterSimulator::start(ANY_PORT, None, mode).expect("a free port")
}

fn line_to(address: SocketAddr, limits: TcpLimits) -> TcpTransport {
    TcpTransport::new(address.to_string(), limits)
}

/// A label of about so many bytes.
fn label(bytes: usize) -> Vec<u8> {
    [b"^XA^GFA,".as_slice(), &vec![b'F'; bytes], b"^FS^XZ\n"].concat()
}

fn print(address: SocketAddr, payload: &[u8], limits: TcpLimits) -> (AttemptOutcome, PrintJobState) {
    let outcome = send(&mut line_to(address, limits), payload, &mut |_| {});
    let sending = PrintJobState::Queued.begin().expect("queued");
    let state = sending.finish(&outcome).expect("sending");
    (outcome, state)
}

fn next_label(printer: &PrinterSimulator) -> Option<Received> {
    std::iter::from_fn(|| printer.next(PATIENCE)).find(|event| *event != Received::Connected)
}

#[test]
fn a_healthy_printer_gets_every_byte_and_ends_after_us() {
    let folder = TempDir::new().expect("a folder");
    let printer =
        PrinterSimulator::start(ANY_PORT, Some(folder.path().into()), PrinterMode::Read).expect("a free port");
    let limits = TcpLimits { finish: PATIENCE, ..LIMITS };
    for expected in 1..=2 {
        let payload = label(10_000 * expected as usize);
        let mut steps = Vec::new();
        let outcome = send(&mut line_to(printer.address(), limits), &payload, &mut |total| steps.push(total));
        assert_eq!(outcome.result.expect("printed"), Evidence::Consumed, "its end after ours proves that it read all");
        assert_eq!(outcome.bytes_written, payload.len() as u64, "every byte counted");
        assert!(steps.is_sorted() && steps.len() > 1, "progress rises and can be shown");
        let Some(Received::Label(out)) = next_label(&printer) else { panic!("no label came out") };
        assert_eq!((out.number, out.bytes.as_slice()), (expected, payload.trim_ascii()), "the very label");
        let kept = std::fs::read(out.file.expect("kept")).expect("readable");
        assert_eq!(kept, out.bytes, "the file is the label");
    }
    assert!(folder.path().join("label-0002.zpl").exists(), "labels are kept under their numbers");
}

#[test]
fn a_traveller_label_comes_out_dot_for_dot() {
    let folder = TempDir::new().expect("a folder");
    let printer =
        PrinterSimulator::start(ANY_PORT, Some(folder.path().into()), PrinterMode::Read).expect("a free port");
    let data = LabelData::from([
        ("code", "W7K3M9QXC"),
        ("work_order", "WO-2026-0117"),
        ("style_zh", "三接头牛津鞋"),
        ("style_en", "Cap-toe oxford"),
        ("size", "265 · EU 42"),
        ("promise_date", "2026-03-14"),
        ("customer_order", "CO-2026-0042"),
    ]);
    let layout = resolve(&LabelTemplate::traveller().expect("ours"), &data, 203).expect("it fits");
    let raster = Raster::render(&layout).expect("every glyph is there");
    print(printer.address(), &zpl::encode(&raster, NonZeroU16::MIN), LIMITS);
    let Some(Received::Label(out)) = next_label(&printer) else { panic!("no label came out") };
    let picture = image::open(out.picture.expect("drawn")).expect("a PNG").into_luma8();
    assert_eq!(picture.into_raw(), raster.to_luma(), "what is on the paper is what was meant, hanzi included");
}

#[test]
fn a_printer_that_reads_nothing_still_accepts_a_label_and_that_is_not_called_printed() {
    let printer = printer(PrinterMode::NoRead);
    let (_, state) = print(printer.address(), &label(10_000), LIMITS);
    assert_eq!(state, PrintJobState::Sent(Evidence::BytesAccepted), "285 labels were measured to vanish like this");
}

#[test]
fn a_printer_that_hangs_up_at_once_has_proved_nothing() {
    let printer = printer(PrinterMode::Fin);
    let mut line = line_to(printer.address(), TcpLimits { finish: PATIENCE, ..LIMITS });
    line.open().expect("connected");
    assert_eq!(printer.next(PATIENCE), Some(Received::Connected), "by now it has ended its side");
    line.write_all(&label(1000), &mut |_| {}).expect("the system takes the bytes");
    assert_eq!(line.finish().expect("no error is seen"), Evidence::BytesAccepted, "an end before ours is no receipt");
}

#[test]
fn a_connection_reset_after_2_kilobytes_leaves_the_job_unknown() {
    for size in [5_000, 10_000, 5_000_000] {
        let printer = printer(PrinterMode::ResetAfter(2000));
        let (outcome, state) = print(printer.address(), &label(size), TcpLimits { finish: PATIENCE, ..LIMITS });
        assert!(matches!(outcome.result, Err(TransportError::Broken(_))), "seen as broken: {outcome:?}");
        assert_eq!(state, PrintJobState::Unknown, "bytes left us, so a label may exist ({size} bytes)");
        assert!(!state.may_be_sent(), "and it must not be sent again without asking");
    }
}

#[test]
fn a_refused_connection_fails_clean_and_may_be_tried_again() {
    let free = TcpListener::bind(ANY_PORT).and_then(|listener| listener.local_addr()).expect("a free port");
    let (outcome, state) = print(free, &label(1000), LIMITS);
    assert!(matches!(outcome.result, Err(TransportError::Unreachable { .. })), "nobody listens: {outcome:?}");
    assert_eq!((outcome.bytes_written, state), (0, PrintJobState::FailedClean), "no byte left us");
    assert!(state.may_be_sent(), "so trying again cannot print twice");
}

#[test]
fn a_stalled_printer_is_given_up_in_time() {
    for mode in [PrinterMode::Stall, PrinterMode::NoRead] {
        let printer = printer(mode);
        let begun = Instant::now();
        // More than any system buffers for a connection.
        let (outcome, state) = print(printer.address(), &label(64 << 20), LIMITS);
        assert!(matches!(outcome.result, Err(TransportError::Stalled(_))), "{mode}: {outcome:?}");
        assert_eq!(state, PrintJobState::Unknown, "some bytes left us ({mode})");
        assert!(begun.elapsed() < LIMITS.write, "one jammed printer must not hold a station ({mode})");
    }
}

#[test]
fn a_job_that_takes_too_long_is_given_up() {
    let printer = printer(PrinterMode::Read);
    let (outcome, state) = print(printer.address(), &label(1000), TcpLimits { write: Duration::ZERO, ..LIMITS });
    assert!(matches!(outcome.result, Err(TransportError::TooSlow(_))), "the bound is kept: {outcome:?}");
    assert_eq!(state, PrintJobState::FailedClean, "not a byte had left");
}

#[test]
fn a_label_comes_out_when_someone_puts_paper_in() {
    let printer = printer(PrinterMode::Stall);
    let payload = label(20_000);
    let (_, state) = print(printer.address(), &payload, LIMITS);
    assert_eq!(state, PrintJobState::Sent(Evidence::BytesAccepted), "it is only known to be on its way");
    printer.mode_switch().set(PrinterMode::Read);
    let out = next_label(&printer);
    assert!(
        matches!(&out, Some(Received::Label(label)) if label.number == 1),
        "late, but there: so we must not have sent it twice"
    );
}

#[test]
fn half_a_label_is_no_label() {
    let printer = printer(PrinterMode::Read);
    print(printer.address(), b"^XA^FDhalf", LIMITS);
    assert_eq!(next_label(&printer), Some(Received::Cut { bytes: b"^XA^FDhalf".to_vec() }), "nothing would be printed");
}

#[test]
fn an_empty_job_is_refused_before_the_printer_is_touched() {
    let printer = printer(PrinterMode::Read);
    let (outcome, state) = print(printer.address(), b"", LIMITS);
    assert!(matches!(outcome.result, Err(TransportError::EmptyPayload)), "nothing to print is not success");
    assert_eq!(state, PrintJobState::FailedClean, "no byte left us");
}

#[test]
fn a_file_takes_jobs_one_after_the_other_and_claims_no_more_than_that() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("labels.zpl");
    for _ in 0..2 {
        let outcome = send(&mut FileTransport::new(&path), &label(5000), &mut |_| {});
        assert_eq!(outcome.result.expect("written"), Evidence::Spooled, "no printer has seen it");
    }
    assert_eq!(std::fs::read(&path).expect("there"), label(5000).repeat(2), "both jobs, in order");
    let outcome = send(&mut FileTransport::new(folder.path()), &label(10), &mut |_| {});
    assert_eq!(outcome.bytes_written, 0, "a folder is no printer, and nothing left us");
    assert!(matches!(outcome.result, Err(TransportError::Unreachable { .. })), "said so: {outcome:?}");
}

#[test]
fn a_transport_that_was_not_opened_says_so() {
    let folder = TempDir::new().expect("a folder");
    let transports: [Box<dyn PrinterTransport>; 2] =
        [Box::new(line_to(ANY_PORT, LIMITS)), Box::new(FileTransport::new(folder.path().join("labels")))];
    for mut transport in transports {
        let error = transport.write_all(b"^XA^XZ", &mut |_| {}).expect_err("not open");
        assert_eq!(error.code(), "not_open", "a wrong order of calls is an error value, not a panic");
        assert_eq!(transport.finish().expect_err("not open").code(), "not_open", "nor can it be finished");
    }
}
