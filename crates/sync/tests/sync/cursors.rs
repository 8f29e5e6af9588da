//! The pull cursor as text.

use cordwainer_sync::{Cursor, CursorFault};
use proptest::prelude::*;

proptest! {
    #![proptest_config(crate::trials(300))]

    #[test]
    fn a_cursor_reads_back(epoch in "[0-9a-f]{1,32}", scope in "[a-z_.-]{1,20}|\\*", scope_version: u32, commit_seq: u64) {
        let cursor = Cursor { server_epoch: epoch, scope, scope_version, commit_seq };
        prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor), "what was issued is understood");
    }

    #[test]
    fn any_other_text_is_refused_or_is_exactly_what_was_issued(text in "[0-9a-z~+*-]{0,24}|.{0,40}") {
        if let Ok(cursor) = text.parse::<Cursor>() {
            prop_assert_eq!(cursor.to_string(), text, "one place has one text");
        }
    }
}

#[test]
fn junk_is_no_cursor() {
    let cases = [
        "",
        "~",
        "~~~",
        "e~s~1",
        "e~s~1~2~3",
        "e~s~x~2",
        "e~s~1~x",
        "e~s~-1~2",
        "e~s~1~-2",
        "~s~1~2",
        "e~~1~2",
        "e~s~1~",
        "e~s~+1~2",
        "e~s~01~2",
        "e~s~1~18446744073709551616",
        "e~s~4294967296~1",
        " e~s~1~2 ~",
        "null",
        "0",
    ];
    for junk in cases {
        assert_eq!(junk.parse::<Cursor>(), Err(CursorFault), "{junk:?}");
    }
}
