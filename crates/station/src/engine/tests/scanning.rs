//! Several scanners with a use each, codes of others, quantities, tags, and the log that comes before everything.

use cordwainer_devices::scanner::AimId;
use cordwainer_domain::code::{Code, CodeAlias, CodeType, ExternalCode};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{
    Answer, AnswerKind as K, Command, Connection, InstrumentSetting, Measured, MeasuredValueIn, ReaderKind, ScanOrigin,
    ScannerRole, ScannerSetting, StationEvent, Tone,
};
use cordwainer_protocol::sync::Table;

use super::factory::{self, WANG, badge, code, traveller};
use super::shop::{Shop, named, said};
use crate::engine::{Errand, Input, Moment, Reading};

/// A scan of symbols at a scanner for everything.
pub(super) fn scanned(source: &str, text: &str, at: Moment) -> Reading {
    let (aim, text) = AimId::split_from(text);
    Reading {
        source: source.to_owned(),
        role: ScannerRole::Any,
        reads: ReaderKind::Symbols,
        text: text.to_owned(),
        aim,
        at,
    }
}

/// What a device's scan was answered, two seconds after whatever was before.
fn answer_to(shop: &mut Shop, change: impl FnOnce(&mut Reading), text: &str) -> Answer {
    shop.pass_s(2);
    answer_at_once(shop, change, text)
}

fn answer_at_once(shop: &mut Shop, change: impl FnOnce(&mut Reading), text: &str) -> Answer {
    let mut reading = scanned("COM3", text, shop.engine.now());
    change(&mut reading);
    shop.events.clear();
    shop.input(Input::Scan(reading));
    let answer = shop.events.iter().find_map(|event| match event {
        StationEvent::Answer(answer) => Some(answer.clone()),
        _ => None,
    });
    answer.expect("a device's scan is answered by an event")
}

/// The server says what codes of others are called here.
fn call(shop: &mut Shop, names: &[(ExternalCode, &str)]) {
    let aliases: Vec<CodeAlias> = names
        .iter()
        .map(|(external, ours)| CodeAlias { external: external.clone(), code: Code::parse(ours).expect("a code") })
        .collect();
    let mut site = shop.engine.floor.image().site.clone().expect("a site");
    site.aliases = aliases;
    let commit_seq = shop.engine.floor.commit_seq() + 1;
    let mut page = factory::page(&[], commit_seq, false);
    let row = serde_json::to_value(&site).expect("a row");
    page.changes.push(factory::put(Table::Site, site.id.0.clone(), row, commit_seq));
    shop.take(&page);
}

#[test]
fn a_scanner_refuses_what_it_is_not_for_and_says_what_it_is_for() {
    let mut shop = Shop::at("cut-1");
    let lot = code(CodeType::MaterialLot, 1);
    for (role, text, expected) in [
        (ScannerRole::Work, badge(WANG), M::ScannerNotForThis),
        (ScannerRole::Materials, badge(WANG), M::ScannerNotForThis),
        (ScannerRole::Badges, badge(WANG), M::SignedIn),
        (ScannerRole::Badges, traveller(1), M::ScannerNotForThis),
        (ScannerRole::Materials, traveller(1), M::ScannerNotForThis),
        (ScannerRole::Work, lot.clone(), M::ScannerNotForThis),
        (ScannerRole::Materials, lot, M::CodeWrongType),
        (ScannerRole::Badges, "W00".to_owned(), M::CodeTorn),
        (ScannerRole::Work, traveller(1), M::Started),
    ] {
        let answer = answer_to(&mut shop, |reading| reading.role = role, &text);
        assert_eq!(answer.message.code, expected, "{text} at a scanner for {role:?}");
        if expected == M::ScannerNotForThis {
            assert_eq!((answer.kind, answer.tone), (K::Refused, Tone::Failure));
            assert_eq!(named(&answer, "scanner_role"), role.word(), "it says what the scanner is for");
        }
    }
    assert_eq!(shop.facts(), ["job_started"], "what was refused changed nothing");
    assert_eq!(shop.scan_log().len(), 9, "and stands in the log");
}

