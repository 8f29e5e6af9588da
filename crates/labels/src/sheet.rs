//! A4 sheets of codes: badges, command cards, workstations, travellers and defects to print and cut out.
//!
//! A sheet is a label of A4 size whose template is built here, so that every check of [`resolve`] holds for it too.

use crate::{
    Align, BarcodeElement, BoxMm, DotLayout, Element, FontRole, LabelData, LabelError, LabelTemplate, LineElement,
    MediaMm, Orientation, Overflow, RectElement, Symbology, TextElement, Vertical, pdf, resolve,
};

/// Fine enough that every office printer's dots are coarser.
const SHEET_DPI: u16 = 600;
const A4: MediaMm = MediaMm { width: 210.0, height: 297.0, gap: 0.0 };
const MARGIN_MM: f64 = 10.0;
const FIRST_ROW_MM: f64 = 21.0;
const BOTTOM_MM: f64 = 290.0;
const HEADING_MM: f64 = 9.0;
const COLUMNS: usize = 3;
const CELL_WIDTH_MM: f64 = 63.0;
const CELL_HEIGHT_MM: f64 = 36.0;
const ROW_PITCH_MM: f64 = 37.0;

/// Codes under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSheetSection {
    /// `工牌 Badges`.
    pub heading: String,
    /// The codes, row by row.
    pub cells: Vec<CodeSheetCell>,
}

/// One code to cut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSheetCell {
    /// The code itself, printed as QR, as Code 128 and as text.
    pub code: String,
    /// What it is, in Chinese.
    pub caption_zh: String,
    /// What it is, in English.
    pub caption_en: String,
    /// A further line, such as a demo badge's PIN; may be empty.
    pub note: String,
}

/// The sheets as one PDF. A code that cannot be printed refuses the whole, by its own name.
pub fn code_sheet_pdf(title: &str, sections: &[CodeSheetSection]) -> Result<Vec<u8>, LabelError> {
    pdf::encode(title, &code_sheet_pages(title, sections)?)
}

/// The same sheets as layouts, one a page.
pub fn code_sheet_pages(title: &str, sections: &[CodeSheetSection]) -> Result<Vec<DotLayout>, LabelError> {
    let mut sheet = Sheet { pages: vec![Page::default()], y: FIRST_ROW_MM };
    for section in sections {
        sheet.heading(&section.heading);
        for row in section.cells.chunks(COLUMNS) {
            sheet.row(row);
        }
    }
    let count = sheet.pages.len();
    let finish = |(number, page): (usize, Page)| page.finish(title, number + 1, count);
    sheet.pages.into_iter().enumerate().map(finish).collect()
}

struct Sheet {
    pages: Vec<Page>,
    y: f64,
}

impl Sheet {
    /// The page that has room for `height_mm`, and where on it.
    fn room(&mut self, height_mm: f64, advance_mm: f64) -> (&mut Page, f64) {
        if self.y + height_mm > BOTTOM_MM {
            self.pages.push(Page::default());
            self.y = FIRST_ROW_MM;
        }
        let y = self.y;
        self.y += advance_mm;
        let newest = self.pages.len() - 1;
        (&mut self.pages[newest], y)
    }

    /// A heading never stands alone at the foot of a page.
    fn heading(&mut self, heading: &str) {
        let (page, y) = self.room(HEADING_MM + CELL_HEIGHT_MM, HEADING_MM);
        let area = BoxMm { x: MARGIN_MM, y, width: A4.width - 2.0 * MARGIN_MM, height: 7.0 };
        page.text(&format!("heading {heading}"), heading, area, (FontRole::Bold, 13.0, 7.0), Align::Left);
        let (from_mm, to_mm) = ([MARGIN_MM, y + 7.5], [A4.width - MARGIN_MM, y + 7.5]);
        let name = format!("rule under {heading} {}", page.template_elements.len());
        page.template_elements.push(Element::Line(LineElement { name, when: None, from_mm, to_mm, thickness_mm: 0.3 }));
    }

