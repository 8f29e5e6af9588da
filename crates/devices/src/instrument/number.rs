//! A number as instruments write it, as plain decimal text.

/// More digits than any instrument has; a longer row is noise.
const MOST_DIGITS: usize = 15;

/// Reads `+  1.234`, `-0000.50` or `.5` as `1.234`, `-0.50` and `0.5`. Digits behind the point stay, for they say how fine
/// the reading is. A comma is refused: it is a decimal point in one country and splits thousands in the next.
pub(super) fn decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text).trim_start()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let count = whole.len() + fraction.len();
    let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if count == 0 || count > MOST_DIGITS || !all_digits {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let is_zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
    let sign = if negative && !is_zero { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_digits_and_loses_its_padding() {
        for (sent, read) in [
            ("+  1.230", "1.230"),
            ("-0000.50", "-0.50"),
            ("- 12", "-12"),
            ("00012.34", "12.34"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-0.00", "0.00"),
            ("000000000000001", "1"),
        ] {
            assert_eq!(decimal(sent).as_deref(), Some(read), "for {sent:?}");
        }
    }

    #[test]
    fn what_is_no_plain_number_is_none() {
        for sent in ["", "+", ".", "-.", "1,5", "1.2.3", "1 2", "1e3", "+-1", "--1", "٣", "0000000000000001"] {
            assert_eq!(decimal(sent), None, "for {sent:?}");
        }
    }
}
