//! The two vendored fonts, parsed once, and what the layout asks of them: is there a glyph, and how wide is the text.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, OutlinedGlyph, PxScale, ScaleFont, point};
use serde::{Deserialize, Serialize};

use crate::LabelError;

/// Noto Sans SC Regular, whole: rare surnames must print, so it is not cut down to GB 2312.
pub(crate) const REGULAR_TTF: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-Regular.ttf");
/// Noto Sans SC Bold, for what is read from a distance.
pub(crate) const BOLD_TTF: &[u8] = include_bytes!("../../../assets/fonts/NotoSansSC-Bold.ttf");

/// Which of the vendored fonts a text uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FontRole {
    /// Running text.
    #[default]
    Regular,
    /// Text that must be read from a distance.
    Bold,
}

/// Both fonts, ready to measure and outline.
pub(crate) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    /// The vendored fonts. Parsing reads tables in place; the 10 MB files are never copied.
    pub(crate) fn embedded() -> Result<&'static Self, LabelError> {
        static FONTS: OnceLock<Result<Fonts, LabelError>> = OnceLock::new();
        let parse = |bytes| FontRef::try_from_slice(bytes).map_err(|error| LabelError::Font(error.to_string()));
        FONTS
            .get_or_init(|| Ok(Self { regular: parse(REGULAR_TTF)?, bold: parse(BOLD_TTF)? }))
            .as_ref()
            .map_err(Clone::clone)
    }

    fn font(&self, role: FontRole) -> &FontRef<'static> {
        match role {
            FontRole::Regular => &self.regular,
            FontRole::Bold => &self.bold,
        }
    }

    /// First character that cannot be drawn. Control characters count: nobody sees them on paper.
    pub(crate) fn missing_glyph(&self, role: FontRole, text: &str) -> Option<char> {
        text.chars().find(|&ch| ch.is_control() || self.font(role).glyph_id(ch).0 == 0)
    }

    /// Width of one line at `em_dots` dots per em, rounded up.
    pub(crate) fn width_dots(&self, role: FontRole, em_dots: u32, text: &str) -> u32 {
        let font = self.font(role).as_scaled(scale(self.font(role), em_dots));
        text.chars().map(|ch| font.h_advance(font.glyph_id(ch))).sum::<f32>().ceil() as u32
    }

    /// Outlines of one line with its left end at `x` and its baseline at `baseline`. Pens stand on whole dots, so that
    /// equal characters look equal.
    pub(crate) fn outlines(
        &self,
        role: FontRole,
        em_dots: u32,
        (x, baseline): (u32, u32),
        text: &str,
    ) -> Vec<OutlinedGlyph> {
        let font = self.font(role);
        let scaled = font.as_scaled(scale(font, em_dots));
        let mut pen = x as f32;
        let mut outlines = Vec::new();
        for ch in text.chars() {
            let id = font.glyph_id(ch);
            let glyph = id.with_scale_and_position(scaled.scale(), point(pen.round(), baseline as f32));
            outlines.extend(font.outline_glyph(glyph));
            pen += scaled.h_advance(id);
        }
        outlines
    }
}

/// `ab_glyph` scales by ascent minus descent; labels are specified by the em, as type always is.
fn scale(font: &FontRef<'_>, em_dots: u32) -> PxScale {
    let em_units = font.units_per_em().unwrap_or(1000.0);
    PxScale::from(em_dots as f32 * font.height_unscaled() / em_units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hanzi_is_one_em_wide() {
        let fonts = Fonts::embedded().unwrap();
        assert_eq!(fonts.width_dots(FontRole::Regular, 25, "鞋履"), 50, "two ideographs at 25 dots per em");
    }

    #[test]
    fn both_fonts_hold_rare_surnames_and_the_label_words() {
        let fonts = Fonts::embedded().unwrap();
        for role in [FontRole::Regular, FontRole::Bold] {
            assert_eq!(fonts.missing_glyph(role, "补打返工鞋楦沿条勾心 逄 昝 爨 亓 Ü é ½ · →"), None, "{role:?}");
        }
    }

    #[test]
    fn an_emoji_and_a_control_character_are_missing() {
        let fonts = Fonts::embedded().unwrap();
        assert_eq!(fonts.missing_glyph(FontRole::Regular, "鞋👞"), Some('👞'));
        assert_eq!(fonts.missing_glyph(FontRole::Regular, "a\nb"), Some('\n'));
    }
}
