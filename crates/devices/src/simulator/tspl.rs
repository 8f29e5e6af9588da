//! TSPL and TSPL2 as a TSC, a Gprinter or an Xprinter hears it. Commands are lines; a label ends with `PRINT`, and its
//! `BITMAP` is as long as it says, whatever it holds.
//!
//! Source: TSC TSPL/TSPL2 programming manual: `BITMAP`, `PRINT`, `<ESC>!?` and `<ESC>!S`, both of which are answered at any
//! time, "even in the event of printer error".

use cordwainer_labels::PrinterLanguage;

use super::cutting::{CuttingEar, Front, Numbers, numbers};
use super::language::{Ear, PrinterCondition, SeenLabel, SimulatedLanguage, first_label};

const ESC: u8 = 0x1B;
/// One byte comes back, one bit for each trouble.
const ASK_STATUS: &[u8] = b"\x1B!?";
/// Eight bytes come back.
const ASK_LONG_STATUS: &[u8] = b"\x1B!S";
const BITMAP: &[u8] = b"BITMAP ";

/// The words that begin a line. Anything else is printed, as a printer in its dump mode and many a clone do.
const WORDS: [&str; 26] = [
    "BAR",
    "BARCODE",
    "BITMAP",
    "BLINE",
    "BOX",
    "CLS",
    "CODEPAGE",
    "COUNTRY",
    "CUT",
    "DENSITY",
    "DIRECTION",
    "DMATRIX",
    "FEED",
    "FORMFEED",
    "GAP",
    "HOME",
    "OFFSET",
    "PRINT",
    "QRCODE",
    "REFERENCE",
    "SELFTEST",
    "SET",
    "SHIFT",
    "SIZE",
    "SPEED",
    "TEXT",
];

/// A printer that speaks TSPL.
#[derive(Debug, Clone, Copy)]
pub struct Tspl {
    /// Resolution of its head: the language says sizes in millimetres.
    pub dots_per_inch: u16,
}

impl SimulatedLanguage for Tspl {
    fn name(&self) -> &'static str {
        PrinterLanguage::Tspl.word()
    }

    fn ear(&self) -> Box<dyn Ear> {
        Box::new(CuttingEar::new(front))
    }

    fn read(&self, label: &[u8]) -> Result<SeenLabel, String> {
        first_label(PrinterLanguage::Tspl, label, self.dots_per_inch)
    }

    fn answer(&self, question: &[u8], condition: PrinterCondition) -> Option<Vec<u8>> {
        match question {
            ASK_STATUS => Some(vec![match condition {
                PrinterCondition::Ready => 0x00,
                PrinterCondition::Jammed(_) => 0x02,
                PrinterCondition::MediaOut(_) => 0x04,
            }]),
            ASK_LONG_STATUS => Some(match condition {
                PrinterCondition::Ready => b"\x02@@@@\x03\r\n".to_vec(),
                PrinterCondition::Jammed(_) => b"\x02E@@B\x03\r\n".to_vec(),
                PrinterCondition::MediaOut(_) => b"\x02E@@A\x03\r\n".to_vec(),
            }),
            _ => None,
        }
    }
}

fn front(bytes: &[u8]) -> Front {
    match bytes {
        _ if bytes.starts_with(ASK_STATUS) || bytes.starts_with(ASK_LONG_STATUS) => Front::Question(ASK_STATUS.len()),
        [ESC] | [ESC, b'!'] => Front::Begun,
        [b'\r' | b'\n', ..] => Front::Nothing(1),
        _ if bytes.starts_with(BITMAP) => bitmap(bytes),
        _ => line(bytes),
    }
}

/// ` x,y,bytes a row,rows,mode,` and the data.
fn bitmap(bytes: &[u8]) -> Front {
    match numbers(&bytes[BITMAP.len()..]) {
        Numbers::Whole { found: [_, _, row_bytes, rows, _], length } => {
            Front::Command(BITMAP.len() + length + row_bytes * rows)
        }
        Numbers::Begun => Front::Begun,
        Numbers::Wrong => line(bytes),
    }
}

fn line(bytes: &[u8]) -> Front {
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let word = std::str::from_utf8(&bytes[..letters]).unwrap_or("");
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) if word == "PRINT" => Front::Print(end + 1),
        Some(end) if WORDS.contains(&word) => Front::Command(end + 1),
        Some(end) => Front::Text(end + 1),
        None if WORDS.iter().any(|known| known.starts_with(word) && letters > 0) => Front::Begun,
        None => Front::TextBegun,
    }
}

#[cfg(test)]
mod tests {
    use super::super::cutting::assert_heard;
    use super::super::language::Heard;
    use super::*;

    const TSPL: Tspl = Tspl { dots_per_inch: 203 };
    /// Its picture holds a print command, both questions and another language's end of a label.
    const LABEL: &[u8] = b"SIZE 1 mm,4.38 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\nCLS\r\n\
        BITMAP 0,0,1,35,0,\r\nPRINT 1,1\r\n\x1B!?\x1B!S^XZ\x10\x04\x01^ee\n\xFF\xFE\xFD\xFC\xFB\xFA\r\nPRINT 1,3\r\n";

    #[test]
    fn a_bitmap_is_cut_by_its_length_whatever_it_holds() {
        let stream = [b"\r\n\x1B!?", LABEL, b"\x1B!S", LABEL, b"SIZE 1 mm"].concat();
        let label = || Heard::Label(LABEL.to_vec());
        let question = |bytes: &[u8]| Heard::Question(bytes.to_vec());
        let expected = [question(ASK_STATUS), label(), question(ASK_LONG_STATUS), label()];
        assert_heard(|| TSPL.ear(), &stream, &expected, Some(&Heard::Cut(b"SIZE 1 mm".to_vec())));
        let seen = TSPL.read(LABEL).expect("readable");
        assert_eq!((seen.copies, seen.raster.height_dots()), (3, 35), "and the strict reader agrees where it ends");
    }

    #[test]
    fn a_question_in_another_language_is_printed_and_spoils_what_it_touches() {
        let text = |bytes: &[u8]| Heard::Label(bytes.to_vec());
        assert_heard(|| TSPL.ear(), b"^ee\n", &[text(b"^ee\n")], None);
        assert_heard(|| TSPL.ear(), b"~HS", &[], Some(&text(b"~HS")));
        let mut ear = TSPL.ear();
        let heard = ear.push(&[b"~HS", LABEL].concat());
        let Some(Heard::Label(second)) = heard.get(1) else { panic!("two labels: {heard:?}") };
        assert_eq!(heard[0], text(b"~HSSIZE 1 mm,4.38 mm\r\n"), "the question and the line that it stands before");
        assert!(TSPL.read(second).is_err(), "without its size the label is not what was meant");
    }

    #[test]
    fn it_answers_its_own_questions_at_any_time_and_no_others() {
        use PrinterCondition::{Jammed, MediaOut, Ready};
        for (condition, short, media) in [(Ready, 0x00, b'@'), (MediaOut(1), 0x04, b'A'), (Jammed(0), 0x02, b'B')] {
            assert_eq!(TSPL.answer(ASK_STATUS, condition), Some(vec![short]), "{condition:?}");
            let long = TSPL.answer(ASK_LONG_STATUS, condition).expect("eight bytes");
            assert_eq!((long.len(), long[4]), (8, media), "{condition:?}");
            for other in [b"~HS".as_slice(), b"^ee", b"\x10\x04\x01"] {
                assert_eq!(TSPL.answer(other, condition), None, "another language's question");
            }
        }
    }
}
