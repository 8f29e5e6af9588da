//! What must not be printed is refused, and the refusal says which element and why.

use cordwainer_labels::{
    CodeSheetCell, CodeSheetSection, LabelData, LabelError, LabelTemplate, code_sheet_pdf, resolve,
};

use crate::traveller_data;

fn traveller_with(field: &str, text: &str) -> Result<(), LabelError> {
    resolve(&LabelTemplate::traveller()?, &traveller_data().with(field, text), 203).map(drop)
}

fn template(elements: &str) -> Result<LabelTemplate, LabelError> {
    LabelTemplate::parse(&format!(
        r#"{{"name":"t","version":1,"media_mm":{{"width":60,"height":40,"gap":2}},"elements":[{elements}]}}"#
    ))
}

#[test]
fn a_missing_glyph_refuses_the_label() {
    let refusal = traveller_with("style_zh", "牛津鞋👞").unwrap_err();
    assert_eq!(refusal, LabelError::MissingGlyph { element: "style zh".into(), ch: '👞' });
    assert_eq!(refusal.to_string(), "element `style zh`: the font has no glyph for '👞' (U+1F45E)");
    assert!(matches!(traveller_with("size", "26\n5"), Err(LabelError::MissingGlyph { ch: '\n', .. })));
}

#[test]
fn long_names_shrink_or_wrap_and_longer_ones_are_refused() {
    assert_eq!(traveller_with("style_zh", &"鞋".repeat(30)), Ok(()), "30 ideographs fit in two small lines");
    let refusal = traveller_with("style_zh", &"鞋".repeat(200)).unwrap_err();
    assert!(matches!(refusal, LabelError::Overflow { ref element, .. } if element == "style zh"), "{refusal}");
}

#[test]
fn a_missing_field_is_named() {
    let mut data = traveller_data();
    data.0.remove("promise_date");
    let refusal = resolve(&LabelTemplate::traveller().unwrap(), &data, 203).unwrap_err();
    assert_eq!(
        refusal,
        LabelError::MissingField { element: "promise date".into(), field: "promise_date".into() },
        "a blank in place of a promise would go unnoticed"
    );
}

#[test]
fn a_code_that_is_too_long_for_the_ladder_is_refused() {
    let refusal = traveller_with("code", "WO24-000001-30-LEFT").unwrap_err();
    assert!(matches!(refusal, LabelError::SymbolTooLarge { ref element, .. } if element == "code ladder"), "{refusal}");
}

#[test]
fn a_code_that_code_128_cannot_carry_is_refused() {
    let refusal = traveller_with("code", "W7K3鞋").unwrap_err();
    assert!(matches!(refusal, LabelError::Unencodable { ref element, .. } if element == "code ladder"), "{refusal}");
}

#[test]
fn nothing_may_be_printed_into_a_quiet_zone() {
    let overlapping = template(
        r#"{"type":"barcode","name":"code","symbology":"qr","value":"X","box_mm":[0,0,20,20],"min_module_dots":4,"min_module_mm":0.3},
           {"type":"line","name":"rule","from_mm":[1,0],"to_mm":[1,40],"thickness_mm":0.3}"#,
    );
    let refusal = resolve(&overlapping.unwrap(), &LabelData::default(), 203).unwrap_err();
    assert_eq!(refusal, LabelError::QuietZone { element: "code".into(), intruder: "rule".into() });
}

#[test]
fn a_resolution_of_no_printer_is_refused() {
    for dots_per_inch in [0, 149, 1201, u16::MAX] {
        let refusal = resolve(&LabelTemplate::traveller().unwrap(), &traveller_data(), dots_per_inch);
        assert_eq!(refusal, Err(LabelError::Resolution { dots_per_inch }));
    }
}

#[test]
fn a_wrong_template_names_the_element_and_the_reason() {
    const TEXT: &str = r#""type":"text","name":"t","value":"x""#;
    let text = |rest: &str| format!("{{{TEXT},{rest}}}");
    let cases = [
        (text(r#""box_mm":[50,0,20,5],"pt":9,"overflow":"error""#), "leaves the 60 × 40 mm label"),
        (text(r#""box_mm":[0,0,0,5],"pt":9,"overflow":"error""#), "no area"),
        (text(r#""box_mm":[0,0,9,5],"pt":9,"overflow":"shrink""#), "needs `min_pt`"),
        (text(r#""box_mm":[0,0,9,5],"pt":9,"min_pt":10,"overflow":"shrink""#), "min_pt 10 is outside"),
        (text(r#""box_mm":[0,0,9,5],"pt":9,"min_pt":6,"overflow":"error""#), "never shrinks"),
        (text(r#""box_mm":[0,0,9,5],"pt":900,"overflow":"error""#), "outside 4 to 200"),
        (text(r#""box_mm":[0,0,9,5],"pt":9,"overflow":"error","when":"Re print""#), "`when` is not a field name"),
        (
            format!("{0},{0}", text(r#""box_mm":[0,0,9,5],"pt":9,"overflow":"error""#)),
            "two elements have this name",
        ),
        (
            r#"{"type":"text","name":"t","value":"{code","box_mm":[0,0,9,5],"pt":9,"overflow":"error"}"#.to_owned(),
            "unmatched brace",
        ),
        (
            r#"{"type":"line","name":"t","from_mm":[0,0],"to_mm":[5,5],"thickness_mm":1}"#.to_owned(),
            "horizontal or vertical",
        ),
        (r#"{"type":"rect","name":"t","box_mm":[0,0,5,5],"frame_mm":3}"#.to_owned(), "thinner than half"),
        (
            r#"{"type":"barcode","name":"t","symbology":"qr","value":"x","box_mm":[0,0,9,9],"min_module_dots":0,"min_module_mm":0.3}"#
                .to_owned(),
            "at least 1 dot",
        ),
    ];
    for (elements, reason) in cases {
        let refusal = template(&elements).expect_err(reason).to_string();
        assert!(refusal.starts_with("template element `t`:") && refusal.contains(reason), "{elements}: {refusal}");
    }
}

#[test]
fn json_that_is_not_a_template_is_unreadable() {
    for json in
        ["", "{", "[]", r#"{"name":"t","version":1,"media_mm":{"width":1,"height":1,"gap":0},"elements":[],"x":1}"#]
    {
        assert!(matches!(LabelTemplate::parse(json), Err(LabelError::Unreadable(_))), "{json:?}");
    }
    let misspelt =
        r#"{"type":"text","name":"t","value":"x","box_mm":[0,0,9,5],"pt":9,"overflow":"error","alingn":"left"}"#;
    assert!(template(misspelt).unwrap_err().to_string().contains("alingn"), "a misspelt key must not be ignored");
}

#[test]
fn a_media_size_that_would_need_gigabytes_is_refused() {
    let json = r#"{"name":"t","version":1,"media_mm":{"width":100000,"height":40,"gap":2},"elements":[]}"#;
    assert!(LabelTemplate::parse(json).unwrap_err().to_string().contains("media_mm"));
}

#[test]
fn a_sheet_refuses_a_bad_cell_by_its_code() {
    let cell = CodeSheetCell {
        code: "B0000001K".into(),
        caption_zh: "👞".into(),
        caption_en: String::new(),
        note: String::new(),
    };
    let refusal = code_sheet_pdf("t", &[CodeSheetSection { heading: "h".into(), cells: vec![cell] }]).unwrap_err();
    assert!(refusal.to_string().contains("B0000001K caption zh"), "{refusal}");
}
