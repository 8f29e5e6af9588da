//! What makes no sense in a template, whatever the data: found when it is read, not when the first label is due.

use std::collections::BTreeSet;

use super::{BoxMm, Element, LabelTemplate, MEDIA, MediaMm, Overflow, TemplateFault, TextElement};
use crate::binding::{Piece, is_field_name, pieces};
use crate::{LabelError, LabelKind, Pictogram};

/// What codes carry: none of it is personal data.
const CODE_VALUES: [&str; 3] = ["{code}", "{tracking}", "{passport_url}"];

/// Everything that is wrong, element by element; at most one fault each.
pub(super) fn check(template: &LabelTemplate) -> Vec<LabelError> {
    let MediaMm { width, height, gap } = template.media_mm;
    // 1000 mm bounds the raster that a wrong number in a template could ask for.
    if !((1.0..=1000.0).contains(&width) && (1.0..=1000.0).contains(&height) && (0.0..=100.0).contains(&gap)) {
        return vec![LabelError::template(MEDIA, TemplateFault::MediaSize)];
    }
    let mut names = BTreeSet::new();
    let mut faults = Vec::new();
    for element in &template.elements {
        let is_first = names.insert(element.name()) && !element.name().is_empty();
        let checked = if is_first { check_element(element, template.media_mm) } else { Err(TemplateFault::NameTaken) };
        faults.extend(checked.err().map(|fault| LabelError::template(element.name(), fault)));
    }
    faults
}

/// What labels of a kind cannot have, although the template makes sense.
pub(super) fn check_for(template: &LabelTemplate, kind: LabelKind) -> Result<Vec<LabelError>, LabelError> {
    let known = kind.template()?.fields();
    let mut faults = Vec::new();
    for element in &template.elements {
        let fault = |fault| LabelError::template(element.name(), fault);
        let unknown = element.fields().into_iter().find(|field| !known.contains_key(field));
        if let Some(field) = unknown {
            faults.push(fault(TemplateFault::UnknownField { field }));
        } else if matches!(element, Element::Barcode(barcode) if !CODE_VALUES.contains(&barcode.value.as_str())) {
            faults.push(fault(TemplateFault::PersonalCode));
        }
    }
    Ok(faults)
}

fn check_element(element: &Element, media: MediaMm) -> Result<(), TemplateFault> {
    if element.when().is_some_and(|field| !is_field_name(field)) {
        return Err(TemplateFault::When);
    }
    check_box(element.box_mm(), media)?;
    check_kind(element)
}

fn check_box(area: BoxMm, media: MediaMm) -> Result<(), TemplateFault> {
    // A thousandth of a millimetre forgives sums such as 0.1 + 0.2.
    let inside = area.x >= 0.0
        && area.y >= 0.0
        && area.x + area.width <= media.width + 0.001
        && area.y + area.height <= media.height + 0.001;
    match (area.width > 0.0 && area.height > 0.0, inside) {
        (false, _) => Err(TemplateFault::NoArea),
        (true, false) => Err(TemplateFault::LeavesLabel { media: format!("{} × {}", media.width, media.height) }),
        (true, true) => Ok(()),
    }
}

fn check_kind(element: &Element) -> Result<(), TemplateFault> {
    match element {
        Element::Text(text) => check_text(text),
        Element::Barcode(barcode) => {
            if barcode.min_module_dots == 0 || !(0.0..=10.0).contains(&barcode.min_module_mm) {
                return Err(TemplateFault::Module);
            }
            pieces(&barcode.value).map(drop)
        }
        Element::Rect(rect) => match rect.frame_mm {
            Some(frame) if !(frame > 0.0 && frame * 2.0 < rect.box_mm.width.min(rect.box_mm.height)) => {
                Err(TemplateFault::Frame)
            }
            _ => Ok(()),
        },
        Element::Line(line) => {
            let straight = (line.from_mm[0] == line.to_mm[0]) != (line.from_mm[1] == line.to_mm[1]);
            if straight { Ok(()) } else { Err(TemplateFault::Slanting) }
        }
        Element::Pictogram(pictogram) => match pieces(&pictogram.value)?.as_slice() {
            [Piece::Literal(word)] if Pictogram::of_word(word).is_none() => {
                Err(TemplateFault::NoPictogram { word: (*word).to_owned() })
            }
            _ => Ok(()),
        },
    }
}

fn check_text(text: &TextElement) -> Result<(), TemplateFault> {
    if !(4.0..=200.0).contains(&text.pt) {
        return Err(TemplateFault::PointSize { pt: text.pt.to_string() });
    }
    match (text.overflow, text.min_pt) {
        (Overflow::Shrink, None) => return Err(TemplateFault::SmallestSizeMissing),
        (Overflow::Error, Some(_)) => return Err(TemplateFault::SmallestSizeIdle),
        (_, Some(min)) if !(4.0..=text.pt).contains(&min) => {
            return Err(TemplateFault::SmallestSize { min: min.to_string(), pt: text.pt.to_string() });
        }
        _ => {}
    }
    pieces(&text.value).map(drop)
}
