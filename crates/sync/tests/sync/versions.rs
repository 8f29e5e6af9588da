//! Which programs the server still speaks with.

use cordwainer_sync::may_pull;

#[test]
fn the_current_protocol_and_the_two_before_may_pull() {
    let may: Vec<u32> = (0..=9).filter(|station| may_pull(*station, 7)).collect();
    assert_eq!(may, [5, 6, 7], "others are told to be upgraded; they push all the same");
    assert!(may_pull(1, 1) && !may_pull(0, 1), "there was never a version 0");
}
