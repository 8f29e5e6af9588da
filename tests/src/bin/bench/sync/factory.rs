//! A factory with as many pairs as a figure needs: the demo's, with its own pairs replaced by fresh ones.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use cordwainer_domain::code::{Code, CodeType};
use tempfile::TempDir;

/// The demo factory's data files, from the root of the checkout.
const DEMO: &str = "assets/demo";
/// Numbers of the pairs' codes begin here, far from those of the demo.
const FIRST_CODE: u64 = 9_000_000;

/// Writes a factory whose pairs have all just been released, so that pattern cutting and bottom stock can begin.
///
/// # Panics
/// When the demo's files are not where the bench is started, or the disk is full.
pub fn with_pairs(pairs: u64) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the factory");
    copy(Path::new(DEMO), folder.path());
    fs::write(folder.path().join("work_orders.toml"), work_orders(pairs)).expect("room for the pairs");
    folder
}

fn copy(from: &Path, to: &Path) {
    let entries = fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    for entry in entries {
        let entry = entry.expect("an entry of the folder");
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&place).expect("room for a folder");
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).expect("room for a file");
        }
    }
}

fn work_orders(pairs: u64) -> String {
    let mut text = String::new();
    for pair in 0..pairs {
        write!(
            text,
            r#"[[work_order]]
number = "WO-B-{pair:05}"
code = "{}"
customer_order = "SO-B-{pair:05}"
customer_name = {{ zh = "潘女士", en = "Ms Pan" }}
style = "oxford"
options = {{ leather = "kidskin", colour = "black", lining = "calf-black", sole = "leather-channel" }}
size = {{ left_length_mm = 280, right_length_mm = 281, left_girth_mm = 270, right_girth_mm = 269, eu = "46" }}
priority = "normal"
promise_in_days = 20
released_days_ago = 0
reached = "cutting.pattern"
at = "ready"

"#,
            stem(pair)
        )
        .expect("text grows");
    }
    text
}

/// Letter and body: the file leaves the check character to the loader.
fn stem(pair: u64) -> String {
    let code = Code::from_number(CodeType::WorkOrder, FIRST_CODE + pair).expect("a number that fits");
    code.as_str()[..8].to_owned()
}
