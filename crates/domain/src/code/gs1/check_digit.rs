//! The check digit of GTIN, GLN, SSCC and GSRN.

/// The digit that belongs behind a row of digits; `None` if it holds anything else, or nothing.
///
/// Source: GS1 General Specifications §7.9.1: modulo 10, weights 3 and 1 in turn, 3 for the last digit before the check.
pub fn check_digit(stem: &str) -> Option<char> {
    let mut sum = 0;
    for (place, character) in stem.chars().rev().enumerate() {
        let digit = character.to_digit(10)?;
        sum = (sum + if place.is_multiple_of(2) { 3 * digit } else { digit }) % 10;
    }
    if stem.is_empty() { None } else { char::from_digit((10 - sum) % 10, 10) }
}

/// Whether the last digit of `digits` checks the others.
pub(super) fn is_checked(digits: &str) -> bool {
    let mut stem = digits.chars();
    let last = stem.next_back();
    last.is_some() && check_digit(stem.as_str()) == last
}