#[test]
fn a_code_of_another_maker_means_what_it_is_called_here() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let pair = traveller(1);
    let own_path = "/01/09506000134352/21/A7";
    let tag = "E280116060000209";
    call(
        &mut shop,
        &[
            (ExternalCode::Gs1(own_path.to_owned()), &pair),
            (ExternalCode::Tag(tag.to_owned()), &pair),
            (ExternalCode::Text("HIDE".to_owned()), &pair),
            (ExternalCode::Text("TWO".to_owned()), &pair),
            (ExternalCode::Text("TWO".to_owned()), &traveller(2)),
        ],
    );
    let as_tag = |reading: &mut Reading| reading.reads = ReaderKind::Tags;
    let as_symbol = |_: &mut Reading| ();
    assert_eq!(
        said(&answer_to(&mut shop, as_symbol, "]d20109506000134352\u{1d}21A7")),
        (K::Started, M::Started),
        "GS1"
    );
    let early = answer_to(&mut shop, as_tag, "e2:80:11:60:60:00:02:09");
    assert_eq!(early.kind, K::ConfirmEarly, "the tag is the same pair, and is asked about");
    assert_eq!(early.scanned.as_deref(), Some("e2:80:11:60:60:00:02:09"), "shown as it was read");
    assert_eq!(answer_to(&mut shop, as_symbol, "HIDE").kind, K::ConfirmEarly, "and so is a supplier's text");
    let two = answer_to(&mut shop, as_symbol, "TWO");
    assert_eq!((said(&two), two.tone), ((K::Unknown, M::CodeTwoThings), Tone::UnknownCode));
    let mut both = [pair.clone(), traveller(2)];
    both.sort();
    assert_eq!([named(&two, "first"), named(&two, "second")], both, "both are named");
    assert_eq!(shop.facts(), ["job_started"], "nothing was guessed");
}

#[test]
fn a_code_of_another_maker_without_a_name_says_what_kind_of_code_it_is() {
    let mut shop = Shop::at("cut-1");
    for (reads, text, expected, param, value) in [
        (ReaderKind::Symbols, "]E04006381333931", M::CodeForeignSymbol, "symbology", "EAN/UPC"),
        (ReaderKind::Symbols, "]L0abc", M::CodeForeignSymbol, "symbology", "PDF417"),
        (ReaderKind::Symbols, "4006381333931", M::CodeForeign, "text", "4006381333931"),
        (ReaderKind::Symbols, "]C10109506000134353", M::FieldMisread, "field", "01"),
        (ReaderKind::Symbols, "]C1W0000001X", M::FieldUnknown, "field", "W000"),
        (ReaderKind::Symbols, "]Q30109506000134352", M::CodeUnnamed, "text", "0109506000134352"),
        (ReaderKind::Tags, "E2801160", M::CodeUnnamed, "text", "E2801160"),
        (ReaderKind::Tags, "W0000001X", M::CodeNoTag, "text", "W0000001X"),
    ] {
        let answer = answer_to(&mut shop, |reading| reading.reads = reads, text);
        assert_eq!((said(&answer), answer.tone), ((K::Unknown, expected), Tone::UnknownCode), "{text}");
        assert_eq!(named(&answer, param), value, "{text}");
    }
    assert!(shop.recorded().is_empty(), "nothing was recorded");
}

#[test]
fn a_keyboard_scanner_may_send_its_identifier_too() {
    let mut shop = Shop::at("cut-1");
    assert_eq!(shop.scan(&format!("]C0{}", badge(WANG))).kind, K::SignedIn, "the identifier is no part of the code");
    shop.pass_s(2);
    let typed = Command::Scan { text: format!("]C0{}", traveller(1)), origin: ScanOrigin::Pad };
    assert_eq!(said(&shop.press(typed)), (K::Unknown, M::CodeForeign), "nobody types one by hand");
    let aim: Option<String> = shop
        .desk
        .raw("outbox.db")
        .query_row("SELECT aim FROM scan_log ORDER BY id LIMIT 1", [], |row| row.get(0))
        .expect("a line");
    assert_eq!(aim.as_deref(), Some("]C0"), "it is in the log");
}

#[test]
fn a_quantity_is_never_taken_for_the_same_scan_again() {
    let mut shop = Shop::at("cut-1");
    let three = code(CodeType::Quantity, 3);
    let as_symbol = |_: &mut Reading| ();
    let kinds: Vec<K> = (0..3).map(|_| answer_at_once(&mut shop, as_symbol, &three).kind).collect();
    assert!(!kinds.contains(&K::Repeat), "three cards are three cards: {kinds:?}");
    answer_at_once(&mut shop, as_symbol, &traveller(1));
    assert_eq!(answer_at_once(&mut shop, as_symbol, &traveller(1)).kind, K::Repeat, "anything else bounces");
    assert_eq!(shop.scan_log().last().map(String::as_str), Some("repeat"), "shown, and in the log");
}

