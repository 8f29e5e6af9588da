//! Every label of the factory, at the resolutions of its printers: read by two decoders, however it is filled.

use cordwainer_labels::{
    DotBox, DotItem, DotLayout, DotSymbol, Element, LabelData, LabelError, LabelKind, Pictogram, Raster, Symbology,
    pdf, resolve,
};
use image::GrayImage;
use proptest::prelude::*;
use rxing::BarcodeFormat;

use crate::{decoders, samples};

fn symbols(layout: &DotLayout) -> Vec<&DotSymbol> {
    layout
        .items
        .iter()
        .filter_map(|item| if let DotItem::Symbol(symbol) = item { Some(symbol) } else { None })
        .collect()
}

fn format(symbology: Symbology) -> BarcodeFormat {
    match symbology {
        Symbology::Code128 => BarcodeFormat::CODE_128,
        Symbology::Datamatrix => BarcodeFormat::DATA_MATRIX,
        Symbology::Qr => BarcodeFormat::QR_CODE,
    }
}

/// Every symbol of the label is read by two decoders, and nothing else is found.
fn assert_scans(layout: &DotLayout) {
    let picture = decoders::photographed(&Raster::render(layout).expect("a layout draws"));
    let (mut linear_and_qr, mut matrices) = (Vec::new(), Vec::new());
    for symbol in symbols(layout) {
        let read = decoders::rxing(&picture, format(symbol.symbology));
        assert_eq!(read.as_ref(), Ok(&symbol.payload), "{} `{}`", layout.template, symbol.element);
        match symbol.symbology {
            Symbology::Code128 => linear_and_qr.push(format!("CODE-128:{}", symbol.payload)),
            Symbology::Qr => linear_and_qr.push(format!("QR-Code:{}", symbol.payload)),
            Symbology::Datamatrix => matrices.push(symbol.payload.clone()),
        }
    }
    linear_and_qr.sort();
    assert_eq!(decoders::zbarimg(&picture), linear_and_qr, "{} at {} dpi", layout.template, layout.dots_per_inch);
    if !matrices.is_empty() {
        assert_eq!(decoders::dmtxread(&picture), matrices, "{} at {} dpi", layout.template, layout.dots_per_inch);
    }
}

#[test]
fn every_label_scans_with_short_and_with_long_data() {
    for kind in LabelKind::ALL {
        for (length, data) in [("short", samples::short(kind)), ("long", samples::long(kind))] {
            for dots_per_inch in [203, 300] {
                let layout = resolve(&kind.template().unwrap(), &data, dots_per_inch);
                let layout = layout.unwrap_or_else(|refusal| panic!("{kind:?} {length} {dots_per_inch}: {refusal}"));
                assert_scans(&layout);
            }
        }
    }
}

#[test]
fn the_samples_fill_every_field_and_no_other() {
    for kind in LabelKind::ALL {
        let fields = kind.template().unwrap().fields();
        let long: Vec<_> = samples::long(kind).0.into_keys().collect();
        assert_eq!(long, fields.keys().cloned().collect::<Vec<_>>(), "{kind:?}");
        let short = samples::short(kind);
        let missing: Vec<_> =
            fields.iter().filter(|(field, may_lack)| !**may_lack && short.get(field).is_none()).collect();
        assert!(missing.is_empty(), "{kind:?}: {missing:?}");
    }
}

