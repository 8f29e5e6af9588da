//! Codes that cannot be right, at the real window: each is answered at once, in the words of the reader's language, and
//! changes nothing.

use cordwainer_tests::desktop::Desktop;
use cordwainer_tests::display::Display;
use cordwainer_tests::screens;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::story::desk;

/// What is scanned, and what the band must say of it.
struct Case {
    scanned: String,
    kind: &'static str,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
}

fn case(
    scanned: impl Into<String>,
    kind: &'static str,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
) -> Case {
    Case { scanned: scanned.into(), kind, code, zh, en }
}

#[test]
fn bad_input_is_answered_in_both_languages_and_changes_nothing() {
    let display = Display::start();
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut packing = desk::enrolled(&display, &server, "pack-1", None);
    // Two codes, so that the second language's first scan is not the same scan again.
    let nobody = [
        case(factory.traveller("WO-2611-009"), "refused", "badge_needed", "请先扫工牌", "Scan your badge first"),
        case("4006381333931", "unknown", "code_foreign", "不是本厂的码", "is not one of our codes"),
    ];
    answered_in_both(&mut packing, &nobody);
    packing.scan_to(&factory.badge("zhao-jing"), "signed_in");
    screens::wait_for_unsent(packing.window(), 0);
    let before = server.verify();

    let cases = [
        case("4006381333931", "unknown", "code_foreign", "4006381333931 不是本厂的码", "is not one of our codes"),
        case("WTJFQP2", "unknown", "code_torn", "WTJFQP2 不完整", "WTJFQP2 is incomplete"),
        case("WTJFQP260", "unknown", "code_misread", "读错了", "was misread"),
        case("W".repeat(600), "unknown", "code_oversize", "条码太长", "Too long"),
        case(factory.badge("lin-guoqiang").replacen('B', "S", 1), "unknown", "code_misread", "读错了", "was misread"),
        case(factory.workstation("cut-1"), "refused", "code_wrong_type", "这是工位码", "a workstation code"),
        case(factory.traveller("WO-2611-013"), "refused", "predecessor_open", "未完成", "comes first"),
    ];
    answered_in_both(&mut packing, &cases);
    assert_eq!(server.verify(), before, "nothing of this was recorded");
}

fn answered_in_both(desktop: &mut Desktop<'_>, cases: &[Case]) {
    for _ in 0..2 {
        let language = screens::language(desktop.window());
        for case in cases {
            let verdict = desktop.scan(&case.scanned);
            assert_eq!((verdict.kind.as_str(), verdict.code.as_str()), (case.kind, case.code), "{}", case.scanned);
            let words = if language == "en" { case.en } else { case.zh };
            assert!(
                verdict.words.contains(words),
                "{} in {language}: {:?} should say {words:?}",
                case.scanned,
                verdict.words
            );
        }
        screens::switch_language(desktop.window());
    }
}
