//! What makes no sense in a template, whatever the data: found when it is read, not when the first label is due.

use std::collections::BTreeSet;

use super::{BoxMm, Element, LabelTemplate, MediaMm, Overflow, TextElement};
use crate::binding::{Piece, is_field_name, pieces};
use crate::{LabelError, Pictogram};

/// The first thing that is wrong.
pub(super) fn check(template: &LabelTemplate) -> Result<(), LabelError> {
    let MediaMm { width, height, gap } = template.media_mm;
    // 1000 mm bounds the raster that a wrong number in a template could ask for.
    if !((1.0..=1000.0).contains(&width) && (1.0..=1000.0).contains(&height) && (0.0..=100.0).contains(&gap)) {
        return Err(LabelError::template("media_mm", "width and height must be 1 to 1000 mm, the gap 0 to 100 mm"));
    }
    let mut names = BTreeSet::new();
    for element in &template.elements {
        let fault = |reason: String| LabelError::template(element.name(), reason);
        if !names.insert(element.name()) {
            return Err(fault("two elements have this name".into()));
        }
        if element.when().is_some_and(|field| !is_field_name(field)) {
            return Err(fault("`when` is not a field name (a-z, 0-9 and _)".into()));
        }
        check_box(element.box_mm(), template.media_mm).map_err(fault)?;
        check_kind(element).map_err(fault)?;
    }
    Ok(())
}

fn check_box(area: BoxMm, media: MediaMm) -> Result<(), String> {
    // A thousandth of a millimetre forgives sums such as 0.1 + 0.2.
    let inside = area.x >= 0.0
        && area.y >= 0.0
        && area.x + area.width <= media.width + 0.001
        && area.y + area.height <= media.height + 0.001;
    match (area.width > 0.0 && area.height > 0.0, inside) {
        (false, _) => Err("its box has no area".into()),
        (true, false) => Err(format!("its box leaves the {} × {} mm label", media.width, media.height)),
        (true, true) => Ok(()),
    }
}

fn check_kind(element: &Element) -> Result<(), String> {
    match element {
        Element::Text(text) => check_text(text),
        Element::Barcode(barcode) => {
            if barcode.min_module_dots == 0 || !(0.0..=10.0).contains(&barcode.min_module_mm) {
                return Err("the module must be at least 1 dot and at most 10 mm".into());
            }
            pieces(&barcode.value).map(drop)
        }
        Element::Rect(rect) => match rect.frame_mm {
            Some(frame) if !(frame > 0.0 && frame * 2.0 < rect.box_mm.width.min(rect.box_mm.height)) => {
                Err("the frame must be thicker than 0 and thinner than half the box".into())
            }
            _ => Ok(()),
        },
        Element::Line(line) => {
            let straight = (line.from_mm[0] == line.to_mm[0]) != (line.from_mm[1] == line.to_mm[1]);
            if straight { Ok(()) } else { Err("a line must be horizontal or vertical".into()) }
        }
        Element::Pictogram(pictogram) => match pieces(&pictogram.value)?.as_slice() {
            [Piece::Literal(word)] if Pictogram::of_word(word).is_none() => Err(format!("{word:?} names no pictogram")),
            _ => Ok(()),
        },
    }
}

fn check_text(text: &TextElement) -> Result<(), String> {
    if !(4.0..=200.0).contains(&text.pt) {
        return Err(format!("{} pt is outside 4 to 200", text.pt));
    }
    match (text.overflow, text.min_pt) {
        (Overflow::Shrink, None) => return Err("overflow `shrink` needs `min_pt`".into()),
        (Overflow::Error, Some(_)) => return Err("overflow `error` never shrinks, so `min_pt` means nothing".into()),
        (_, Some(min)) if !(4.0..=text.pt).contains(&min) => {
            return Err(format!("min_pt {min} is outside 4 to {}", text.pt));
        }
        _ => {}
    }
    pieces(&text.value).map(drop)
}