/// Text for every field of a kind, at random; `length` is the most ideographs, or half the most letters.
fn random_data(kind: LabelKind, seeds: &[u32], length: usize) -> LabelData {
    let mut seeds = seeds.iter().copied().cycle();
    let mut next = |below: usize| (seeds.next().unwrap_or(0) as usize).wrapping_mul(2_654_435_761) / 7 % below.max(1);
    let mut pick = |alphabet: &str, count: usize| {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| letters[next(letters.len())]).collect::<String>()
    };
    const BASE_32: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let materials: Vec<_> = Pictogram::ALL[3..].iter().map(|pictogram| pictogram.word()).collect();
    let mut data = LabelData::default();
    for (at, field) in kind.template().expect("our own").fields().into_keys().enumerate() {
        let text = match (kind, field.as_str()) {
            (_, "code") => format!("W{}", pick(BASE_32, 8)),
            (_, "tracking") => format!("SF{}", pick("0123456789", 13)),
            (_, "passport_url") => format!("https://id.example.cn/p/W{}", pick(BASE_32, 8)),
            (LabelKind::Composition, _) => materials[pick("0123", 1).parse::<usize>().expect("a digit")].to_owned(),
            _ if at % 2 == 0 => pick("鞋履牛津德比深棕小皮左右绷帮缝沿条龘，（）·1", length),
            _ => pick("Wag .-/AQ09ij", 2 * length),
        };
        data = data.with(&field, text);
    }
    data
}

/// Shorter and shorter text until it fits: no case is thrown away.
fn fitting_layout(kind: LabelKind, seeds: &[u32], dots_per_inch: u16) -> DotLayout {
    let template = kind.template().expect("our own");
    for length in [20, 10, 6, 4, 2, 1] {
        match resolve(&template, &random_data(kind, seeds, length), dots_per_inch) {
            Ok(layout) => return layout,
            Err(LabelError::Overflow { .. }) => {}
            Err(other) => panic!("{kind:?}: {other}"),
        }
    }
    panic!("{kind:?}: not even one ideograph fits everywhere");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn every_label_scans_with_random_data(seeds in prop::collection::vec(any::<u32>(), 40..90)) {
        for (kind, dots_per_inch) in LabelKind::ALL.into_iter().flat_map(|kind| [(kind, 203), (kind, 300)]) {
            assert_scans(&fitting_layout(kind, &seeds, dots_per_inch));
        }
    }
}

#[test]
fn a_missing_glyph_a_long_text_and_a_large_symbol_refuse_every_label() {
    for kind in LabelKind::ALL {
        let (template, short) = (kind.template().unwrap(), samples::short(kind));
        for field in template.fields().into_keys() {
            let with = |text: &str| resolve(&template, &short.clone().with(&field, text), 203);
            let mut symbols_only = template.clone();
            symbols_only.elements.retain(|element| matches!(element, Element::Barcode(_)));
            if ["code", "tracking", "passport_url"].contains(&field.as_str()) {
                let data = short.clone().with(&field, "W".repeat(400));
                let refusal = resolve(&symbols_only, &data, 203).expect_err("400 characters");
                assert!(matches!(refusal, LabelError::SymbolTooLarge { .. }), "{kind:?}: {refusal}");
            } else if kind == LabelKind::Composition {
                let refusal = with("rubber").expect_err("no pictogram");
                assert!(
                    matches!(refusal, LabelError::UnknownPictogram { ref word, .. } if word == "rubber"),
                    "{refusal}"
                );
            } else {
                let refusal = with("鞋👞").expect_err("no glyph");
                assert!(matches!(refusal, LabelError::MissingGlyph { ch: '👞', .. }), "{kind:?} {field}: {refusal}");
                let refusal = with(&"鞋".repeat(400)).expect_err("too long");
                assert!(matches!(refusal, LabelError::Overflow { .. }), "{kind:?} {field}: {refusal}");
            }
        }
    }
}

/// The part of a picture that a scanner is pointed at, in a white frame.
fn aimed_at(picture: &GrayImage, DotBox { x, y, width, height }: DotBox) -> GrayImage {
    const FRAME_DOTS: u32 = 12;
    let part = image::imageops::crop_imm(picture, x, y, width, height).to_image();
    let mut framed = GrayImage::from_pixel(width + 2 * FRAME_DOTS, height + 2 * FRAME_DOTS, image::Luma([255]));
    image::imageops::replace(&mut framed, &part, i64::from(FRAME_DOTS), i64::from(FRAME_DOTS));
    framed
}

