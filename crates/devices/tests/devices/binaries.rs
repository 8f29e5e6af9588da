//! The simulators as programs: what a script or a story sees of them.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const PRINTER: &str = env!("CARGO_BIN_EXE_cordwainer-printer-sim");
#[cfg(unix)]
const SCANNER: &str = env!("CARGO_BIN_EXE_cordwainer-scanner-sim");

/// A simulator that runs as a program of its own, and is ended whatever happens.
struct Program {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn run(program: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the simulator starts");
        let orders = child.stdin.take().expect("piped");
        let answers = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, orders, answers }
    }

    fn answer(&mut self) -> Value {
        let line = self.answers.next().expect("the simulator still talks").expect("text");
        serde_json::from_str(&line).expect("one JSON value a line")
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").expect("the simulator still listens");
    }

    fn told(&mut self, order: &str) -> Value {
        self.order(order);
        self.answer()
    }

    /// The next event of this kind. Answers and other events may come in between.
    fn event(&mut self, kind: &str) -> Value {
        loop {
            let line = self.answer();
            if line["event"] == kind {
                return line;
            }
        }
    }

    fn quit(mut self) {
        self.order("quit");
        assert!(self.child.wait().expect("ends").success(), "told to quit, it ends well");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
mod scanner {
    use std::time::{Duration, Instant};

    use cordwainer_devices::scanner::{RawFrame, ScannerAddress, SourceId, decode, start};
    use tokio::sync::mpsc::{Receiver, channel};

    use super::*;

    fn text(frames: &mut Receiver<RawFrame>) -> Option<String> {
        decode(&frames.blocking_recv().expect("the source runs")).ok().map(|scan| scan.text)
    }

    #[test]
    fn it_types_what_it_is_told_and_survives_an_unplug() {
        let folder = TempDir::new().expect("a folder");
        let link = folder.path().join("scanner");
        let path = link.to_str().expect("a plain path");
        let mut program =
            Program::run(SCANNER, &["--link", path, "--suffix", "crlf", "--prefix", "]C0", "--chunks", "3"]);
        assert_eq!(program.answer()["ready"], path, "one line says where it is");

        let address: ScannerAddress = format!("serial:{path}").parse().expect("an address");
        let (sender, mut frames) = channel(64);
        let handle = start(address.source(SourceId::new("rig")), sender, Instant::now()).expect("a thread");
        assert_eq!(program.told("scan W0000001X")["done"], "scan W0000001X", "each order is answered");
        assert_eq!(text(&mut frames).as_deref(), Some("W0000001X"), "typed");
        program.told(r#"{"burst":{"count":5,"texts":["A","B"]}}"#);
        let burst: Vec<String> = (0..5).filter_map(|_| text(&mut frames)).collect();
        assert_eq!(burst, ["A", "B", "A", "B", "A"], "round the texts");
        program.told("garble W0000001X");
        assert_eq!(text(&mut frames), None, "spoilt on purpose");
        program.told("partial W00");
        program.told("unplug");
        assert!(!link.exists(), "an unplugged scanner has no path");
        assert_eq!(text(&mut frames), None, "the cut scan is reported");
        assert!(program.told("scan W1")["reason"].is_string(), "an unplugged scanner cannot type, and says so");
        program.told("replug");
        program.told("scan W0000002X");
        assert_eq!(text(&mut frames).as_deref(), Some("W0000002X"), "back again under the same path");
        assert!(program.told("dance")["reason"].is_string(), "a wrong order is refused, not fatal");

        drop(handle);
        program.quit();
        assert!(link.symlink_metadata().is_err(), "it leaves nothing behind");
    }

    #[test]
    fn it_never_replaces_what_is_not_a_link() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("letters");
        std::fs::write(&path, "precious").expect("written");
        let output = Command::new(SCANNER).arg("--link").arg(&path).output().expect("runs");
        assert!(!output.status.success(), "it must refuse");
        assert_eq!(std::fs::read(&path).expect("still there"), b"precious", "a mistyped path costs nothing");
    }

    #[test]
    fn it_unplugs_when_its_input_ends() {
        let folder = TempDir::new().expect("a folder");
        let link = folder.path().join("scanner");
        let begun = Instant::now();
        let output = Command::new(SCANNER).arg("--link").arg(&link).stdin(Stdio::null()).output().expect("runs");
        assert!(output.status.success() && begun.elapsed() < Duration::from_secs(30), "it ends with its script");
        assert!(link.symlink_metadata().is_err(), "it leaves nothing behind");
    }
}

#[test]
fn the_printer_keeps_labels_and_fails_when_told_to() {
    use cordwainer_devices::printer::{Evidence, PrinterAddress, send};

    let folder = TempDir::new().expect("a folder");
    let keep = folder.path().to_str().expect("a plain path");
    let mut program = Program::run(PRINTER, &["--listen", "127.0.0.1:0", "--keep", keep]);
    let listening = program.answer();
    let place = listening["listening"].as_str().expect("one line says where it listens");
    let printer: PrinterAddress = format!("zpl+tcp://{place}").parse().expect("an address");

    let outcome = send(printer.transport().as_mut(), b"^XA^FDW1^FS^XZ", &mut |_| {});
    assert!(outcome.result.expect("sent") >= Evidence::BytesAccepted, "the label went out");
    assert_eq!(program.answer()["event"], "connected", "events come as JSON lines");
    let label = program.answer();
    assert_eq!((&label["event"], &label["number"]), (&"label".into(), &1.into()), "a label fell into the tray");
    let file = label["file"].as_str().expect("kept");
    assert_eq!(std::fs::read(file).expect("readable"), b"^XA^FDW1^FS^XZ", "the very bytes");
    assert!(file.ends_with("label-0001.zpl"), "under its number: {file}");

    assert!(program.told("burn")["reason"].is_string(), "a wrong mode is refused, not fatal");
    assert_eq!(program.told("reset-after:2000")["mode"], "reset-after:2000", "the mode is confirmed");
    let outcome = send(printer.transport().as_mut(), &[b'F'; 10_000], &mut |_| {});
    assert!(outcome.result.is_err() && outcome.bytes_written > 0, "it broke in the middle");

    program.order("media-out");
    while program.answer()["mode"] != "media-out" {}
    let outcome = send(printer.transport().as_mut(), b"^XA^FDW2^FS^XZ", &mut |_| {});
    assert!(outcome.result.is_ok(), "it takes the label: {outcome:?}");
    program.event("held");
    program.order("read");
    assert_eq!(program.event("label")["number"], 2, "and prints it when there is paper again");
    program.quit();
}

#[test]
fn the_printer_speaks_every_language_it_is_told_to() {
    use cordwainer_devices::printer::{PrinterAddress, ask_status};
    use cordwainer_labels::{PrinterLanguage, PrinterStatus};

    for language in PrinterLanguage::ALL {
        let mut program = Program::run(PRINTER, &["--language", language.word()]);
        let listening = program.answer();
        let place = listening["listening"].as_str().expect("one line says where it listens");
        let printer: PrinterAddress = format!("{language}+tcp://{place}").parse().expect("an address");
        let status = ask_status(printer.transport().as_mut(), language).expect("reached");
        assert_eq!(status, Some(PrinterStatus::Ready), "{language}");
        assert_eq!(program.event("asked")["answered"], true, "{language}");
        program.quit();
    }
}

#[test]
fn a_printer_that_shall_speak_what_nobody_taught_it_is_refused() {
    let output = Command::new(PRINTER).args(["--language", "klingon"]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("zpl, tspl, escpos and epl"), "it says what it speaks: {said}");
}

#[test]
fn the_printer_says_when_its_port_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let place = taken.local_addr().expect("bound").to_string();
    let output = Command::new(PRINTER).args(["--listen", &place]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains(&place), "it names the port: {said}");
}
