//! What a scanner is for, chosen at the real window and heeded at once.

use cordwainer_tests::display::Display;
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::story::desk;
use cordwainer_tests::window::marked;

#[test]
fn a_scanner_that_is_only_for_badges_says_so_when_it_reads_a_traveller() {
    let display = Display::start();
    let server = Server::with_demo(Engine::Sqlite);
    let factory = server.factory();
    let mut desktop = desk::enrolled(&display, &server, "pack-1", None);
    let badge = factory.badge("zhao-jing");
    desktop.scan_to(&badge, "signed_in");
    let scanner = desktop.scanner.path().display().to_string();

    let window = desktop.window();
    window.tap(&marked("nav-set_up"));
    window.tap(&marked("set-up-devices"));
    let role = marked(format!("role-{scanner}"));
    for next in ["流转卡", "工牌"] {
        window.tap(&role);
        window.wait_for_attribute(&role, "data-value", |word| word.contains(next));
    }
    window.tap(&marked("save-devices"));
    window.wait_for(&marked("set-up-saved"));

    window.tap(&marked("nav-work"));
    let verdict = desktop.scan(&factory.traveller("WO-2611-009"));
    assert_eq!((verdict.kind.as_str(), verdict.code.as_str()), ("refused", "scanner_not_for_this"), "{verdict:?}");
    assert!(verdict.words.contains("工牌"), "it says what it is for: {verdict:?}");
    desktop.scan_to(&badge, "signed_in");
}
