//! What may go wrong with a template before there is data: for whoever draws a label and cannot see it fail yet.
//!
//! [`resolve`] refuses what cannot be printed; this warns of what can be and should not, and of data that would not fit.

use crate::binding::{Piece, pieces};
use crate::template::MEDIA;
use crate::{
    BarcodeElement, BoxMm, Element, LabelData, LabelError, LabelKind, LabelTemplate, Orientation, Pictogram,
    SampleLength, TextElement, resolve,
};

/// Narrowest bar of a linear symbol that cheap scanners read at arm's length, in millimetres.
const LEAST_BAR_MM: f64 = 0.25;
/// Fewest dots of a 2D module that survive a head that is too hot or too cold.
const LEAST_MODULE_DOTS: u32 = 4;
/// A bound text that holds fewer ideographs is likely to be refused one day.
const LEAST_ROOM_IDEOGRAPHS: usize = 4;
/// A code of ours, for symbols whose payload is not known yet.
const USUAL_CODE: &str = "W7K3M9QXC";

/// Something that the designer of a label should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelWarning {
    /// Name of the element.
    pub element: String,
    /// What about it.
    pub concern: LabelConcern,
}

/// What may go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelConcern {
    /// The template allows bars that are narrower than 0.25 mm.
    ThinBars {
        /// Narrowest bar that it allows, in thousandths of a millimetre.
        bar_um: u32,
    },
    /// The template allows 2D modules of fewer than 4 dots.
    SmallModule {
        /// Fewest dots that it allows.
        dots: u32,
    },
    /// A linear symbol lies across the feed, where one dead dot of the head can spoil it.
    LadderWanted,
    /// Another element's box reaches into the box of a symbol; what is printed there may lie in the quiet zone.
    QuietZoneCrowded {
        /// The other element.
        intruder: String,
    },
    /// A bound text has little room, even as small as the template allows.
    OverflowPossible {
        /// How many ideographs fit; twice as many letters.
        ideographs: usize,
    },
    /// It will be refused with any data, or, for a bound symbol, already with a code of nine characters.
    Refused(LabelError),
    /// It is refused with data as long as a factory comes up with.
    RefusedWhenLong(LabelError),
}

impl LabelConcern {
    /// Whether labels would not come out, or would not be read: such a template is not given to stations. The rest is advice.
    pub fn forbids_release(&self) -> bool {
        match self {
            Self::ThinBars { .. } | Self::SmallModule { .. } | Self::QuietZoneCrowded { .. } | Self::Refused(_) => true,
            Self::OverflowPossible { ideographs } => *ideographs == 0,
            Self::LadderWanted | Self::RefusedWhenLong(_) => false,
        }
    }
}

/// Everything of concern in a template for labels of one kind, tried with what a factory prints on them.
///
/// # Errors
/// Never for the files of this build; see [`LabelKind::template`].
pub fn lint_for(
    kind: LabelKind,
    template: &LabelTemplate,
    dots_per_inch: u16,
) -> Result<Vec<LabelWarning>, LabelError> {
    let mut warnings = lint(template, dots_per_inch);
    let of_kind = template.faults_for(kind)?.into_iter();
    warnings.extend(of_kind.map(|fault| LabelWarning::of(LabelConcern::Refused(fault.clone()), &fault)));
    if warnings.iter().any(|warning| matches!(warning.concern, LabelConcern::Refused(_))) {
        return Ok(warnings);
    }
    let tried = |length| Ok::<_, LabelError>(resolve(template, &kind.sample(length)?, dots_per_inch).err());
    let (short, long) = (tried(SampleLength::Short)?, tried(SampleLength::Long)?);
    if let Some(fault) = short {
        warnings.push(LabelWarning::of(LabelConcern::Refused(fault.clone()), &fault));
    } else if let Some(fault) = long {
        warnings.push(LabelWarning::of(LabelConcern::RefusedWhenLong(fault.clone()), &fault));
    }
    Ok(warnings)
}

impl LabelWarning {
    fn of(concern: LabelConcern, fault: &LabelError) -> Self {
        Self { element: fault.element().unwrap_or(MEDIA).to_owned(), concern }
    }
}

