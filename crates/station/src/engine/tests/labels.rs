//! Travellers: printed after the first sign-off, once, and again only for a reason.

use cordwainer_devices::printer::{AttemptOutcome, Evidence, TransportError};
use cordwainer_labels::{LabelTemplate, PrinterLanguage};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command, PrintJobLine, PrintState, RpcReply, StationEvent};

use super::factory::{PACK, WANG, label_page, pair, pair_id, traveller};
use super::shop::{Shop, pair_ready_for, said};
use crate::devices::{AUTO_PRINT_SETTING, AutoPrint};
use crate::engine::{Errand, Input};

const PRINTER: &str = "zpl+tcp://127.0.0.1:9100";

fn with_printer() -> Shop {
    let mut shop = Shop::at("cut-1");
    shop.ask(Command::SaveDevices { scanners: Vec::new(), instruments: Vec::new(), printer: PRINTER.to_owned() });
    shop.sign_in(WANG);
    shop
}

fn labels(shop: &mut Shop) -> Vec<PrintJobLine> {
    match shop.ask(Command::GetPrintJobs {}) {
        RpcReply::PrintJobs(jobs) => jobs,
        other => panic!("no print jobs: {other:?}"),
    }
}

fn print(reason: Option<&str>) -> Command {
    Command::PrintTraveller { work_order: pair_id(1), reason: reason.map(str::to_owned) }
}

fn sign_off(shop: &mut Shop, number: u64) {
    shop.scan(&traveller(number));
    shop.pass_s(300);
    assert_eq!(shop.scan(&traveller(number)).kind, K::SignedOff);
}

fn attempt(shop: &mut Shop, bytes_written: u64, result: Result<Evidence, TransportError>) {
    let work = shop.store.outbox.next_print_job(PRINTER).expect("readable").expect("one waits");
    let n = shop.store.outbox.begin_attempt(&work.job.id, 0).expect("begun");
    let outcome = AttemptOutcome { bytes_written, result };
    shop.store.outbox.end_attempt(&work.job.id, n, &outcome, 0).expect("ended");
    shop.input(Input::Printed);
}

#[test]
fn the_first_sign_off_of_a_pair_prints_its_traveller_once() {
    let mut shop = with_printer();
    sign_off(&mut shop, 1);
    let printed = labels(&mut shop);
    assert_eq!(printed.len(), 1, "one label");
    assert_eq!((printed[0].number.as_str(), printed[0].state, printed[0].reprint), ("WO-0001", PrintState::Queued, 0));
    assert!(shop.errands.contains(&Errand::Print), "the printer is woken");
    shop.ask(Command::ChooseWorkstation { workstation: "close-1".into() });
    shop.sign_in(WANG);
    assert_eq!(shop.scan(&traveller(1)).kind, K::SignedOff, "the second job of the pair");
    assert_eq!(labels(&mut shop).len(), 1, "needs no second label");
}

#[test]
fn a_pair_that_was_begun_elsewhere_is_not_labelled_unasked() {
    let mut shop = Shop::with("pack-1", &[pair_ready_for(1, PACK)]);
    shop.ask(Command::SaveDevices { scanners: Vec::new(), instruments: Vec::new(), printer: PRINTER.to_owned() });
    shop.sign_in(WANG);
    assert_eq!(shop.scan(&traveller(1)).kind, K::SignedOff);
    assert!(labels(&mut shop).is_empty(), "its traveller is what was scanned");
}

#[test]
fn nothing_is_printed_unasked_without_a_printer_or_against_the_setting() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    sign_off(&mut shop, 1);
    assert!(labels(&mut shop).is_empty(), "there is no printer");
    assert_eq!(said(&shop.press(print(None))), (K::Refused, M::PrinterNotSet));
    let mut shop = with_printer();
    shop.store.outbox.set_setting(AUTO_PRINT_SETTING, AutoPrint::Never.word()).expect("kept");
    sign_off(&mut shop, 1);
    assert!(labels(&mut shop).is_empty(), "never, says the setting");
}

#[test]
fn a_double_click_makes_one_label_and_a_reprint_needs_a_reason_and_carries_a_mark() {
    let mut shop = with_printer();
    assert_eq!(said(&shop.press(print(None))), (K::Label, M::LabelQueued));
    assert_eq!(said(&shop.press(print(None))), (K::Label, M::LabelQueued), "the same one");
    assert_eq!(labels(&mut shop).len(), 1);
    attempt(&mut shop, 100, Ok(Evidence::BytesAccepted));
    shop.press(print(Some("torn")));
    shop.press(print(Some("torn")));
    let printed = labels(&mut shop);
    assert_eq!(printed.len(), 2, "a double click on the reprint makes one, too");
    assert_eq!((printed[0].reprint, printed[0].reason.as_deref()), (1, Some("torn")), "补打 R1");
}

