//! C3: the label designer in a browser. A label is changed by mouse and keyboard, what is wrong with it is said, and what is
//! released is on record.

use cordwainer_tests::office::{at_work, checked, design, fill};
use cordwainer_tests::server::{Engine, Server};
use cordwainer_tests::window::{Window, marked};

/// Where an element of the label lies, in millimetres.
fn place(window: &Window) -> [f64; 4] {
    let read = |side: usize| {
        let script = "return document.querySelector(arguments[0]).value";
        let value = window.look(script, vec![marked(format_args!("side-{side}")).into()]);
        value.as_str().and_then(|text| text.parse().ok()).expect("millimetres")
    };
    [read(0), read(1), read(2), read(3)]
}

fn select(window: &Window, element: &str) {
    window.tap(&marked(format_args!("element-{element}")));
    window.wait_for(&marked("side-0"));
}

#[test]
fn a_label_is_drawn_by_hand_and_by_keyboard_and_released_once_nothing_is_wrong() {
    let server = Server::with_demo(Engine::Sqlite);
    let window = at_work(&server);
    design(&window, "traveller");
    assert!(!window.shows("[data-finding]"), "the label that ships with the program gives no cause for concern");

    window.tap("[data-element=\"size\"]");
    window.wait_for(&marked("side-0"));
    let began = place(&window);
    // The arrow to the left, twice, and the one down: to the right the code is too near.
    window.type_keys("\u{e012}\u{e012}\u{e015}");
    assert_eq!(place(&window), [began[0] - 1.0, began[1] + 0.5, began[2], began[3]], "half a millimetre a key");
    window.tap(&marked("undo"));
    assert_eq!(place(&window)[1], began[1], "one step back");
    window.tap(&marked("redo"));
    assert_eq!(place(&window)[1], began[1] + 0.5, "and forth");

    // Off the codes, to the left by a tenth of the screen and more: it stops at the edge, on a code.
    window.drag("[data-element=\"size\"]", (-200, 0));
    assert_eq!(place(&window)[0], 0.0, "what is dragged stays on the label");
    window.wait_for("[data-finding=\"quiet_zone\"][data-stops=\"true\"]");
    window.wait_for_text(&marked("checks"), "what is wrong and what to do", |text| text.contains("空白区"));
    assert_eq!(
        window.attribute(&marked("release"), "disabled").as_deref(),
        Some("true"),
        "such a label is not released"
    );
    window.tap(&marked("language"));
    window.wait_for_text(&marked("checks"), "in the other language", |text| text.contains("blank margin"));
    window.tap(&marked("undo"));
    checked(&window);
    window.wait_until_gone("[data-finding]");

    select(&window, "code text");
    window.tap(&marked("duplicate"));
    window.wait_for(&marked("element-code text 2"));
    window.tap(&marked("remove"));
    window.wait_until_gone(&marked("element-code text 2"));

    window.tap(&marked("save-draft"));
    window.wait_for(&format!("{}[data-dirty=\"false\"]", marked("draft-state")));
    checked(&window);
    window.tap(&marked("release"));
    fill(&window, "reason", "size nearer to the code");
    window.tap(&format!("{} {}", marked("release-form"), marked("send")));
    window.wait_until_gone(&marked("release-form"));
    window.wait_for_text(&marked("draft-state"), "the version in use", |text| text.contains("traveller-60x40@2"));
    window.wait_for_text(&marked("properties"), "who released it and why", |text| {
        text.contains("陈静") && text.contains("size nearer to the code")
    });
    window.tap(&marked("back"));
    window.wait_for_text(&marked("label-traveller"), "the list", |text| text.contains("traveller-60x40@2"));
    server.verify();
}
