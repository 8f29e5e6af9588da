//! Element strings: identifier and value one behind the other, as GS1-128, GS1 DataMatrix and GS1 QR carry them.

use super::{ApplicationIdentifier, Gs1Data, Gs1Fault};

/// Ends a value of variable length, unless it is the last: how scanners send the symbol's FNC1.
pub const SEPARATOR: char = '\u{1d}';

impl Gs1Data {
    /// Reads an element string, without the symbology identifier that came before it.
    ///
    /// A separator is allowed behind every value, also where none is needed, as the standard asks of readers.
    ///
    /// # Errors
    /// [`Gs1Fault`] names what cannot be read.
    pub fn parse_element_string(text: &str) -> Result<Self, Gs1Fault> {
        let mut data = Self { elements: Vec::new() };
        let mut rest = text;
        while !rest.is_empty() {
            let ai = ApplicationIdentifier::at_the_front_of(rest)
                .ok_or_else(|| Gs1Fault::UnknownIdentifier { found: rest.chars().take(4).collect() })?;
            let behind = &rest[ai.digits.len()..];
            let (value, next) = cut(ai, behind)?;
            data.add(ai, value)?;
            rest = next.strip_prefix(SEPARATOR).unwrap_or(next);
        }
        data.whole()
    }

    /// The element string, with separators where they are needed and nowhere else.
    pub fn to_element_string(&self) -> String {
        let mut text = String::new();
        for (place, element) in self.elements.iter().enumerate() {
            text.push_str(element.ai.digits);
            text.push_str(&element.value);
            if !element.ai.predefined_length && place + 1 < self.elements.len() {
                text.push(SEPARATOR);
            }
        }
        text
    }
}

/// The value at the front of a text, and what is behind it.
fn cut<'a>(ai: &'static ApplicationIdentifier, text: &'a str) -> Result<(&'a str, &'a str), Gs1Fault> {
    let end = text.find(SEPARATOR).unwrap_or(text.len());
    if !ai.predefined_length {
        return Ok(text.split_at(end));
    }
    let wrong_length = Gs1Fault::WrongLength { ai: ai.digits };
    if ai.most() > end { Err(wrong_length) } else { text.split_at_checked(ai.most()).ok_or(wrong_length) }
}
