//! Reads a printed label without a line of the program's own encoder or reader: ZPL to dots here, dots to text by zbar.

use std::io::Write;
use std::process::{Command, Stdio};

use image::{GrayImage, ImageFormat, Luma};

/// White around the label, as wide as a finger: zbar needs a quiet zone, and a real label lies on something.
const FRAME_DOTS: u32 = 40;
/// Zebra's repeat counts: `G` to `Y` say 1 to 19, `g` to `z` say 20 to 400 in twenties; they add up.
const ONES: std::ops::RangeInclusive<u8> = b'G'..=b'Y';
const TWENTIES: std::ops::RangeInclusive<u8> = b'g'..=b'z';

/// Every code on the label, as zbar names them: `CODE-128:…`, `QR-Code:…`; sorted, each once.
///
/// # Panics
/// When the data is no label, or zbar is not there.
#[track_caller]
pub fn codes(zpl: &[u8]) -> Vec<String> {
    let mut png = std::io::Cursor::new(Vec::new());
    dots(zpl).write_to(&mut png, ImageFormat::Png).expect("a PNG in memory");
    let mut zbar = Command::new("zbarimg")
        .args(["--quiet", "-Sdisable", "-Scode128.enable", "-Sqrcode.enable", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("zbarimg: {error}; apt-get install zbar-tools"));
    zbar.stdin.take().expect("a piped input").write_all(png.get_ref()).expect("zbarimg reads its input");
    let output = zbar.wait_with_output().expect("zbarimg ends");
    let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    lines.sort();
    lines.dedup();
    lines
}

/// The label's picture in a white frame.
///
/// # Panics
/// When there is no graphic in the data, or it is not what its header says.
#[track_caller]
pub fn dots(zpl: &[u8]) -> GrayImage {
    let text = std::str::from_utf8(zpl).expect("ZPL is text");
    let graphic = text.split_once("^GFA,").expect("a graphic").1;
    let mut fields = graphic.splitn(4, ',');
    let mut number = || fields.next().and_then(|digits| digits.parse::<usize>().ok()).expect("a number of bytes");
    let (_, total_bytes, row_bytes) = (number(), number(), number());
    let data = fields.next().and_then(|rest| rest.split_once('^')).expect("data up to the next command").0;
    let rows = rows(data.as_bytes(), row_bytes * 2);
    assert_eq!(rows.len() * row_bytes, total_bytes, "as many rows as the header says");
    let (width, height) = (row_bytes as u32 * 8, rows.len() as u32);
    let mut picture = GrayImage::from_pixel(width + 2 * FRAME_DOTS, height + 2 * FRAME_DOTS, Luma([255]));
    for (y, row) in (0..).zip(&rows) {
        for (x, digit) in (0..).zip(row) {
            for bit in (0..4).filter(|bit| digit & (8 >> bit) != 0) {
                picture.put_pixel(FRAME_DOTS + x * 4 + bit, FRAME_DOTS + y, Luma([0]));
            }
        }
    }
    picture
}

/// The rows of a graphic, one hexadecimal digit an entry.
#[track_caller]
fn rows(data: &[u8], row_digits: usize) -> Vec<Vec<u8>> {
    let mut rows: Vec<Vec<u8>> = Vec::new();
    let mut row = Vec::new();
    let mut count = 0;
    for &byte in data {
        match byte {
            b',' => row.resize(row_digits, 0x0),
            b'!' => row.resize(row_digits, 0xF),
            b':' => row = rows.last().expect("a row above to repeat").clone(),
            _ if ONES.contains(&byte) => count += usize::from(byte - ONES.start() + 1),
            _ if TWENTIES.contains(&byte) => count += 20 * usize::from(byte - TWENTIES.start() + 1),
            _ => {
                let digit = char::from(byte).to_digit(16).expect("a hexadecimal digit") as u8;
                row.extend(std::iter::repeat_n(digit, count.max(1)));
                count = 0;
            }
        }
        assert!(row.len() <= row_digits, "a row runs over its end");
        if row.len() == row_digits {
            rows.push(std::mem::take(&mut row));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::num::NonZeroU16;

    use cordwainer_labels::{LabelData, LabelTemplate, Raster, resolve, zpl};

    use super::*;
    use crate::printer::Printer;

    #[test]
    fn a_traveller_out_of_the_printer_reads_as_its_code() {
        let data = LabelData::from([
            ("code", "W7K3M9QXC"),
            ("work_order", "WO-2611-016"),
            ("style_zh", "牛津鞋"),
            ("style_en", "Oxford"),
            ("size", "265 · EU 42"),
            ("promise_date", "2026-12-14"),
            ("customer_order", "SO-2611-016"),
        ]);
        let layout = resolve(&LabelTemplate::traveller().expect("our template"), &data, 203).expect("it fits");
        let raster = Raster::render(&layout).expect("every glyph is there");
        let printer = Printer::switch_on(None);
        let place = printer.address().replace("zpl+tcp://", "");
        let mut line = TcpStream::connect(place).expect("the printer listens");
        line.write_all(&zpl::encode(&raster, NonZeroU16::MIN)).expect("the printer reads");
        drop(line);
        let expected = ["CODE-128:W7K3M9QXC", "QR-Code:W7K3M9QXC"];
        assert_eq!(codes(&printer.next_label().bytes), expected, "both symbols say the pair's code");
    }

    #[test]
    fn compressed_rows_unfold_as_zebra_documents_them() {
        let rows = rows(b"GFG0,:!1H23", 4);
        let expected = [[15, 0, 0, 0], [15, 0, 0, 0], [15, 15, 15, 15], [1, 2, 2, 3]];
        assert_eq!(rows, expected, "count, fill, repeat, fill black, digits");
    }
}
