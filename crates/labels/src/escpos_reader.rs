//! A strict reader of the ESC/POS that [`crate::escpos`] writes, for the printer simulator and the tests. Written from the
//! Epson ESC/POS command reference.

use crate::Raster;
use crate::reading::{Cursor, LARGEST_SIDE_DOTS, ReadError, SeenLabel, lay};

/// Reads any number of labels. A label begins with `ESC @` and ends with a feed or a cut; copies are labels of their own.
///
/// # Errors
/// Whatever a printer, or a clone, would garble, with its place.
pub fn read_labels(escpos: &[u8]) -> Result<Vec<SeenLabel>, ReadError> {
    let mut cursor = Cursor::new(escpos);
    let mut labels = Vec::new();
    while !cursor.is_at_end() {
        labels.push(label(&mut cursor)?);
    }
    Ok(labels)
}

/// Rows that lie one below the other.
#[derive(Default)]
struct Rows {
    row_bytes: usize,
    count: u32,
    bits: Vec<u8>,
}

fn label(cursor: &mut Cursor<'_>) -> Result<SeenLabel, ReadError> {
    cursor.exactly(b"\x1B@")?;
    let mut rows = Rows::default();
    loop {
        let start = cursor.at;
        match (cursor.take()?, cursor.take()?) {
            (0x1D, b'v') => band(cursor, &mut rows)?,
            (0x1B, b'J') => {
                cursor.take()?;
                break;
            }
            (0x1D, 0x0C) => break,
            (0x1D, b'V') => {
                cursor.exactly(b"B")?;
                cursor.take()?;
                break;
            }
            (first, second) => {
                let reason =
                    format!("unknown command {first:02X} {second:02X}: a band of a wrong length leaves its rows");
                return cursor.refuse_at(start, reason);
            }
        }
    }
    if rows.count == 0 {
        return cursor.refuse("a label without a picture".into());
    }
    let mut raster = Raster::white(rows.row_bytes as u32 * 8, rows.count);
    lay(&mut raster, 0, rows.row_bytes, &rows.bits).or_else(|reason| cursor.refuse(reason))?;
    Ok(SeenLabel::plain(raster))
}

/// `GS v` was read: `0`, the mode, bytes a row, rows, data.
fn band(cursor: &mut Cursor<'_>, rows: &mut Rows) -> Result<(), ReadError> {
    cursor.exactly(b"0\x00")?;
    let start = cursor.at;
    let row_bytes = usize::from(u16::from_le_bytes([cursor.take()?, cursor.take()?]));
    let height = u32::from(u16::from_le_bytes([cursor.take()?, cursor.take()?]));
    if row_bytes == 0 || row_bytes > LARGEST_SIDE_DOTS as usize / 8 {
        return cursor.refuse_at(start, format!("a band of {row_bytes} bytes a row"));
    }
    if rows.count > 0 && rows.row_bytes != row_bytes {
        return cursor.refuse_at(start, format!("a band of {row_bytes} bytes a row below one of {}", rows.row_bytes));
    }
    if height == 0 || height > 255 || height.is_multiple_of(48) {
        return cursor.refuse_at(start, format!("a band of {height} rows: 1 to 255, and no multiple of 48"));
    }
    if rows.count + height > LARGEST_SIDE_DOTS {
        return cursor.refuse_at(start, format!("a label of more than {LARGEST_SIDE_DOTS} rows"));
    }
    rows.bits.extend(cursor.take_many(row_bytes * height as usize)?);
    rows.row_bytes = row_bytes;
    rows.count += height;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two bands of one byte: two rows, then one.
    const LABEL: &[u8] = b"\x1B@\x1Dv0\x00\x01\x00\x02\x00\x80\x01\x1Dv0\x00\x01\x00\x01\x00\xFF\x1DVB\x00";

    #[test]
    fn bands_lie_one_below_the_other() {
        let labels = read_labels(LABEL).unwrap();
        assert_eq!(labels.len(), 1);
        assert_eq!(labels[0].raster.rows().collect::<Vec<_>>(), [[0x80], [0x01], [0xFF]], "a set bit is black");
    }

    #[test]
    fn an_inverted_picture_is_seen_as_inverted() {
        let inverted = b"\x1B@\x1Dv0\x00\x01\x00\x02\x00\x7F\xFE\x1D\x0C";
        assert_eq!(read_labels(inverted).unwrap()[0].raster.rows().collect::<Vec<_>>(), [[0x7F], [0xFE]]);
    }

    #[test]
    fn a_label_that_is_cut_off_anywhere_is_unfinished() {
        for end in 1..LABEL.len() {
            let refusal = read_labels(&LABEL[..end]).expect_err("a part of a label is not a label");
            assert!(matches!(refusal, ReadError::Unfinished { .. }), "cut at {end}: {refusal}");
        }
    }

    #[test]
    fn whatever_a_printer_would_garble_is_refused_at_its_place() {
        let cases: [(&[u8], &str); 12] = [
            (b"hello", "expected"),
            (b"\x1B@hello\n", "unknown command 68 65"),
            (b"\x1B@\x1D\x0C", "without a picture"),
            (b"\x1B@\x1Dv0\x01\x01\x00\x01\x00\xFF\x1D\x0C", "expected"),
            (b"\x1B@\x1Dv0\x00\x00\x00\x01\x00\x1D\x0C", "0 bytes a row"),
            (b"\x1B@\x1Dv0\x00\x01\x00\x00\x00\x1D\x0C", "a band of 0 rows"),
            (b"\x1B@\x1Dv0\x00\x01\x00\x00\x01\xFF\x1D\x0C", "a band of 256 rows"),
            (b"\x1B@\x1Dv0\x00\x01\x00\x60\x00\xFF\x1D\x0C", "a band of 96 rows"),
            // The band says one row and brings two.
            (b"\x1B@\x1Dv0\x00\x01\x00\x01\x00\xFF\xFF\x1D\x0C", "unknown command FF 1D"),
            (b"\x1B@\x1Dv0\x00\x01\x00\x01\x00\xFF\x1Dv0\x00\x02\x00\x01\x00\xFF\xFF\x1D\x0C", "2 bytes a row below"),
            (b"\x1B@\x1Dv0\x00\x01\x00\x01\x00\xFF\x1DVA\x00", "expected \"B\""),
            (b"\x1B@\x1Dv0\x00\x01\x00\x01\x00\xFF\x1D\x0C\n", "expected"),
        ];
        for (escpos, reason) in cases {
            let refusal = read_labels(escpos).expect_err("must be refused").to_string();
            assert!(refusal.contains(reason), "{escpos:02X?}: {refusal}");
        }
    }

    #[test]
    fn a_band_that_says_more_rows_than_it_brings_swallows_the_end_and_is_unfinished() {
        let short = b"\x1B@\x1Dv0\x00\x01\x00\x05\x00\xFF\xFF\x1D\x0C";
        assert!(matches!(read_labels(short), Err(ReadError::Unfinished { .. })), "five rows said, two brought");
    }
}
