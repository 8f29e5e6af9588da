//! Layout to PDF: symbols and rules as vectors, text as text in a subset of the vendored font.
//!
//! printpdf embeds whole 10 MB fonts without a word unless its feature `text_layout` is on; a test watches the size.
//! The bytes differ between two runs (random resource names): compare layouts, never PDFs.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use printpdf::{
    FontId, LinePoint, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFontHandle, PdfPage, PdfParseErrorSeverity,
    PdfSaveOptions, Point, Polygon, PolygonRing, Pt, TextItem, WindingOrder,
};

use crate::font::{BOLD_TTF, REGULAR_TTF};
use crate::pictogram::SIDE_UNITS;
use crate::{DotBox, DotItem, DotLayout, DotPictogram, DotText, FontRole, LabelError};

/// A PDF with one page a layout, each of its true size: print it at 100 %, never "fit to page".
pub fn encode(title: &str, layouts: &[DotLayout]) -> Result<Vec<u8>, LabelError> {
    let mut document = PdfDocument::new(title);
    let mut fonts = BTreeMap::new();
    for text in layouts.iter().flat_map(|layout| &layout.items).filter_map(as_text) {
        if let std::collections::btree_map::Entry::Vacant(slot) = fonts.entry(text.font) {
            slot.insert(document.add_font(parsed_font(text.font)?));
        }
    }
    let pages = layouts.iter().map(|layout| page(layout, &fonts)).collect();
    let mut warnings = Vec::new();
    let bytes = document.with_pages(pages).save(&PdfSaveOptions::default(), &mut warnings);
    match warnings.into_iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
        Some(error) => Err(LabelError::Pdf(error.msg)),
        None => Ok(bytes),
    }
}

fn as_text(item: &DotItem) -> Option<&DotText> {
    if let DotItem::Text(text) = item { Some(text) } else { None }
}

/// The vendored font as printpdf wants it, parsed when the first PDF needs it.
fn parsed_font(role: FontRole) -> Result<&'static ParsedFont, LabelError> {
    static REGULAR: OnceLock<Option<ParsedFont>> = OnceLock::new();
    static BOLD: OnceLock<Option<ParsedFont>> = OnceLock::new();
    let (slot, bytes) = match role {
        FontRole::Regular => (&REGULAR, REGULAR_TTF),
        FontRole::Bold => (&BOLD, BOLD_TTF),
    };
    slot.get_or_init(|| ParsedFont::from_bytes(bytes, 0, &mut Vec::new()))
        .as_ref()
        .ok_or_else(|| LabelError::Font(format!("{role:?} cannot be embedded in a PDF")))
}

fn page(layout: &DotLayout, fonts: &BTreeMap<FontRole, FontId>) -> PdfPage {
    let scale = Scale { points_per_dot: 72.0 / f32::from(layout.dots_per_inch), height_dots: layout.height_dots };
    let mut ops = Vec::new();
    for item in &layout.items {
        match item {
            DotItem::Fill { area, .. } => ops.push(scale.filled(&[*area])),
            DotItem::Symbol(symbol) => ops.push(scale.filled(&symbol.bars)),
            DotItem::Pictogram(pictogram) => ops.extend(scale.pictogram(pictogram)),
            DotItem::Text(text) => {
                ops.extend(fonts.get(&text.font).into_iter().flat_map(|font| scale.text(text, font)))
            }
        }
    }
    let size = |dots| Mm::from(scale.length(dots));
    PdfPage::new(size(layout.width_dots), size(layout.height_dots), ops)
}

/// Dots from the top left to points from the bottom left.
struct Scale {
    points_per_dot: f32,
    height_dots: u32,
}

impl Scale {
    fn length(&self, dots: u32) -> Pt {
        Pt(dots as f32 * self.points_per_dot)
    }

    fn point(&self, x: u32, y: u32) -> Point {
        Point { x: self.length(x), y: self.length(self.height_dots - y) }
    }

    /// All boxes in one path: a symbol is one operation, whatever its size.
    fn filled(&self, boxes: &[DotBox]) -> Op {
        let ring = |area: &DotBox| {
            let (left, top, right, bottom) = (area.x, area.y, area.x + area.width, area.y + area.height);
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
            let points = corners.map(|(x, y)| LinePoint { p: self.point(x, y), bezier: false });
            PolygonRing { points: points.to_vec() }
        };
        let rings = boxes.iter().map(ring).collect();
        Op::DrawPolygon { polygon: Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero } }
    }

    /// One path an outline: in one path, two outlines of opposite direction would cancel out where they overlap.
    fn pictogram(&self, pictogram: &DotPictogram) -> impl Iterator<Item = Op> {
        let DotBox { x, y, width, .. } = pictogram.area;
        let (units_per_dot, points_per_dot) = (SIDE_UNITS / f64::from(width.max(1)), f64::from(self.points_per_dot));
        let (bottom, top) = (f64::from(self.height_dots), f64::from(y));
        pictogram.pictogram.outlines().into_iter().map(move |outline| {
            // Hundredths of a point are finer than any printer's dot, and short in the file.
            let points_of = |dots: f64| Pt(((dots * points_per_dot * 100.0).round() / 100.0) as f32);
            let point = |[px, py]: &[f64; 2]| Point {
                x: points_of(f64::from(x) + px / units_per_dot),
                y: points_of(bottom - top - py / units_per_dot),
            };
            let points = outline.iter().map(|at| LinePoint { p: point(at), bezier: false }).collect();
            let rings = vec![PolygonRing { points }];
            Op::DrawPolygon { polygon: Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero } }
        })
    }

    fn text(&self, text: &DotText, font: &FontId) -> [Op; 5] {
        [
            Op::StartTextSection,
            Op::SetFont { font: PdfFontHandle::External(font.clone()), size: self.length(text.em_dots) },
            Op::SetTextCursor { pos: self.point(text.x, text.baseline) },
            Op::ShowText { items: vec![TextItem::Text(text.text.clone())] },
            Op::EndTextSection,
        ]
    }
}
