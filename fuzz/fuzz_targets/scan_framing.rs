//! `cargo fuzz run scan_framing`; the body is in `tests/fuzzed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cordwainer_fuzzed::scan_framing(input));
