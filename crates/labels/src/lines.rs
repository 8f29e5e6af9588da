//! Fits a text into a box of dots: at its size, smaller, or in several lines. Never cut off.

use crate::font::Fonts;
use crate::{FontRole, LabelError, Overflow};

/// A text as it will be set.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fitted {
    pub(crate) em_dots: u32,
    pub(crate) lines: Vec<String>,
}

/// What is to be fitted where.
pub(crate) struct Request<'a> {
    pub(crate) element: &'a str,
    pub(crate) text: &'a str,
    pub(crate) role: FontRole,
    pub(crate) em_dots: u32,
    pub(crate) min_em_dots: u32,
    pub(crate) overflow: Overflow,
    pub(crate) width_dots: u32,
    pub(crate) height_dots: u32,
}

/// From one baseline to the next.
pub(crate) fn pitch_dots(em_dots: u32) -> u32 {
    (em_dots * 115).div_ceil(100)
}

/// From the top of a line to its baseline: room for accented capitals; the rest of the pitch is for descenders.
pub(crate) fn ascent_dots(em_dots: u32) -> u32 {
    em_dots * 90 / 100
}

/// The largest setting that fits, or the refusal.
pub(crate) fn fit(fonts: &Fonts, request: &Request<'_>) -> Result<Fitted, LabelError> {
    if let Some(ch) = fonts.missing_glyph(request.role, request.text) {
        return Err(LabelError::MissingGlyph { element: request.element.to_owned(), ch });
    }
    (request.min_em_dots..=request.em_dots)
        .rev()
        .find_map(|em_dots| set(fonts, request, em_dots))
        .ok_or_else(|| LabelError::Overflow { element: request.element.to_owned(), text: request.text.to_owned() })
}

/// The text at one size, if it fits.
fn set(fonts: &Fonts, request: &Request<'_>, em_dots: u32) -> Option<Fitted> {
    let fits = |line: &str| fonts.width_dots(request.role, em_dots, line) <= request.width_dots;
    let lines = match request.overflow {
        Overflow::Wrap => broken(request.text, fits)?,
        Overflow::Shrink | Overflow::Error => vec![request.text.to_owned()],
    };
    let height_dots = pitch_dots(em_dots) * lines.len() as u32;
    (height_dots <= request.height_dots && lines.iter().all(|line| fits(line))).then_some(Fitted { em_dots, lines })
}

/// Breaks greedily into lines that fit; `None` if a single word does not.
fn broken(text: &str, fits: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let longer = format!("{line}{word}");
        if fits(longer.trim_end()) {
            line = longer;
        } else if fits(word.trim_end()) && !line.is_empty() {
            lines.push(line.trim_end().to_owned());
            line = word.to_owned();
        } else {
            return None;
        }
    }
    lines.push(line.trim_end().to_owned());
    Some(lines)
}

/// Pieces that stay together: Latin words with the blanks and hyphen that end them; every hanzi stands alone, and takes
/// the closing punctuation that may not begin a line.
fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, ch) in text.char_indices() {
        if before.is_some_and(|previous| may_break(previous, ch)) {
            found.push(&text[start..at]);
            start = at;
        }
        before = Some(ch);
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

fn may_break(before: char, after: char) -> bool {
    let wide = |ch: char| ch as u32 >= 0x2E80;
    if after == ' ' || "，。、；：！？）》”’)]},.;:!?%".contains(after) || "（《“‘([{".contains(before)
    {
        return false;
    }
    // A slash ends a piece of an address; the two of `https://` stay together.
    before == ' ' || before == '-' || (before == '/' && after != '/') || wide(before) || wide(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str, overflow: Overflow, min_em_dots: u32) -> Request<'_> {
        let (role, em_dots) = (FontRole::Regular, 24);
        Request { element: "t", text, role, em_dots, min_em_dots, overflow, width_dots: 200, height_dots: 60 }
    }

    #[test]
    fn a_short_text_keeps_its_size() {
        let fitted = fit(Fonts::embedded().unwrap(), &request("牛津鞋", Overflow::Shrink, 12)).unwrap();
        assert_eq!(fitted, Fitted { em_dots: 24, lines: vec!["牛津鞋".into()] });
    }

    #[test]
    fn a_long_text_shrinks_just_enough() {
        let fitted = fit(Fonts::embedded().unwrap(), &request("三接头牛津鞋深棕色", Overflow::Shrink, 12)).unwrap();
        assert_eq!(fitted.em_dots, 22, "nine ideographs in 200 dots leave 22 dots each");
    }

    #[test]
    fn a_text_that_would_be_too_small_is_refused() {
        let refusal = fit(Fonts::embedded().unwrap(), &request(&"鞋".repeat(17), Overflow::Shrink, 12)).unwrap_err();
        assert!(matches!(refusal, LabelError::Overflow { .. }), "17 ideographs need less than 12 dots: {refusal}");
    }

    #[test]
    fn overflow_error_refuses_at_once() {
        let refusal = fit(Fonts::embedded().unwrap(), &request(&"鞋".repeat(9), Overflow::Error, 24)).unwrap_err();
        assert!(matches!(refusal, LabelError::Overflow { .. }), "nothing may shrink: {refusal}");
    }

    #[test]
    fn hanzi_wrap_anywhere_and_latin_at_blanks() {
        let fonts = Fonts::embedded().unwrap();
        let hanzi = fit(fonts, &request("三接头牛津鞋深棕色", Overflow::Wrap, 24)).unwrap();
        assert_eq!(hanzi.lines, ["三接头牛津鞋深棕", "色"]);
        let latin = fit(fonts, &request("Cap-toe oxford dark brown", Overflow::Wrap, 24)).unwrap();
        assert_eq!(latin.lines, ["Cap-toe oxford", "dark brown"]);
    }

    #[test]
    fn closing_punctuation_does_not_begin_a_line() {
        assert_eq!(words("鞋面，里皮 (ok)"), ["鞋", "面，", "里", "皮 ", "(ok)"]);
    }

    #[test]
    fn an_address_breaks_behind_its_slashes() {
        assert_eq!(words("https://a-b.cn/p/W7"), ["https://", "a-", "b.cn/", "p/", "W7"]);
    }
}
