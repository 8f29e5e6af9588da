//! A strict reader of the ZPL that [`crate::zpl`] writes, for the printer simulator and the tests. Written from the
//! Zebra programming guide.

use crate::Raster;
use crate::reading::{Cursor, LARGEST_SIDE_DOTS, ReadError, SeenLabel};

/// Reads any number of labels; line ends may stand between commands.
pub fn read_labels(zpl: &[u8]) -> Result<Vec<SeenLabel>, ReadError> {
    let mut reader = Reader(Cursor::new(zpl));
    let mut labels = Vec::new();
    reader.0.skip_line_ends();
    while !reader.0.is_at_end() {
        labels.push(reader.label()?);
        reader.0.skip_line_ends();
    }
    Ok(labels)
}

struct Reader<'a>(Cursor<'a>);

impl<'a> Reader<'a> {
    fn label(&mut self) -> Result<SeenLabel, ReadError> {
        let darkness = if self.0.rest().starts_with(b"~SD") { Some(self.darkness()?) } else { None };
        self.command(b"^XA")?;
        self.command(b"^PW")?;
        let width = self.0.number(1..=LARGEST_SIDE_DOTS)?;
        self.command(b"^LL")?;
        let height = self.0.number(1..=LARGEST_SIDE_DOTS)?;
        let mut label = SeenLabel { darkness, ..SeenLabel::plain(Raster::white(width, height)) };
        loop {
            match self.next_command()? {
                b"^PR" => label.speed = Some(self.0.number(1..=14)? as u8),
                b"^FO" => self.field(&mut label.raster)?,
                b"^PQ" => label.copies = self.0.number(1..=u32::from(u16::MAX))?,
                b"^XZ" => return Ok(label),
                other => {
                    let reason = format!("unknown command {:?}", String::from_utf8_lossy(other));
                    return self.0.refuse_at(self.0.at - 3, reason);
                }
            }
        }
    }

    /// `~SD` takes two digits, always.
    fn darkness(&mut self) -> Result<u8, ReadError> {
        self.command(b"~SD")?;
        let digits = self.0.take_many(2)?;
        let darkness = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        match darkness.filter(|steps| *steps <= 30 && digits.iter().all(u8::is_ascii_digit)) {
            Some(darkness) => Ok(darkness),
            None => self.0.refuse_at(self.0.at - 2, "~SD takes two digits, 00 to 30".into()),
        }
    }

    /// `^FOx,y` was begun: the origin, one `^GFA` graphic, and `^FS`.
    fn field(&mut self, raster: &mut Raster) -> Result<(), ReadError> {
        let left = self.0.number(0..=LARGEST_SIDE_DOTS)?;
        self.comma()?;
        let top = self.0.number(0..=LARGEST_SIDE_DOTS)?;
        self.command(b"^GF")?;
        self.0.exactly(b"A,")?;
        let largest = LARGEST_SIDE_DOTS / 8 * LARGEST_SIDE_DOTS;
        let sent_bytes = self.0.number(1..=largest)?;
        self.comma()?;
        let field_bytes = self.0.number(1..=largest)?;
        self.comma()?;
        let row_bytes = self.0.number(1..=LARGEST_SIDE_DOTS / 8)?;
        self.comma()?;
        if sent_bytes != field_bytes || field_bytes % row_bytes != 0 {
            return self.0.refuse(format!("{sent_bytes}, {field_bytes} and {row_bytes} bytes do not make whole rows"));
        }
        let mut above = vec![0_u8; row_bytes as usize * 2];
        for row in 0..field_bytes / row_bytes {
            let nibbles = self.row(&above, row == 0)?;
            for column in (0..row_bytes * 8).filter(|&column| nibbles[column as usize / 4] & (8 >> (column % 4)) != 0) {
                if left + column >= raster.width_dots() || top + row >= raster.height_dots() {
                    return self.0.refuse(format!("black dot {column}, {row} of the graphic lies outside the label"));
                }
                raster.set_black(left + column, top + row);
            }
            above = nibbles;
        }
        self.command(b"^FS")
    }

    /// One row of a compressed graphic, as nibbles.
    fn row(&mut self, above: &[u8], is_first: bool) -> Result<Vec<u8>, ReadError> {
        let length = above.len();
        let mut row = Vec::with_capacity(length);
        let mut count = 0;
        while row.len() < length {
            let byte = self.0.take()?;
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
                _ => {
                    return self
                        .0
                        .refuse_at(self.0.at - 1, format!("{:?} does not belong in a graphic", char::from(byte)));
                }
            }
            if row.len() > length || count > length {
                return self.0.refuse_at(self.0.at - 1, format!("a run leaves its row of {length} digits"));
            }
        }
        Ok(row)
    }

    /// `^` or `~` and two letters; line ends may stand before it.
    fn next_command(&mut self) -> Result<&'a [u8], ReadError> {
        self.0.skip_line_ends();
        self.0.take_many(3)
    }

    fn command(&mut self, expected: &[u8]) -> Result<(), ReadError> {
        self.0.skip_line_ends();
        self.0.exactly(expected)
    }

    fn comma(&mut self) -> Result<(), ReadError> {
        self.0.exactly(b",")
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
            assert!(matches!(refusal, ReadError::Unfinished { .. }), "cut at {end}: {refusal}");
        }
    }

    #[test]
    fn whatever_is_not_ours_is_refused_at_its_place() {
        let cases: [(&[u8], &str); 11] = [
            (b"~SD31^XA^PW8^LL1^XZ", "00 to 30"),
            (b"^XA^PW8^LL1^PR99^XZ", "from 1 to 14"),
            (b"hello", "expected \"^XA\""),
            (b"^XA^PW8^LL1^FO0,0^A0N,20^FDhi^FS^XZ", "expected \"^GF\""),
            (b"^XA^PW8^LL1^MD30^XZ", "unknown command \"^MD\""),
            (b"^XA^PW0^LL1^XZ", "expected a number from 1"),
            (b"^XA^PW8^LL1^FO0,0^GFA,3,3,2,F0,F0^FS^XZ", "whole rows"),
            (b"^XA^PW8^LL1^FO0,0^GFA,1,1,1,IF^FS^XZ", "leaves its row"),
            (b"^XA^PW8^LL1^FO0,0^GFA,1,1,1,:^FS^XZ", "does not belong"),
            (b"^XA^PW8^LL1^FO4,0^GFA,1,1,1,FF^FS^XZ", "outside the label"),
            (b"^XA^PW8^LL1^FO0,0^GFA,1,1,1,F0F0^FS^XZ", "expected \"^FS\""),
        ];
        for (zpl, reason) in cases {
            let refusal = read_labels(zpl).expect_err("must be refused").to_string();
            assert!(refusal.contains(reason), "{:?}: {refusal}", String::from_utf8_lossy(zpl));
        }
    }
}
