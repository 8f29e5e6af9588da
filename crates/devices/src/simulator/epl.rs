//! EPL2 as an old Zebra or Eltron hears it. Commands are lines that begin with a letter; a label ends with `P`, and its `GW`
//! is as long as it says, whatever it holds.
//!
//! Source: Zebra EPL2 programmer's manual 980352-001, `GW`, `P` and `^ee`. It has no word for a jam: labels that stick are
//! labels whose gap does not come, which is error 07, as the end of the roll is.

use cordwainer_labels::PrinterLanguage;

use super::cutting::{CuttingEar, Front, Numbers, numbers};
use super::language::{Ear, PrinterCondition, SeenLabel, SimulatedLanguage, first_label};

/// "Error report": two digits for each thing there is to say.
const ASK_STATUS: &[u8] = b"^ee";
const GRAPHIC: &[u8] = b"GW";

/// A printer that speaks EPL2.
#[derive(Debug, Clone, Copy)]
pub struct Epl {
    /// Resolution of its head.
    pub dots_per_inch: u16,
}

impl SimulatedLanguage for Epl {
    fn name(&self) -> &'static str {
        PrinterLanguage::Epl.word()
    }

    fn ear(&self) -> Box<dyn Ear> {
        Box::new(CuttingEar::new(front))
    }

    fn read(&self, label: &[u8]) -> Result<SeenLabel, String> {
        first_label(PrinterLanguage::Epl, label, self.dots_per_inch)
    }

    fn answer(&self, question: &[u8], condition: PrinterCondition) -> Option<Vec<u8>> {
        let code: &[u8] = match condition {
            PrinterCondition::Ready => b"00\r\n",
            PrinterCondition::MediaOut(_) | PrinterCondition::Jammed(_) => b"07\r\n",
        };
        (question == ASK_STATUS).then(|| code.to_vec())
    }
}

fn front(bytes: &[u8]) -> Front {
    match bytes {
        _ if bytes.starts_with(ASK_STATUS) => Front::Question(ASK_STATUS.len()),
        _ if ASK_STATUS.starts_with(bytes) => Front::Begun,
        [b'\r' | b'\n', ..] => Front::Nothing(1),
        _ if bytes.starts_with(GRAPHIC) => graphic(bytes),
        _ => line(bytes),
    }
}

/// `GWx,y,bytes a row,rows,` and the data.
fn graphic(bytes: &[u8]) -> Front {
    match numbers(&bytes[GRAPHIC.len()..]) {
        Numbers::Whole { found: [_, _, row_bytes, rows], length } => {
            Front::Command(GRAPHIC.len() + length + row_bytes * rows)
        }
        Numbers::Begun => Front::Begun,
        Numbers::Wrong => line(bytes),
    }
}

fn line(bytes: &[u8]) -> Front {
    let is_command = bytes[0].is_ascii_alphabetic() || bytes[0] == b';';
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) if is_print(bytes[..end].trim_ascii_end()) => Front::Print(end + 1),
        Some(end) if is_command => Front::Command(end + 1),
        Some(end) => Front::Text(end + 1),
        None if is_command => Front::Begun,
        None => Front::TextBegun,
    }
}

/// `P3` or `P3,2`: labels, and copies of each.
fn is_print(line: &[u8]) -> bool {
    let counts = line.strip_prefix(b"P").unwrap_or(b"");
    counts.first().is_some_and(u8::is_ascii_digit) && counts.iter().all(|byte| byte.is_ascii_digit() || *byte == b',')
}

#[cfg(test)]
mod tests {
    use super::super::cutting::assert_heard;
    use super::super::language::Heard;
    use super::*;

    const EPL: Epl = Epl { dots_per_inch: 203 };
    /// Its picture holds a print command, a question and another language's end of a label.
    const LABEL: &[u8] = b"q8\nQ16,16\nN\nGW0,0,1,16,\nP1\n^ee\n^XZ\xFF\xFE\xFD\x1B\x10\nP3\n";

    #[test]
    fn a_graphic_is_cut_by_its_length_whatever_it_holds() {
        let stream = [b"\n^ee\n", LABEL, b"^ee\n\n", LABEL, b"q8"].concat();
        let label = || Heard::Label(LABEL.to_vec());
        let question = || Heard::Question(ASK_STATUS.to_vec());
        let expected = [question(), label(), question(), label()];
        assert_heard(|| EPL.ear(), &stream, &expected, Some(&Heard::Cut(b"q8".to_vec())));
        let seen = EPL.read(LABEL).expect("readable");
        assert_eq!((seen.copies, seen.raster.height_dots()), (3, 16), "the strict reader agrees where it ends");
    }

    #[test]
    fn a_question_in_another_language_is_printed() {
        for question in [b"~HS".as_slice(), b"\x1B!?", b"\x10\x04\x01"] {
            assert_heard(|| EPL.ear(), question, &[], Some(&Heard::Label(question.to_vec())));
            let line = [question, b"\n"].concat();
            assert_heard(|| EPL.ear(), &line, &[Heard::Label(line.clone())], None);
        }
    }

    #[test]
    fn it_answers_its_own_question_and_no_other() {
        use PrinterCondition::{Jammed, MediaOut, Ready};
        for (condition, code) in [(Ready, b"00\r\n"), (MediaOut(1), b"07\r\n"), (Jammed(0), b"07\r\n")] {
            assert_eq!(EPL.answer(ASK_STATUS, condition).as_deref(), Some(&code[..]), "{condition:?}");
            assert_eq!(EPL.answer(b"~HS", condition), None, "another language's question");
        }
    }
}
