//! Labels for a thermal head: what is burnt must be what a scanner reads, at every resolution.

use std::num::NonZeroU16;

use cordwainer_labels::{DotItem, DotSymbol, LabelTemplate, Raster, resolve, zpl, zpl_reader};
use rxing::BarcodeFormat;

use crate::{CODE, decoders, traveller_data};

const ONE: NonZeroU16 = NonZeroU16::MIN;

fn symbols(template: &LabelTemplate, dots_per_inch: u16) -> Vec<DotSymbol> {
    let layout = resolve(template, &traveller_data(), dots_per_inch).expect("a label that prints");
    let symbol = |item| if let DotItem::Symbol(symbol) = item { Some(symbol) } else { None };
    layout.items.into_iter().filter_map(symbol).collect()
}

#[test]
fn the_traveller_reads_with_two_decoders_at_203_and_300_dpi() {
    let template = LabelTemplate::traveller().unwrap();
    for dots_per_inch in [203, 300] {
        let layout = resolve(&template, &traveller_data(), dots_per_inch).unwrap();
        let picture = decoders::photographed(&Raster::render(&layout).unwrap());
        for format in [BarcodeFormat::CODE_128, BarcodeFormat::QR_CODE] {
            assert_eq!(decoders::rxing(&picture, format), Ok(CODE.to_owned()), "{dots_per_inch} dpi");
        }
        let expected = [format!("CODE-128:{CODE}"), format!("QR-Code:{CODE}")];
        assert_eq!(decoders::zbarimg(&picture), expected, "{dots_per_inch} dpi");
    }
}

#[test]
fn the_reprint_reads_like_the_first_print_and_looks_different() {
    let template = LabelTemplate::traveller().unwrap();
    let first = Raster::render(&resolve(&template, &traveller_data(), 203).unwrap()).unwrap();
    let reprint_data = traveller_data().with("reprint_mark", "补打 R1");
    let reprint = Raster::render(&resolve(&template, &reprint_data, 203).unwrap()).unwrap();
    assert_ne!(first, reprint, "a reprint must carry its mark");
    let expected = [format!("CODE-128:{CODE}"), format!("QR-Code:{CODE}")];
    assert_eq!(decoders::zbarimg(&decoders::photographed(&reprint)), expected, "the mark changes no symbol");
}

#[test]
fn modules_are_as_large_as_a_thermal_head_needs() {
    let template = LabelTemplate::traveller().unwrap();
    let found = |dpi| symbols(&template, dpi).iter().map(|symbol| symbol.module_dots).collect::<Vec<_>>();
    assert_eq!(found(203), [2, 5], "ladder 0.25 mm along the feed, QR above 4 dots");
    assert_eq!(found(300), [3, 7], "ladder 0.254 mm along the feed, QR above 4 dots");
}

#[test]
fn the_ladder_survives_a_dead_dot_of_the_head() {
    let layout = resolve(&LabelTemplate::traveller().unwrap(), &traveller_data(), 203).unwrap();
    let printed = Raster::render(&layout).unwrap();
    let ladder = symbols(&LabelTemplate::traveller().unwrap(), 203).remove(0);
    for dead in (ladder.reserved.x..ladder.reserved.x + ladder.reserved.width).step_by(7) {
        let mut damaged = Raster::white(printed.width_dots(), printed.height_dots());
        let dots = (0..printed.height_dots()).flat_map(|y| (0..printed.width_dots()).map(move |x| (x, y)));
        for (x, y) in dots.filter(|&(x, y)| x != dead && printed.is_black(x, y)) {
            damaged.set_black(x, y);
        }
        let read = decoders::rxing(&decoders::photographed(&damaged), BarcodeFormat::CODE_128);
        assert_eq!(read, Ok(CODE.to_owned()), "dead dot {dead}: every bar crosses many dots");
    }
}

#[test]
fn a_data_matrix_reads_at_four_dots_a_module() {
    let json = r#"{"name":"tag","version":1,"media_mm":{"width":30,"height":20,"gap":2},"elements":[
        {"type":"barcode","name":"dm","symbology":"datamatrix","value":"{code}","box_mm":[1,1,10,10],
         "min_module_dots":4,"min_module_mm":0.33}]}"#;
    let template = LabelTemplate::parse(json).unwrap();
    for dots_per_inch in [203, 300] {
        let layout = resolve(&template, &traveller_data(), dots_per_inch).unwrap();
        let picture = decoders::photographed(&Raster::render(&layout).unwrap());
        let read = decoders::rxing(&picture, BarcodeFormat::DATA_MATRIX);
        assert_eq!(read, Ok(CODE.to_owned()), "{dots_per_inch} dpi");
        assert!(symbols(&template, dots_per_inch)[0].module_dots >= 4, "{dots_per_inch} dpi");
    }
}

#[test]
fn zpl_carries_the_raster_dot_for_dot_and_is_compressed() {
    let template = LabelTemplate::traveller().unwrap();
    for dots_per_inch in [203, 300] {
        let raster = Raster::render(&resolve(&template, &traveller_data(), dots_per_inch).unwrap()).unwrap();
        let zpl = zpl::encode(&raster, NonZeroU16::new(3).unwrap());
        let labels = zpl_reader::read_labels(&zpl).unwrap();
        assert_eq!(labels.len(), 1);
        assert_eq!(labels[0].copies, 3);
        assert!(labels[0].raster == raster, "{dots_per_inch} dpi: the printer must see every dot as it was drawn");
        let plain_bytes = raster.row_bytes() * raster.height_dots() as usize * 2;
        assert!(zpl.len() * 3 < plain_bytes, "{} of {plain_bytes} bytes at {dots_per_inch} dpi", zpl.len());
    }
}

#[test]
fn two_labels_in_one_stream_are_two_labels() {
    let raster = Raster::render(&resolve(&LabelTemplate::traveller().unwrap(), &traveller_data(), 203).unwrap());
    let one = zpl::encode(&raster.unwrap(), ONE);
    assert_eq!(zpl_reader::read_labels(&[one.clone(), one].concat()).unwrap().len(), 2);
}
