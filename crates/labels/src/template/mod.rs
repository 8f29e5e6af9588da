//! Label templates: versioned JSON in millimetres, checked when they are read.
//!
//! An element with `when` is drawn only if that field is present and not empty, which is how a reprint shows its mark.

mod check;
mod fault;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::fault::TemplateFault;
use crate::binding::{Piece, pieces};
use crate::{FontRole, LabelError, LabelKind, Symbology};

/// What errors call the label's own size.
pub(crate) const MEDIA: &str = "media_mm";

/// A label's design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelTemplate {
    /// Name, as in the file name.
    pub name: String,
    /// Raised with every change, because print jobs remember which version they used.
    pub version: u32,
    /// What it is printed on.
    pub media_mm: MediaMm,
    /// What is printed, back to front.
    pub elements: Vec<Element>,
}

/// Label stock, in millimetres. The height runs along the feed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaMm {
    /// Across the print head.
    pub width: f64,
    /// Along the feed.
    pub height: f64,
    /// Between two labels; 0 for a sheet.
    pub gap: f64,
}

/// `[x, y, width, height]` in millimetres from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct BoxMm {
    /// From the left edge.
    pub x: f64,
    /// From the top edge.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

impl From<[f64; 4]> for BoxMm {
    fn from([x, y, width, height]: [f64; 4]) -> Self {
        Self { x, y, width, height }
    }
}

impl From<BoxMm> for [f64; 4] {
    fn from(area: BoxMm) -> Self {
        [area.x, area.y, area.width, area.height]
    }
}

/// One thing on a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Element {
    /// Words.
    Text(TextElement),
    /// A symbol for a scanner.
    Barcode(BarcodeElement),
    /// A frame or a filled box.
    Rect(RectElement),
    /// A straight rule.
    Line(LineElement),
    /// A pictogram of the composition label.
    Pictogram(PictogramElement),
}

/// Words in a box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextElement {
    /// Unique in the template; errors use it.
    pub name: String,
    /// Field that must be there for the element to be drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Text with `{field}` bindings.
    pub value: String,
    /// Where it must fit.
    pub box_mm: BoxMm,
    /// Which font.
    #[serde(default)]
    pub font: FontRole,
    /// Size in points.
    pub pt: f64,
    /// Smallest size that `shrink` and `wrap` may go down to; without it the size is fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_pt: Option<f64>,
    /// Horizontal placement.
    #[serde(default)]
    pub align: Align,
    /// Vertical placement.
    #[serde(default)]
    pub vertical: Vertical,
    /// What to do with a text that is too long.
    pub overflow: Overflow,
}

/// Horizontal placement of text in its box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// Vertical placement of text in its box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vertical {
    /// In the middle.
    #[default]
    Middle,
    /// At the upper edge; for text of several lines under a heading.
    Top,
}

/// What to do with a text that is too long for its box. Nothing is ever cut off: if it still does not fit, the label is
/// refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// One line, smaller down to `min_pt`.
    Shrink,
    /// Several lines, then smaller down to `min_pt`.
    Wrap,
    /// One line at the given size, or refuse.
    Error,
}

/// A symbol for a scanner. Its module is the largest whole number of dots that fits the box with quiet zones, and never
/// below the two limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BarcodeElement {
    /// Unique in the template; errors use it.
    pub name: String,
    /// Field that must be there for the element to be drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Payload with `{field}` bindings.
    pub value: String,
    /// Where symbol and quiet zones must fit.
    pub box_mm: BoxMm,
    /// Which symbology.
    pub symbology: Symbology,
    /// How a linear symbol lies; 2D symbols have no orientation.
    #[serde(default)]
    pub orientation: Orientation,
    /// Smallest module in dots.
    pub min_module_dots: u32,
    /// Smallest module in millimetres.
    pub min_module_mm: f64,
}

/// How a linear symbol lies on the label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// Bars stand like a fence; read across the label.
    #[default]
    Picket,
    /// Bars lie like rungs, each printed by many dots of the head, so that a dead dot breaks none. Read along the feed.
    Ladder,
}

/// A frame, or a filled box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RectElement {
    /// Unique in the template; errors use it.
    pub name: String,
    /// Field that must be there for the element to be drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Outer edge.
    pub box_mm: BoxMm,
    /// Thickness of the frame, drawn inwards; absent means filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_mm: Option<f64>,
}

