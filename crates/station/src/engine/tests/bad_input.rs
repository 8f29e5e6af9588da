//! Whatever is read, typed or torn: a clear answer, a line in the scan log, and nothing changed.

use cordwainer_domain::code::{CodeType, LONGEST_SCAN};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command, StationEvent, Tone};

use super::factory::{
    CUT, LI, MARK, QIAN_WAS_REVOKED, STITCH, SUN_HAS_AN_OLD_GRANT, WANG, badge, code, job_id, pair, pair_id, traveller,
};
use super::scanning::scanned;
use super::shop::{Shop, named, pair_ready_for, said};
use crate::engine::Input;

#[test]
fn a_text_that_is_no_code_of_ours_is_refused_with_its_reason_and_written_down() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let good = traveller(1);
    let misread = good.replace(&good[8..], if good.ends_with('A') { "B" } else { "A" });
    let cases = [
        ("", M::CodeEmpty),
        ("   ", M::CodeEmpty),
        (&good[..8], M::CodeTorn),
        ("W00", M::CodeTorn),
        (misread.as_str(), M::CodeMisread),
        ("4006381333931", M::CodeForeign),
        ("https://example.com/W0000001X", M::CodeForeign),
        ("w0000001x", M::CodeForeign),
        ("牛津鞋", M::CodeForeign),
        (&"W".repeat(LONGEST_SCAN + 1), M::CodeOversize),
        (&"鞋".repeat(LONGEST_SCAN), M::CodeOversize),
    ];
    let log_before = shop.scan_log().len();
    for (text, expected) in &cases {
        let answer = shop.scan(text);
        assert_eq!(said(&answer), (K::Unknown, *expected), "{text:?}");
        assert_eq!(answer.tone, Tone::UnknownCode, "{text:?} sounds like an unknown code");
        let shown = answer.scanned.expect("what was read is shown");
        assert!(shown.chars().count() <= LONGEST_SCAN, "no screen has to show more than a label can carry");
    }
    assert_eq!(shop.scan_log().len() - log_before, cases.len(), "every scan is written down");
    assert!(shop.facts().is_empty(), "nothing was recorded about any pair");
}

#[test]
fn a_code_of_another_type_is_refused_and_changes_nothing() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    for kind in
        [CodeType::Workstation, CodeType::MaterialLot, CodeType::Location, CodeType::Enrolment, CodeType::Defect]
    {
        let answer = shop.scan(&code(kind, 1));
        assert_eq!(said(&answer), (K::Refused, M::CodeWrongType), "{kind:?}");
        assert_eq!(named(&answer, "expected"), "work_order", "it says what to scan instead");
    }
    assert_eq!(said(&shop.operation_card(CUT)), (K::Refused, M::CodeWrongType), "no choice is open");
    assert_eq!(said(&shop.scan(&code(CodeType::Command, 999))), (K::Unknown, M::CodeUnknown), "no card of ours");
    assert!(shop.facts().is_empty(), "nothing was recorded");
    assert_eq!(shop.state().signed_in.len(), 1, "and nobody was logged out");
}

#[test]
fn a_badge_that_opens_nothing_says_why() {
    for (who, expected) in
        [(99, M::BadgeUnknown), (QIAN_WAS_REVOKED, M::BadgeRevoked), (SUN_HAS_AN_OLD_GRANT, M::GrantExpired)]
    {
        let mut shop = Shop::at("cut-1");
        assert_eq!(said(&shop.scan(&badge(who))), (K::Refused, expected), "badge {who}");
        assert!(shop.recorded().is_empty(), "no session was opened for badge {who}");
    }
    for place in ["qc-1", "desk-1"] {
        assert_eq!(said(&Shop::at(place).scan(&badge(WANG))), (K::Refused, M::RoleMissing), "a worker at {place}");
    }
}

#[test]
fn a_traveller_without_a_badge_asks_for_one() {
    let mut shop = Shop::at("cut-1");
    let answer = shop.scan(&traveller(1));
    assert_eq!((said(&answer), answer.tone), ((K::Refused, M::BadgeNeeded), Tone::Question));
    assert_eq!(answer.pair.expect("named all the same").number, "WO-0001");
}

