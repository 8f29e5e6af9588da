//! What a template that is being drawn looks like already: whatever cannot be printed yet is left out.

use crate::template::MEDIA;
use crate::{LabelData, LabelError, LabelTemplate, Raster, resolve};

/// Draws every element that can be drawn by itself; [`resolve`] and [`lint`](crate::lint) say what is wrong with the others.
/// Where nothing is wrong this is the label, dot for dot.
///
/// # Errors
/// [`LabelError::Resolution`], and what is wrong with the label as a whole.
pub fn preview(template: &LabelTemplate, data: &LabelData, dots_per_inch: u16) -> Result<Raster, LabelError> {
    let faulty = template.faults();
    // A size that makes no sense would be a raster that no machine holds.
    if let Some(fault) = faulty.iter().find(|fault| fault.element() == Some(MEDIA)) {
        return Err(fault.clone());
    }
    let blank = LabelTemplate { elements: Vec::new(), ..template.clone() };
    let mut layout = resolve(&blank, data, dots_per_inch)?;
    for element in &template.elements {
        if faulty.iter().any(|fault| fault.element() == Some(element.name())) {
            continue;
        }
        let alone = LabelTemplate { elements: vec![element.clone()], ..blank.clone() };
        layout.items.extend(resolve(&alone, data, dots_per_inch).map(|drawn| drawn.items).unwrap_or_default());
    }
    Raster::render(&layout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Element, LabelKind, SampleLength};

    #[test]
    fn a_template_without_faults_is_shown_as_it_is_printed() {
        for kind in LabelKind::ALL {
            let (template, data) = (kind.template().unwrap(), kind.sample(SampleLength::Long).unwrap());
            let printed = Raster::render(&resolve(&template, &data, 203).unwrap()).unwrap();
            assert_eq!(preview(&template, &data, 203).unwrap(), printed, "{kind:?}");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out_and_the_rest_is_there() {
        let (whole, data) =
            (LabelTemplate::traveller().unwrap(), LabelKind::Traveller.sample(SampleLength::Short).unwrap());
        let mut broken = whole.clone();
        let mut without = whole.clone();
        without.elements.retain(|element| element.name() != "size");
        for element in &mut broken.elements {
            if let Element::Text(text) = element
                && text.name == "size"
            {
                text.box_mm.x = 59.0;
            }
        }
        assert_eq!(preview(&broken, &data, 203).unwrap(), preview(&without, &data, 203).unwrap());
        broken.media_mm.width = 1e6;
        assert!(preview(&broken, &data, 203).is_err(), "no raster of that size is made");
    }
}