/// A horizontal or vertical rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineElement {
    /// Unique in the template; errors use it.
    pub name: String,
    /// Field that must be there for the element to be drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Start of its upper or left edge.
    pub from_mm: [f64; 2],
    /// End of the same edge.
    pub to_mm: [f64; 2],
    /// Thickness, downwards or to the right.
    pub thickness_mm: f64,
}

/// A pictogram of Directive 94/11/EC, as large as its box allows and in the middle of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictogramElement {
    /// Unique in the template; errors use it.
    pub name: String,
    /// Field that must be there for the element to be drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// [`Pictogram::word`](crate::Pictogram::word), or a `{field}` that holds one.
    pub value: String,
    /// Where it must fit.
    pub box_mm: BoxMm,
}

impl LineElement {
    /// The box that the rule fills.
    pub fn box_mm(&self) -> BoxMm {
        let ([x0, y0], [x1, y1]) = (self.from_mm, self.to_mm);
        let along = |a: f64, b: f64| if a == b { self.thickness_mm } else { (b - a).abs() };
        BoxMm { x: x0.min(x1), y: y0.min(y1), width: along(x0, x1), height: along(y0, y1) }
    }
}

impl Element {
    /// Name used in errors.
    pub fn name(&self) -> &str {
        match self {
            Self::Text(text) => &text.name,
            Self::Barcode(barcode) => &barcode.name,
            Self::Rect(rect) => &rect.name,
            Self::Line(line) => &line.name,
            Self::Pictogram(pictogram) => &pictogram.name,
        }
    }

    /// Field that must be there for the element to be drawn.
    pub fn when(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.when.as_deref(),
            Self::Barcode(barcode) => barcode.when.as_deref(),
            Self::Rect(rect) => rect.when.as_deref(),
            Self::Line(line) => line.when.as_deref(),
            Self::Pictogram(pictogram) => pictogram.when.as_deref(),
        }
    }

    /// What is drawn or encoded, with its bindings; rules and boxes have none.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(&text.value),
            Self::Barcode(barcode) => Some(&barcode.value),
            Self::Pictogram(pictogram) => Some(&pictogram.value),
            Self::Rect(_) | Self::Line(_) => None,
        }
    }

    /// The fields that the element binds, and the one that it waits for.
    pub fn fields(&self) -> Vec<String> {
        let bound = self.value().map(|value| pieces(value).unwrap_or_default()).unwrap_or_default();
        let bound = bound.iter().filter_map(|piece| if let Piece::Field(field) = piece { Some(*field) } else { None });
        bound.chain(self.when()).map(str::to_owned).collect()
    }

    /// Box that the element stays inside.
    pub fn box_mm(&self) -> BoxMm {
        match self {
            Self::Text(text) => text.box_mm,
            Self::Barcode(barcode) => barcode.box_mm,
            Self::Rect(rect) => rect.box_mm,
            Self::Line(line) => line.box_mm(),
            Self::Pictogram(pictogram) => pictogram.box_mm,
        }
    }
}

impl LabelTemplate {
    /// The traveller tag that goes with a pair, 60 × 40 mm. Fields: `code`, `work_order`, `style_zh`, `style_en`,
    /// `size`, `promise_date`, `customer_order`, and `reprint_mark` (`补打 R1`) on a reprint only.
    pub fn traveller() -> Result<Self, LabelError> {
        LabelKind::Traveller.template()
    }

    /// The fields that the template binds, each with whether a label may do without it. One that is bound anywhere
    /// outside an element with its own `when` must be there.
    pub fn fields(&self) -> BTreeMap<String, bool> {
        let mut fields = BTreeMap::new();
        for element in &self.elements {
            for field in element.fields() {
                let may_lack = element.when() == Some(field.as_str());
                fields.entry(field).and_modify(|known| *known &= may_lack).or_insert(may_lack);
            }
        }
        fields
    }

    /// Reads and checks a template.
    pub fn parse(json: &str) -> Result<Self, LabelError> {
        let template: Self = serde_json::from_str(json).map_err(|error| LabelError::Unreadable(error.to_string()))?;
        template.faults().into_iter().next().map_or(Ok(template), Err)
    }

    /// Everything that makes no sense, whatever the data.
    pub fn faults(&self) -> Vec<LabelError> {
        check::check(self)
    }

    /// What labels of a kind cannot have: a field that they are not given, a code that would carry personal data.
    ///
    /// # Errors
    /// Never for the files of this build; see [`LabelKind::template`].
    pub fn faults_for(&self, kind: LabelKind) -> Result<Vec<LabelError>, LabelError> {
        check::check_for(self, kind)
    }

    /// Name and version, as print jobs store them: `traveller-60x40@1`.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
