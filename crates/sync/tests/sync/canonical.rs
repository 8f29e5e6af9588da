//! Canonical JSON, against RFC 8785 within the subset: strings, integers, true, false, null, arrays, objects.

use cordwainer_sync::{CanonicalFault, canonical_json};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn canonical(text: &str) -> String {
    String::from_utf8(canonical_json(&serde_json::from_str(text).unwrap()).unwrap()).unwrap()
}

#[test]
fn members_are_sorted_as_rfc_8785_section_3_2_3_shows() {
    let shown = r#"{
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let value: Value = serde_json::from_str(&canonical(shown)).unwrap();
    let bytes = canonical(shown);
    let mut places: Vec<(usize, &str)> = value
        .as_object()
        .unwrap()
        .values()
        .map(|name| (bytes.find(name.as_str().unwrap()).unwrap(), name.as_str().unwrap()))
        .collect();
    places.sort_unstable();
    let order: Vec<&str> = places.into_iter().map(|(_, name)| name).collect();
    let expected = [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ];
    assert_eq!(order, expected, "by UTF-16 code unit: the emoji's surrogates stand before U+FB33");
}

#[test]
fn strings_and_literals_are_written_as_rfc_8785_section_3_2_2_shows() {
    let shown = r#"{
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = "{\"literals\":[null,true,false],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical(shown), expected, "the worked example without its floats");
}

#[test]
fn every_control_character_has_its_one_escape() {
    for code in 0..0x20_u32 {
        let text = char::from_u32(code).unwrap().to_string();
        let bytes = canonical_json(&Value::String(text.clone())).unwrap();
        let expected = match code {
            0x08 => "\\b".to_owned(),
            0x09 => "\\t".to_owned(),
            0x0a => "\\n".to_owned(),
            0x0c => "\\f".to_owned(),
            0x0d => "\\r".to_owned(),
            _ => format!("\\u{code:04x}"),
        };
        assert_eq!(String::from_utf8(bytes).unwrap(), format!("\"{expected}\""), "U+{code:04X}");
    }
    assert_eq!(canonical("\"\u{7f}\u{80}\u{2028}皮\""), "\"\u{7f}\u{80}\u{2028}皮\"", "nothing else is escaped");
}

#[test]
fn a_number_that_programs_read_differently_is_refused() {
    for (number, fault) in [
        (json!(0.5), CanonicalFault::Float),
        (json!(1e2), CanonicalFault::Float),
        (json!(-0.0), CanonicalFault::Float),
        (json!(9_007_199_254_740_992_u64), CanonicalFault::TooLarge),
        (json!(-9_007_199_254_740_992_i64), CanonicalFault::TooLarge),
        (json!(u64::MAX), CanonicalFault::TooLarge),
        (json!(i64::MIN), CanonicalFault::TooLarge),
    ] {
        assert_eq!(canonical_json(&json!({ "deep": [[number]] })), Err(fault), "{number}");
    }
    for number in [0, -1, 9_007_199_254_740_991_i64, -9_007_199_254_740_991] {
        assert_eq!(
            canonical_json(&json!(number)).unwrap(),
            number.to_string().into_bytes(),
            "{number} is exact everywhere"
        );
    }
}

fn values() -> impl Strategy<Value = Value> {
    let integers = -9_007_199_254_740_991_i64..=9_007_199_254_740_991;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        integers.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((".{0,6}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn backwards(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(backwards).collect()),
        Value::Object(members) => Value::Object(
            members.iter().rev().map(|(key, value)| (key.clone(), backwards(value))).collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(crate::trials(200))]

    #[test]
    fn canonical_bytes_are_a_fixed_point_that_means_the_same(value in values()) {
        let bytes = canonical_json(&value).unwrap();
        let read: Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(&read, &value, "nothing is lost");
        prop_assert_eq!(canonical_json(&read).unwrap(), bytes, "canonical of canonical");
    }

    #[test]
    fn the_order_in_which_members_were_written_does_not_matter(value in values()) {
        prop_assert_eq!(canonical_json(&backwards(&value)).unwrap(), canonical_json(&value).unwrap(), "one value, one text");
    }

    #[test]
    fn different_values_have_different_bytes(a in values(), b in values()) {
        prop_assert_eq!(a == b, canonical_json(&a).unwrap() == canonical_json(&b).unwrap(), "bytes stand for the value");
    }
}
