//! Millimetres to whole dots. [`resolve`] fills the bindings, fits the texts, sizes the symbols and refuses whatever
//! would not print or not scan; every back end then only copies.

use serde::{Deserialize, Serialize};

use crate::binding::fill;
use crate::font::Fonts;
use crate::lines::{self, ascent_dots, pitch_dots};
use crate::symbol::{self, Grid};
use crate::{
    Align, BarcodeElement, BoxMm, Element, FontRole, LabelData, LabelError, LabelTemplate, Orientation, Overflow,
    Pictogram, PictogramElement, RectElement, Symbology, TextElement, Vertical,
};

/// A rectangle of dots from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DotBox {
    /// From the left edge.
    pub x: u32,
    /// From the top edge.
    pub y: u32,
    /// To the right.
    pub width: u32,
    /// Downwards.
    pub height: u32,
}

impl DotBox {
    fn overlaps(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// A label in whole dots of one resolution: what it will look like, exactly. Equal layouts print equal labels, so this
/// (or the raster) is what to hash, never a PDF.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DotLayout {
    /// Template and version, `traveller-60x40@1`.
    pub template: String,
    /// Resolution that the dots belong to.
    pub dots_per_inch: u16,
    /// Across the print head.
    pub width_dots: u32,
    /// Along the feed.
    pub height_dots: u32,
    /// What is printed, back to front.
    pub items: Vec<DotItem>,
}

/// One thing in dots.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DotItem {
    /// One line of text.
    Text(DotText),
    /// A symbol for a scanner.
    Symbol(DotSymbol),
    /// A pictogram.
    Pictogram(DotPictogram),
    /// A black box.
    Fill {
        /// Element it comes from.
        element: String,
        /// Where.
        area: DotBox,
    },
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DotText {
    /// Element it comes from.
    pub element: String,
    /// Which font.
    pub font: FontRole,
    /// Size: dots per em.
    pub em_dots: u32,
    /// Left end.
    pub x: u32,
    /// Baseline.
    pub baseline: u32,
    /// Measured width.
    pub width_dots: u32,
    /// The line.
    pub text: String,
}

/// A symbol for a scanner.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DotSymbol {
    /// Element it comes from.
    pub element: String,
    /// Which symbology.
    pub symbology: Symbology,
    /// What it says.
    pub payload: String,
    /// X-dimension.
    pub module_dots: u32,
    /// Symbol with its quiet zones: nothing else may be printed here.
    pub reserved: DotBox,
    /// The dark parts.
    pub bars: Vec<DotBox>,
}

/// A pictogram; its outlines are scaled from a square to `area` without rounding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DotPictogram {
    /// Element it comes from.
    pub element: String,
    /// Which.
    pub pictogram: Pictogram,
    /// Its square.
    pub area: DotBox,
}

/// Turns a template and its data into dots, or refuses with the reason.
pub fn resolve(template: &LabelTemplate, data: &LabelData, dots_per_inch: u16) -> Result<DotLayout, LabelError> {
    if !(150..=1200).contains(&dots_per_inch) {
        return Err(LabelError::Resolution { dots_per_inch });
    }
    let mut setting = Setting { fonts: Fonts::embedded()?, data, dots_per_inch, items: Vec::new() };
    let drawn = |element: &&Element| element.when().is_none_or(|field| data.get(field).is_some());
    for element in template.elements.iter().filter(drawn) {
        match element {
            Element::Text(text) => setting.text(text)?,
            Element::Barcode(barcode) => setting.barcode(barcode)?,
            Element::Rect(rect) => setting.rect(rect),
            Element::Line(line) => {
                let area = setting.area(line.box_mm());
                setting.fill(&line.name, area);
            }
            Element::Pictogram(pictogram) => setting.pictogram(pictogram)?,
        }
    }
    let (width_dots, height_dots) = (setting.dots(template.media_mm.width), setting.dots(template.media_mm.height));
    check_quiet_zones(&setting.items)?;
    Ok(DotLayout { template: template.id(), dots_per_inch, width_dots, height_dots, items: setting.items })
}

