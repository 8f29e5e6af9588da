//! The printer languages, chosen by a word of the configuration, and what each needs to know besides the picture.

use std::fmt;
use std::num::NonZeroU16;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::reading::{ReadError, SeenLabel};
use crate::{
    LabelError, LabelTemplate, Raster, epl, epl_reader, escpos, escpos_reader, tspl, tspl_reader, zpl, zpl_reader,
};

/// What a printer speaks. A printer is never asked which: the question, in the wrong language, is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrinterLanguage {
    /// ZPL II: Zebra and its emulations.
    Zpl,
    /// TSPL and TSPL2: TSC, Gprinter, Xprinter and many more.
    Tspl,
    /// ESC/POS raster: receipt printers and cheap label modes.
    EscPos,
    /// EPL2: older Zebra and Eltron.
    Epl,
}

/// What is to be done with one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintSettings {
    /// How many labels of it.
    pub copies: NonZeroU16,
    /// Resolution of the head; TSPL says the label's size in millimetres.
    pub dots_per_inch: u16,
    /// Gap between two labels; 0 for continuous paper. ZPL and ESC/POS leave it as it is set at the printer.
    pub gap_mm: f64,
    /// Darkness in the language's own steps ([`PrinterLanguage::darkness_steps`]); absent: as set at the printer.
    pub darkness: Option<u8>,
    /// Speed ([`PrinterLanguage::speed_steps`]); absent: as set at the printer.
    pub speed: Option<u8>,
    /// How an ESC/POS printer ends a label; the others know by the gap.
    pub ending: LabelEnding,
}

/// What an ESC/POS printer does after the last row of a label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelEnding {
    /// `ESC J`: feeds so many dots and stops.
    Feed(u8),
    /// `GS FF`: feeds to the next gap or mark; for label rolls.
    NextLabel,
    /// `GS V 66`: feeds to the cutter and cuts, leaving a hinge; for continuous paper.
    #[default]
    Cut,
}

impl PrintSettings {
    /// One label of a template, with darkness and speed as they are set at the printer.
    pub fn of(template: &LabelTemplate, dots_per_inch: u16) -> Self {
        Self {
            copies: NonZeroU16::MIN,
            dots_per_inch,
            gap_mm: template.media_mm.gap,
            darkness: None,
            speed: None,
            ending: LabelEnding::default(),
        }
    }
}

impl PrinterLanguage {
    /// Every language.
    pub const ALL: [Self; 4] = [Self::Zpl, Self::Tspl, Self::EscPos, Self::Epl];

    /// The word in a configuration: `zpl`, `tspl`, `escpos` or `epl`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zpl => "zpl",
            Self::Tspl => "tspl",
            Self::EscPos => "escpos",
            Self::Epl => "epl",
        }
    }

    /// The darknesses that can be asked for; `None` where only the printer's own switches set it.
    ///
    /// Sources: `~SD` in the Zebra ZPL II guide, `DENSITY` in the TSC TSPL2 manual, `D` in the EPL2 manual.
    pub const fn darkness_steps(self) -> Option<RangeInclusive<u8>> {
        match self {
            Self::Zpl => Some(0..=30),
            Self::Tspl | Self::Epl => Some(0..=15),
            Self::EscPos => None,
        }
    }

    /// The speeds that can be asked for: inches a second, but in EPL2 a number whose meaning the model's manual tells.
    pub const fn speed_steps(self) -> Option<RangeInclusive<u8>> {
        match self {
            Self::Zpl => Some(1..=14),
            Self::Tspl => Some(1..=18),
            Self::Epl => Some(0..=6),
            Self::EscPos => None,
        }
    }

    /// The bytes that print a picture.
    ///
    /// # Errors
    /// [`LabelError::Printer`] if the picture is empty or the language cannot say what the settings ask for. A setting
    /// that would be ignored is refused too: whoever configured it believes that it works.
    pub fn encode(self, raster: &Raster, settings: &PrintSettings) -> Result<Vec<u8>, LabelError> {
        self.check(raster, settings).map_err(|reason| LabelError::Printer { language: self, reason })?;
        Ok(match self {
            Self::Zpl => zpl::encode_as(raster, settings.copies, settings.darkness, settings.speed),
            Self::Tspl => tspl::encode(raster, settings),
            Self::EscPos => escpos::encode(raster, settings.copies, settings.ending),
            Self::Epl => epl::encode(raster, settings),
        })
    }

    /// What a strict printer of this language and resolution would make of some bytes.
    ///
    /// # Errors
    /// [`ReadError`] says where the bytes end too early or are wrong, and why.
    pub fn read(self, bytes: &[u8], dots_per_inch: u16) -> Result<Vec<SeenLabel>, ReadError> {
        match self {
            Self::Zpl => zpl_reader::read_labels(bytes),
            Self::Tspl => tspl_reader::read_labels(bytes, dots_per_inch),
            Self::EscPos => escpos_reader::read_labels(bytes),
            Self::Epl => epl_reader::read_labels(bytes, dots_per_inch),
        }
    }

    fn check(self, raster: &Raster, settings: &PrintSettings) -> Result<(), String> {
        let (width, height) = (raster.width_dots(), raster.height_dots());
        let largest = match self {
            Self::Zpl | Self::Tspl => u32::MAX,
            // Two bytes count the bytes of a row, or the dots of a label.
            Self::EscPos => u32::from(u16::MAX) * 8,
            Self::Epl => u32::from(u16::MAX),
        };
        if width == 0 || height == 0 || width > largest || height > largest {
            return Err(format!("a picture of {width} × {height} dots cannot be printed"));
        }
        if !(150..=1200).contains(&settings.dots_per_inch) || !(0.0..=100.0).contains(&settings.gap_mm) {
            return Err(format!("{} dpi with a gap of {} mm is no printer", settings.dots_per_inch, settings.gap_mm));
        }
        check_steps("darkness", settings.darkness, self.darkness_steps())?;
        check_steps("speed", settings.speed, self.speed_steps())?;
        if self == Self::Epl { epl::gap_dots(settings).map(drop) } else { Ok(()) }
    }
}

