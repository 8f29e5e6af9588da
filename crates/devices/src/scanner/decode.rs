//! From a whole frame to a text. Pure. Whether the text is one of our codes is for the domain to say.

use std::fmt;

use serde::Serialize;

use super::framer::{Framing, RawFrame};

/// GS1 data keeps its fields apart with this character, and only GS1 data may contain it.
const GROUP_SEPARATOR: char = '\u{1d}';

/// A symbology identifier of ISO/IEC 15424, such as `]C0`, which a scanner may be set up to send before the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct AimId {
    code: char,
    modifier: char,
}

/// The families of symbols that matter on a shop floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Code 128, GS1-128 included.
    Code128,
    /// Data Matrix.
    DataMatrix,
    /// QR code.
    Qr,
    /// EAN and UPC: retail codes, which are never ours.
    EanUpc,
    /// Anything else.
    Other,
}

impl AimId {
    /// The family of the symbol that was read.
    pub fn symbology(self) -> Symbology {
        match self.code {
            'C' => Symbology::Code128,
            'd' => Symbology::DataMatrix,
            'Q' => Symbology::Qr,
            'E' => Symbology::EanUpc,
            _ => Symbology::Other,
        }
    }

    /// Whether the data follows GS1 syntax (FNC1 in first position).
    pub fn is_gs1(self) -> bool {
        matches!((self.code, self.modifier), ('C', '1') | ('d', '2') | ('Q', '3') | ('e', '0'))
    }

    /// Takes the identifier off the front of `text`, if it has one.
    fn split_from(text: &str) -> (Option<Self>, &str) {
        let mut chars = text.chars();
        match (chars.next(), chars.next(), chars.next()) {
            (Some(']'), Some(code), Some(modifier))
                if code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                (Some(Self { code, modifier }), chars.as_str())
            }
            _ => (None, text),
        }
    }
}

impl fmt::Display for AimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "]{}{}", self.code, self.modifier)
    }
}

impl From<AimId> for String {
    fn from(aim: AimId) -> Self {
        aim.to_string()
    }
}

/// What a whole scan says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScanText {
    /// The data, without the symbology identifier and without blanks at its ends.
    pub text: String,
    /// The symbology identifier, where the scanner sends one.
    pub aim: Option<AimId>,
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
    /// Not UTF-8: line noise, wrong parity, or a scanner set to another encoding.
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
    let whole = std::str::from_utf8(&frame.bytes).map_err(|_| ScanReject::Encoding)?;
    let (aim, data) = AimId::split_from(whole.trim());
    let gs1 = aim.is_some_and(AimId::is_gs1);
    let text = data.trim();
    if text.is_empty() {
        return Err(ScanReject::Empty);
    }
    if text.chars().any(|c| c.is_control() && !(gs1 && c == GROUP_SEPARATOR)) {
        return Err(ScanReject::ControlCharacter);
    }
    Ok(ScanText { text: text.to_owned(), aim })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            (b"]L0abc", "abc", "]L0", Symbology::Other, false),
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
                Ok(ScanText { text: text.to_owned(), aim: None }),
                "nothing may be eaten"
            );
        }
    }

    #[test]
    fn what_is_not_text_is_refused_and_never_repaired() {
        for (bytes, why) in [
            (&b"W\xff000001"[..], ScanReject::Encoding),
            (b"\xd0\xac\xb5\xa5", ScanReject::Encoding),
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
    fn a_refused_frame_can_be_shown_with_its_invisible_characters() {
        assert_eq!(frame(b"W\x1d1\x7f\xff", Framing::Aborted).shown(), "W␝1␡�", "a worker must see what was wrong");
    }
}
