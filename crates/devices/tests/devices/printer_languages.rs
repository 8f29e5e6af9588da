//! A simulated printer of every language, over a real socket: what it prints, what it says of itself, and what it makes of
//! a question that is put in another language.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use cordwainer_devices::printer::{
    Evidence, PrintJobState, PrinterTransport, QUERY_LIMIT, StatusAnswer, StatusQuestion, TcpLimits, TcpTransport,
    TransportError, ask_status, send,
};
use cordwainer_devices::simulator::{Heard, PrinterMode, PrinterSimulator, Received, speaking};
use cordwainer_labels::{LabelEnding, LabelTemplate, PrintSettings, PrinterLanguage, PrinterStatus, Raster};
use proptest::prelude::*;
use tempfile::TempDir;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const DOTS_PER_INCH: u16 = 203;
/// Far longer than anything here takes; reached only when something hangs.
const PATIENCE: Duration = Duration::from_secs(30);
const LIMITS: TcpLimits = TcpLimits {
    connect: Duration::from_secs(5),
    stall: Duration::from_millis(200),
    write: Duration::from_secs(20),
    finish: PATIENCE,
};

fn printer(language: PrinterLanguage, mode: PrinterMode) -> PrinterSimulator {
    PrinterSimulator::start_speaking(speaking(language, DOTS_PER_INCH), ANY_PORT, None, mode).expect("a free port")
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

/// A picture whose bytes are everything that a printer could take for a command, black or white.
fn nasty_picture() -> Raster {
    let words = b"\r\nPRINT 1,1\r\nP1\n^XZ~HS\x1B!?\x1B!S\x1B@\x1DVB\x00\x1D\x0C\x10\x04\x01\x10\x04\x04\n^ee\n\x1DV0";
    let inverted: Vec<u8> = words.iter().map(|byte| !byte).collect();
    let bytes: Vec<u8> = [words.as_slice(), &inverted, &(0..=255).collect::<Vec<u8>>()].concat();
    let row_bytes = 8;
    let mut raster = Raster::white(8 * row_bytes, (bytes.len() as u32).div_ceil(row_bytes) * 9);
    for (at, byte) in (0_u32..).zip(bytes.repeat(9)) {
        for bit in (0..8).filter(|bit| byte & (0x80 >> bit) != 0) {
            raster.set_black(at % row_bytes * 8 + bit, at / row_bytes);
        }
    }
    raster
}

fn label(language: PrinterLanguage, raster: &Raster) -> Vec<u8> {
    let template = LabelTemplate::traveller().expect("ours");
    let settings = PrintSettings { ending: LabelEnding::Cut, ..PrintSettings::of(&template, DOTS_PER_INCH) };
    language.encode(raster, &settings).expect("a label")
}

#[test]
fn a_label_with_the_nastiest_picture_comes_out_dot_for_dot_in_every_language() {
    let raster = nasty_picture();
    for language in PrinterLanguage::ALL {
        let folder = TempDir::new().expect("a folder");
        let speaks = speaking(language, DOTS_PER_INCH);
        let printer = PrinterSimulator::start_speaking(speaks, ANY_PORT, Some(folder.path().into()), PrinterMode::Read)
            .expect("a free port");
        for number in 1..=2 {
            let state = print(&printer, &label(language, &raster));
            assert_eq!(state, PrintJobState::Sent(Evidence::Consumed), "{language}");
            let Received::Label(out) = next(&printer) else { panic!("{language}: no label came out") };
            assert_eq!((out.number, out.unreadable), (number, None), "{language}: one label, and understood");
            let picture = image::open(out.picture.expect("drawn")).expect("a PNG").into_luma8();
            assert!(picture.into_raw() == raster.to_luma(), "{language}: what is on the paper is what was meant");
            let file = out.file.expect("kept");
            assert!(file.ends_with(format!("label-000{number}.{language}")), "{language}: {}", file.display());
        }
        assert_eq!(printer.next(Duration::ZERO), None, "{language}: and nothing was asked by it");
    }
}

#[test]
fn every_printer_says_in_its_own_language_what_is_wrong() {
    use PrinterStatus::{Jammed, MediaOut, Ready, Silent};
    for (language, media_out, jammed) in [
        // As the guide says: a Zebra in trouble is silent.
        (PrinterLanguage::Zpl, Silent, Silent),
        (PrinterLanguage::Tspl, MediaOut, Jammed),
        (PrinterLanguage::EscPos, MediaOut, Jammed),
        // EPL2 has no word for a jam.
        (PrinterLanguage::Epl, MediaOut, MediaOut),
    ] {
        let printer = printer(language, PrinterMode::Read);
        let label = label(language, &Raster::white(16, 16));
        for (mode, expected) in [
            (PrinterMode::Read, Ready),
            (PrinterMode::MediaOut, media_out),
            (PrinterMode::Read, Ready),
            (PrinterMode::Jam, jammed),
            (PrinterMode::Stall, Ready),
            (PrinterMode::NoRead, Silent),
        ] {
            printer.mode_switch().set(mode);
            let asked = Instant::now();
            let status = ask_status(&mut line_to(&printer), language).expect("reached");
            assert_eq!(status, Some(expected), "{language} in mode {mode}");
            assert!(asked.elapsed() < PATIENCE, "{language} in mode {mode}: never waited out");
        }
        printer.mode_switch().set(PrinterMode::Read);
        let state = print(&printer, &label);
        assert_eq!(state, PrintJobState::Sent(Evidence::Consumed), "{language}: no question is in the way of a label");
        let mut events = std::iter::from_fn(|| Some(next(&printer)));
        let out = events.find(|event| matches!(event, Received::Label(_) | Received::Cut { .. }));
        assert!(
            matches!(&out, Some(Received::Label(label)) if label.unreadable.is_none() && label.number == 1),
            "{language}: the first label is the one that was sent, and no question was printed: {out:?}"
        );
    }
}

#[test]
fn a_question_in_another_language_is_printed_where_a_real_one_prints_it() {
    for spoken in PrinterLanguage::ALL {
        for asked in PrinterLanguage::ALL.into_iter().filter(|asked| *asked != spoken) {
            let printer = printer(spoken, PrinterMode::Read);
            let question = StatusQuestion { bytes: asked.status_query(), is_whole: &|_| false };
            let answer = line_to(&printer).query(question, QUERY_LIMIT).expect("reached");
            assert_eq!(answer, StatusAnswer::Silent, "{spoken} asked in {asked}");
            let came = next_or_nothing(&printer);
            let printed = match (spoken, asked) {
                // A Zebra ignores what stands outside a label.
                (PrinterLanguage::Zpl, _) => matches!(came, Some(Received::Cut { .. })),
                // `ESC !` chooses letters in ESC/POS, and prints none.
                (PrinterLanguage::EscPos, PrinterLanguage::Tspl) => came.is_none(),
                _ => matches!(&came, Some(Received::Label(label)) if label.unreadable.is_some()),
            };
            assert!(printed, "{spoken} asked in {asked}: {came:?}");
        }
    }
}

/// What has happened once the printer is done with all that it got: it serves one connection after the other, so when it
/// answers the next one it is.
fn next_or_nothing(printer: &PrinterSimulator) -> Option<Received> {
    drop(std::net::TcpStream::connect(printer.address()).expect("it listens"));
    let mut events = std::iter::from_fn(|| printer.next(PATIENCE));
    assert_eq!(events.next(), Some(Received::Connected), "for the question");
    events.next().filter(|event| *event != Received::Connected)
}

#[test]
fn jams_and_cuts_of_power_cost_in_every_language_what_they_cost_in_the_first() {
    for language in PrinterLanguage::ALL {
        let printer = printer(language, PrinterMode::Jam);
        let label = label(language, &Raster::white(16, 16));
        for _ in 0..3 {
            assert_eq!(
                print(&printer, &label),
                PrintJobState::Sent(Evidence::Consumed),
                "{language}: it does not tell"
            );
        }
        let happened = [next(&printer), next(&printer), next(&printer)];
        assert_eq!(happened, [Received::Spoilt, Received::Held, Received::Held], "{language}");
        printer.mode_switch().set(PrinterMode::PowerLoss);
        assert_eq!(next(&printer), Received::Lost { labels: 2 }, "{language}: what was inside is gone");
        let status = wait_until_gone(&printer, language);
        assert!(matches!(status, TransportError::Unreachable { .. }), "{language}: away is not silent: {status}");
    }
}

/// The port is closed a moment after the switch; until then a connection is torn instead.
fn wait_until_gone(printer: &PrinterSimulator, language: PrinterLanguage) -> TransportError {
    let mut answers = std::iter::from_fn(|| Some(ask_status(&mut line_to(printer), language)));
    let is_away = |answer: &Result<_, _>| matches!(answer, Err(TransportError::Unreachable { .. }));
    answers.find(is_away).and_then(Result::err).expect("it goes away")
}

#[test]
fn a_reset_and_a_stall_leave_the_job_unknown_in_every_language() {
    for language in PrinterLanguage::ALL {
        // Nothing compresses noise, so that the label is longer than what a system buffers before it is read.
        let long = label(language, &nasty_picture()).repeat(4000);
        for (mode, word) in [(PrinterMode::ResetAfter(2000), "broken"), (PrinterMode::Stall, "stalled")] {
            let printer = printer(language, mode);
            let outcome = send(&mut line_to(&printer), &long, &mut |_| {});
            let code = outcome.result.as_ref().expect_err("it cannot be sent whole").code();
            assert_eq!(code, word, "{language}");
            let state = PrintJobState::Queued.begin().and_then(|sending| sending.finish(&outcome)).expect("sending");
            assert_eq!(state, PrintJobState::Unknown, "{language}: {mode}");
        }
    }
}

/// Everything that a printer hears in a stream that arrives in pieces of this length, and what becomes of the rest.
fn heard(language: PrinterLanguage, stream: &[u8], piece: usize) -> (Vec<Heard>, Option<Heard>) {
    let mut ear = speaking(language, DOTS_PER_INCH).ear();
    let heard = stream.chunks(piece).flat_map(|piece| ear.push(piece)).collect();
    (heard, ear.end())
}

fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "SIZE 1 mm,1 mm\r\n",
        "BITMAP 0,0,1,3,0,",
        "BITMAP 0,0,9999999,1",
        "PRINT 1,1\r\n",
        "GW0,0,1,3,",
        "q8\n",
        "P1\n",
        "^XA",
        "^XZ",
        "~HS",
        "^ee",
        "\x1B!?",
        "\x1B!S",
        "\x1B@",
        "\x1Dv0\0\u{1}\0\u{2}\0",
        "\x1DVB\0",
        "\x1D\x0C",
        "\x10\x04\x01",
        "\r\n",
    ];
    let word = prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec());
    let fragment = prop_oneof![3 => word, 1 => prop::collection::vec(any::<u8>(), 0..6)];
    prop::collection::vec(fragment, 0..12).prop_map(|fragments| fragments.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_printer_hears_the_same_however_the_bytes_arrive(stream in fragments(), piece in 1_usize..9) {
        for language in PrinterLanguage::ALL {
            let whole = heard(language, &stream, stream.len().max(1));
            prop_assert_eq!(heard(language, &stream, piece), whole, "{}", language);
        }
    }
}