/// Work in progress on one label.
struct Setting<'a> {
    fonts: &'static Fonts,
    data: &'a LabelData,
    dots_per_inch: u16,
    items: Vec<DotItem>,
}

impl Setting<'_> {
    fn dots(&self, mm: f64) -> u32 {
        (mm * f64::from(self.dots_per_inch) / 25.4).round() as u32
    }

    fn em_dots(&self, pt: f64) -> u32 {
        (pt * f64::from(self.dots_per_inch) / 72.0).round() as u32
    }

    /// Both edges are rounded, not the size: boxes that touch on the drawing touch in dots, and none leaves the label.
    fn area(&self, area: BoxMm) -> DotBox {
        let (x, y) = (self.dots(area.x), self.dots(area.y));
        let (right, bottom) = (self.dots(area.x + area.width), self.dots(area.y + area.height));
        DotBox { x, y, width: (right - x).max(1), height: (bottom - y).max(1) }
    }

    fn fill(&mut self, element: &str, area: DotBox) {
        self.items.push(DotItem::Fill { element: element.to_owned(), area });
    }

    fn rect(&mut self, rect: &RectElement) {
        let area = self.area(rect.box_mm);
        let Some(frame_mm) = rect.frame_mm else { return self.fill(&rect.name, area) };
        let thick = self.dots(frame_mm).max(1).min(area.width).min(area.height);
        let DotBox { x, y, width, height } = area;
        self.fill(&rect.name, DotBox { height: thick, ..area });
        self.fill(&rect.name, DotBox { y: y + height - thick, height: thick, ..area });
        self.fill(&rect.name, DotBox { width: thick, ..area });
        self.fill(&rect.name, DotBox { x: x + width - thick, width: thick, ..area });
    }

    fn pictogram(&mut self, element: &PictogramElement) -> Result<(), LabelError> {
        let word = fill(&element.name, &element.value, self.data)?;
        let Some(pictogram) = Pictogram::of_word(&word) else {
            return Err(LabelError::UnknownPictogram { element: element.name.clone(), word });
        };
        let area = self.area(element.box_mm);
        let side = area.width.min(area.height);
        let (x, y) = (area.x + (area.width - side) / 2, area.y + (area.height - side) / 2);
        let area = DotBox { x, y, width: side, height: side };
        self.items.push(DotItem::Pictogram(DotPictogram { element: element.name.clone(), pictogram, area }));
        Ok(())
    }

    fn text(&mut self, element: &TextElement) -> Result<(), LabelError> {
        let text = fill(&element.name, &element.value, self.data)?;
        if text.trim().is_empty() {
            return Ok(());
        }
        let area = self.area(element.box_mm);
        let em_dots = self.em_dots(element.pt);
        let min_em_dots = match element.overflow {
            Overflow::Error => em_dots,
            Overflow::Shrink | Overflow::Wrap => element.min_pt.map_or(em_dots, |pt| self.em_dots(pt)),
        };
        let fitted = lines::fit(
            self.fonts,
            &lines::Request {
                element: &element.name,
                text: &text,
                role: element.font,
                em_dots,
                min_em_dots,
                overflow: element.overflow,
                width_dots: area.width,
                height_dots: area.height,
            },
        )?;
        let pitch = pitch_dots(fitted.em_dots);
        let spare = area.height - pitch * fitted.lines.len() as u32;
        let top = match element.vertical {
            Vertical::Middle => area.y + spare / 2,
            Vertical::Top => area.y,
        };
        for (line, text) in (0..).zip(fitted.lines) {
            let width_dots = self.fonts.width_dots(element.font, fitted.em_dots, &text);
            let slack = area.width - width_dots;
            let indent = match element.align {
                Align::Left => 0,
                Align::Center => slack / 2,
                Align::Right => slack,
            };
            self.items.push(DotItem::Text(DotText {
                element: element.name.clone(),
                font: element.font,
                em_dots: fitted.em_dots,
                x: area.x + indent,
                baseline: top + line * pitch + ascent_dots(fitted.em_dots),
                width_dots,
                text,
            }));
        }
        Ok(())
    }

    fn barcode(&mut self, element: &BarcodeElement) -> Result<(), LabelError> {
        let payload = fill(&element.name, &element.value, self.data)?;
        let grid = symbol::encode(element.symbology, &payload)
            .map_err(|reason| LabelError::Unencodable { element: element.name.clone(), reason })?;
        let area = self.area(element.box_mm);
        let quiet = element.symbology.quiet_zone_modules();
        let modules = grid.columns + 2 * quiet;
        let ladder = element.symbology.is_linear() && element.orientation == Orientation::Ladder;
        let available_dots = match (element.symbology.is_linear(), ladder) {
            (true, true) => area.height,
            (true, false) => area.width,
            (false, _) => area.width.min(area.height),
        };
        let module_dots = available_dots / modules;
        let least_dots = element.min_module_dots.max(self.least_module_dots(element.min_module_mm));
        if module_dots < least_dots {
            let (element, needed_dots) = (element.name.clone(), least_dots * modules);
            return Err(LabelError::SymbolTooLarge { element, modules, needed_dots, available_dots });
        }
        let (reserved, bars) = place(&grid, area, module_dots, quiet, element);
        let (element, symbology) = (element.name.clone(), element.symbology);
        self.items.push(DotItem::Symbol(DotSymbol { element, symbology, payload, module_dots, reserved, bars }));
        Ok(())
    }

    /// Fewest whole dots that are at least `mm`; a hundredth of a dot forgives that 203 dpi heads are really 8 dots/mm.
    fn least_module_dots(&self, mm: f64) -> u32 {
        (mm * f64::from(self.dots_per_inch) / 25.4 - 0.01).ceil().max(1.0) as u32
    }
}

