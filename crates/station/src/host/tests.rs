//! A whole station, offline: a scanner that types into a pseudo terminal, a printer that listens, and everything between.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use cordwainer_devices::simulator::{PrinterMode, PrinterSimulator, Received, ScannerSimulator, Typing};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{
    Answer, AnswerKind, Command, Connection, InstrumentSetting, Mode, PrintState, ReaderKind, RpcReply, ScannerSetting,
    StationEvent, StationState,
};
use cordwainer_protocol::sync::Table;
use serde_json::json;

use super::{HostFault, HostOptions, Station};
use crate::engine::tests::factory::{WANG, badge, page, pair, text, traveller};
use crate::fixture::{Desk, enrolment};
use crate::store::Enrolment;

/// Longer than anything here takes; a test that waits so long has failed.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of a station at the cutting table, whose server is away.
pub(super) fn desk() -> Desk {
    let desk = Desk::new();
    let (store, _) = desk.open();
    let place = Enrolment {
        workstation: "cut-1".into(),
        scope: "*".to_owned(),
        // The discard port: nobody answers.
        ..enrolment("http://127.0.0.1:9")
    };
    store.outbox.save_enrolment(&place).expect("kept");
    store.cache.apply_page(&page(&[pair(1), pair(2)], 10, true), &HashSet::new()).expect("a page");
    desk
}

pub(super) fn options(desk: &Desk) -> HostOptions {
    HostOptions::new(desk.folder.path().to_owned(), Mode::Joined)
}

pub(super) async fn open(desk: &Desk, options: HostOptions) -> Station {
    Station::open(options, desk.clock.clone(), desk.ids.clone()).await.expect("opens")
}

