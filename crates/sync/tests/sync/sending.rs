//! How a station sends: portions and waiting.

use std::time::Duration;

use cordwainer_sync::{BATCH_ACTIONS, BATCH_BYTES, Backoff, Portion, batch_length};
use proptest::prelude::*;

#[test]
fn a_push_is_as_large_as_it_may_be() {
    let cases: [(&str, Vec<usize>, usize, usize); 9] = [
        ("nothing waits", vec![], BATCH_ACTIONS, 0),
        ("one", vec![100], BATCH_ACTIONS, 1),
        ("all that wait", vec![1_000; 150], BATCH_ACTIONS, 150),
        ("no more than the limit", vec![100; 500], BATCH_ACTIONS, BATCH_ACTIONS),
        ("no more than was halved to", vec![100; 500], 50, 50),
        ("one even if halved to none", vec![100; 500], 0, 1),
        ("exactly the bytes", vec![BATCH_BYTES / 2; 3], BATCH_ACTIONS, 2),
        ("a byte too many", vec![BATCH_BYTES / 2, BATCH_BYTES / 2 + 1], BATCH_ACTIONS, 1),
        ("a single giant goes alone", vec![BATCH_BYTES * 3, 1], BATCH_ACTIONS, 1),
    ];
    for (name, sizes, most, expected) in cases {
        assert_eq!(batch_length(sizes, most), expected, "{name}");
    }
}

proptest! {
    #![proptest_config(crate::trials(60))]

    #[test]
    fn a_queue_always_drains(sizes in proptest::collection::vec(0..400_000_usize, 1..300), most in 0..1_000_usize) {
        let mut left = &sizes[..];
        let mut pushes = 0;
        while !left.is_empty() {
            let length = batch_length(left.iter().copied(), most);
            prop_assert!((1..=BATCH_ACTIONS).contains(&length), "every push carries something, none too much");
            prop_assert!(length == 1 || left[..length].iter().sum::<usize>() <= BATCH_BYTES, "within the bytes");
            left = &left[length..];
            pushes += 1;
        }
        prop_assert!(pushes <= sizes.len(), "it comes to an end");
    }

    #[test]
    fn waiting_grows_to_a_minute_and_never_beyond(random in proptest::collection::vec(any::<u64>(), 1..80)) {
        let mut backoff = Backoff::default();
        let mut ceiling_ms = 250_u64;
        for (failures, random) in random.iter().enumerate() {
            prop_assert_eq!(backoff.failures() as usize, failures, "each failure is counted");
            let wait = backoff.failed(*random);
            prop_assert!(wait <= Duration::from_millis(ceiling_ms), "full jitter below the ceiling: {:?}", wait);
            ceiling_ms = (ceiling_ms * 2).min(60_000);
        }
        backoff.succeeded();
        prop_assert_eq!(backoff, Backoff::default(), "one success and it begins anew");
    }
}

#[test]
fn the_whole_range_below_the_ceiling_is_used() {
    let mut backoff = Backoff::default();
    assert_eq!(backoff.failed(250), Duration::from_millis(250), "the ceiling itself");
    assert_eq!(backoff.failed(0), Duration::ZERO, "and nothing: sixty stations must not come back together");
    assert_eq!(backoff.failed(1_000), Duration::from_millis(1_000), "the third ceiling");
    for _ in 0..1_000 {
        backoff.failed(1);
    }
    assert_eq!(backoff.failed(60_000), Duration::from_secs(60), "it never gives up, and never waits longer");
}

#[test]
fn a_portion_shrinks_on_a_slow_line_and_grows_on_a_fast_one() {
    let mut portion = Portion::full(200);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        portion.halve(portion.size());
        sizes.push(portion.size());
    }
    assert_eq!(sizes, [100, 50, 25], "halved each time that nothing came back");
    portion.answered(10_000);
    assert_eq!(portion.size(), 25, "it came back in time, but there is no room to spare");
    portion.answered(20_000);
    assert_eq!(portion.size(), 12, "a little slower, and it would have been cut off");
    for _ in 0..6 {
        portion.answered(100);
    }
    assert_eq!(portion.size(), 200, "the line is good again");
    portion.halve(1);
    assert_eq!(portion.size(), 1, "there is always something to send");
    let mut first = Portion::careful(200);
    assert_eq!((first.size(), Portion::careful(1).size()), (25, 1), "a small part to begin with");
    first.answered(3_000);
    assert_eq!(first.size(), 25, "a server that has its hands full is not given more");
    first.answered(2_000);
    assert_eq!(first.size(), 50, "one that has not is");
}
