//! A strict reader of the TSPL that [`crate::tspl`] writes, for the printer simulator and the tests. Written from the TSC
//! TSPL/TSPL2 programming manual.

use crate::Raster;
use crate::reading::{Cursor, LARGEST_SIDE_DOTS, ReadError, SeenLabel, lay};

/// Longest command line, its bitmap not counted.
const LONGEST_LINE_BYTES: usize = 80;

/// Reads any number of labels for a head of this resolution: TSPL says the size in millimetres.
///
/// # Errors
/// Whatever a printer would garble or ignore, with its place.
pub fn read_labels(tspl: &[u8], dots_per_inch: u16) -> Result<Vec<SeenLabel>, ReadError> {
    let mut reader = Reader { cursor: Cursor::new(tspl), dots_per_inch };
    let mut labels = Vec::new();
    reader.cursor.skip_line_ends();
    while !reader.cursor.is_at_end() {
        labels.push(reader.label()?);
        reader.cursor.skip_line_ends();
    }
    Ok(labels)
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    dots_per_inch: u16,
}

impl Reader<'_> {
    /// From `SIZE` to `PRINT`.
    fn label(&mut self) -> Result<SeenLabel, ReadError> {
        let start = self.cursor.at;
        let (width_mm, height_mm) = self.pair_of_mm("SIZE ")?;
        let (width, height) = (self.dots(width_mm), self.dots(height_mm));
        if !(1..=LARGEST_SIDE_DOTS).contains(&width) || !(1..=LARGEST_SIDE_DOTS).contains(&height) {
            return self.cursor.refuse_at(start, format!("a label of {width_mm} × {height_mm} mm cannot be"));
        }
        let (gap_mm, _) = self.pair_of_mm("GAP ")?;
        let mut label = SeenLabel { gap_mm: Some(gap_mm), ..SeenLabel::plain(Raster::white(width, height)) };
        let is_upright = self.direction()?;
        let mut is_cleared = false;
        loop {
            let start = self.cursor.at;
            match self.word()? {
                b"DENSITY" => label.darkness = Some(self.number_line(0..=15)? as u8),
                b"SPEED" => label.speed = Some(self.number_line(1..=18)? as u8),
                b"CLS" => {
                    self.cursor.exactly(b"\r\n")?;
                    is_cleared = true;
                }
                b"BITMAP" if !is_cleared => {
                    return self.cursor.refuse_at(start, "BITMAP without CLS prints over the label before".into());
                }
                b"BITMAP" => self.bitmap(&mut label.raster)?,
                b"PRINT" if !is_cleared => {
                    return self.cursor.refuse_at(start, "PRINT without CLS prints the label before again".into());
                }
                b"PRINT" => {
                    label.copies = self.print()?;
                    if !is_upright {
                        label.raster = turned(&label.raster);
                    }
                    return Ok(label);
                }
                other => {
                    let reason = format!("unknown command {:?}", String::from_utf8_lossy(other));
                    return self.cursor.refuse_at(start, reason);
                }
            }
        }
    }

    /// `DIRECTION 1` lays the picture's top first, `DIRECTION 0` turns it by half. Without it the label lies as the
    /// job before wanted it, so it must be said.
    fn direction(&mut self) -> Result<bool, ReadError> {
        self.cursor.exactly(b"DIRECTION")?;
        Ok(self.number_line(0..=1)? == 1)
    }

    /// ` x,y,bytes a row,rows,mode,` was begun; then the data and a line end.
    fn bitmap(&mut self, raster: &mut Raster) -> Result<(), ReadError> {
        self.cursor.exactly(b" 0,0,")?;
        let start = self.cursor.at;
        let row_bytes = self.cursor.number(1..=LARGEST_SIDE_DOTS / 8)? as usize;
        self.cursor.exactly(b",")?;
        let rows = self.cursor.number(1..=LARGEST_SIDE_DOTS)?;
        self.cursor.exactly(b",0,")?;
        if row_bytes != raster.row_bytes() || rows != raster.height_dots() {
            let (width, height) = (raster.width_dots(), raster.height_dots());
            let reason = format!("{row_bytes} bytes × {rows} rows do not cover a label of {width} × {height} dots");
            return self.cursor.refuse_at(start, reason);
        }
        let start = self.cursor.at;
        let black: Vec<u8> = self.cursor.take_many(row_bytes * rows as usize)?.iter().map(|byte| !byte).collect();
        lay(raster, 0, row_bytes, &black).or_else(|reason| self.cursor.refuse_at(start, reason))?;
        self.line_end_after_bitmap()
    }

    /// A bitmap that is longer or shorter than it says leaves data where a command should be.
    fn line_end_after_bitmap(&mut self) -> Result<(), ReadError> {
        let start = self.cursor.at;
        match self.cursor.exactly(b"\r\n") {
            Err(ReadError::Refused { .. }) => {
                self.cursor.refuse_at(start, "the bitmap is longer or shorter than it says".into())
            }
            other => other,
        }
    }

    /// ` sets,copies`
    fn print(&mut self) -> Result<u32, ReadError> {
        self.cursor.exactly(b" 1,")?;
        let copies = self.cursor.number(1..=u32::from(u16::MAX))?;
        self.cursor.exactly(b"\r\n")?;
        Ok(copies)
    }

    fn number_line(&mut self, allowed: std::ops::RangeInclusive<u32>) -> Result<u32, ReadError> {
        self.cursor.exactly(b" ")?;
        let number = self.cursor.number(allowed)?;
        self.cursor.exactly(b"\r\n")?;
        Ok(number)
    }

    /// Capital letters that begin a line.
    fn word(&mut self) -> Result<&[u8], ReadError> {
        let rest = self.cursor.rest();
        let letters = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        if letters == rest.len() {
            return self.cursor.unfinished();
        }
        if letters > 0 {
            return self.cursor.take_many(letters);
        }
        self.cursor.refuse(format!("expected a command, found {:?}", char::from(rest[0])))
    }

    /// `NAME 60 mm,40.5 mm` and its line end.
    fn pair_of_mm(&mut self, name: &str) -> Result<(f64, f64), ReadError> {
        self.cursor.exactly(name.as_bytes())?;
        let rest = self.cursor.rest();
        let Some(length) = rest.iter().take(LONGEST_LINE_BYTES).position(|&byte| byte == b'\n') else {
            return if rest.len() < LONGEST_LINE_BYTES {
                self.cursor.unfinished()
            } else {
                self.cursor.refuse("the line does not end".into())
            };
        };
        let line = std::str::from_utf8(&rest[..=length]).ok().and_then(|line| line.strip_suffix(" mm\r\n"));
        let pair = line.and_then(|line| line.split_once(" mm,"));
        match pair.and_then(|(first, second)| Some((plain_decimal(first)?, plain_decimal(second)?))) {
            Some(pair) => {
                self.cursor.at += length + 1;
                Ok(pair)
            }
            None => self.cursor.refuse("expected two lengths in mm, such as `60 mm,40 mm`".into()),
        }
    }

    fn dots(&self, mm: f64) -> u32 {
        (mm * f64::from(self.dots_per_inch) / 25.4).round() as u32
    }
}

