//! `cargo fuzz run data_import`; the body is in `tests/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cordwainer_fuzzed::data_import(input));