/// Everything of concern, element by element.
pub fn lint(template: &LabelTemplate, dots_per_inch: u16) -> Vec<LabelWarning> {
    let alone = Alone { template, dots_per_inch };
    let faults = template.faults();
    let mut warnings: Vec<_> =
        faults.iter().map(|fault| LabelWarning::of(LabelConcern::Refused(fault.clone()), fault)).collect();
    let about =
        |name: &str| faults.iter().any(|fault| matches!(fault.element(), Some(MEDIA)) || fault.element() == Some(name));
    for element in template.elements.iter().filter(|element| !about(element.name())) {
        let concerns = match element {
            Element::Barcode(barcode) => [of_symbol(barcode, dots_per_inch), crowds(barcode, template)].concat(),
            Element::Text(text) => of_text(text, &alone),
            Element::Rect(_) | Element::Line(_) | Element::Pictogram(_) => Vec::new(),
        };
        let said = match element {
            // The words around its fields must fit, whatever they say.
            Element::Text(_) => "",
            Element::Pictogram(_) => Pictogram::Leather.word(),
            Element::Barcode(_) | Element::Rect(_) | Element::Line(_) => USUAL_CODE,
        };
        let refused = alone.resolve(element, said).err().map(LabelConcern::Refused);
        let concerns = concerns.into_iter().chain(refused);
        warnings.extend(concerns.map(|concern| LabelWarning { element: element.name().to_owned(), concern }));
    }
    warnings
}

fn of_symbol(barcode: &BarcodeElement, dots_per_inch: u16) -> Vec<LabelConcern> {
    let dots_per_mm = f64::from(dots_per_inch) / 25.4;
    let bar_mm = (f64::from(barcode.min_module_dots) / dots_per_mm).max(barcode.min_module_mm);
    let dots = barcode.min_module_dots.max((barcode.min_module_mm * dots_per_mm - 0.01).ceil() as u32);
    let mut concerns = Vec::new();
    if barcode.symbology.is_linear() {
        // A 203 dpi head has 8 dots a millimetre; a thousandth forgives the rounding.
        if bar_mm < LEAST_BAR_MM - 0.001 {
            concerns.push(LabelConcern::ThinBars { bar_um: (bar_mm * 1000.0).round() as u32 });
        }
        if barcode.orientation == Orientation::Picket {
            concerns.push(LabelConcern::LadderWanted);
        }
    } else if dots < LEAST_MODULE_DOTS {
        concerns.push(LabelConcern::SmallModule { dots });
    }
    concerns
}

/// Everything whose box reaches into the box of a symbol.
fn crowds(barcode: &BarcodeElement, template: &LabelTemplate) -> Vec<LabelConcern> {
    let others = template.elements.iter().filter(|other| other.name() != barcode.name);
    let near = others.filter(|other| overlap(barcode.box_mm, other.box_mm()));
    near.map(|other| LabelConcern::QuietZoneCrowded { intruder: other.name().to_owned() }).collect()
}

/// A hundredth of a millimetre is less than a dot.
fn overlap(a: BoxMm, b: BoxMm) -> bool {
    let reach = |from: f64, length: f64, other: f64, other_length: f64| {
        from + 0.01 < other + other_length && other + 0.01 < from + length
    };
    reach(a.x, a.width, b.x, b.width) && reach(a.y, a.height, b.y, b.height)
}

fn of_text(text: &TextElement, alone: &Alone<'_>) -> Vec<LabelConcern> {
    let bound = pieces(&text.value).unwrap_or_default().iter().any(|piece| matches!(piece, Piece::Field(_)));
    if !bound {
        return Vec::new();
    }
    let element = Element::Text(text.clone());
    let fits = |ideographs: &usize| alone.resolve(&element, &"鞋".repeat(*ideographs)).is_ok();
    let room = (1..=LEAST_ROOM_IDEOGRAPHS).take_while(fits).count();
    if room < LEAST_ROOM_IDEOGRAPHS { vec![LabelConcern::OverflowPossible { ideographs: room }] } else { Vec::new() }
}

