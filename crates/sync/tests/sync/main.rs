//! The rules of synchronisation, tried from outside: one binary, one module an area.
#![expect(clippy::unwrap_used, reason = "a test that meets the impossible should stop there")]

mod bytes;
mod canonical;
mod chains;
mod cursors;
mod digests;
mod golden;
mod pushes;
mod samples;
mod sending;
mod testimonies;
mod versions;

/// What failed is printed; no file is left behind.
fn trials(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config { cases, failure_persistence: None, ..Default::default() }
}
