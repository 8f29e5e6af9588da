//! Sheets to a print queue over IPP, against a small responder that answers as RFC 8010 writes it, and wrongly when told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use cordwainer_devices::printer::{
    AttemptOutcome, Evidence, IppLimits, IppTransport, PrintJobState, TransportError, ipp_uri, send,
};

const GET_PRINTER_ATTRIBUTES: u16 = 0x000b;
const PRINT_JOB: u16 = 0x0002;
/// Far longer than anything here takes; reached only when something hangs.
const LIMITS: IppLimits = IppLimits { ask: Duration::from_secs(30), print: Duration::from_secs(30) };

/// How the queue behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Queue {
    Healthy,
    TakesNoJobs,
    TakesNoPdf,
    RefusesTheJob,
    HangsUpInTheJob,
    TalksRubbish,
}

/// A queue that answers two requests and tells what it was sent.
struct Responder {
    uri: String,
    jobs: Receiver<Vec<u8>>,
    thread: JoinHandle<()>,
}

impl Responder {
    fn start(queue: Queue, requests: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let uri = format!("ipp://{}/printers/a4", listener.local_addr().expect("bound"));
        let (jobs, received) = channel();
        let thread = std::thread::spawn(move || {
            for _ in 0..requests {
                let (line, _) = listener.accept().expect("somebody asks");
                serve(line, queue, &jobs);
            }
        });
        Self { uri, jobs: received, thread }
    }
}

fn serve(line: TcpStream, queue: Queue, jobs: &Sender<Vec<u8>>) {
    let mut reader = BufReader::new(line.try_clone().expect("a second handle"));
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).expect("a header") > 0, "the request ended in its head");
    }
    if queue == Queue::HangsUpInTheJob && head.to_ascii_lowercase().contains("chunked") {
        let mut begun = [0; 64];
        reader.read_exact(&mut begun).expect("the job begins");
        if begun.windows(4).any(|bytes| bytes == [1, 1, 0, 2]) {
            return;
        }
        return serve_body(&begun, reader, line, queue, jobs);
    }
    serve_body(&[], reader, line, queue, jobs);
}

fn serve_body(begun: &[u8], reader: BufReader<TcpStream>, mut line: TcpStream, queue: Queue, jobs: &Sender<Vec<u8>>) {
    let body = dechunked(BufReader::new(begun.chain(reader)));
    let operation = u16::from_be_bytes([body[2], body[3]]);
    let status: u16 = if queue == Queue::RefusesTheJob && operation == PRINT_JOB { 0x0506 } else { 0 };
    let mut answer = vec![1, 1];
    answer.extend(status.to_be_bytes());
    answer.extend(&body[4..8]);
    answer.push(1);
    attribute(&mut answer, 0x47, "attributes-charset", b"utf-8");
    attribute(&mut answer, 0x48, "attributes-natural-language", b"en");
    if operation == GET_PRINTER_ATTRIBUTES {
        answer.push(4);
        attribute(&mut answer, 0x22, "printer-is-accepting-jobs", &[u8::from(queue != Queue::TakesNoJobs)]);
        attribute(&mut answer, 0x49, "document-format-supported", b"application/vnd.cups-raw");
        if queue != Queue::TakesNoPdf {
            attribute(&mut answer, 0x49, "", b"application/pdf");
        }
    } else {
        let end = body.iter().position(|&byte| byte == b'%').unwrap_or(body.len());
        jobs.send(body[end..].to_vec()).expect("the test listens");
    }
    if queue == Queue::TalksRubbish {
        // A length that reaches beyond the end.
        answer.extend([0x35, 0, 1, b'x', 0, 9, 0xff, 0xff]);
    }
    answer.push(3);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n", answer.len());
    line.write_all(head.as_bytes()).and_then(|()| line.write_all(&answer)).expect("heard");
}

fn attribute(answer: &mut Vec<u8>, tag: u8, name: &str, value: &[u8]) {
    answer.push(tag);
    for part in [name.as_bytes(), value] {
        answer.extend(u16::try_from(part.len()).expect("short").to_be_bytes());
        answer.extend(part);
    }
}

