//! A strict reader of the EPL2 that [`crate::epl`] writes, for the printer simulator and the tests. Written from the Zebra
//! EPL2 programmer's manual.

use crate::Raster;
use crate::reading::{Cursor, LARGEST_SIDE_DOTS, ReadError, SeenLabel, lay};

/// Reads any number of labels for a head of this resolution: EPL2 says the gap in dots.
///
/// # Errors
/// Whatever a printer would garble or ignore, with its place.
pub fn read_labels(epl: &[u8], dots_per_inch: u16) -> Result<Vec<SeenLabel>, ReadError> {
    let mut cursor = Cursor::new(epl);
    let mut labels = Vec::new();
    cursor.skip_line_ends();
    while !cursor.is_at_end() {
        labels.push(label(&mut cursor, dots_per_inch)?);
        cursor.skip_line_ends();
    }
    Ok(labels)
}

/// From `q` to `P`.
fn label(cursor: &mut Cursor<'_>, dots_per_inch: u16) -> Result<SeenLabel, ReadError> {
    cursor.exactly(b"q")?;
    let width = number_line(cursor, 1..=LARGEST_SIDE_DOTS)?;
    cursor.exactly(b"Q")?;
    let height = cursor.number(1..=LARGEST_SIDE_DOTS)?;
    cursor.exactly(b",")?;
    let start = cursor.at;
    let gap = number_line(cursor, 0..=240)?;
    if (1..16).contains(&gap) {
        return cursor.refuse_at(start, format!("a gap of {gap} dots: 0 for continuous paper, or 16 to 240"));
    }
    let gap_mm = f64::from(gap) * 25.4 / f64::from(dots_per_inch.max(1));
    let mut label = SeenLabel { gap_mm: Some(gap_mm), ..SeenLabel::plain(Raster::white(width, height)) };
    let mut is_cleared = false;
    loop {
        let start = cursor.at;
        match cursor.take()? {
            b'D' => label.darkness = Some(number_line(cursor, 0..=15)? as u8),
            b'S' => label.speed = Some(number_line(cursor, 0..=6)? as u8),
            b'N' => {
                cursor.exactly(b"\n")?;
                is_cleared = true;
            }
            b'G' if !is_cleared => return cursor.refuse_at(start, "GW without N prints over the label before".into()),
            b'G' => graphic(cursor, &mut label.raster)?,
            b'P' if !is_cleared => return cursor.refuse_at(start, "P without N prints the label before again".into()),
            b'P' => {
                label.copies = number_line(cursor, 1..=u32::from(u16::MAX))?;
                return Ok(label);
            }
            other => return cursor.refuse_at(start, format!("unknown command {:?}", char::from(other))),
        }
    }
}

/// `G` was read: `W0,0,bytes a row,rows,`, data and a line end.
fn graphic(cursor: &mut Cursor<'_>, raster: &mut Raster) -> Result<(), ReadError> {
    cursor.exactly(b"W0,0,")?;
    let start = cursor.at;
    let row_bytes = cursor.number(1..=LARGEST_SIDE_DOTS / 8)? as usize;
    cursor.exactly(b",")?;
    let rows = cursor.number(1..=LARGEST_SIDE_DOTS)?;
    cursor.exactly(b",")?;
    if row_bytes != raster.row_bytes() || rows != raster.height_dots() {
        let (width, height) = (raster.width_dots(), raster.height_dots());
        let reason = format!("{row_bytes} bytes × {rows} rows do not cover a label of {width} × {height} dots");
        return cursor.refuse_at(start, reason);
    }
    let start = cursor.at;
    let black: Vec<u8> = cursor.take_many(row_bytes * rows as usize)?.iter().map(|byte| !byte).collect();
    lay(raster, 0, row_bytes, &black).or_else(|reason| cursor.refuse_at(start, reason))?;
    let end = cursor.at;
    match cursor.exactly(b"\n") {
        Err(ReadError::Refused { .. }) => cursor.refuse_at(end, "the graphic is longer or shorter than it says".into()),
        other => other,
    }
}

