//! `cargo fuzz run pull_body`; the body is in `tests/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cordwainer_fuzzed::pull_body(input));