/// RFC 9112, 7.1.
fn dechunked(mut reader: impl BufRead) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).expect("a chunk's size");
        let size = usize::from_str_radix(size.trim(), 16).expect("a hexadecimal size");
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).expect("a chunk");
        if size == 0 {
            return body;
        }
        body.extend(&chunk[..size]);
    }
}

fn sheet() -> Vec<u8> {
    [b"%PDF-1.7\n".as_slice(), &[b'x'; 50_000], b"\n%%EOF\n"].concat()
}

fn print(uri: &str, payload: &[u8]) -> (AttemptOutcome, PrintJobState) {
    let mut transport = IppTransport::new(ipp_uri(uri).expect("an address"), LIMITS);
    let outcome = send(&mut transport, payload, &mut |_| {});
    let state = PrintJobState::Queued.begin().and_then(|sending| sending.finish(&outcome)).expect("sending");
    (outcome, state)
}

#[test]
fn a_sheet_lies_in_the_queue_and_no_more_is_claimed() {
    let queue = Responder::start(Queue::Healthy, 2);
    let (outcome, state) = print(&queue.uri, &sheet());
    assert_eq!(state, PrintJobState::Sent(Evidence::Spooled), "a queue that says `completed` may have printed nothing");
    assert_eq!(outcome.bytes_written, sheet().len() as u64, "all of it");
    assert!(queue.jobs.recv().expect("a job came") == sheet(), "the very bytes");
    queue.thread.join().expect("both requests were right");
}

#[test]
fn a_queue_that_says_no_has_printed_nothing_and_may_be_asked_again() {
    for (behaviour, requests, said) in [
        (Queue::TakesNoJobs, 1, "takes no jobs"),
        (Queue::TakesNoPdf, 1, "takes no PDF"),
        (Queue::RefusesTheJob, 2, "jobs"),
    ] {
        let queue = Responder::start(behaviour, requests);
        let (outcome, state) = print(&queue.uri, &sheet());
        let error = outcome.result.expect_err("refused");
        assert!(matches!(error, TransportError::Refused(_)), "{behaviour:?}: {error:?}");
        assert!(error.to_string().to_lowercase().contains(&said.to_lowercase()), "in words: {error}");
        assert_eq!(state, PrintJobState::FailedClean, "no job was made of it ({behaviour:?})");
        queue.thread.join().expect("all requests were right");
    }
}

#[test]
fn a_queue_that_hangs_up_in_the_middle_of_a_job_may_print_it_or_not() {
    let queue = Responder::start(Queue::HangsUpInTheJob, 2);
    let (outcome, state) = print(&queue.uri, &sheet());
    assert!(matches!(outcome.result, Err(TransportError::Broken(_))), "{outcome:?}");
    assert_eq!(state, PrintJobState::Unknown, "bytes of it had left us");
    queue.thread.join().expect("both requests were right");
}

#[test]
fn a_queue_that_talks_rubbish_is_an_error_and_not_the_end_of_the_worker() {
    let queue = Responder::start(Queue::TalksRubbish, 1);
    let (outcome, state) = print(&queue.uri, &sheet());
    assert!(matches!(outcome.result, Err(TransportError::Unreachable { .. })), "{outcome:?}");
    assert_eq!(state, PrintJobState::FailedClean, "nothing was sent");
    queue.thread.join().expect("the request was right");
}

#[test]
fn a_label_never_goes_to_a_queue() {
    let queue = Responder::start(Queue::Healthy, 1);
    let (outcome, state) = print(&queue.uri, b"^XA^XZ");
    assert!(matches!(outcome.result, Err(TransportError::Refused(_))), "it would print the commands: {outcome:?}");
    assert_eq!(state, PrintJobState::FailedClean, "no byte left us");
    queue.thread.join().expect("only the first question came");
    assert!(queue.jobs.recv().is_err(), "no job was made");
}

#[test]
fn a_queue_that_is_away_costs_no_byte() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let (outcome, state) = print(&format!("ipp://{free}/printers/a4"), &sheet());
    assert!(matches!(outcome.result, Err(TransportError::Unreachable { .. })), "{outcome:?}");
    assert_eq!(state, PrintJobState::FailedClean, "nobody listens");
}
