//! What may not be done yet is refused before it is begun, with the reason, and nothing is recorded.

use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::station::Station;

#[test]
fn what_cannot_be_done_is_refused_with_its_reason_and_changes_nothing() {
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut packing = Station::enrol(&server, "pack-1", None);
    let nobody = packing.scan_to(&factory.traveller("WO-2611-009"), "refused");
    assert_eq!(nobody["reason"], "badge_needed", "a scan without a badge: {nobody}");
    packing.scan_to(&factory.badge("zhao-jing"), "signed_in");
    packing.drained();
    let before = server.verify();

    let cases = [
        (factory.traveller("WO-2611-013"), "refused", "predecessor_open"),
        (factory.traveller("WO-2611-012"), "refused", "blocked_by_nonconformance"),
        (factory.traveller("WO-2611-060"), "refused", "predecessor_open"),
        (factory.workstation("cut-1"), "refused", "code_wrong_type"),
        ("4006381333931".to_owned(), "unknown", "code_foreign"),
        ("WTJFQP2".to_owned(), "unknown", "code_torn"),
        ("WTJFQP26!".to_owned(), "unknown", "code_foreign"),
        ("X".repeat(600), "unknown", "code_oversize"),
    ];
    for (code, outcome, reason) in cases {
        packing.scanner.scan(&code);
        let answer = packing.event(format_args!("an answer to {code}"), |event| event["event"] == "scan");
        assert_eq!((&answer["outcome"], &answer["reason"]), (&outcome.into(), &reason.into()), "{code}: {answer}");
    }
    assert_eq!(server.verify(), before, "what was refused left no action");
}
