//! A whole station and a printer that fails in every way that was seen: what the screen shows of it is true each time.

use std::net::SocketAddr;
use std::time::Duration;

use cordwainer_devices::simulator::{PrinterMode, PrinterSimulator, Received, speaking};
use cordwainer_labels::PrinterLanguage;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Command, PrintState, RpcReply, ScanOrigin};

use super::tests::{PATIENCE, answered, desk, event, open, options, state};
use super::{HostOptions, Station};
use crate::devices::StatusRounds;
use crate::engine::tests::factory::{WANG, badge, pair_id, traveller};
use crate::fixture::Desk;

/// Quick, so that a change is seen before the test is over; the real ones are tried where they are computed.
const ROUNDS: StatusRounds = StatusRounds { usual: Duration::from_millis(20), longest: Duration::from_millis(50) };
/// Part of a label: enough that some paper may have moved.
const SOME_BYTES: u64 = 600;

/// A printer, and a station at which Wang has opened pair 1.
struct Shop {
    printer: PrinterSimulator,
    station: Station,
    printed: usize,
    _desk: Desk,
}

impl Shop {
    async fn open(language: PrinterLanguage) -> Self {
        let nearby: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        let printer = PrinterSimulator::start_speaking(speaking(language, 203), nearby, None, PrinterMode::Read)
            .expect("a free port");
        let desk = desk();
        let address = format!("{language}+tcp://{}", printer.address());
        let options = HostOptions { printer: Some(address), status_rounds: ROUNDS, ..options(&desk) };
        let station = open(&desk, options).await;
        let scan = |text| Command::Scan { text, origin: ScanOrigin::Pad };
        for (text, expected) in [(badge(WANG), AnswerKind::SignedIn), (traveller(1), AnswerKind::Started)] {
            assert_eq!(answered(&station, scan(text)).await.kind, expected);
        }
        Self { printer, station, printed: 0, _desk: desk }
    }

    fn behave(&self, mode: PrinterMode) {
        self.printer.mode_switch().set(mode);
    }

    /// Asks for a label, and waits until its attempt is over; gives where it stands.
    async fn print(&mut self) -> PrintState {
        let reason = (self.printed > 0).then(|| format!("smudged {}", self.printed));
        answered(&self.station, Command::PrintTraveller { work_order: pair_id(1), reason }).await;
        self.printed += 1;
        loop {
            let Ok(RpcReply::PrintJobs(jobs)) = self.station.handle().call(Command::GetPrintJobs {}).await else {
                panic!("no print jobs")
            };
            assert_eq!(jobs.len(), self.printed, "each label is a job of its own");
            if !matches!(jobs[0].state, PrintState::Queued | PrintState::Sending) {
                return jobs[0].state;
            }
            event(&mut self.station, |_| Some(())).await;
        }
    }

    /// Waits until the screen shows this of the printer: whether it is well, and what is said of it.
    async fn shows(&mut self, what: &str, ok: bool, code: Option<MessageCode>) {
        let mut shown = None;
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let devices = state(&self.station).await.devices;
                let printer = devices.into_iter().find(|device| device.kind == "printer");
                shown = printer.map(|device| (device.ok, device.message.map(|message| message.code)));
                if shown == Some((ok, code)) {
                    return;
                }
                event(&mut self.station, |_| Some(())).await;
            }
        });
        if waited.await.is_err() {
            panic!("{what}: {ok} {code:?} is not shown, but {shown:?}");
        }
    }

    /// Labels that came out so far and were not asked for here before.
    fn labels_out(&self) -> usize {
        std::iter::from_fn(|| self.printer.next(Duration::ZERO))
            .filter(|received| match received {
                Received::Label(label) => {
                    assert_eq!(label.unreadable, None, "nothing but labels comes out: no question is printed");
                    true
                }
                _ => false,
            })
            .count()
    }

    /// Waits until a label comes out.
    fn label_comes_out(&self) -> bool {
        let mut received = std::iter::from_fn(|| self.printer.next(PATIENCE));
        received.any(|received| matches!(received, Received::Label(_)))
    }

    async fn answer(&mut self, came_out: bool) {
        let asked = state(&self.station).await.ask_print.expect("a person is asked");
        answered(&self.station, Command::AnswerPrint { print_job: asked.id, came_out }).await;
    }
}

async fn a_printer_that_fails_is_shown_as_it_is(language: PrinterLanguage) {
    // A Zebra in trouble is silent; a TSC says what is wrong.
    let told = |code| if language == PrinterLanguage::Zpl { MessageCode::PrinterSilent } else { code };
    let mut shop = Shop::open(language).await;
    shop.shows("at rest", true, None).await;

    shop.behave(PrinterMode::MediaOut);
    assert_eq!(shop.print().await, PrintState::Sent, "it took the label, and no more is claimed");
    shop.shows("out of labels", false, Some(told(MessageCode::PrinterNoPaper))).await;
    assert_eq!(shop.labels_out(), 0, "nothing came out");
    assert_eq!(shop.print().await, PrintState::Sent, "no question is in the way of the next label");
    shop.behave(PrinterMode::Read);
    shop.shows("labels again", true, None).await;
    assert!(shop.label_comes_out() && shop.label_comes_out(), "both, by themselves");

    shop.behave(PrinterMode::Jam);
    shop.shows("jammed", false, Some(told(MessageCode::PrinterJammed))).await;
    shop.behave(PrinterMode::Read);
    shop.shows("cleared", true, None).await;

    shop.behave(PrinterMode::ResetAfter(SOME_BYTES));
    assert_eq!(shop.print().await, PrintState::Unknown, "some bytes left");
    shop.shows("reset in a label", false, Some(MessageCode::PrinterUnknownResult)).await;
    shop.behave(PrinterMode::Read);
    // It answers again that it is well, which does not answer for the label.
    for _ in 0..3 {
        std::iter::from_fn(|| shop.printer.next(PATIENCE)).find(|event| matches!(event, Received::Asked { .. }));
    }
    shop.shows("not answered yet", false, Some(MessageCode::PrinterUnknownResult)).await;
    shop.answer(true).await;
    shop.shows("answered", true, None).await;
    assert_eq!(shop.labels_out(), 0, "and nothing is printed again by itself");

    for mode in [PrinterMode::NoRead, PrinterMode::Stall] {
        shop.behave(mode);
        assert_eq!(shop.print().await, PrintState::Sent, "{mode}: the system took the bytes");
        shop.shows("takes and prints nothing", false, Some(MessageCode::PrinterSilent)).await;
        assert_eq!(shop.labels_out(), 0, "{mode}");
        shop.behave(PrinterMode::Read);
        shop.shows("reads again", true, None).await;
        assert!(shop.label_comes_out(), "{mode}: late, but there");
    }

    shop.behave(PrinterMode::PowerLoss);
    shop.shows("no power", false, Some(MessageCode::PrinterUnreachable)).await;
    shop.behave(PrinterMode::Read);
    shop.shows("power again", true, None).await;
    assert_eq!(shop.print().await, PrintState::Sent, "as on any day");
    assert!(shop.label_comes_out(), "a label");
    shop.station.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zebra_that_fails_is_shown_as_it_is() {
    a_printer_that_fails_is_shown_as_it_is(PrinterLanguage::Zpl).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tsc_that_fails_is_shown_as_it_is() {
    a_printer_that_fails_is_shown_as_it_is(PrinterLanguage::Tspl).await;
}