#[test]
fn a_pair_whose_predecessor_is_open_says_who_has_it_and_where() {
    let mut shop = Shop::at("close-1");
    shop.sign_in(WANG);
    let waiting = shop.scan(&traveller(1));
    assert_eq!((said(&waiting), waiting.tone), ((K::Refused, M::PredecessorOpen), Tone::NotYourTurn));
    assert_eq!(
        ["operation", "standing", "workstation", "worker"].map(|param| named(&waiting, param)),
        ["面料裁断", "ready", "cutting", "—"],
        "nobody has it yet, so the place is where it will be cut"
    );
    let mut cut = Shop::at("cut-1");
    cut.sign_in(LI);
    cut.scan(&traveller(1));
    let running = cut.engine.floor.work_order(pair_id(1)).expect("held").clone();
    shop.page(&[running]);
    let in_work = shop.scan(&traveller(1));
    assert_eq!(
        ["standing", "workstation", "worker"].map(|param| named(&in_work, param)),
        ["running", "cut-1", "李师傅"],
        "who, what, where"
    );
}

#[test]
fn the_same_scan_at_once_is_shown_and_not_counted() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, MARK)]);
    shop.sign_in(WANG);
    assert_eq!(shop.scan(&traveller(1)).kind, K::SignedOff, "one scan is the whole sign-off");
    shop.desk.clock.pass_ms(799);
    assert_eq!(said(&shop.scan_at_once(&traveller(1))), (K::Repeat, M::ScanRepeated), "the trigger bounced");
    assert_eq!(shop.facts(), ["job_finished"], "one fact");
    assert_eq!(shop.scan_log(), ["signed_in", "signed_off", "repeat"], "all three scans are written down");
}

#[test]
fn the_same_code_from_another_scanner_is_another_scan() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, STITCH)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    let at = shop.engine.now();
    let reading = scanned("/dev/ttyACM1", &traveller(1), at);
    shop.input(Input::Scan(reading));
    let Some(StationEvent::Answer(answer)) =
        shop.events.iter().rev().find(|event| matches!(event, StationEvent::Answer(_)))
    else {
        panic!("a device's scan is answered by an event");
    };
    assert_eq!(answer.kind, K::ConfirmEarly, "it was read as the finish, and asked about");
}

#[test]
fn a_scan_of_what_is_done_says_by_whom_and_when_and_counts_nothing() {
    let mut shop = Shop::with("pack-1", &[pair_ready_for(1, super::factory::PACK)]);
    shop.sign_in(WANG);
    assert_eq!(shop.scan(&traveller(1)).kind, K::SignedOff, "packed");
    shop.pass_s(60);
    let again = shop.scan(&traveller(1));
    assert_eq!((said(&again), again.tone), ((K::Refused, M::AlreadyDone), Tone::NotYourTurn));
    assert_eq!((named(&again, "worker"), named(&again, "operation")), ("王师傅".to_owned(), "包装".to_owned()));
    assert_eq!(shop.facts(), ["job_finished"], "one output");
}

#[test]
fn a_pair_that_belongs_elsewhere_says_where() {
    let mut shop = Shop::at("pack-1");
    shop.sign_in(WANG);
    shop.name_elsewhere(7, &["cutting"]);
    let elsewhere = shop.scan(&traveller(7));
    assert_eq!((said(&elsewhere), elsewhere.tone), ((K::Refused, M::WrongWorkCentre), Tone::WrongStation));
    assert_eq!(named(&elsewhere, "work_centre"), "cutting");
    shop.name_elsewhere(8, &["packing"]);
    let coming = shop.scan(&traveller(8));
    assert_eq!(said(&coming), (K::Refused, M::NotHereYet), "its rows are on their way");
    assert!(shop.facts().is_empty(), "nothing was recorded");
}

#[test]
fn where_nothing_is_made_a_scan_looks_the_pair_up() {
    let mut shop = Shop::at("desk-1");
    shop.name_elsewhere(7, &["cutting"]);
    for (number, what) in [(1, "held here"), (7, "known by name")] {
        let found = shop.scan(&traveller(number));
        assert_eq!((said(&found), found.tone), ((K::Found, M::PairFound), Tone::Noted), "a pair that is {what}");
        assert_eq!(found.pair.expect("the pair").number, format!("WO-{number:04}"), "{what}");
    }
    assert!(shop.facts().is_empty(), "looking is no fact");
}

