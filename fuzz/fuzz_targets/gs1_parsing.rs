//! `cargo fuzz run gs1_parsing`; the body is in `tests/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cordwainer_fuzzed::gs1_parsing(input));
