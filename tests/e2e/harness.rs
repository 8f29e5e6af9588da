//! The harness itself, tried on a plain browser window of the same engine.

use std::path::PathBuf;

use cordwainer_tests::display::Display;
use cordwainer_tests::window::{App, SIZES, Window, marked};

/// The engine's own small browser, which Debian ships with it.
const BROWSER: &str = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

#[test]
fn a_window_is_tapped_read_resized_and_photographed() {
    let display = Display::start();
    let app = App { program: BROWSER.into(), arguments: vec!["--automation".to_owned()], environment: Vec::new() };
    let window = Window::open(&display, &app);
    window.go_to(
        "data:text/html,<button data-testid='count' onclick='this.textContent=1+Number(this.textContent)'>0</button>",
    );
    window.tap(&marked("count"));
    window.wait_for_text(&marked("count"), "1", |text| text == "1");
    let folder = tempfile::tempdir().expect("a folder");
    for size in SIZES {
        window.resize(size);
        let path: PathBuf = window.screenshot(&folder.path().join("window.png"));
        let picture = image::open(&path).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), size, "the picture is the view");
    }
    assert!(!window.family().is_empty(), "the app's processes are known");
}
