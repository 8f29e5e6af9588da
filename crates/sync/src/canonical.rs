//! Canonical JSON: one value, one byte string. Keys sorted by UTF-16 code unit, no blanks, integers only.
//!
//! Text rather than a binary format, so that anyone can verify a pair's history with any language at hand. Fractions are
//! written as decimal strings; a float is refused, because its text depends on who prints it. The subset agrees with
//! RFC 8785 (JCS) for every value that is accepted here.

use std::cmp::Ordering;

use serde_json::Value;

/// Why a value has no canonical bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CanonicalFault {
    /// A fraction as a float.
    #[error("a float has no canonical form; write decimals as strings")]
    Float,
    /// An integer that programs which hold numbers as doubles would round.
    #[error("an integer beyond 2^53 - 1 has no canonical form; write it as a string")]
    TooLarge,
}

/// The largest integer that every JSON program reads the same.
const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// The canonical bytes of a value.
///
/// # Errors
/// [`CanonicalFault`] if any number is not an integer, or too large for one.
pub fn canonical_json(value: &Value) -> Result<Vec<u8>, CanonicalFault> {
    let mut out = Vec::with_capacity(512);
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalFault> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            let magnitude = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if magnitude.ok_or(CanonicalFault::Float)? > LARGEST_INTEGER {
                return Err(CanonicalFault::TooLarge);
            }
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // The map may or may not be sorted already: another crate can switch that on for the whole build.
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_unstable_by(|(a, _), (b, _)| by_utf16(a, b));
            out.push(b'{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(key, out);
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// The order of two keys. Nearly all are ASCII, which bytes and UTF-16 code units order alike.
fn by_utf16(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

/// Everything that is escaped is a single byte of UTF-8; what stands between is taken over as it is.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(place) = rest.iter().position(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\')) {
        let (plain, escaped) = rest.split_at(place);
        out.extend_from_slice(plain);
        match escaped[0] {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            control => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
        }
        rest = &escaped[1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::{CanonicalFault, canonical_json};
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_blanks_are_gone() {
        let bytes = canonical_json(&json!({"b": [1, {"z": null, "a": true}], "a": "皮\n\"鞋\"", "ab": -3})).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            r#"{"a":"皮\n\"鞋\"","ab":-3,"b":[1,{"a":true,"z":null}]}"#,
            "one value must have one byte string"
        );
    }

    #[test]
    fn keys_beyond_ascii_are_in_the_order_of_their_utf16_units() {
        let bytes = canonical_json(&json!({"\u{ff5e}": 1, "\u{1f45e}": 2, "皮": 3, "z": 4})).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "{\"z\":4,\"皮\":3,\"\u{1f45e}\":2,\"\u{ff5e}\":1}",
            "a surrogate comes before U+FF5E, whatever UTF-8 says"
        );
    }

    proptest::proptest! {
        #[test]
        fn a_text_is_escaped_as_another_program_escapes_it(text in "[\\x00-\\x7f鞋👞\u{2028}]{0,40}") {
            let other = serde_json::to_vec(&text).unwrap();
            proptest::prop_assert_eq!(canonical_json(&json!(text)).unwrap(), other);
        }
    }

    #[test]
    fn a_float_is_refused_rather_than_printed_somehow() {
        assert_eq!(
            canonical_json(&json!({"pitch": 3.5})),
            Err(CanonicalFault::Float),
            "floats differ between printers"
        );
    }

    #[test]
    fn control_characters_are_escaped_as_rfc_8785_says() {
        assert_eq!(
            canonical_json(&json!("\u{1}\u{8}\t")).unwrap(),
            b"\"\\u0001\\b\\t\"",
            "lower-case hex, short escapes first"
        );
    }
}