#[test]
fn two_tags_in_the_field_of_one_reader_are_each_read_once() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    call(&mut shop, &[(ExternalCode::Tag("E2801160".to_owned()), &traveller(1))]);
    let as_tag = |reading: &mut Reading| reading.reads = ReaderKind::Tags;
    let mut kinds = Vec::new();
    for _ in 0..4 {
        for tag in ["E2801160", "E2801161"] {
            shop.desk.clock.pass_ms(900);
            kinds.push(answer_at_once(&mut shop, as_tag, tag).kind);
        }
    }
    assert_eq!(kinds[..2], [K::Started, K::Unknown], "each is heard");
    assert!(kinds[2..].iter().all(|kind| *kind == K::Repeat), "and lies there, which is no scan: {kinds:?}");
    assert_eq!(shop.facts(), ["job_started"], "a pair on the reader does not finish itself");
}

#[test]
fn a_scan_that_cannot_be_written_down_has_no_effect() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.desk
        .raw("outbox.db")
        .execute_batch("CREATE TRIGGER jam BEFORE INSERT ON scan_log BEGIN SELECT RAISE(ABORT, 'jammed'); END")
        .expect("a trigger");
    let refused = shop.scan(&traveller(1));
    assert_eq!((said(&refused), refused.tone), ((K::Refused, M::NotRecorded), Tone::Failure));
    assert!(shop.facts().is_empty(), "the log comes first");
    shop.desk.raw("outbox.db").execute_batch("DROP TRIGGER jam").expect("mended");
    assert_eq!(shop.scan_at_once(&traveller(1)).kind, K::Started, "and it may be scanned again at once");
}

#[test]
fn a_scan_that_a_crash_cut_off_is_marked_at_the_next_start() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let cut_off = "INSERT INTO scan_log (source, text, read_at, outcome) VALUES ('COM3', 'W0000001X', 0, 'read')";
    shop.desk.raw("outbox.db").execute_batch(cut_off).expect("a line");
    let shop = shop.restart();
    assert_eq!(shop.scan_log(), ["signed_in", "interrupted"], "what was read is known, and that nothing was said");
}

#[test]
fn devices_are_kept_if_they_can_be_opened() {
    let mut shop = Shop::at("cut-1");
    let scanner = |connection: Connection| ScannerSetting::at(connection);
    let gauge = |connection: Connection, unit: &str| InstrumentSetting { connection, unit: unit.to_owned() };
    let shaped = |shape: &str| Connection::Serial { port: "COM4".to_owned(), baud: 2400, shape: shape.to_owned() };
    let save = |shop: &mut Shop, scanners: Vec<ScannerSetting>, instruments: Vec<InstrumentSetting>| {
        let saved = shop.input(Input::Command(Command::SaveDevices { scanners, instruments, printer: String::new() }));
        saved.reply.expect("replied").map(drop).map_err(|failure| failure.message.code)
    };
    let com3 = || Connection::serial("COM3", 9600);
    for (scanners, instruments, expected) in [
        (vec![scanner(Connection::serial(" ", 9600))], vec![], M::DeviceAddressWrong),
        (vec![scanner(Connection::serial("COM3", 0))], vec![], M::DeviceAddressWrong),
        (vec![scanner(shaped("9X9"))], vec![], M::DeviceAddressWrong),
        (vec![scanner(Connection::Tcp { place: "reader".to_owned() })], vec![], M::DeviceAddressWrong),
        (vec![scanner(com3()), scanner(com3())], vec![], M::DeviceTwice),
        (vec![scanner(com3())], vec![gauge(com3(), "")], M::DeviceTwice),
        (vec![], vec![gauge(com3(), "furlong")], M::Unsupported),
    ] {
        assert_eq!(save(&mut shop, scanners.clone(), instruments), Err(expected), "{scanners:?}");
    }
    assert!(!shop.errands.contains(&Errand::OpenDevices), "nothing was changed");
    assert_eq!(save(&mut shop, vec![scanner(com3())], vec![gauge(shaped("7E1"), "mm")]), Ok(()));
    assert!(shop.errands.contains(&Errand::OpenDevices), "and the devices are opened anew");
}

#[test]
fn a_reading_is_passed_to_the_screen_and_keeps_it_awake() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    shop.pass_s(50);
    let values = vec![MeasuredValueIn { unit: "mm".to_owned(), value: "3.0".to_owned() }];
    let measured = Measured { instrument: "COM4".to_owned(), values, refused: None };
    shop.input(Input::Measured(measured.clone()));
    assert!(shop.events.contains(&StationEvent::Measured(measured)), "the screen knows which value is being entered");
    shop.pass_s(50);
    shop.input(Input::Tick);
    assert!(!shop.state().locked, "whoever measures is there");
}
