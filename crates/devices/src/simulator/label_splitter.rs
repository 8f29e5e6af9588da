//! Cuts what a printer receives into labels, as they arrive. Pure. ZPL only: a label ends with `^XZ`.

/// The command that makes a ZPL printer print. Graphics in ZPL are letters and digits, so it cannot occur inside one.
const END: &[u8] = b"^XZ";

/// Collects bytes and gives out each label when its end has come. What has no end would not have been printed.
#[derive(Debug, Default)]
pub struct LabelSplitter {
    pending: Vec<u8>,
    /// Up to here `pending` is known to hold no end, so that a long label is not searched anew with every piece.
    searched: usize,
}

impl LabelSplitter {
    /// Takes bytes and gives the labels that are complete with them.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        self.pending.extend_from_slice(bytes);
        let mut labels = Vec::new();
        while let Some(offset) = self.pending[self.searched..].windows(END.len()).position(|window| window == END) {
            let rest = self.pending.split_off(self.searched + offset + END.len());
            let label = std::mem::replace(&mut self.pending, rest);
            labels.push(label.trim_ascii_start().to_vec());
            self.searched = 0;
        }
        self.searched = self.pending.len().saturating_sub(END.len() - 1);
        labels
    }

    /// The label that was cut off, if the sender left in the middle of one.
    pub fn rest(self) -> Option<Vec<u8>> {
        let rest = self.pending.trim_ascii().to_vec();
        (!rest.is_empty()).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_out_whole_however_they_arrive() {
        let stream = b"~SD20\r\n^XA^FO0,0^FDA^FS^XZ\r\n^XA^FDB^FS^XZ\n^XA^FDcut";
        for length in 1..=stream.len() {
            let mut splitter = LabelSplitter::default();
            let labels: Vec<Vec<u8>> = stream.chunks(length).flat_map(|piece| splitter.push(piece)).collect();
            let expected = [&b"~SD20\r\n^XA^FO0,0^FDA^FS^XZ"[..], b"^XA^FDB^FS^XZ"];
            assert_eq!(labels, expected, "in pieces of {length}");
            assert_eq!(splitter.rest().as_deref(), Some(&b"^XA^FDcut"[..]), "the cut label is no label");
        }
    }

    #[test]
    fn blank_lines_after_the_last_label_are_not_a_cut_label() {
        let mut splitter = LabelSplitter::default();
        assert_eq!(splitter.push(b"^XA^XZ\r\n \n").len(), 1, "one label");
        assert_eq!(splitter.rest(), None, "line ends print nothing");
    }
}