/// A picture turned by half.
fn turned(raster: &Raster) -> Raster {
    let (width, height) = (raster.width_dots(), raster.height_dots());
    let mut turned = Raster::white(width, height);
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        if raster.is_black(x, y) {
            turned.set_black(width - 1 - x, height - 1 - y);
        }
    }
    turned
}

/// Digits with at most one point: no sign, no exponent, which a printer would not understand.
fn plain_decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.bytes().any(|b| b != b'.');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &[u8] =
        b"SIZE 1 mm,0.25 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\nCLS\r\nBITMAP 0,0,1,2,0,\x7F\xFE\r\nPRINT 1,3\r\n";

    #[test]
    fn a_cleared_bit_is_black() {
        let labels = read_labels(LABEL, 203).unwrap();
        assert_eq!(labels[0].raster.rows().collect::<Vec<_>>(), [[0x80], [0x01]]);
        assert_eq!((labels[0].copies, labels[0].gap_mm), (3, Some(2.0)));
        assert_eq!((labels[0].darkness, labels[0].speed), (None, None), "as set at the printer");
    }

    #[test]
    fn a_turned_label_is_seen_as_turned() {
        let text = String::from_utf8_lossy(LABEL).find("DIRECTION 1").unwrap();
        let mut tspl = LABEL.to_vec();
        tspl[text + 10] = b'0';
        let labels = read_labels(&tspl, 203).unwrap();
        assert_eq!(labels[0].raster.rows().collect::<Vec<_>>(), [[0x80], [0x01]], "this picture looks the same turned");
        let corner = [&tspl[..tspl.len() - 15], b"\x7F\xFF\r\nPRINT 1,3\r\n"].concat();
        let labels = read_labels(&corner, 203).unwrap();
        assert_eq!(labels[0].raster.rows().collect::<Vec<_>>(), [[0x00], [0x01]], "top left is bottom right");
    }

    #[test]
    fn an_inverted_bitmap_is_seen_as_inverted() {
        let inverted = [&LABEL[..LABEL.len() - 15], b"\x80\x01\r\nPRINT 1,3\r\n"].concat();
        let labels = read_labels(&inverted, 203).unwrap();
        assert_eq!(labels[0].raster.rows().collect::<Vec<_>>(), [[0x7F], [0xFE]], "a black label with a white dot");
    }

    #[test]
    fn a_label_that_is_cut_off_anywhere_is_unfinished() {
        for end in 1..LABEL.len() {
            let refusal = read_labels(&LABEL[..end], 203).expect_err("a part of a label is not a label");
            assert!(matches!(refusal, ReadError::Unfinished { .. }), "cut at {end}: {refusal}");
        }
    }

    #[test]
    fn whatever_a_printer_would_garble_is_refused_at_its_place() {
        const SIZE: &str = "SIZE 1 mm,0.25 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 1\r\n";
        let cases: [(&[u8], &str); 17] = [
            (b"SIZE 1 mm,0.25 mm\r\nGAP 2 mm,0 mm\r\nCLS\r\n", "expected \"DIRECTION\""),
            (b"SIZE 1 mm,0.25 mm\r\nGAP 2 mm,0 mm\r\nDIRECTION 2\r\n", "from 0 to 1"),
            (b"^XA^XZ", "expected \"SIZE \""),
            (b"SIZE 60,40\r\n", "two lengths in mm"),
            (b"SIZE 1e3 mm,1 mm\r\n", "two lengths in mm"),
            (b"SIZE 0 mm,40 mm\r\nGAP 2 mm,0 mm\r\n", "cannot be"),
            (b"SIZE 5000 mm,40 mm\r\nGAP 2 mm,0 mm\r\n", "cannot be"),
            (b"{SIZE}TEXT 1,1,\"TSS24.BF2\",0,1,1,\"x\"\r\n", "unknown command \"TEXT\""),
            (b"{SIZE}DENSITY 16\r\n", "from 0 to 15"),
            (b"{SIZE}BITMAP 0,0,1,2,0,ab\r\n", "without CLS"),
            (b"{SIZE}PRINT 1,1\r\n", "without CLS"),
            (b"{SIZE}CLS\r\nBITMAP 0,0,2,2,0,abcd\r\n", "do not cover"),
            (b"{SIZE}CLS\r\nBITMAP 0,0,1,3,0,abc\r\n", "do not cover"),
            (b"{SIZE}CLS\r\nBITMAP 0,0,1,2,1,ab\r\n", "expected \",0,\""),
            (b"{SIZE}CLS\r\nBITMAP 0,0,1,2,0,abc\r\nPRINT 1,1\r\n", "longer or shorter"),
            (b"{SIZE}CLS\r\nBITMAP 0,0,1,2,0,a\r\nPRINT 1,1\r\n", "longer or shorter"),
            (b"{SIZE}CLS\r\nPRINT 1,0\r\n", "from 1 to"),
        ];
        for (tspl, reason) in cases {
            let tspl = String::from_utf8_lossy(tspl).replace("{SIZE}", SIZE);
            let refusal = read_labels(tspl.as_bytes(), 203).expect_err("must be refused").to_string();
            assert!(refusal.contains(reason), "{tspl:?}: {refusal}");
        }
    }

    #[test]
    fn black_behind_the_right_edge_is_refused() {
        let tspl =
            b"SIZE 0.5 mm,0.12 mm\r\nGAP 0 mm,0 mm\r\nDIRECTION 1\r\nCLS\r\nBITMAP 0,0,1,1,0,\x00\r\nPRINT 1,1\r\n";
        let refusal = read_labels(tspl, 203).expect_err("4 dots have no room for 8").to_string();
        assert!(refusal.contains("black dot 4, 0 lies outside"), "{refusal}");
    }

    #[test]
    fn what_follows_a_label_must_be_a_label() {
        let refusal = read_labels(&[LABEL, b"garbage"].concat(), 203).expect_err("trailing bytes").to_string();
        assert!(refusal.contains("expected \"SIZE \""), "{refusal}");
        assert_eq!(read_labels(&[LABEL, LABEL].concat(), 203).unwrap().len(), 2);
    }
}