#[test]
fn a_traveller_that_nobody_here_knows_is_recorded_and_judged_later() {
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let answer = shop.scan(&traveller(77));
    assert_eq!((said(&answer), answer.tone), ((K::Unresolved, M::CodeUnresolved), Tone::UnknownCode));
    let action = shop.recorded().pop().expect("recorded");
    assert_eq!((action.fact.kind(), Some(action.id)), ("scan_unresolved", answer.action));
    assert_eq!(shop.scan_log().last().map(String::as_str), Some("unresolved"), "the scan and its record are one");
}

#[test]
fn a_worker_without_the_skill_or_with_another_at_work_is_refused_before_the_start() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, STITCH), pair_ready_for(2, STITCH)]);
    shop.sign_in(LI);
    let unskilled = shop.scan(&traveller(1));
    assert_eq!((said(&unskilled), named(&unskilled, "skill")), ((K::Refused, M::SkillMissing), "stitching".to_owned()));
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.scan(&badge(LI));
    let other = shop.scan(&traveller(1));
    assert_eq!((said(&other), named(&other, "worker")), ((K::Refused, M::OtherWorker), "王师傅".to_owned()));
    assert_eq!(shop.facts(), ["job_started"], "only Wang's start");
}

#[test]
fn a_cancelled_order_is_refused() {
    let mut cancelled = pair(1);
    cancelled.life = serde_json::from_value(serde_json::json!({
        "life": "cancelled", "at": "2026-11-19T12:00:00Z", "reason": "customer",
    }))
    .expect("a life");
    let mut shop = Shop::with("cut-1", &[cancelled]);
    shop.sign_in(WANG);
    assert_eq!(said(&shop.scan(&traveller(1))), (K::Refused, M::OrderClosed));
}

#[test]
fn an_installation_that_is_no_station_says_so_to_scans_and_presses() {
    let mut shop = Shop::unenrolled();
    assert_eq!(said(&shop.scan(&traveller(1))), (K::Refused, M::NotEnrolled), "a scan");
    assert_eq!(said(&shop.press(Command::StartJob { job: job_id(1, CUT) })).1, M::NotAtThisWorkstation, "a press");
    assert_eq!(shop.state().mode, cordwainer_protocol::station::Mode::Unenrolled);
    assert_eq!(shop.scan_log(), ["refused"], "written down all the same");
}

#[test]
fn a_frame_that_was_cut_off_is_shown_and_never_guessed_at() {
    let mut shop = Shop::at("cut-1");
    let at = shop.engine.now();
    let garbled = |oversize| Input::Garbled { source: "bench".to_owned(), shown: "W00␝".to_owned(), oversize, at };
    for (oversize, expected) in [(false, M::ScanGarbled), (true, M::CodeOversize)] {
        shop.events.clear();
        shop.input(garbled(oversize));
        let Some(StationEvent::Answer(answer)) = shop.events.first() else { panic!("a device's scan is answered") };
        assert_eq!(said(answer), (K::Unknown, expected));
    }
    assert_eq!(shop.scan_log(), ["garbled", "oversize"], "the log says which");
}

#[test]
fn a_barcode_that_carries_control_keys_a_script_or_a_path_is_a_text_and_is_cut_to_length() {
    let long = "<script>".repeat(1_280);
    let carried = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{0}\u{3}\u{8}\u{7f}",
        "<script>fetch('//evil')</script>",
        "../../../etc/shadow",
        "\\\\server\\share\\run.exe",
        "'; DROP TABLE action; --",
        "W7K3M9QXC\u{202e}",
        long.as_str(),
    ];
    let mut shop = Shop::at("cut-1");
    shop.sign_in(WANG);
    let before = shop.recorded().len();
    for text in carried {
        let answer = shop.scan(text);
        assert_eq!(answer.kind, K::Unknown, "{text:?} is a code that nobody knows, and no command");
        let shown = answer.scanned.expect("it is shown");
        assert!(
            shown.chars().count() <= LONGEST_SCAN && text.starts_with(&shown),
            "{text:?} is shown as it is, cut to length"
        );
    }
    assert_eq!(shop.recorded().len(), before, "none of them became a record");
    assert!(shop.state().worker.is_some(), "and nobody was signed out or locked by one");
    let conn = shop.desk.raw("outbox.db");
    let longest: u32 = conn.query_row("SELECT max(length(text)) FROM scan_log", [], |row| row.get(0)).expect("counts");
    assert!(longest as usize <= LONGEST_SCAN, "the scan log keeps no more either: {longest}");
}
