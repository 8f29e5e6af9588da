//! Raster to ESC/POS: the label as bands of `GS v 0`, once for each copy, for the language counts none.
//!
//! Source: Epson ESC/POS command reference. Bands are low and exactly as long as they say, because tall pictures, wrong
//! lengths and, on clones, heights that are multiples of 48 come out as pages of garbage.

use std::num::NonZeroU16;

use crate::{LabelEnding, Raster};

/// Rows in one band at most: the height then fits one byte.
const BAND_ROWS: usize = 255;
/// Clones take a height that is a multiple of this for another command's.
const AVOIDED_ROWS: usize = 48;

const INITIALISE: &[u8] = b"\x1B@";

/// Bytes that print `raster` on `copies` labels.
pub(crate) fn encode(raster: &Raster, copies: NonZeroU16, ending: LabelEnding) -> Vec<u8> {
    let mut label = INITIALISE.to_vec();
    let rows: Vec<&[u8]> = raster.rows().collect();
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let (band, further) = rest.split_at(band_rows(rest.len()));
        push_band(raster.row_bytes(), band, &mut label);
        rest = further;
    }
    match ending {
        LabelEnding::Feed(dots) => label.extend([0x1B, b'J', dots]),
        LabelEnding::NextLabel => label.extend(b"\x1D\x0C"),
        LabelEnding::Cut => label.extend(b"\x1DVB\x00"),
    }
    label.repeat(usize::from(copies.get()))
}

/// How many of the remaining rows the next band takes.
fn band_rows(remaining: usize) -> usize {
    let rows = remaining.min(BAND_ROWS);
    if rows.is_multiple_of(AVOIDED_ROWS) { rows - 1 } else { rows }
}

fn push_band(row_bytes: usize, band: &[&[u8]], label: &mut Vec<u8>) {
    let [width_low, width_high, ..] = row_bytes.to_le_bytes();
    let [height_low, height_high, ..] = band.len().to_le_bytes();
    label.extend([0x1D, b'v', b'0', 0, width_low, width_high, height_low, height_high]);
    label.extend(band.iter().copied().flatten());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_label_is_written_exactly_so() {
        let mut raster = Raster::white(12, 2);
        raster.set_black(0, 0);
        raster.set_black(11, 1);
        let picture = b"\x1B@\x1Dv0\x00\x02\x00\x02\x00\x80\x00\x00\x10";
        for (ending, end) in [
            (LabelEnding::Cut, b"\x1DVB\x00".as_slice()),
            (LabelEnding::NextLabel, b"\x1D\x0C"),
            (LabelEnding::Feed(40), b"\x1BJ\x28"),
        ] {
            let label = [picture, end].concat();
            assert_eq!(encode(&raster, NonZeroU16::MIN, ending), label);
            assert_eq!(encode(&raster, NonZeroU16::new(2).unwrap(), ending), label.repeat(2), "copies are repeated");
        }
    }

    #[test]
    fn no_band_is_taller_than_255_rows_or_a_multiple_of_48() {
        for height in 1..1500 {
            let mut left = height;
            while left > 0 {
                let rows = band_rows(left);
                assert!((1..=255).contains(&rows) && !rows.is_multiple_of(48), "{rows} of {height}");
                left -= rows;
            }
        }
    }
}
