//! Random labels: whatever is not refused prints exactly and scans.

use std::num::NonZeroU16;

use cordwainer_labels::{LabelError, LabelTemplate, Raster, pdf, resolve, zpl, zpl_reader};
use proptest::prelude::*;
use rxing::BarcodeFormat;

use crate::{decoders, traveller_data};

pub fn random_raster() -> impl Strategy<Value = Raster> {
    // Low ones, and ones that ESC/POS prints in several bands.
    let height = prop_oneof![1_u32..40, 40_u32..600];
    (1_u32..900, height, prop::collection::vec((0_u32..900, 0_u32..600, 0_u32..900), 0..60)).prop_map(
        |(width, height, strokes)| {
            let mut raster = Raster::white(width, height);
            for (x, y, length) in strokes {
                (x..x + length).for_each(|x| raster.set_black(x, y));
            }
            raster
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn every_raster_comes_back_from_its_zpl(raster in random_raster(), copies in 1_u16..) {
        let zpl = zpl::encode(&raster, NonZeroU16::new(copies).expect("from 1"));
        let labels = zpl_reader::read_labels(&zpl).expect("our own ZPL");
        prop_assert_eq!(labels.len(), 1);
        prop_assert_eq!(&labels[0].raster, &raster);
        prop_assert_eq!(labels[0].copies, u32::from(copies));
    }

    #[test]
    fn the_zpl_reader_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), noise in "[\\^XAPWLFOGZSQ0-9,:!A-Za-z]{0,80}") {
        let _ = zpl_reader::read_labels(&bytes);
        let _ = zpl_reader::read_labels(format!("^XA^PW8^LL8^FO0,0^GFA,8,8,1,{noise}").as_bytes());
    }

    #[test]
    fn the_template_parser_never_panics(json in "[\\[\\]{}\":,a-z0-9._ -]{0,120}") {
        let _ = LabelTemplate::parse(&json);
    }
}

/// Prints a traveller and reads both its symbols with two decoders.
fn assert_traveller_scans(code: &str, style_zh: &str, style_en: &str, dots_per_inch: u16) {
    let data = traveller_data().with("code", code).with("style_zh", style_zh).with("style_en", style_en);
    let layout =
        resolve(&LabelTemplate::traveller().expect("our own"), &data, dots_per_inch).expect("a label that prints");
    let picture = decoders::photographed(&Raster::render(&layout).expect("a layout draws"));
    for format in [BarcodeFormat::CODE_128, BarcodeFormat::QR_CODE] {
        assert_eq!(decoders::rxing(&picture, format), Ok(code.to_owned()), "{format:?}");
    }
    assert_eq!(decoders::zbarimg(&picture), [format!("CODE-128:{code}"), format!("QR-Code:{code}")]);
}

#[test]
fn a_traveller_scans_although_its_style_looks_like_an_empty_code() {
    assert_traveller_scans("AVPMV0JVA", "一", "ncCbjMR z,O ,-Jih tW s ,K X ww  wjs", 203);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn random_travellers_scan_at_both_resolutions(
        code in "[A-Z][0-9A-HJKMNP-TV-Z]{7}[0-9A-Z]",
        style in "[\u{4e00}-\u{9fa5}]{1,24}",
        style_en in "[A-Za-z ,-]{0,40}",
        fine in any::<bool>(),
    ) {
        assert_traveller_scans(&code, &style, &style_en, if fine { 300 } else { 203 });
    }

    #[test]
    fn any_text_prints_or_is_refused_and_never_panics(text in "\\PC{0,9}|[\\x00-\\x7F]{0,9}|[\u{4e00}-\u{9fa5}A-Z0-9 ，（·-]{0,30}", dots_per_inch in 150_u16..=600) {
        let data = traveller_data().with("style_zh", text.as_str()).with("size", text.as_str());
        match resolve(&LabelTemplate::traveller().unwrap(), &data, dots_per_inch) {
            Ok(layout) => {
                let raster = Raster::render(&layout).unwrap();
                prop_assert_eq!((raster.width_dots(), raster.height_dots()), (layout.width_dots, layout.height_dots));
                pdf::encode("t", &[layout]).unwrap();
            }
            Err(LabelError::MissingGlyph { .. } | LabelError::Overflow { .. } | LabelError::SymbolTooLarge { .. }) => {}
            Err(other) => prop_assert!(false, "unexpected refusal: {other}"),
        }
    }
}
