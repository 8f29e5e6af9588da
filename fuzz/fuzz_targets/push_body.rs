//! `cargo fuzz run push_body`; the body is in `tests/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cordwainer_fuzzed::push_body(input));
