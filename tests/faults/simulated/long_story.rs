//! The long story, told and checked.

use std::path::Path;

use cordwainer_faults::program::in_a_runtime;
use cordwainer_faults::story::play;

#[test]
fn eight_hours_offline_a_clone_and_a_restored_server_lose_double_and_hide_nothing() {
    let told = in_a_runtime(play());
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("long-story.md");
    std::fs::write(&report, &told.report).expect("the report is kept");
    println!("{}\nthe whole report: {}", told.sums, report.display());
    assert_eq!(told.broken, None, "every invariant holds");
    let sums = told.sums;
    assert_eq!((sums.lost, sums.doubled, sums.silently_merged), (0, 0, 0), "{sums}");
    assert_eq!((sums.confirmed, sums.stored, sums.flagged), (28, 28, 2), "every action has its verdict: {sums}");
    assert_eq!(sums.applied + sums.flagged, sums.stored, "and nothing waits: {sums}");
    assert!(sums.rest_ms <= 30_000, "in step again within half a minute: {sums}");
}