#[test]
fn one_dead_dot_leaves_one_of_two_symbols_readable() {
    let (mut pairs, mut tried, mut lost, mut ladder_tried, mut ladder_lost) = (0, 0, 0, 0, 0);
    for kind in LabelKind::ALL {
        let layout = resolve(&kind.template().unwrap(), &samples::short(kind), 203).unwrap();
        let [first, second] = symbols(&layout)[..] else { continue };
        assert_eq!(first.payload, second.payload, "{kind:?}: one stands in for the other");
        pairs += 1;
        let raster = Raster::render(&layout).unwrap();
        let printed = GrayImage::from_raw(raster.width_dots(), raster.height_dots(), raster.to_luma()).unwrap();
        for dead in (0..raster.width_dots()).step_by(2) {
            let crossed =
                |symbol: &DotSymbol| (symbol.reserved.x..symbol.reserved.x + symbol.reserved.width).contains(&dead);
            if !crossed(first) && !crossed(second) {
                continue;
            }
            let mut damaged = printed.clone();
            (0..raster.height_dots()).for_each(|y| damaged.put_pixel(dead, y, image::Luma([255])));
            let reads = |symbol: &DotSymbol| {
                decoders::rxing(&aimed_at(&damaged, symbol.reserved), format(symbol.symbology)).as_ref()
                    == Ok(&symbol.payload)
            };
            tried += 1;
            let (first_reads, second_reads) = (reads(first), reads(second));
            lost += u32::from(!first_reads && !second_reads);
            if crossed(first) && first.symbology.is_linear() {
                ladder_tried += 1;
                ladder_lost += u32::from(!first_reads);
            }
        }
    }
    assert_eq!(pairs, 8, "labels that carry their code twice");
    println!("both lost {lost} of {tried}; the ladder lost {ladder_lost} of {ladder_tried}");
    assert!(lost * 100 <= tried, "{lost} of {tried} dead dots leave no symbol");
    assert!(ladder_lost * 100 <= ladder_tried, "{ladder_lost} of {ladder_tried} dead dots in it spoil the ladder");
}

#[test]
fn every_label_is_a_small_pdf_with_its_text_in_it() {
    for kind in LabelKind::ALL {
        let layout = resolve(&kind.template().unwrap(), &samples::long(kind), 300).unwrap();
        let word =
            layout.items.iter().find_map(|item| if let DotItem::Text(text) = item { Some(&text.text) } else { None });
        let file = pdf::encode(kind.word(), std::slice::from_ref(&layout)).unwrap();
        assert!(file.len() < 40_000, "{kind:?}: {} bytes", file.len());
        let text = decoders::pdftotext(&file);
        assert!(text.contains(word.expect("every label has text").as_str()), "{kind:?}: {text}");
    }
}

#[test]
fn a_pictogram_in_a_pdf_looks_as_it_does_on_a_thermal_label() {
    let data = samples::long(LabelKind::Composition);
    let layout = resolve(&LabelKind::Composition.template().unwrap(), &data, 300).unwrap();
    let raster = Raster::render(&layout).unwrap();
    let page = decoders::pdf_page(&pdf::encode("t", std::slice::from_ref(&layout)).unwrap(), 1, 300.0);
    let mut seen = 0;
    for item in &layout.items {
        let DotItem::Pictogram(pictogram) = item else { continue };
        let DotBox { x, y, width, height } = pictogram.area;
        let dots: Vec<_> = (y..y + height).flat_map(|y| (x..x + width).map(move |x| (x, y))).collect();
        let (black, differing) = dots.iter().fold((0, 0), |(black, differing), &(x, y)| {
            let drawn = raster.is_black(x, y);
            (black + u32::from(drawn), differing + u32::from(drawn != (page.get_pixel(x, y).0[0] < 128)))
        });
        // Poppler burns every dot that an edge touches; lines of 3 to 5 dots get one more.
        assert!(black > 0 && differing < black, "{}: {differing} of {black} dots differ", pictogram.element);
        seen += 1;
    }
    assert_eq!(seen, 9, "three parts with two materials each");
}