/// Centres the grid in its box: the reserved area and the dark boxes.
fn place(grid: &Grid, area: DotBox, module: u32, quiet: u32, element: &BarcodeElement) -> (DotBox, Vec<DotBox>) {
    let long = (grid.columns + 2 * quiet) * module;
    let reserved = match (element.symbology.is_linear(), element.orientation) {
        (true, Orientation::Ladder) => DotBox { y: area.y + (area.height - long) / 2, height: long, ..area },
        (true, Orientation::Picket) => DotBox { x: area.x + (area.width - long) / 2, width: long, ..area },
        (false, _) => DotBox {
            x: area.x + (area.width - long) / 2,
            y: area.y + (area.height - long) / 2,
            width: long,
            height: long,
        },
    };
    let margin = quiet * module;
    let dark = |(column, row, length): (u32, u32, u32)| {
        let (along, extent) = (margin + column * module, length * module);
        match (element.symbology.is_linear(), element.orientation) {
            (true, Orientation::Ladder) => DotBox { y: reserved.y + along, height: extent, ..reserved },
            (true, Orientation::Picket) => DotBox { x: reserved.x + along, width: extent, ..reserved },
            (false, _) => {
                let y = reserved.y + margin + row * module;
                DotBox { x: reserved.x + along, y, width: extent, height: module }
            }
        }
    };
    (reserved, grid.runs().into_iter().map(dark).collect())
}

/// Nothing else may be printed on a symbol or in its quiet zone.
fn check_quiet_zones(items: &[DotItem]) -> Result<(), LabelError> {
    for (at, item) in items.iter().enumerate() {
        let DotItem::Symbol(symbol) = item else { continue };
        let others = items.iter().enumerate().filter(|&(other, _)| other != at).map(|(_, other)| extent(other));
        for (intruder, area) in others {
            if symbol.reserved.overlaps(area) {
                let (element, intruder) = (symbol.element.clone(), intruder.to_owned());
                return Err(LabelError::QuietZone { element, intruder });
            }
        }
    }
    Ok(())
}

/// Element and area of an item.
fn extent(item: &DotItem) -> (&str, DotBox) {
    match item {
        DotItem::Fill { element, area } => (element, *area),
        DotItem::Symbol(symbol) => (&symbol.element, symbol.reserved),
        DotItem::Pictogram(pictogram) => (&pictogram.element, pictogram.area),
        DotItem::Text(text) => {
            let y = text.baseline - ascent_dots(text.em_dots);
            (&text.element, DotBox { x: text.x, y, width: text.width_dots, height: pitch_dots(text.em_dots) })
        }
    }
}
