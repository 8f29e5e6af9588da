//! From a whole frame to a text. Pure. Whether the text is one of our codes is for the domain to say.

use std::borrow::Cow;

use encoding_rs::GB18030;
use serde::Serialize;

use super::aim::AimId;
use super::framer::{Framing, RawFrame};

/// GS1 data keeps its fields apart with this character, and only GS1 data may contain it.
const GROUP_SEPARATOR: char = '\u{1d}';

/// What a whole scan says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanText {
    /// The data, without the symbology identifier and without blanks at its ends.
    pub text: String,
    /// The symbology identifier, where the scanner sends one.
    pub aim: Option<AimId>,
    /// True if the bytes were GB 18030 and no UTF-8. Two encodings can seldom be told apart with certainty, so such a text
    /// is good to be shown and looked up, and no proof of what was printed.
    pub converted: bool,
}

/// Why a frame is not a scan. The screen has words and a tone for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ScanReject {
    /// The scanner went away or fell silent in the middle.
    #[error("the scan was cut off")]
    Partial,
    /// Longer than any code that is in use here.
    #[error("the scan is too long")]
    Oversize,
    /// Neither UTF-8 nor GB 18030: line noise, wrong parity, or a scanner set to another encoding.
    #[error("the scan is not valid text")]
    Encoding,
    /// A control character inside, as Alt-code and wedge modes produce.
    #[error("the scan contains a control character")]
    ControlCharacter,
    /// Nothing but blanks, or an identifier with no data.
    #[error("the scan is empty")]
    Empty,
}

/// Reads a frame as text, or says why it may not be read. Nothing is repaired or guessed.
pub fn decode(frame: &RawFrame) -> Result<ScanText, ScanReject> {
    match frame.framing {
        Framing::Aborted => return Err(ScanReject::Partial),
        Framing::Oversize => return Err(ScanReject::Oversize),
        Framing::Terminator | Framing::StxEtx | Framing::Idle => {}
    }
    let (whole, converted) = as_text(&frame.bytes).ok_or(ScanReject::Encoding)?;
    let (aim, data) = AimId::split_from(whole.trim());
    let gs1 = aim.is_some_and(AimId::is_gs1);
    let text = data.trim();
    if text.is_empty() {
        return Err(ScanReject::Empty);
    }
    if text.chars().any(|c| c.is_control() && !(gs1 && c == GROUP_SEPARATOR)) {
        return Err(ScanReject::ControlCharacter);
    }
    Ok(ScanText { text: text.to_owned(), aim, converted })
}

