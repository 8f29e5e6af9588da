//! What is wrong with a template, as the screens have words for it.

use std::collections::BTreeMap;

use cordwainer_labels::{LabelConcern, LabelError, LabelKind, LabelTemplate, TemplateFault, lint_for};
use cordwainer_protocol::office::{LabelFinding, LabelFindingCode as Code};

type Said = (Code, Vec<(&'static str, String)>);

/// Every finding at any of some resolutions, each once.
pub(super) fn of(
    kind: LabelKind,
    template: &LabelTemplate,
    resolutions: &[u16],
) -> Result<Vec<LabelFinding>, LabelError> {
    let mut found: Vec<LabelFinding> = Vec::new();
    for &dots_per_inch in resolutions {
        for warning in lint_for(kind, template, dots_per_inch)? {
            let stops = warning.concern.forbids_release();
            let long = matches!(warning.concern, LabelConcern::RefusedWhenLong(_));
            let (code, values) = said(&warning.concern);
            let values: BTreeMap<String, String> =
                values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let known = found.iter_mut().find(|each| {
                each.element == warning.element
                    && each.code == code
                    && each.long == long
                    && same(code, &each.values, &values)
            });
            match known {
                Some(each) => each.dots_per_inch.push(dots_per_inch),
                None => found.push(LabelFinding {
                    element: warning.element,
                    code,
                    values,
                    stops,
                    long,
                    dots_per_inch: vec![dots_per_inch],
                }),
            }
        }
    }
    for finding in &mut found {
        finding.dots_per_inch.dedup();
    }
    Ok(found)
}

/// Whether two findings say the same, although their dots differ.
fn same(code: Code, values: &BTreeMap<String, String>, others: &BTreeMap<String, String>) -> bool {
    matches!(code, Code::SymbolTooLarge | Code::OverflowPossible) || values == others
}

fn said(concern: &LabelConcern) -> Said {
    match concern {
        LabelConcern::ThinBars { bar_um } => {
            (Code::ThinBars, vec![("bar_mm", format!("{:.2}", f64::from(*bar_um) / 1000.0))])
        }
        LabelConcern::SmallModule { dots } => (Code::SmallModule, vec![("dots", dots.to_string())]),
        LabelConcern::LadderWanted => (Code::LadderWanted, Vec::new()),
        LabelConcern::QuietZoneCrowded { intruder } => (Code::QuietZone, vec![("intruder", intruder.clone())]),
        LabelConcern::OverflowPossible { ideographs } => {
            (Code::OverflowPossible, vec![("ideographs", ideographs.to_string())])
        }
        LabelConcern::Refused(error) | LabelConcern::RefusedWhenLong(error) => of_error(error),
    }
}

fn of_error(error: &LabelError) -> Said {
    match error {
        LabelError::Template { reason, .. } => of_fault(reason),
        LabelError::MissingField { field, .. } => (Code::MissingField, vec![("field", field.clone())]),
        LabelError::MissingGlyph { ch, .. } => (Code::MissingGlyph, vec![("character", ch.to_string())]),
        LabelError::Overflow { text, .. } => (Code::Overflow, vec![("text", text.clone())]),
        LabelError::UnknownPictogram { word, .. } => (Code::NoPictogram, vec![("word", word.clone())]),
        LabelError::Unencodable { reason, .. } => (Code::Unencodable, vec![("detail", reason.clone())]),
        LabelError::SymbolTooLarge { needed_dots, available_dots, .. } => {
            (Code::SymbolTooLarge, vec![("needed", needed_dots.to_string()), ("available", available_dots.to_string())])
        }
        LabelError::QuietZone { intruder, .. } => (Code::QuietZone, vec![("intruder", intruder.clone())]),
        LabelError::Unreadable(_)
        | LabelError::Resolution { .. }
        | LabelError::Printer { .. }
        | LabelError::Font(_)
        | LabelError::Pdf(_) => (Code::Other, vec![("detail", error.to_string())]),
    }
}

fn of_fault(fault: &TemplateFault) -> Said {
    match fault {
        TemplateFault::MediaSize => (Code::MediaSize, Vec::new()),
        TemplateFault::NameTaken => (Code::NameTaken, Vec::new()),
        TemplateFault::When => (Code::When, Vec::new()),
        TemplateFault::NoArea => (Code::NoArea, Vec::new()),
        TemplateFault::LeavesLabel { media } => (Code::LeavesLabel, vec![("media", media.clone())]),
        TemplateFault::Module => (Code::Module, Vec::new()),
        TemplateFault::Frame => (Code::Frame, Vec::new()),
        TemplateFault::Slanting => (Code::Slanting, Vec::new()),
        TemplateFault::NoPictogram { word } => (Code::NoPictogram, vec![("word", word.clone())]),
        TemplateFault::PointSize { pt } => (Code::PointSize, vec![("pt", pt.clone())]),
        TemplateFault::SmallestSizeMissing | TemplateFault::SmallestSizeIdle | TemplateFault::SmallestSize { .. } => {
            (Code::SmallestSize, Vec::new())
        }
        TemplateFault::Brace { .. } | TemplateFault::FieldName { .. } => (Code::Brace, Vec::new()),
        TemplateFault::UnknownField { field } => (Code::UnknownField, vec![("field", field.clone())]),
        TemplateFault::PersonalCode => (Code::PersonalCode, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordwainer_labels::Element;

    #[test]
    fn a_finding_says_where_and_at_which_resolutions() {
        let mut template = LabelTemplate::traveller().unwrap();
        for element in &mut template.elements {
            if let Element::Barcode(barcode) = element
                && barcode.name == "code ladder"
            {
                barcode.min_module_mm = 0.1;
            }
        }
        let found = of(LabelKind::Traveller, &template, &[203, 300]).unwrap();
        let [finding] = &found[..] else { panic!("{found:?}") };
        assert_eq!((finding.element.as_str(), finding.code), ("code ladder", Code::ThinBars));
        assert_eq!(finding.dots_per_inch, [300], "two dots are wide enough at 203 dpi");
        assert!(finding.stops && finding.values["bar_mm"] == "0.17");
    }
}