pub(super) async fn event<T>(station: &mut Station, mut wanted: impl FnMut(StationEvent) -> Option<T>) -> T {
    let found = async {
        loop {
            let event = station.events().recv().await.expect("the engine lives");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, found).await.expect("it happens")
}

async fn answer(station: &mut Station) -> Answer {
    event(station, |event| if let StationEvent::Answer(answer) = event { Some(answer) } else { None }).await
}

pub(super) async fn state(station: &Station) -> StationState {
    match station.handle().call(Command::GetState {}).await {
        Ok(RpcReply::State(state)) => state,
        other => panic!("no state: {other:?}"),
    }
}

/// What a command is answered.
pub(super) async fn answered(station: &Station, command: Command) -> Answer {
    match station.handle().call(command).await {
        Ok(RpcReply::Answer(answer)) => answer,
        other => panic!("no answer: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_scanners_bytes_to_the_label_in_the_printer() {
    let desk = desk();
    let mut scanner = ScannerSimulator::plug_in(desk.folder.path().join("scanner"), Typing::default()).expect("a pty");
    let nearby: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let printer = PrinterSimulator::start(nearby, None, PrinterMode::Read).expect("listens");
    let scanners = vec![ScannerSetting::at(Connection::serial(scanner.path().display().to_string(), 9600))];
    let printer_address = format!("zpl+tcp://{}", printer.address());
    let options = HostOptions { scanners: Some(scanners), printer: Some(printer_address), ..options(&desk) };
    let mut station = open(&desk, options).await;
    for (text, seconds_before, expected) in [
        (badge(WANG), 2, AnswerKind::SignedIn),
        (traveller(1), 2, AnswerKind::Started),
        // Long enough for the screen to lock, which voids no scan.
        (traveller(1), 300, AnswerKind::SignedOff),
        ("W00".to_owned(), 2, AnswerKind::Unknown),
    ] {
        desk.clock.pass_ms(seconds_before * 1000);
        scanner.scan(&text).expect("typed");
        let answer = answer(&mut station).await;
        assert_eq!((answer.kind, answer.scanned.as_deref()), (expected, Some(text.as_str())));
    }
    let printed = std::iter::from_fn(|| printer.next(PATIENCE)).find(|received| matches!(received, Received::Label(_)));
    assert!(printed.is_some(), "the first sign-off prints the traveller");
    let sent = async {
        loop {
            let Ok(RpcReply::PrintJobs(jobs)) = station.handle().call(Command::GetPrintJobs {}).await else {
                return None;
            };
            if jobs.first().is_some_and(|job| job.state == PrintState::Sent) {
                return jobs.into_iter().next();
            }
            station.events().recv().await.ok()?;
        }
    };
    let sent = tokio::time::timeout(PATIENCE, sent).await.expect("it is sent");
    assert_eq!(sent.map(|job| job.number), Some("WO-0001".to_owned()), "and the store knows");
    station.close().await;
}

/// Waits until every device is there.
async fn all_well(station: &mut Station) {
    loop {
        let devices = state(station).await.devices;
        if !devices.is_empty() && devices.iter().all(|device| device.ok) {
            return;
        }
        event(station, |_| Some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callipers_line_becomes_a_reading_on_the_screen() {
    let desk = desk();
    let mut calliper =
        ScannerSimulator::plug_in(desk.folder.path().join("calliper"), Typing::default()).expect("a pty");
    let mut station = open(&desk, options(&desk)).await;
    let connection = Connection::serial(calliper.path().display().to_string(), 2400);
    let instruments = vec![InstrumentSetting { connection, unit: "mm".to_owned() }];
    let save = Command::SaveDevices { scanners: Vec::new(), instruments, printer: String::new() };
    station.handle().call(save).await.expect("saved");
    all_well(&mut station).await;
    for (line, value, refused) in [
        ("01A+00012.34", Some(("mm", "12.34")), None),
        ("+  1.27 cm", Some(("cm", "1.27")), None),
        ("OL,GS,+  9.999kg", None, Some(MessageCode::ReadingOutOfRange)),
        ("W0000001X", None, Some(MessageCode::ReadingUnreadable)),
    ] {
        calliper.scan(line).expect("typed");
        let measured =
            event(&mut station, |event| if let StationEvent::Measured(read) = event { Some(read) } else { None }).await;
        let said = measured.values.first().map(|said| (said.unit.as_str(), said.value.as_str()));
        assert_eq!((said, measured.refused.map(|why| why.code)), (value, refused), "{line}");
    }
    station.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tag_on_a_serial_reader_is_a_scan_of_what_it_is_called_here() {
    let desk = Desk::new();
    let (store, _) = desk.open();
    let place = Enrolment { workstation: "cut-1".into(), scope: "*".to_owned(), ..enrolment("http://127.0.0.1:9") };
    store.outbox.save_enrolment(&place).expect("kept");
    let mut page = page(&[pair(1)], 10, true);
    let site = page.changes.iter_mut().find(|change| change.table == Table::Site).expect("a site");
    let mut row: serde_json::Value = site.row.as_ref().expect("a row").read().expect("JSON");
    row["aliases"] = json!([
        { "external": { "kind": "tag", "value": "E280116060000209" }, "code": badge(WANG) },
        { "external": { "kind": "tag", "value": "04A22B1C" }, "code": traveller(1) },
    ]);
    site.row = Some(text(&row));
    store.cache.apply_page(&page, &HashSet::new()).expect("a page");
    drop(store);
    let mut reader = ScannerSimulator::plug_in(desk.folder.path().join("reader"), Typing::default()).expect("a pty");
    let at = ScannerSetting::at(Connection::serial(reader.path().display().to_string(), 9600));
    let scanners = vec![ScannerSetting { reads: ReaderKind::Tags, ..at }];
    let mut station = open(&desk, HostOptions { scanners: Some(scanners), ..options(&desk) }).await;
    all_well(&mut station).await;
    for (line, expected) in [
        ("E2 80 11 60 60 00 02 09", AnswerKind::SignedIn),
        ("E2 80 11 60 60 00 02 09", AnswerKind::Repeat),
        ("04:a2:2b:1c", AnswerKind::Started),
        ("E2 80 11 60 60 00 02 09", AnswerKind::Repeat),
        ("E280116060000000", AnswerKind::Unknown),
    ] {
        reader.scan(line).expect("typed");
        let answer = answer(&mut station).await;
        assert_eq!((answer.kind, answer.scanned.as_deref()), (expected, Some(line)), "{line}");
    }
    station.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scanner_that_is_missing_is_shown_and_found_when_it_comes() {
    let desk = desk();
    let path = desk.folder.path().join("scanner");
    let scanners = vec![ScannerSetting::at(Connection::serial(path.display().to_string(), 9600))];
    let mut station = open(&desk, HostOptions { scanners: Some(scanners), ..options(&desk) }).await;
    let said = loop {
        let devices = state(&station).await.devices;
        if let Some(device) = devices.into_iter().next() {
            break device.message.map(|message| message.code);
        }
        event(&mut station, |_| Some(())).await;
    };
    assert_eq!(said, Some(MessageCode::ScannerMissing), "what is wrong, in words");
    let _scanner = ScannerSimulator::plug_in(&path, Typing::default()).expect("a pty");
    while !state(&station).await.devices.iter().all(|device| device.ok) {
        event(&mut station, |_| Some(())).await;
    }
    station.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_has_one_station_and_is_free_again_when_it_closes() {
    let desk = desk();
    let first = open(&desk, options(&desk)).await;
    let second = Station::open(options(&desk), desk.clock.clone(), desk.ids.clone()).await;
    let refused = second.map(drop).expect_err("the folder is taken");
    assert_eq!(refused.message().code, MessageCode::AlreadyOpen, "told in words");
    first.close().await;
    open(&desk, options(&desk)).await.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enrolment_without_a_server_fails_in_words_and_changes_nothing() {
    let desk = Desk::new();
    let station = open(&desk, options(&desk)).await;
    assert_eq!(state(&station).await.mode, Mode::Unenrolled);
    let enrol = |code: &str| Command::Enrol { server: "http://127.0.0.1:9".to_owned(), code: code.into() };
    let refused = station.handle().call(enrol("rubbish")).await.expect_err("no code of ours");
    assert_eq!(refused.message.code, MessageCode::EnrolCodeRefused);
    let code = format!("{}-{}", "0".repeat(26), "a".repeat(16));
    let refused = station.handle().call(enrol(&code)).await.expect_err("nobody answers");
    assert_eq!(refused.message.code, MessageCode::ServerUnreachable);
    assert_eq!(state(&station).await.mode, Mode::Unenrolled, "as it was");
    station.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_whose_server_is_away_works_and_says_so() {
    let desk = desk();
    let mut station = open(&desk, options(&desk)).await;
    let scan = Command::Scan { text: badge(WANG), origin: cordwainer_protocol::station::ScanOrigin::Pad };
    let reply = station.handle().call(scan).await.expect("answered");
    assert!(matches!(reply, RpcReply::Answer(answer) if answer.kind == AnswerKind::SignedIn), "offline as online");
    let reason = loop {
        if let Some(reason) = state(&station).await.offline_reason {
            break reason.code;
        }
        event(&mut station, |_| Some(())).await;
    };
    assert_eq!(reason, MessageCode::ServerUnreachable);
    assert_eq!(state(&station).await.unsent.count, 1, "未上传 1");
    station.close().await;
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let fault = HostFault::Store(crate::store::StoreFault::ReadOnlyFolder { path: "/data/station".into() });
    let said = fault.message();
    assert_eq!(said.code, MessageCode::DataFolderReadOnly);
    assert!(said.params.contains_key("path"), "it says which");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_that_can_only_read_or_only_send_says_so_on_its_screen() {
    let desk = desk();
    let blocked = desk.folder.path().join("outbox.db-shm");
    std::fs::create_dir(&blocked).expect("in the way");
    let station = open(&desk, options(&desk)).await;
    assert!(station.report().read_only, "no room for SQLite's side files");
    let said = |state: StationState| -> Vec<MessageCode> {
        state.devices.into_iter().filter_map(|device| device.message).map(|message| message.code).collect()
    };
    assert!(said(state(&station).await).contains(&MessageCode::DiskReadOnly), "in words");
    let scan = Command::Scan { text: badge(WANG), origin: cordwainer_protocol::station::ScanOrigin::Pad };
    let reply = station.handle().call(scan).await.expect("answered");
    assert!(
        matches!(&reply, RpcReply::Answer(answer) if answer.message.code == MessageCode::DiskReadOnly),
        "a scan is refused with the reason: {reply:?}"
    );
    station.close().await;
    std::fs::remove_dir(&blocked).expect("out of the way");
    desk.raw("outbox.db").pragma_update(None, "user_version", 99).expect("a later program was here");
    let station = open(&desk, options(&desk)).await;
    assert!(said(state(&station).await).contains(&MessageCode::DrainOnly), "the other one in its own");
    station.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_station_keeps_house_by_itself() {
    let desk = desk();
    let options =
        HostOptions { room: crate::store::RoomRules { floor_bytes: 0, reserve_bytes: 4096 }, ..options(&desk) };
    let station = open(&desk, options).await;
    let copied = || {
        let entries = std::fs::read_dir(desk.folder.path()).expect("a folder").filter_map(Result::ok);
        let names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.iter().any(|name| name.starts_with("outbox.db.backup-") && !name.ends_with(".part"))
            && names.iter().any(|name| name == "outbox.reserve")
    };
    let kept = async {
        while !copied() {
            state(&station).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, kept).await.expect("the copy and the reserve are made");
    station.close().await;
}