/// UTF-8, else GB 18030 with the word that it was converted.
fn as_text(bytes: &[u8]) -> Option<(Cow<'_, str>, bool)> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((Cow::Borrowed(text), false));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    // GB 18030 gives nearly every row of bytes some character. One that nobody has assigned is noise, not text.
    let is_noise = |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{40000}'..='\u{10ffff}');
    // The byte 0x80 alone is no GB 18030; browsers read it as a euro sign, and so does the library.
    let is_borrowed = |c: char| c == '€' && bytes.contains(&0x80);
    (!text.contains(is_noise) && !text.contains(is_borrowed)).then_some((text, true))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::aim::Symbology;
    use super::super::framer::SourceId;
    use super::*;

    fn frame(bytes: &[u8], framing: Framing) -> RawFrame {
        RawFrame {
            source_id: SourceId::new("rig"),
            bytes: bytes.to_vec(),
            t_first: Duration::ZERO,
            t_last: Duration::ZERO,
            framing,
        }
    }

    fn read(bytes: &[u8]) -> Result<ScanText, ScanReject> {
        decode(&frame(bytes, Framing::Terminator))
    }

    #[test]
    fn the_symbology_identifier_is_stripped_and_kept() {
        for (bytes, text, aim, symbology, gs1) in [
            (&b"]C0W0000001X"[..], "W0000001X", "]C0", Symbology::Code128, false),
            (b"]C1010461234567890\x1d21A7", "010461234567890\u{1d}21A7", "]C1", Symbology::Code128, true),
            (b"]d1W0000001X", "W0000001X", "]d1", Symbology::DataMatrix, false),
            (b"]Q3 W0000001X ", "W0000001X", "]Q3", Symbology::Qr, true),
            (b"]E04006381333931", "4006381333931", "]E0", Symbology::EanUpc, false),
            (b"]A0W0000001X", "W0000001X", "]A0", Symbology::Code39, false),
            (b"]I114006381333931", "14006381333931", "]I1", Symbology::Itf, false),
            (b"]e0010461234567890", "010461234567890", "]e0", Symbology::DataBar, true),
            (b"]L0abc", "abc", "]L0", Symbology::Pdf417, false),
            (b"]z0abc", "abc", "]z0", Symbology::Other, false),
        ] {
            let scan = read(bytes).expect(text);
            let id = scan.aim.expect("an identifier was sent");
            assert_eq!(
                (scan.text.as_str(), id.to_string().as_str(), id.symbology(), id.is_gs1()),
                (text, aim, symbology, gs1),
                "the identifier tells foreign symbols from ours, and must not become part of the code"
            );
        }
    }

    #[test]
    fn a_bracket_that_is_no_identifier_stays_in_the_text() {
        for text in ["]", "]C", "]?0ABC", "A]C0"] {
            assert_eq!(
                read(text.as_bytes()),
                Ok(ScanText { text: text.to_owned(), aim: None, converted: false }),
                "nothing may be eaten"
            );
        }
    }

    #[test]
    fn what_is_not_text_is_refused_and_never_repaired() {
        for (bytes, why) in [
            (&b"W\xff000001"[..], ScanReject::Encoding),
            (b"\xd0\xac\xb5", ScanReject::Encoding),
            (b"W\x80000001", ScanReject::Encoding),
            (b"\xaa\xa1\xaa\xa2", ScanReject::Encoding),
            (b"W\x81\x30\x81\x30", ScanReject::Encoding),
            (b"W000\x00001X", ScanReject::ControlCharacter),
            (b"W000\x1d001X", ScanReject::ControlCharacter),
            (b"W000\x1b[A1X", ScanReject::ControlCharacter),
            (b"  ", ScanReject::Empty),
            (b"]C0", ScanReject::Empty),
        ] {
            assert_eq!(read(bytes), Err(why), "for {bytes:?}");
        }
    }

    #[test]
    fn a_cut_or_oversize_frame_is_refused_even_when_its_bytes_look_right() {
        assert_eq!(decode(&frame(b"W0000001X", Framing::Aborted)), Err(ScanReject::Partial), "its end is unknown");
        assert_eq!(
            decode(&frame(b"W0000001X", Framing::Oversize)),
            Err(ScanReject::Oversize),
            "it is a beginning only"
        );
    }

    #[test]
    fn hanzi_are_text_and_blanks_at_the_ends_are_not() {
        assert_eq!(read(" 牛津鞋 ".as_bytes()).expect("valid UTF-8").text, "牛津鞋", "hanzi survive, blanks go");
    }

    #[test]
    fn hanzi_of_a_scanner_that_speaks_gb_18030_are_read_and_marked() {
        for (bytes, text) in [
            (&b"\xd0\xac\xb5\xa5"[..], "鞋单"),
            (b"]Q1\xc5\xa3\xbd\xf2\xd0\xac 265", "牛津鞋 265"),
            (b"\x81\x39\xef\x31", "㐂"),
        ] {
            let scan = read(bytes).expect(text);
            assert_eq!((scan.text.as_str(), scan.converted), (text, true), "for {bytes:?}");
        }
    }

    #[test]
    fn a_refused_frame_can_be_shown_with_its_invisible_characters() {
        assert_eq!(frame(b"W\x1d1\x7f\xff", Framing::Aborted).shown(), "W␝1␡�", "a worker must see what was wrong");
    }
}
