//! `cargo fuzz run label_template`; the body is in `tests/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cordwainer_fuzzed::label_template(input));
