//! ESC/POS as a receipt printer hears it: commands that begin with `ESC`, `GS` or `DLE`, and everything else is text, which
//! it prints. A label ends with a feed or a cut; its pictures are as long as they say.
//!
//! Source: Epson ESC/POS command reference, `GS v 0`, `GS V`, `GS FF`, `ESC J`, `ESC !` and `DLE EOT`. A real one obeys
//! `DLE EOT` even inside a picture; here a picture is only a picture, since no sender of ours asks inside one.

use cordwainer_labels::PrinterLanguage;

use super::cutting::{CuttingEar, Front};
use super::language::{Ear, PrinterCondition, SeenLabel, SimulatedLanguage, first_label};

const EOT: u8 = 0x04;
const LF: u8 = 0x0A;
const FF: u8 = 0x0C;
const DLE: u8 = 0x10;
const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;
/// Bits 1 and 4 of every answer are set.
const WELL: u8 = 0x12;

/// A printer that speaks ESC/POS.
#[derive(Debug, Clone, Copy, Default)]
pub struct EscPos;

impl SimulatedLanguage for EscPos {
    fn name(&self) -> &'static str {
        PrinterLanguage::EscPos.word()
    }

    fn ear(&self) -> Box<dyn Ear> {
        Box::new(CuttingEar::new(front))
    }

    fn read(&self, label: &[u8]) -> Result<SeenLabel, String> {
        // The language says no size in millimetres, so the head's resolution does not matter.
        first_label(PrinterLanguage::EscPos, label, 203)
    }

    /// `DLE EOT 1` to `4`: printer, cause of being off line, cause of an error, paper.
    fn answer(&self, question: &[u8], condition: PrinterCondition) -> Option<Vec<u8>> {
        let &[DLE, EOT, about] = question else { return None };
        let media_out = matches!(condition, PrinterCondition::MediaOut(_));
        let jammed = matches!(condition, PrinterCondition::Jammed(_));
        let set = |bits: u8, is_so: bool| if is_so { bits } else { 0 };
        let bits = match about {
            1 => set(0x08, media_out || jammed),
            2 => set(0x20, media_out) | set(0x40, jammed),
            3 => set(0x08, jammed),
            4 => set(0x60, media_out),
            _ => return None,
        };
        Some(vec![WELL | bits])
    }
}

fn front(bytes: &[u8]) -> Front {
    match bytes {
        [DLE, EOT, 1..=4, ..] => Front::Question(3),
        [ESC, b'@', ..] => Front::Command(2),
        // A print mode. It comes to nothing: each label begins with `ESC @`.
        [ESC, b'!', _, ..] => Front::Nothing(3),
        [ESC, b'J', _, ..] => Front::Print(3),
        [GS, FF, ..] => Front::Print(2),
        [GS, b'V', b'A' | b'B', _, ..] => Front::Print(4),
        [GS, b'V', b'0' | b'1' | 0 | 1, ..] => Front::Print(3),
        [GS, b'v', b'0', _, row_low, row_high, rows_low, rows_high, ..] => {
            let row_bytes = usize::from(u16::from_le_bytes([*row_low, *row_high]));
            Front::Command(8 + row_bytes * usize::from(u16::from_le_bytes([*rows_low, *rows_high])))
        }
        [DLE] | [DLE, EOT] | [ESC] | [ESC, b'!' | b'J'] | [GS] | [GS, b'V'] | [GS, b'V', b'A' | b'B'] => Front::Begun,
        [GS, b'v'] | [GS, b'v', b'0', ..] => Front::Begun,
        [LF | b'\r', ..] => Front::Nothing(1),
        _ => text(bytes),
    }
}

/// Text comes out with its line end, or with the command behind it.
fn text(bytes: &[u8]) -> Front {
    let ends = |byte: &u8| matches!(*byte, LF | DLE | ESC | GS);
    // A first byte that is no command's beginning after all is text like the rest.
    match bytes.iter().skip(1).position(ends) {
        Some(at) if bytes[at + 1] == LF => Front::Text(at + 2),
        Some(at) => Front::Text(at + 1),
        None => Front::TextBegun,
    }
}

#[cfg(test)]
mod tests {
    use super::super::cutting::assert_heard;
    use super::super::language::Heard;
    use super::*;

    /// Two bands. The first holds a cut, a question and other languages' ends of labels.
    const LABEL: &[u8] = b"\x1B@\x1Dv0\x00\x04\x00\x05\x00\x1DVB\x00\x10\x04\x01\x1B@\x0A\x1D\x0C^XZ\r\nPRI\
        \x1Dv0\x00\x04\x00\x01\x00\x80\x00\x00\x01\x1DVB\x00";

    #[test]
    fn a_picture_is_cut_by_its_length_whatever_it_holds() {
        let stream = [b"\x10\x04\x04", LABEL, b"\x10\x04\x01", LABEL, b"\x1B@\x1Dv0"].concat();
        let label = || Heard::Label(LABEL.to_vec());
        let question = |about: u8| Heard::Question(vec![DLE, EOT, about]);
        let expected = [question(4), label(), question(1), label()];
        assert_heard(|| EscPos.ear(), &stream, &expected, Some(&Heard::Cut(b"\x1B@\x1Dv0".to_vec())));
        assert_eq!(EscPos.read(LABEL).expect("readable").raster.height_dots(), 6, "the strict reader agrees");
    }

    #[test]
    fn every_ending_ends_a_label() {
        for ending in [b"\x1BJ\x28".as_slice(), b"\x1D\x0C", b"\x1DVB\x00", b"\x1DV\x00"] {
            let label = [b"\x1B@\x1Dv0\x00\x01\x00\x01\x00\x80", ending].concat();
            let twice = [Heard::Label(label.clone()), Heard::Label(label.clone())];
            // `GS V 0` is two bytes and a mode.
            assert_heard(|| EscPos.ear(), &label.repeat(2), &twice, None);
        }
    }

    #[test]
    fn text_is_printed_and_a_label_printers_question_only_changes_the_letters() {
        let text = |bytes: &[u8]| Heard::Label(bytes.to_vec());
        assert_heard(|| EscPos.ear(), b"^ee\n", &[text(b"^ee\n")], None);
        assert_heard(|| EscPos.ear(), b"~HS", &[], Some(&text(b"~HS")));
        assert_heard(|| EscPos.ear(), b"\x1B!?\x1B!S", &[], None);
        let before = [b"~HS", LABEL].concat();
        assert_heard(|| EscPos.ear(), &before, &[text(b"~HS"), Heard::Label(LABEL.to_vec())], None);
    }

    #[test]
    fn it_tells_in_four_bytes_what_is_wrong() {
        use PrinterCondition::{Jammed, MediaOut, Ready};
        let said = |condition| -> Vec<u8> {
            (1..=4).flat_map(|about| EscPos.answer(&[DLE, EOT, about], condition).expect("answered")).collect()
        };
        assert_eq!(said(Ready), [0x12; 4], "nothing");
        assert_eq!(said(MediaOut(1)), [0x1A, 0x32, 0x12, 0x72], "off line because the paper has ended");
        assert_eq!(said(Jammed(0)), [0x1A, 0x52, 0x1A, 0x12], "off line because of an error, which is the cutter's");
        for other in [b"~HS".as_slice(), b"^ee", b"\x1B!?", b"\x10\x04\x05"] {
            assert_eq!(EscPos.answer(other, Ready), None, "another language's question, or none");
        }
    }
}
