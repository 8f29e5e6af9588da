//! Two decoders that share nothing read every symbol, and find nothing else.

use cordwainer_labels::{DotBox, DotSymbol, PrinterLanguage, Symbology};
use image::{GrayImage, Luma};

use super::labels::{FRAME_DOTS, Label, Random, framed};
use super::peers::Decoder;
use super::tally::Tally;

/// White that a scanner sees around the symbol that it is pointed at.
const AIM_DOTS: u32 = 12;

const fn word(symbology: Symbology) -> &'static str {
    match symbology {
        Symbology::Code128 => "code128",
        Symbology::Qr => "qr",
        Symbology::Datamatrix => "datamatrix",
    }
}

/// Both decoders, and the dots of python-escpos in the same breath.
pub fn check(label: &Label, name: &str, decoder: &mut Decoder, tally: &mut Tally) {
    let mut expected: Vec<(String, String)> =
        label.symbols().into_iter().map(|symbol| (word(symbol.symbology).to_owned(), symbol.payload.clone())).collect();
    expected.sort();
    expected.dedup();
    let (matrices, others): (Vec<_>, Vec<_>) =
        expected.iter().cloned().partition(|(symbology, _)| symbology == word(Symbology::Datamatrix));
    let escpos = label.encode(PrinterLanguage::EscPos);
    let read = decoder.read(&framed(&label.picture(), FRAME_DOTS), &escpos, !matrices.is_empty());
    if read.zxing == expected && read.zbar == others && read.dmtx == matrices {
        tally.decoded += 1;
    } else {
        tally.misses.push(format!("{name}: expected {expected:?}, {read:?}"));
    }
    tally.pictures += 1;
    tally.pixels_differing += read.escpos_differing;
    if read.escpos_differing > 0 {
        tally.misses.push(format!("{name}: python-escpos prints {} dots otherwise", read.escpos_differing));
    }
}

/// One dot of the head is dead, somewhere in the symbols of a label that carries its code twice: a scanner that is pointed
/// at one of them, or at the other, reads it.
pub fn check_dead_dot(label: &Label, random: &mut Random, decoder: &mut Decoder, tally: &mut Tally) {
    let [first, second] = label.symbols()[..] else { return };
    if first.payload != second.payload {
        return;
    }
    let columns = |symbol: &DotSymbol| symbol.reserved.x..symbol.reserved.x + symbol.reserved.width;
    let crossed: Vec<u32> = columns(first).chain(columns(second).filter(|x| !columns(first).contains(x))).collect();
    let dead = crossed[random.below(crossed.len())];
    let mut damaged = label.picture();
    (0..damaged.height()).for_each(|y| damaged.put_pixel(dead, y, Luma([255])));
    tally.dead_dots += 1;
    let reads = |symbol: &DotSymbol, decoder: &mut Decoder| {
        let read = decoder.read(&aimed_at(&damaged, symbol.reserved), &[], false);
        read.zxing.iter().any(|(_, text)| *text == symbol.payload)
    };
    if reads(first, decoder) || reads(second, decoder) {
        tally.readable += 1;
    }
}

/// The part of a picture that a scanner is pointed at.
fn aimed_at(picture: &GrayImage, DotBox { x, y, width, height }: DotBox) -> GrayImage {
    framed(&image::imageops::crop_imm(picture, x, y, width, height).to_image(), AIM_DOTS)
}
