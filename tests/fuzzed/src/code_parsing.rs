//! The text of any barcode, or of anybody's keyboard.

use cordwainer_domain::code::{CODE_LENGTH, Code, LONGEST_SCAN};

/// A text is a code of ours as it stands or not at all: nothing is repaired, and one changed character makes it another
/// maker's or a misread one.
pub fn code_parsing(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    // Whatever it is, it may be asked for as a stem of a data file, too.
    drop(Code::from_stem(&text));
    let Ok(code) = Code::parse(&text) else { return };
    assert!(text.trim().len() <= LONGEST_SCAN, "long texts are refused unread, but for the blanks around them");
    assert_eq!((code.as_str(), code.as_str().len()), (text.trim(), CODE_LENGTH), "a code is the text itself");
    assert_eq!(Code::from_body(code.kind(), code.body()), Ok(code.clone()), "its parts make it again");
    for place in 1..CODE_LENGTH {
        let mut changed = code.as_str().as_bytes().to_vec();
        changed[place] = if changed[place] == b'7' { b'3' } else { b'7' };
        let changed = String::from_utf8_lossy(&changed).into_owned();
        assert!(Code::parse(&changed).is_err(), "{changed} differs from {code} in one character");
    }
}
