//! Everything that reads what strangers wrote, fed with anything: a scanner's bytes, a barcode's text, a supplier's GS1 data, the bodies of push and
//! pull, label templates, a factory's data files.
//!
//! Each body is a plain function that panics when a promise is broken. `tests/replay.rs` runs all of them on the stable
//! toolchain, over the corpus in `fuzz/corpus` and over what proptest makes of it; `fuzz/` gives them to cargo-fuzz for as
//! long as somebody has patience.

mod code_parsing;
mod data_import;
mod gs1_parsing;
mod label_template;
mod pull_body;
mod push_body;
mod scan_framing;

pub use code_parsing::code_parsing;
pub use data_import::data_import;
pub use gs1_parsing::gs1_parsing;
pub use label_template::label_template;
pub use pull_body::pull_body;
pub use push_body::push_body;
pub use scan_framing::scan_framing;

/// Reads bytes of a stranger's; panics if a rule of ours is broken.
pub type Target = fn(&[u8]);

/// What is fuzzed, under the name of its folder in the corpus.
pub const TARGETS: [(&str, Target); 7] = [
    ("scan_framing", scan_framing),
    ("code_parsing", code_parsing),
    ("gs1_parsing", gs1_parsing),
    ("push_body", push_body),
    ("pull_body", pull_body),
    ("label_template", label_template),
    ("data_import", data_import),
];