#[test]
fn a_label_is_printed_with_what_the_office_released_and_never_twice_for_it() {
    let mut shop = with_printer();
    shop.press(print(None));
    let template = |shop: &Shop| -> String {
        let sql = "SELECT template FROM print_job ORDER BY place DESC LIMIT 1";
        shop.desk.raw("outbox.db").query_row(sql, [], |row| row.get(0)).expect("a job")
    };
    assert_eq!(template(&shop), "traveller-60x40@1", "the one that ships with the program");
    let mut released = serde_json::to_value(LabelTemplate::traveller().expect("ours")).expect("JSON");
    released["version"] = 2.into();
    shop.take(&label_page(&released, 11));
    shop.press(print(None));
    assert_eq!(labels(&mut shop).len(), 1, "another version of the template is no reason for a second label");
    attempt(&mut shop, 100, Ok(Evidence::BytesAccepted));
    shop.press(print(Some("torn")));
    assert_eq!(template(&shop), "traveller-60x40@2", "the job remembers what it was printed with");
}

#[test]
fn a_label_that_may_not_have_come_out_is_asked_about() {
    let mut shop = with_printer();
    shop.press(print(None));
    attempt(&mut shop, 1, Err(TransportError::NotOpen));
    let asked = shop.state().ask_print.expect("somebody must look");
    assert!(
        shop.events.iter().any(|event| matches!(event, StationEvent::AskPrint { number, .. } if number == "WO-0001"))
    );
    let answer = |came_out| Command::AnswerPrint { print_job: asked.id.clone(), came_out };
    assert_eq!(said(&shop.press(answer(false))), (K::Label, M::LabelQueued), "没出来: printed again");
    attempt(&mut shop, 1, Err(TransportError::NotOpen));
    assert_eq!(said(&shop.press(answer(true))), (K::Label, M::LabelConfirmed), "出来了");
    assert!(shop.state().ask_print.is_none(), "and nobody is asked any more");
    assert_eq!(said(&shop.press(answer(true))), (K::Refused, M::Unsupported), "one answer");
}

#[test]
fn a_scan_of_the_label_is_the_best_proof_of_it() {
    let mut shop = with_printer();
    shop.press(print(None));
    attempt(&mut shop, 100, Ok(Evidence::BytesAccepted));
    assert_eq!(labels(&mut shop)[0].state, PrintState::Sent, "sent is not printed");
    shop.scan(&traveller(1));
    assert_eq!(labels(&mut shop)[0].state, PrintState::Confirmed, "a scanner has read it");
}

#[test]
fn a_character_that_the_font_lacks_is_named_and_costs_no_sign_off() {
    let mut odd = pair(1);
    std::sync::Arc::make_mut(&mut odd.pair).style_name.en = "Oxford \u{10FFFD}".to_owned();
    let mut shop = Shop::with("cut-1", &[odd]);
    shop.ask(Command::SaveDevices { scanners: Vec::new(), instruments: Vec::new(), printer: PRINTER.to_owned() });
    shop.sign_in(WANG);
    sign_off(&mut shop, 1);
    assert_eq!(said(&shop.press(print(None))), (K::Refused, M::LabelGlyphMissing));
    assert!(labels(&mut shop).is_empty(), "better no label than a wrong one");
}

#[test]
fn a_device_address_that_makes_no_sense_is_refused() {
    let mut shop = Shop::at("cut-1");
    let save = Command::SaveDevices { scanners: Vec::new(), instruments: Vec::new(), printer: "lpt1".to_owned() };
    let refused = shop.input(Input::Command(save)).reply.expect("a reply").expect_err("refused");
    assert_eq!(refused.message.code, M::Unsupported);
    assert!(!shop.errands.contains(&Errand::OpenDevices), "the devices stay as they were");
}

#[test]
fn a_label_is_in_the_language_of_its_printer() {
    for language in PrinterLanguage::ALL {
        let printer = format!("{}+tcp://127.0.0.1:9100", language.word());
        let mut shop = Shop::at("cut-1");
        shop.ask(Command::SaveDevices { scanners: Vec::new(), instruments: Vec::new(), printer: printer.clone() });
        shop.sign_in(WANG);
        assert_eq!(said(&shop.press(print(None))), (K::Label, M::LabelQueued));
        let work = shop.store.outbox.next_print_job(&printer).expect("readable").expect("one waits");
        let seen = language.read(&work.payload, 203).expect("a strict printer of this language prints it");
        let [label] = seen.as_slice() else { panic!("one label: {}", seen.len()) };
        assert_eq!((label.raster.width_dots(), label.raster.height_dots()), (480, 320), "60 by 40 mm");
        assert!((0..480).any(|x| label.raster.is_black(x, 160)), "and something stands on it");
    }
}

#[test]
fn a_queue_for_pages_gets_a_page_and_not_the_commands_of_a_label_printer() {
    const QUEUE: &str = "pdf+ipp://127.0.0.1:631/printers/office";
    let mut shop = Shop::at("cut-1");
    shop.ask(Command::SaveDevices { scanners: Vec::new(), instruments: Vec::new(), printer: QUEUE.to_owned() });
    shop.sign_in(WANG);
    assert_eq!(said(&shop.press(print(None))), (K::Label, M::LabelQueued));
    let work = shop.store.outbox.next_print_job(QUEUE).expect("readable").expect("one waits");
    assert!(work.payload.starts_with(b"%PDF-"), "{:?}", &work.payload[..8]);
}
