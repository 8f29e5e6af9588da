//! A strict reader of the ZPL that [`crate::zpl`] writes, for the printer simulator and the tests.
//!
//! It was written from the Zebra programming guide and shares no code with the encoder, so that a shared mistake is
//! unlikely. It refuses everything it does not know: a lenient reader would hide what a real printer garbles.

use thiserror::Error;

use crate::Raster;

/// Dots along one side that a label may have: a metre at 300 dpi. More is rubbish, and would ask for much memory.
const LARGEST_SIDE_DOTS: u32 = 12_000;

/// One label as a printer would see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZplLabel {
    /// The picture.
    pub raster: Raster,
    /// How many of it were asked for.
    pub copies: u32,
}

/// Why bytes are not labels of ours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ZplReadError {
    /// The bytes end inside a label: more may come, or the link broke.
    #[error("ends inside a label, at byte {offset}")]
    Unfinished {
        /// Where the bytes end.
        offset: usize,
    },
    /// The bytes are wrong.
    #[error("byte {offset}: {reason}")]
    Refused {
        /// Where.
        offset: usize,
        /// What is wrong.
        reason: String,
    },
}

/// Reads any number of labels; line ends may stand between commands.
pub fn read_labels(zpl: &[u8]) -> Result<Vec<ZplLabel>, ZplReadError> {
    let mut reader = Reader { zpl, at: 0 };
    let mut labels = Vec::new();
    reader.skip_line_ends();
    while reader.at < zpl.len() {
        labels.push(reader.label()?);
        reader.skip_line_ends();
    }
    Ok(labels)
}

