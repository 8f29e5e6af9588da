//! The scripted shift, once on each engine.

use std::path::Path;

use cordwainer_tests::server::Engine;
use cordwainer_tests::story::shift::shift;
use cordwainer_tests::window::SIZES;

/// Screens that are photographed in both languages, by the shift.
const PHOTOGRAPHED: usize = 9;

fn play(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder for pictures and labels");
    let report = shift(engine, folder.path());
    assert!(report.pictures().len() >= PHOTOGRAPHED * SIZES.len() * 2, "every main screen was photographed");
    for path in report.pictures() {
        assert!(is_painted(path), "{} shows something", path.display());
    }
}

/// Whether a picture has more than one colour: a blank window is no screen.
fn is_painted(path: &Path) -> bool {
    let picture = image::open(path).expect("a PNG").into_rgb8();
    let first = *picture.get_pixel(0, 0);
    picture.pixels().any(|pixel| *pixel != first)
}

#[test]
fn the_scripted_shift_goes_as_it_must_on_sqlite() {
    play(Engine::Sqlite);
}

#[test]
fn the_scripted_shift_goes_as_it_must_on_postgresql() {
    play(Engine::Postgres);
}
