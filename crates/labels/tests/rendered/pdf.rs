//! PDFs: small, self-contained, and readable after somebody else has drawn them.

use cordwainer_labels::sheet::code_sheet_pages;
use cordwainer_labels::{
    CodeSheetCell, CodeSheetSection, DotBox, DotItem, LabelTemplate, code_sheet_pdf, pdf, resolve,
};
use rxing::BarcodeFormat;

use crate::{CODE, decoders, traveller_data};

fn sections() -> Vec<CodeSheetSection> {
    let cell = |number: u32| CodeSheetCell {
        code: format!("B{number:07}K"),
        caption_zh: "王师傅 {绷帮}".into(),
        caption_en: "Wang, lasting".into(),
        note: "PIN 2580".into(),
    };
    vec![
        CodeSheetSection { heading: "工牌 Badges".into(), cells: (0..24).map(cell).collect() },
        CodeSheetSection { heading: "指令卡 Commands".into(), cells: (24..29).map(cell).collect() },
    ]
}

#[test]
fn the_traveller_pdf_reads_at_the_resolution_of_office_and_label_printers() {
    let layout = resolve(&LabelTemplate::traveller().unwrap(), &traveller_data(), 300).unwrap();
    let pdf = pdf::encode("Traveller", &[layout]).unwrap();
    for dots_per_inch in [300.0, 600.0] {
        let page = decoders::pdf_page(&pdf, 1, dots_per_inch);
        for format in [BarcodeFormat::CODE_128, BarcodeFormat::QR_CODE] {
            assert_eq!(decoders::rxing(&page, format), Ok(CODE.to_owned()), "{dots_per_inch} dpi");
        }
        let expected = [format!("CODE-128:{CODE}"), format!("QR-Code:{CODE}")];
        assert_eq!(decoders::zbarimg(&page), expected, "{dots_per_inch} dpi");
    }
}

#[test]
fn fonts_are_embedded_as_subsets_and_text_can_be_copied_out() {
    let data = traveller_data().with("reprint_mark", "补打 R1");
    let layout = resolve(&LabelTemplate::traveller().unwrap(), &data, 300).unwrap();
    let pdf = pdf::encode("Traveller", &[layout]).unwrap();
    assert!(pdf.len() < 40_000, "{} bytes: the whole font must not be in it", pdf.len());
    let table = decoders::pdffonts(&pdf);
    let fonts: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(fonts.len(), 2, "regular and bold:\n{table}");
    for font in fonts {
        let flags: Vec<&str> = font.split_whitespace().filter(|word| ["yes", "no"].contains(word)).collect();
        assert_eq!(flags, ["yes"; 3], "embedded, subset, with a Unicode map:\n{table}");
    }
    let text = decoders::pdftotext(&pdf);
    for words in ["三接头牛津鞋·固特异", "WO-2026-0117", "补打 R1", CODE] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
}

#[test]
fn the_page_has_the_size_of_the_label() {
    let layout = resolve(&LabelTemplate::traveller().unwrap(), &traveller_data(), 300).unwrap();
    let page = decoders::pdf_page(&pdf::encode("Traveller", &[layout]).unwrap(), 1, 254.0);
    let (width, height) = page.dimensions();
    assert!(width.abs_diff(600) <= 1 && height.abs_diff(400) <= 1, "60 × 40 mm, not {width} × {height} tenths");
}

#[test]
fn every_code_of_a_sheet_reads() {
    let sections = sections();
    let pages = code_sheet_pages("示范工厂 Demo factory", &sections).unwrap();
    let pdf = code_sheet_pdf("示范工厂 Demo factory", &sections).unwrap();
    assert_eq!(pages.len(), 2, "24 badges and 5 commands need two sheets");
    assert!(pdf.len() < 200_000, "{} bytes for two sheets", pdf.len());
    let mut read = 0;
    for (page, layout) in (1..).zip(&pages) {
        let picture = decoders::pdf_page(&pdf, page, 300.0);
        for item in &layout.items {
            let DotItem::Symbol(symbol) = item else { continue };
            // Sheets are laid out at 600 dpi; a worker scans one symbol at a time, and so do we.
            let DotBox { x, y, width, height } = symbol.reserved;
            let part = image::imageops::crop_imm(&picture, x / 2, y / 2, width / 2, height / 2).to_image();
            let name = if symbol.symbology.is_linear() { "CODE-128" } else { "QR-Code" };
            assert_eq!(decoders::zbarimg(&part), [format!("{name}:{}", symbol.payload)], "page {page}");
            read += 1;
        }
    }
    assert_eq!(read, 2 * 29, "each code is there as QR and as Code 128");
}

#[test]
fn an_empty_sheet_is_one_page_with_its_title() {
    let pdf = code_sheet_pdf("空 Empty", &[]).unwrap();
    assert!(decoders::pdftotext(&pdf).contains("空 Empty"));
}
