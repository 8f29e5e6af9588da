//! Why a label was refused. Each error names the element, so that whoever wrote the template or the data finds it.

use thiserror::Error;

use crate::{PrinterLanguage, TemplateFault};

/// A label that must not be printed, and why.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LabelError {
    /// The template is not the JSON it should be.
    #[error("template is not readable: {0}")]
    Unreadable(String),
    /// The template is well-formed JSON that makes no sense.
    #[error("template element `{element}`: {reason}")]
    Template {
        /// Name of the element, or of the template's own part (`media_mm`).
        element: String,
        /// What is wrong with it.
        reason: TemplateFault,
    },
    /// No printer of ours has this resolution.
    #[error("{dots_per_inch} dots per inch is outside 150 to 1200")]
    Resolution {
        /// The resolution asked for.
        dots_per_inch: u16,
    },
    /// The data lacks a field that the template binds.
    #[error("element `{element}`: field `{field}` is missing")]
    MissingField {
        /// Element that binds the field.
        element: String,
        /// The field.
        field: String,
    },
    /// The font cannot draw a character. A box or a gap in a customer's name is worse than no label.
    #[error("element `{element}`: the font has no glyph for {ch:?} (U+{:04X})", *.ch as u32)]
    MissingGlyph {
        /// Element whose text holds the character.
        element: String,
        /// The character.
        ch: char,
    },
    /// The text does not fit its box, even as small as the template allows.
    #[error("element `{element}`: text does not fit its box: {text:?}")]
    Overflow {
        /// Element whose box is too small.
        element: String,
        /// The whole text.
        text: String,
    },
    /// The value names no pictogram. A wrong one would be a false declaration, so nothing is guessed.
    #[error("element `{element}`: {word:?} names no pictogram")]
    UnknownPictogram {
        /// The pictogram element.
        element: String,
        /// The value.
        word: String,
    },
    /// The symbology cannot carry the value.
    #[error("element `{element}`: {reason}")]
    Unencodable {
        /// The barcode element.
        element: String,
        /// What the encoder said.
        reason: String,
    },
    /// The symbol with its quiet zones is larger than its box at the smallest module that scans well.
    #[error(
        "element `{element}`: symbol is {modules} modules long and needs {needed_dots} dots, but has {available_dots}"
    )]
    SymbolTooLarge {
        /// The barcode element.
        element: String,
        /// Modules along the tight side, quiet zones included.
        modules: u32,
        /// Dots needed at the smallest allowed module.
        needed_dots: u32,
        /// Dots that the box has.
        available_dots: u32,
    },
    /// Something else would be printed inside a symbol or its quiet zone.
    #[error("element `{element}`: `{intruder}` lies in its quiet zone")]
    QuietZone {
        /// The barcode element.
        element: String,
        /// The element that comes too near.
        intruder: String,
    },
    /// A printer's language cannot say what was asked for.
    #[error("{language}: {reason}")]
    Printer {
        /// The language.
        language: PrinterLanguage,
        /// What it cannot say.
        reason: String,
    },
    /// A vendored font could not be used; the build is damaged.
    #[error("embedded font cannot be read: {0}")]
    Font(String),
    /// The PDF writer complained.
    #[error("pdf: {0}")]
    Pdf(String),
}

impl LabelError {
    /// The element that it is about.
    pub fn element(&self) -> Option<&str> {
        match self {
            Self::Template { element, .. }
            | Self::MissingField { element, .. }
            | Self::MissingGlyph { element, .. }
            | Self::Overflow { element, .. }
            | Self::UnknownPictogram { element, .. }
            | Self::Unencodable { element, .. }
            | Self::SymbolTooLarge { element, .. }
            | Self::QuietZone { element, .. } => Some(element),
            Self::Unreadable(_) | Self::Resolution { .. } | Self::Printer { .. } | Self::Font(_) | Self::Pdf(_) => None,
        }
    }

    /// A template error at `element`.
    pub(crate) fn template(element: impl Into<String>, reason: TemplateFault) -> Self {
        Self::Template { element: element.into(), reason }
    }
}
