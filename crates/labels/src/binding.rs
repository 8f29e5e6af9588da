//! Values with `{field}` in them, and the data that fills them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{LabelError, TemplateFault};

/// What is printed on one label: field name to text. Names are those that the template binds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelData(pub BTreeMap<String, String>);

impl LabelData {
    /// Adds or replaces one field.
    #[must_use]
    pub fn with(mut self, field: &str, text: impl Into<String>) -> Self {
        self.0.insert(field.to_owned(), text.into());
        self
    }

    /// Text of a field, if it is there and not empty.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str).filter(|text| !text.is_empty())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for LabelData {
    fn from(fields: [(&str, &str); N]) -> Self {
        Self(fields.into_iter().map(|(field, text)| (field.to_owned(), text.to_owned())).collect())
    }
}

/// One piece of a bound value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Literal(&'a str),
    Field(&'a str),
}

/// Splits `交期 {promise_date}` into its pieces; the fault says what is wrong with the braces.
pub(crate) fn pieces(value: &str) -> Result<Vec<Piece<'_>>, TemplateFault> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some(open) = rest.find(['{', '}']) {
        let (literal, from_brace) = rest.split_at(open);
        if !literal.is_empty() {
            found.push(Piece::Literal(literal));
        }
        let Some((field, after)) = from_brace.strip_prefix('{').and_then(|inner| inner.split_once('}')) else {
            return Err(TemplateFault::Brace { value: value.to_owned() });
        };
        if !is_field_name(field) {
            return Err(TemplateFault::FieldName { field: field.to_owned() });
        }
        found.push(Piece::Field(field));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Literal(rest));
    }
    Ok(found)
}

/// Field names are plain, so that a typing error in a template is found when it is parsed.
pub(crate) fn is_field_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Fills a value; an absent field is an error, an empty one is printed as nothing.
pub(crate) fn fill(element: &str, value: &str, data: &LabelData) -> Result<String, LabelError> {
    let mut text = String::new();
    for piece in pieces(value).map_err(|reason| LabelError::template(element, reason))? {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Field(field) => text.push_str(
                data.0
                    .get(field)
                    .ok_or_else(|| LabelError::MissingField { element: element.to_owned(), field: field.to_owned() })?,
            ),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_mixes_words_and_fields() {
        let data = LabelData::from([("date", "2026-03-14")]);
        assert_eq!(fill("due", "交期 {date}!", &data).unwrap(), "交期 2026-03-14!", "literals stay around the field");
    }

    #[test]
    fn a_field_value_with_braces_is_not_expanded_again() {
        let data = LabelData::from([("a", "{b}"), ("b", "secret")]);
        assert_eq!(fill("x", "{a}", &data).unwrap(), "{b}", "data is text, never a template");
    }

    #[test]
    fn broken_braces_are_refused_with_the_reason() {
        for value in ["{open", "close}", "{}", "{Has Space}", "{{a}}"] {
            assert!(pieces(value).is_err(), "{value:?} must be refused");
        }
    }

    #[test]
    fn a_missing_field_names_element_and_field() {
        let refusal = fill("due", "{date}", &LabelData::default()).unwrap_err();
        assert_eq!(refusal, LabelError::MissingField { element: "due".into(), field: "date".into() });
    }
}