fn number_line(cursor: &mut Cursor<'_>, allowed: std::ops::RangeInclusive<u32>) -> Result<u32, ReadError> {
    let number = cursor.number(allowed)?;
    cursor.exactly(b"\n")?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &[u8] = b"\nq8\nQ2,16\nN\nGW0,0,1,2,\x7F\xFE\nP3\n";

    #[test]
    fn a_cleared_bit_is_black() {
        let labels = read_labels(LABEL, 203).unwrap();
        assert_eq!(labels[0].raster.rows().collect::<Vec<_>>(), [[0x80], [0x01]]);
        assert_eq!(labels[0].copies, 3);
        assert!(labels[0].gap_mm.is_some_and(|gap| (gap - 2.0).abs() < 0.01), "16 dots are 2 mm");
    }

    #[test]
    fn zebras_own_example_is_a_frame_of_one_dot() {
        // "Details related to the GW EPL command" draws a box of 16 × 16 dots with this data.
        let row = [0x7F, 0xFE].repeat(14);
        let data = [&[0, 0][..], &row, &[0, 0]].concat();
        let epl = [b"q16\nQ16,0\nN\nGW0,0,2,16,", data.as_slice(), b"\nP1\n"].concat();
        let raster = &read_labels(&epl, 203).unwrap()[0].raster;
        for (x, y) in (0..16).flat_map(|y| (0..16).map(move |x| (x, y))) {
            let is_edge = [x, y].iter().any(|&at| at == 0 || at == 15);
            assert_eq!(raster.is_black(x, y), is_edge, "{x}, {y}");
        }
    }

    #[test]
    fn an_inverted_graphic_is_seen_as_inverted() {
        let inverted = b"q8\nQ2,16\nN\nGW0,0,1,2,\x80\x01\nP1\n";
        assert_eq!(read_labels(inverted, 203).unwrap()[0].raster.rows().collect::<Vec<_>>(), [[0x7F], [0xFE]]);
    }

    #[test]
    fn a_label_that_is_cut_off_anywhere_is_unfinished() {
        for end in 2..LABEL.len() {
            let refusal = read_labels(&LABEL[..end], 203).expect_err("a part of a label is not a label");
            assert!(matches!(refusal, ReadError::Unfinished { .. }), "cut at {end}: {refusal}");
        }
    }

    #[test]
    fn whatever_a_printer_would_garble_is_refused_at_its_place() {
        let cases: [(&[u8], &str); 15] = [
            (b"^XA^XZ", "expected \"q\""),
            (b"q0\n", "from 1 to"),
            (b"q8\nQ2,5\nN\n", "a gap of 5 dots"),
            (b"q8\nQ2,999\nN\n", "from 0 to 240"),
            (b"q8\nQ2,16\nA0,0,0,1,1,1,N,\"x\"\n", "unknown command 'A'"),
            (b"q8\nQ2,16\nD16\n", "from 0 to 15"),
            (b"q8\nQ2,16\nS9\n", "from 0 to 6"),
            (b"q8\nQ2,16\nGW0,0,1,2,ab\n", "GW without N"),
            (b"q8\nQ2,16\nP1\n", "P without N"),
            (b"q8\nQ2,16\nN\nGW0,0,2,2,abcd\n", "do not cover"),
            (b"q8\nQ2,16\nN\nGW0,0,1,3,abc\n", "do not cover"),
            (b"q8\nQ2,16\nN\nGW0,0,1,2,abc\nP1\n", "longer or shorter"),
            (b"q8\nQ2,16\nN\nGW0,0,1,2,a\nP1\n", "longer or shorter"),
            (b"q4\nQ1,16\nN\nGW0,0,1,1,\x00\nP1\n", "black dot 4, 0 lies outside"),
            (b"q8\nQ2,16\nN\nP1\ngarbage", "expected \"q\""),
        ];
        for (epl, reason) in cases {
            let refusal = read_labels(epl, 203).expect_err("must be refused").to_string();
            assert!(refusal.contains(reason), "{}: {refusal}", String::from_utf8_lossy(epl));
        }
    }
}
