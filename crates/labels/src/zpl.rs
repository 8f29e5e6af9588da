//! Raster to ZPL II: one `^GFA` graphic a label, run-length compressed.
//!
//! The whole label is a picture because no printer can be trusted to hold hanzi, nor two interpreters to size a 2D
//! symbol alike (docs/decisions/0004-labels-are-rasters.md).

use std::num::NonZeroU16;

use crate::Raster;

/// Bytes that print `raster` on `copies` labels. Nothing else of the printer's state is touched.
pub fn encode(raster: &Raster, copies: NonZeroU16) -> Vec<u8> {
    encode_as(raster, copies, None, None)
}

/// The same with a darkness of 0 to 30 and a speed of 1 to 14 inches a second; what is absent stays as it is set at the
/// printer.
pub(crate) fn encode_as(raster: &Raster, copies: NonZeroU16, darkness: Option<u8>, speed: Option<u8>) -> Vec<u8> {
    let (width, height, row_bytes) = (raster.width_dots(), raster.height_dots(), raster.row_bytes());
    let total_bytes = row_bytes * height as usize;
    // ~SD sets, ^MD would add to what the label before left behind.
    let darkness = darkness.map_or(String::new(), |steps| format!("~SD{steps:02}"));
    let speed = speed.map_or(String::new(), |inches| format!("^PR{inches}"));
    let mut zpl =
        format!("{darkness}^XA^PW{width}^LL{height}{speed}^FO0,0^GFA,{total_bytes},{total_bytes},{row_bytes},")
            .into_bytes();
    let mut above: Option<&[u8]> = None;
    for row in raster.rows() {
        if above == Some(row) {
            zpl.push(b':');
        } else {
            push_row(row, &mut zpl);
        }
        above = Some(row);
    }
    zpl.extend(format!("^FS^PQ{copies}^XZ").into_bytes());
    zpl
}

/// One row as hex digits with repeat counts; `,` fills the rest with white and `!` with black.
fn push_row(row: &[u8], zpl: &mut Vec<u8>) {
    let digits: Vec<u8> = row.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]).collect();
    let mut runs = digits.chunk_by(|a, b| a == b).peekable();
    while let Some(run) = runs.next() {
        match (runs.peek().is_none(), run[0]) {
            (true, 0x0) => zpl.push(b','),
            (true, 0xF) => zpl.push(b'!'),
            (_, digit) => push_run(digit, run.len(), zpl),
        }
    }
}

/// `z` is 400, `g` to `y` are 20 to 380, `G` to `Y` are 1 to 19; they add up. A single digit needs no count.
fn push_run(digit: u8, length: usize, zpl: &mut Vec<u8>) {
    let (twenties, ones) = (length % 400 / 20, length % 20);
    zpl.extend(std::iter::repeat_n(b'z', length / 400));
    if twenties > 0 {
        zpl.push(b'g' + twenties as u8 - 1);
    }
    if ones > 1 || (ones == 1 && length > 1) {
        zpl.push(b'G' + ones as u8 - 1);
    }
    zpl.push(b"0123456789ABCDEF"[usize::from(digit)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(digit: u8, length: usize) -> String {
        let mut zpl = Vec::new();
        push_run(digit, length, &mut zpl);
        String::from_utf8(zpl).unwrap()
    }

    #[test]
    fn run_lengths_are_written_as_the_programming_guide_says() {
        let cases = [(1, "A"), (2, "HA"), (19, "YA"), (20, "gA"), (21, "gGA"), (40, "hA"), (399, "yYA")];
        for (length, expected) in cases.into_iter().chain([(400, "zA"), (401, "zGA"), (827, "zzgMA")]) {
            assert_eq!(run(0xA, length), expected, "{length} digits");
        }
    }

    #[test]
    fn a_small_label_is_written_exactly_so() {
        let mut raster = Raster::white(16, 4);
        for x in 0..16 {
            raster.set_black(x, 1);
            raster.set_black(x, 2);
        }
        raster.set_black(0, 3);
        let zpl = encode(&raster, NonZeroU16::new(2).unwrap());
        assert_eq!(String::from_utf8(zpl).unwrap(), "^XA^PW16^LL4^FO0,0^GFA,8,8,2,,!:8,^FS^PQ2^XZ");
    }

    #[test]
    fn darkness_is_set_before_the_label_and_speed_in_it() {
        let zpl = encode_as(&Raster::white(8, 1), NonZeroU16::MIN, Some(5), Some(4));
        assert_eq!(String::from_utf8(zpl).unwrap(), "~SD05^XA^PW8^LL1^PR4^FO0,0^GFA,1,1,1,,^FS^PQ1^XZ");
    }
}