/// The label with one element only, so that each is judged for itself.
struct Alone<'a> {
    template: &'a LabelTemplate,
    dots_per_inch: u16,
}

impl Alone<'_> {
    /// Lays the element out with every field of it saying the same.
    fn resolve(&self, element: &Element, said: &str) -> Result<(), LabelError> {
        let template = LabelTemplate { elements: vec![element.clone()], ..self.template.clone() };
        let mut data = LabelData::default();
        for field in template.fields().into_keys() {
            data = data.with(&field, said);
        }
        // Without this an element with `when` would not be drawn, and so not be judged.
        let when = element.when().filter(|field| data.get(field).is_none()).map(str::to_owned);
        let data = when.map_or(data.clone(), |field| data.with(&field, "x"));
        resolve(&template, &data, self.dots_per_inch).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TemplateFault;

    fn concerns(element: &str, dots_per_inch: u16) -> Vec<LabelConcern> {
        let json = format!(
            r#"{{"name":"t","version":1,"media_mm":{{"width":60,"height":40,"gap":2}},"elements":[{element}]}}"#
        );
        let warnings = lint(&LabelTemplate::parse(&json).unwrap(), dots_per_inch);
        warnings.into_iter().map(|warning| warning.concern).collect()
    }

    fn barcode(symbology: &str, orientation: &str, min_dots: u32, min_mm: f64) -> String {
        format!(
            r#"{{"type":"barcode","name":"b","symbology":"{symbology}","orientation":"{orientation}","value":"{{code}}",
               "box_mm":[0,0,50,40],"min_module_dots":{min_dots},"min_module_mm":{min_mm}}}"#
        )
    }

    fn text(value: &str, rest: &str) -> String {
        format!(r#"{{"type":"text","name":"t","value":"{value}","pt":9,{rest}}}"#)
    }

    #[test]
    fn the_labels_of_the_factory_give_no_cause_for_concern() {
        for kind in LabelKind::ALL {
            for dots_per_inch in [203, 300, 600] {
                assert_eq!(lint(&kind.template().unwrap(), dots_per_inch), [], "{kind:?} at {dots_per_inch} dpi");
            }
        }
    }

    #[test]
    fn a_symbol_that_may_become_too_fine_is_warned_of() {
        let fine = barcode("code128", "ladder", 1, 0.1);
        assert_eq!(concerns(&fine, 203), [LabelConcern::ThinBars { bar_um: 125 }]);
        assert_eq!(concerns(&barcode("code128", "ladder", 2, 0.1), 203), [], "2 dots are 0.25 mm at 203 dpi");
        assert_eq!(concerns(&barcode("code128", "ladder", 2, 0.1), 300), [LabelConcern::ThinBars { bar_um: 169 }]);
        assert_eq!(concerns(&barcode("qr", "picket", 3, 0.1), 203), [LabelConcern::SmallModule { dots: 3 }]);
        assert_eq!(concerns(&barcode("datamatrix", "picket", 3, 0.5), 203), [], "0.5 mm are 4 dots");
    }

    #[test]
    fn a_linear_symbol_across_the_feed_should_be_a_ladder() {
        assert_eq!(concerns(&barcode("code128", "picket", 2, 0.25), 203), [LabelConcern::LadderWanted]);
    }

    #[test]
    fn what_reaches_into_the_box_of_a_symbol_is_named() {
        let rule = r#"{"type":"line","name":"rule","from_mm":[49,1],"to_mm":[55,1],"thickness_mm":0.3}"#;
        let crowded = format!("{},{rule}", barcode("qr", "picket", 4, 0.33));
        assert_eq!(concerns(&crowded, 203), [LabelConcern::QuietZoneCrowded { intruder: "rule".into() }]);
        let beside = format!("{},{}", barcode("qr", "picket", 4, 0.33), rule.replace("49,1", "50,1"));
        assert_eq!(concerns(&beside, 203), [], "boxes may touch");
    }

    #[test]
    fn a_bound_text_with_little_room_is_warned_of() {
        let tight = text("交期 {due}", r#""box_mm":[0,0,16,5],"overflow":"error""#);
        assert_eq!(concerns(&tight, 203), [LabelConcern::OverflowPossible { ideographs: 2 }]);
        let shrinking = text("交期 {due}", r#""box_mm":[0,0,16,5],"min_pt":5,"overflow":"shrink""#);
        assert_eq!(concerns(&shrinking, 203), [], "it may shrink");
        let low = text("交期 {due}", r#""box_mm":[0,0,50,2],"overflow":"error""#);
        let found = concerns(&low, 203);
        assert!(
            matches!(
                found[..],
                [LabelConcern::OverflowPossible { ideographs: 0 }, LabelConcern::Refused(LabelError::Overflow { .. })]
            ),
            "a box that is lower than its line holds nothing: {found:?}"
        );
    }

    #[test]
    fn what_no_data_can_mend_is_refused_at_once() {
        let missing = text("👞", r#""when":"mark","box_mm":[0,0,16,5],"overflow":"error""#);
        let expected = LabelError::MissingGlyph { element: "t".into(), ch: '👞' };
        assert_eq!(concerns(&missing, 203), [LabelConcern::Refused(expected)], "also where it is not always drawn");
        let small = barcode("code128", "ladder", 4, 0.25);
        let found = concerns(&small, 203);
        assert!(matches!(found[..], [LabelConcern::Refused(LabelError::SymbolTooLarge { .. })]), "{found:?}");
    }

    fn altered(alter: impl Fn(&mut LabelTemplate)) -> Vec<LabelWarning> {
        let mut template = LabelTemplate::traveller().unwrap();
        alter(&mut template);
        lint_for(LabelKind::Traveller, &template, 203).unwrap()
    }

    #[test]
    fn a_label_of_a_kind_is_tried_with_what_a_factory_prints_on_it() {
        for kind in LabelKind::ALL {
            assert_eq!(lint_for(kind, &kind.template().unwrap(), 203).unwrap(), [], "{kind:?}");
        }
        let low = altered(|template| {
            for element in &mut template.elements {
                if let Element::Text(text) = element
                    && text.name == "style zh"
                {
                    text.box_mm.width = 16.0;
                }
            }
        });
        assert!(
            matches!(&low[..], [LabelWarning { element, concern: LabelConcern::RefusedWhenLong(_) }] if element == "style zh"),
            "{low:?}"
        );
        assert!(!low[0].concern.forbids_release(), "everyday styles fit");
    }

    #[test]
    fn what_stations_cannot_fill_or_nobody_should_scan_is_refused() {
        let value = |element: &str, value: &str| {
            altered(|template| {
                for each in &mut template.elements {
                    match each {
                        Element::Text(text) if text.name == element => value.clone_into(&mut text.value),
                        Element::Barcode(barcode) if barcode.name == element => value.clone_into(&mut barcode.value),
                        _ => {}
                    }
                }
            })
        };
        let fault = |found: &[LabelWarning]| match found {
            [LabelWarning { concern: LabelConcern::Refused(LabelError::Template { reason, .. }), .. }] => {
                reason.clone()
            }
            other => panic!("{other:?}"),
        };
        let unknown = TemplateFault::UnknownField { field: "price".into() };
        assert_eq!(fault(&value("size", "{price}")), unknown, "a traveller is given no price");
        assert_eq!(fault(&value("code qr", "{work_order}")), TemplateFault::PersonalCode);
    }

    #[test]
    fn a_faulty_element_is_named_and_the_others_are_still_looked_at() {
        let found = altered(|template| {
            template.elements.retain(|element| ["size", "code qr"].contains(&element.name()));
            for element in &mut template.elements {
                match element {
                    Element::Text(text) => text.box_mm.x = -1.0,
                    Element::Barcode(barcode) => barcode.min_module_dots = 1,
                    _ => {}
                }
            }
        });
        let named: Vec<_> = found.iter().map(|warning| warning.element.as_str()).collect();
        assert_eq!(named, ["size", "code qr"], "{found:?}");
        assert!(found.iter().all(|warning| warning.concern.forbids_release()));
    }
}