    fn row(&mut self, cells: &[CodeSheetCell]) {
        let (page, y) = self.room(CELL_HEIGHT_MM, ROW_PITCH_MM);
        for (column, cell) in cells.iter().enumerate() {
            page.cell(cell, MARGIN_MM + column as f64 * (CELL_WIDTH_MM + 0.5), y);
        }
    }
}

/// One page while it fills.
#[derive(Default)]
struct Page {
    template_elements: Vec<Element>,
    data: LabelData,
}

impl Page {
    fn cell(&mut self, cell: &CodeSheetCell, x: f64, y: f64) {
        let at = |dx: f64, dy: f64, width: f64, height: f64| BoxMm { x: x + dx, y: y + dy, width, height };
        let name = |part: &str| format!("{} {part}", cell.code);
        let frame = at(0.0, 0.0, CELL_WIDTH_MM, CELL_HEIGHT_MM);
        let frame_name = format!("{} {}", name("frame"), self.template_elements.len());
        self.template_elements.push(Element::Rect(RectElement {
            name: frame_name,
            when: None,
            box_mm: frame,
            frame_mm: Some(0.1),
        }));
        self.barcode(&name("QR"), &cell.code, at(0.5, 0.5, 20.0, 20.0), Symbology::Qr);
        self.text(
            &name("caption zh"),
            &cell.caption_zh,
            at(21.0, 1.0, 41.0, 5.5),
            (FontRole::Bold, 11.0, 5.0),
            Align::Left,
        );
        self.text(
            &name("caption en"),
            &cell.caption_en,
            at(21.0, 6.5, 41.0, 4.0),
            (FontRole::Regular, 8.0, 4.5),
            Align::Left,
        );
        self.text(&name("note"), &cell.note, at(21.0, 10.5, 41.0, 4.0), (FontRole::Regular, 8.0, 4.5), Align::Left);
        self.text(&name("text"), &cell.code, at(21.0, 14.5, 41.0, 6.0), (FontRole::Bold, 13.0, 6.0), Align::Left);
        self.barcode(&name("Code 128"), &cell.code, at(0.5, 21.5, 62.0, 13.0), Symbology::Code128);
    }

    /// Adds a value as data, so that a brace in it is never taken for a binding.
    fn bind(&mut self, value: &str) -> String {
        let field = format!("v{}", self.data.0.len());
        let binding = format!("{{{field}}}");
        self.data.0.insert(field, value.to_owned());
        binding
    }

    fn text(&mut self, name: &str, value: &str, box_mm: BoxMm, (font, pt, min): (FontRole, f64, f64), align: Align) {
        let value = self.bind(value);
        self.template_elements.push(Element::Text(TextElement {
            name: format!("{name} {}", self.template_elements.len()),
            when: None,
            value,
            box_mm,
            font,
            pt,
            min_pt: Some(min),
            align,
            vertical: Vertical::Middle,
            overflow: Overflow::Shrink,
        }));
    }

    fn barcode(&mut self, name: &str, payload: &str, box_mm: BoxMm, symbology: Symbology) {
        let value = self.bind(payload);
        self.template_elements.push(Element::Barcode(BarcodeElement {
            name: format!("{name} {}", self.template_elements.len()),
            when: None,
            value,
            box_mm,
            symbology,
            orientation: Orientation::Picket,
            min_module_dots: 4,
            min_module_mm: if symbology.is_linear() { 0.25 } else { 0.4 },
        }));
    }

    fn finish(mut self, title: &str, number: usize, count: usize) -> Result<DotLayout, LabelError> {
        let header = |x: f64, width: f64| BoxMm { x, y: MARGIN_MM, width, height: 8.0 };
        self.text("title", title, header(MARGIN_MM, 160.0), (FontRole::Bold, 15.0, 8.0), Align::Left);
        let folio = format!("{number} / {count}");
        self.text("page number", &folio, header(175.0, 25.0), (FontRole::Regular, 10.0, 8.0), Align::Right);
        let template =
            LabelTemplate { name: "code-sheet-a4".into(), version: 1, media_mm: A4, elements: self.template_elements };
        resolve(&template, &self.data, SHEET_DPI)
    }
}