fn check_steps(what: &str, wanted: Option<u8>, steps: Option<RangeInclusive<u8>>) -> Result<(), String> {
    match (wanted, steps) {
        (Some(wanted), None) => Err(format!("the language sets no {what}, so {wanted} would be ignored")),
        (Some(wanted), Some(steps)) if !steps.contains(&wanted) => {
            Err(format!("{what} {wanted} is outside {} to {}", steps.start(), steps.end()))
        }
        _ => Ok(()),
    }
}

/// A word that names no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no printer language; known are zpl, tspl, escpos and epl")]
pub struct UnknownLanguage(pub String);

impl FromStr for PrinterLanguage {
    type Err = UnknownLanguage;

    fn from_str(word: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.word() == word).ok_or_else(|| UnknownLanguage(word.to_owned()))
    }
}

impl fmt::Display for PrinterLanguage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> PrintSettings {
        PrintSettings::of(&LabelTemplate::traveller().unwrap(), 203)
    }

    #[test]
    fn a_language_is_chosen_by_its_word_in_text_and_in_json() {
        for language in PrinterLanguage::ALL {
            assert_eq!(language.word().parse(), Ok(language));
            assert_eq!(serde_json::to_string(&language).unwrap(), format!("\"{language}\""), "one word everywhere");
        }
        let refusal = "ZPL".parse::<PrinterLanguage>().unwrap_err().to_string();
        assert_eq!(refusal, "\"ZPL\" is no printer language; known are zpl, tspl, escpos and epl");
    }

    #[test]
    fn a_setting_that_a_language_cannot_say_is_refused_in_words() {
        let cases = [
            (
                PrinterLanguage::Zpl,
                PrintSettings { darkness: Some(31), ..settings() },
                "darkness 31 is outside 0 to 30",
            ),
            (
                PrinterLanguage::Tspl,
                PrintSettings { darkness: Some(16), ..settings() },
                "darkness 16 is outside 0 to 15",
            ),
            (PrinterLanguage::Epl, PrintSettings { speed: Some(7), ..settings() }, "speed 7 is outside 0 to 6"),
            (
                PrinterLanguage::EscPos,
                PrintSettings { speed: Some(4), ..settings() },
                "sets no speed, so 4 would be ignored",
            ),
            (PrinterLanguage::Epl, PrintSettings { gap_mm: 1.0, ..settings() }, "gap of 8 dots is outside 16 to 240"),
            (PrinterLanguage::Tspl, PrintSettings { gap_mm: f64::NAN, ..settings() }, "is no printer"),
        ];
        for (language, settings, reason) in cases {
            let refusal = language.encode(&Raster::white(8, 8), &settings).expect_err(reason).to_string();
            assert!(refusal.starts_with(language.word()) && refusal.contains(reason), "{refusal}");
        }
    }

    #[test]
    fn an_empty_picture_is_no_label() {
        for language in PrinterLanguage::ALL {
            for (width, height) in [(0, 8), (8, 0)] {
                let refusal = language.encode(&Raster::white(width, height), &settings());
                assert!(matches!(refusal, Err(LabelError::Printer { .. })), "{language} {width} × {height}");
            }
        }
    }
}
