//! The fuzzed bodies on the stable toolchain: the corpus as it is, the corpus with scratches, and plain noise.

use std::path::PathBuf;

use cordwainer_fuzzed::TARGETS;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Scratched copies of each file of the corpus.
const SCRATCHED: u32 = 40;
/// Noise for each body.
const NOISE: u32 = 400;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).expect("reads")).collect()
}

/// Fixed, so that a red run is red again.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default()))
}

#[test]
fn every_body_takes_its_corpus_as_it_is() {
    for (target, body) in TARGETS {
        let files = corpus(target);
        assert!(files.len() >= 3, "{target}: a corpus of {} teaches a fuzzer nothing", files.len());
        files.iter().for_each(|bytes| body(bytes));
    }
}

#[test]
fn every_body_takes_its_corpus_with_bytes_flipped_cut_doubled_and_put_in() {
    let scratch = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..5, any::<u8>());
    for (target, body) in TARGETS {
        for (number, bytes) in corpus(target).into_iter().enumerate() {
            let scratches = prop::collection::vec(scratch.clone(), 1..6);
            let run = runner(SCRATCHED).run(&scratches, |scratches| {
                let mut bytes = bytes.clone();
                scratches.into_iter().for_each(|scratch| apply(&mut bytes, scratch));
                body(&bytes);
                Ok(())
            });
            assert!(run.is_ok(), "{target}, file {number}: {run:?}");
        }
    }
}

#[test]
fn every_body_takes_noise() {
    for (target, body) in TARGETS {
        let run = runner(NOISE).run(&prop::collection::vec(any::<u8>(), 0..600), |bytes| {
            body(&bytes);
            Ok(())
        });
        assert!(run.is_ok(), "{target}: {run:?}");
    }
}

#[test]
fn a_barcode_may_hold_anything_and_stays_a_text() {
    let long = "W".repeat(10_240);
    for text in [
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{0}\u{1}\u{2}\u{3}\u{8}\u{7f}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "C:\\Windows\\System32\\cmd.exe /c calc",
        "'; DROP TABLE action; --",
        "{{constructor.constructor('return 1')()}}",
        "W7K3M9QXC\u{202e}",
        long.as_str(),
    ] {
        cordwainer_fuzzed::code_parsing(text.as_bytes());
        cordwainer_fuzzed::scan_framing(&[b"\0", text.as_bytes(), b"\r"].concat());
        let parsed: Result<cordwainer_domain::code::Code, _> = text.parse();
        assert!(parsed.is_err(), "{text:?} is no code of ours");
    }
}

fn apply(bytes: &mut Vec<u8>, (at, to, how, value): (prop::sample::Index, prop::sample::Index, u8, u8)) {
    if bytes.is_empty() {
        return;
    }
    let (one, other) = (at.index(bytes.len()), to.index(bytes.len()));
    let range = one.min(other)..one.max(other).min(one.min(other) + 64);
    match how {
        0 => bytes[one] ^= value | 1,
        1 => bytes.truncate(one),
        2 => drop(bytes.drain(range)),
        3 => {
            let part = bytes[range.clone()].to_vec();
            bytes.splice(range.start..range.start, part);
        }
        _ => bytes.insert(one, value),
    }
}
