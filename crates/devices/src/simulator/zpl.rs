//! ZPL II as a Zebra hears it. A label ends with `^XZ`; `~HS` asks for its state at any time.
//!
//! Source: ZPL II programming guide, `^XZ` and `~HS`, which also says that `~HS` is not answered without media or ribbon and
//! with the head open.

use cordwainer_labels::PrinterLanguage;

use super::language::{Ear, Heard, PrinterCondition, SeenLabel, SimulatedLanguage, first_label};

/// The command that makes a ZPL printer print. Graphics in ZPL are letters and digits, so it cannot occur inside one.
const END: &[u8] = b"^XZ";
/// "Host status": three lines come back.
const ASK_STATUS: &[u8] = b"~HS";

/// A printer that speaks ZPL II.
#[derive(Debug, Clone, Copy, Default)]
pub struct Zpl;

impl SimulatedLanguage for Zpl {
    fn name(&self) -> &'static str {
        PrinterLanguage::Zpl.word()
    }

    fn ear(&self) -> Box<dyn Ear> {
        Box::new(ZplEar::default())
    }

    fn read(&self, label: &[u8]) -> Result<SeenLabel, String> {
        // Sizes are in dots, so the head's resolution does not matter.
        first_label(PrinterLanguage::Zpl, label, 203)
    }

    fn answer(&self, question: &[u8], condition: PrinterCondition) -> Option<Vec<u8>> {
        (question == ASK_STATUS && condition == PrinterCondition::Ready).then(ready_status)
    }
}

/// Three lines, each between STX and ETX: nothing wrong, nothing waiting, password 1234, no extra memory.
fn ready_status() -> Vec<u8> {
    let lines = ["030,0,0,1245,000,0,0,0,000,0,0,0", "000,0,0,0,0,2,4,0,00000000,1,000", "1234,0"];
    lines.iter().flat_map(|line| format!("\x02{line}\x03\r\n").into_bytes()).collect()
}

#[derive(Debug, Default)]
struct ZplEar {
    pending: Vec<u8>,
    /// Up to here `pending` is known to hold no command that ends anything, so that a long label is not searched anew with
    /// every piece.
    searched: usize,
}

impl Ear for ZplEar {
    fn push(&mut self, bytes: &[u8]) -> Vec<Heard> {
        self.pending.extend_from_slice(bytes);
        let mut heard = Vec::new();
        while let Some(offset) =
            self.pending[self.searched..].windows(3).position(|three| three == END || three == ASK_STATUS)
        {
            let at = self.searched + offset;
            if self.pending[at..].starts_with(END) {
                let rest = self.pending.split_off(at + END.len());
                let label = std::mem::replace(&mut self.pending, rest);
                heard.push(Heard::Label(label.trim_ascii_start().to_vec()));
                self.searched = 0;
            } else {
                // It acts at once, and is no part of the label that it stands in.
                heard.push(Heard::Question(self.pending.drain(at..at + ASK_STATUS.len()).collect()));
                self.searched = at.saturating_sub(END.len() - 1);
            }
        }
        self.searched = self.pending.len().saturating_sub(END.len() - 1);
        heard
    }

    fn end(self: Box<Self>) -> Option<Heard> {
        // What stands outside a label a Zebra ignores; it prints nothing of it.
        let rest = self.pending.trim_ascii().to_vec();
        (!rest.is_empty()).then_some(Heard::Cut(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(bytes: &[u8]) -> Heard {
        Heard::Label(bytes.to_vec())
    }

    #[test]
    fn labels_and_questions_come_out_whole_however_they_arrive() {
        let stream = b"~SD20\r\n^XA^FO0,0^FDA~HS^FS^XZ\r\n~HS^XA^FDB^FS^XZ\n^XA^FDcut";
        for length in 1..=stream.len() {
            let mut ear = Box::new(ZplEar::default());
            let heard: Vec<Heard> = stream.chunks(length).flat_map(|piece| ear.push(piece)).collect();
            let question = Heard::Question(b"~HS".to_vec());
            let expected =
                [question.clone(), label(b"~SD20\r\n^XA^FO0,0^FDA^FS^XZ"), question, label(b"^XA^FDB^FS^XZ")];
            assert_eq!(heard, expected, "in pieces of {length}");
            assert_eq!(ear.end(), Some(Heard::Cut(b"^XA^FDcut".to_vec())), "the cut label is no label");
        }
    }

    #[test]
    fn blank_lines_after_the_last_label_are_not_a_cut_label() {
        let mut ear = Box::new(ZplEar::default());
        assert_eq!(ear.push(b"^XA^XZ\r\n \n"), [label(b"^XA^XZ")], "one label");
        assert_eq!(ear.end(), None, "line ends print nothing");
    }

    #[test]
    fn a_zebra_answers_while_it_is_well_and_is_silent_otherwise() {
        let said = Zpl.answer(b"~HS", PrinterCondition::Ready).expect("well");
        assert_eq!(said.iter().filter(|&&byte| byte == 3).count(), 3, "three lines");
        for condition in [PrinterCondition::MediaOut(0), PrinterCondition::Jammed(2)] {
            assert_eq!(Zpl.answer(b"~HS", condition), None, "as the guide says, and as it was seen");
        }
        assert_eq!(Zpl.answer(b"\x1b!?", PrinterCondition::Ready), None, "another language's question is none");
    }
}