struct Reader<'a> {
    zpl: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn label(&mut self) -> Result<ZplLabel, ZplReadError> {
        self.command(b"^XA")?;
        self.command(b"^PW")?;
        let width = self.number(1..=LARGEST_SIDE_DOTS)?;
        self.command(b"^LL")?;
        let height = self.number(1..=LARGEST_SIDE_DOTS)?;
        let mut raster = Raster::white(width, height);
        let mut copies = 1;
        loop {
            match self.next_command()? {
                b"^FO" => self.field(&mut raster)?,
                b"^PQ" => copies = self.number(1..=u32::from(u16::MAX))?,
                b"^XZ" => return Ok(ZplLabel { raster, copies }),
                other => {
                    let reason = format!("unknown command {:?}", String::from_utf8_lossy(other));
                    return Err(ZplReadError::Refused { offset: self.at - 3, reason });
                }
            }
        }
    }

    /// `^FOx,y` was begun: the origin, one `^GFA` graphic, and `^FS`.
    fn field(&mut self, raster: &mut Raster) -> Result<(), ZplReadError> {
        let left = self.number(0..=LARGEST_SIDE_DOTS)?;
        self.byte(b',')?;
        let top = self.number(0..=LARGEST_SIDE_DOTS)?;
        self.command(b"^GF")?;
        self.byte(b'A')?;
        self.byte(b',')?;
        let largest = LARGEST_SIDE_DOTS / 8 * LARGEST_SIDE_DOTS;
        let sent_bytes = self.number(1..=largest)?;
        self.byte(b',')?;
        let field_bytes = self.number(1..=largest)?;
        self.byte(b',')?;
        let row_bytes = self.number(1..=LARGEST_SIDE_DOTS / 8)?;
        self.byte(b',')?;
        if sent_bytes != field_bytes || field_bytes % row_bytes != 0 {
            return self.refuse(format!("{sent_bytes}, {field_bytes} and {row_bytes} bytes do not make whole rows"));
        }
        let mut above = vec![0_u8; row_bytes as usize * 2];
        for row in 0..field_bytes / row_bytes {
            let nibbles = self.row(&above, row == 0)?;
            for column in (0..row_bytes * 8).filter(|&column| nibbles[column as usize / 4] & (8 >> (column % 4)) != 0) {
                if left + column >= raster.width_dots() || top + row >= raster.height_dots() {
                    return self.refuse(format!("black dot {column}, {row} of the graphic lies outside the label"));
                }
                raster.set_black(left + column, top + row);
            }
            above = nibbles;
        }
        self.command(b"^FS")
    }

    /// One row of a compressed graphic, as nibbles.
    fn row(&mut self, above: &[u8], is_first: bool) -> Result<Vec<u8>, ZplReadError> {
        let length = above.len();
        let mut row = Vec::with_capacity(length);
        let mut count = 0;
        while row.len() < length {
            let byte = self.take()?;
            match byte {
                b':' if row.is_empty() && count == 0 && !is_first => return Ok(above.to_vec()),
                b',' if count == 0 => row.resize(length, 0x0),
                b'!' if count == 0 => row.resize(length, 0xF),
                b'G'..=b'Y' => count += usize::from(byte - b'F'),
                b'g'..=b'z' => count += usize::from(byte - b'f') * 20,
                b'0'..=b'9' | b'A'..=b'F' => {
                    let nibble = if byte <= b'9' { byte - b'0' } else { byte - b'A' + 10 };
                    row.resize(row.len() + count.max(1), nibble);
                    count = 0;
                }
                _ => return self.refuse_last(format!("{:?} does not belong in a graphic", char::from(byte))),
            }
            if row.len() > length || count > length {
                return self.refuse_last(format!("a run leaves its row of {length} digits"));
            }
        }
        Ok(row)
    }

    fn skip_line_ends(&mut self) {
        while self.zpl.get(self.at).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn next_command(&mut self) -> Result<&[u8], ZplReadError> {
        self.skip_line_ends();
        let name = self.zpl.get(self.at..self.at + 3).ok_or(ZplReadError::Unfinished { offset: self.zpl.len() })?;
        self.at += 3;
        Ok(name)
    }

    fn command(&mut self, expected: &[u8]) -> Result<(), ZplReadError> {
        let found = self.next_command()?;
        if found == expected {
            return Ok(());
        }
        let (found, expected) = (String::from_utf8_lossy(found), String::from_utf8_lossy(expected));
        let reason = format!("expected {expected}, found {found:?}");
        Err(ZplReadError::Refused { offset: self.at - 3, reason })
    }

    fn number(&mut self, allowed: std::ops::RangeInclusive<u32>) -> Result<u32, ZplReadError> {
        let rest = &self.zpl[self.at..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..digits]).ok().and_then(|text| text.parse().ok());
        match number.filter(|number| allowed.contains(number)) {
            Some(number) => {
                self.at += digits;
                Ok(number)
            }
            None if rest.is_empty() => Err(ZplReadError::Unfinished { offset: self.zpl.len() }),
            None => self.refuse(format!("expected a number from {} to {}", allowed.start(), allowed.end())),
        }
    }

    fn byte(&mut self, expected: u8) -> Result<(), ZplReadError> {
        let found = self.take()?;
        if found == expected { Ok(()) } else { self.refuse_last(format!("expected {:?}", char::from(expected))) }
    }

    fn take(&mut self) -> Result<u8, ZplReadError> {
        let byte = *self.zpl.get(self.at).ok_or(ZplReadError::Unfinished { offset: self.zpl.len() })?;
        self.at += 1;
        Ok(byte)
    }

    fn refuse<T>(&self, reason: String) -> Result<T, ZplReadError> {
        Err(ZplReadError::Refused { offset: self.at, reason })
    }

    fn refuse_last<T>(&self, reason: String) -> Result<T, ZplReadError> {
        Err(ZplReadError::Refused { offset: self.at - 1, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_own_abbreviations_are_understood() {
        // 8 dots wide: F0 in full, repeated, run-length, filled with black from the middle.
        let labels = read_labels(b"^XA^PW8^LL5^FO0,0^GFA,5,5,1,F0:GFG0HF0!^FS^XZ\r\n").unwrap();
        let rows: Vec<&[u8]> = labels[0].raster.rows().collect();
        assert_eq!(rows, [[0xF0], [0xF0], [0xF0], [0xFF], [0x0F]]);
        assert_eq!(labels[0].copies, 1, "without ^PQ one label is printed");
    }

    #[test]
    fn a_label_that_is_cut_off_anywhere_is_unfinished() {
        let zpl = b"^XA^PW8^LL1^FO0,0^GFA,1,1,1,F0^FS^PQ1^XZ";
        for end in 1..zpl.len() {
            let refusal = read_labels(&zpl[..end]).expect_err("a part of a label is not a label");
            assert!(matches!(refusal, ZplReadError::Unfinished { .. }), "cut at {end}: {refusal}");
        }
    }

    #[test]
    fn whatever_is_not_ours_is_refused_at_its_place() {
        let cases: [(&[u8], &str); 9] = [
            (b"hello", "expected ^XA"),
            (b"^XA^PW8^LL1^FO0,0^A0N,20^FDhi^FS^XZ", "expected ^GF"),
            (b"^XA^PW8^LL1^MD30^XZ", "unknown command \"^MD\""),
            (b"^XA^PW0^LL1^XZ", "expected a number from 1"),
            (b"^XA^PW8^LL1^FO0,0^GFA,3,3,2,F0,F0^FS^XZ", "whole rows"),
            (b"^XA^PW8^LL1^FO0,0^GFA,1,1,1,IF^FS^XZ", "leaves its row"),
            (b"^XA^PW8^LL1^FO0,0^GFA,1,1,1,:^FS^XZ", "does not belong"),
            (b"^XA^PW8^LL1^FO4,0^GFA,1,1,1,FF^FS^XZ", "outside the label"),
            (b"^XA^PW8^LL1^FO0,0^GFA,1,1,1,F0F0^FS^XZ", "expected ^FS"),
        ];
        for (zpl, reason) in cases {
            let refusal = read_labels(zpl).expect_err("must be refused").to_string();
            assert!(refusal.contains(reason), "{:?}: {refusal}", String::from_utf8_lossy(zpl));
        }
    }
}
