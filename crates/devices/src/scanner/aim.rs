//! The symbology identifier that a scanner may be set up to send before the data. Pure.

use std::fmt;

use serde::Serialize;

/// A symbology identifier of ISO/IEC 15424, such as `]C0`, which a scanner may be set up to send before the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct AimId {
    code: char,
    modifier: char,
}

/// The families of symbols that matter on a shop floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Code 128, GS1-128 included.
    Code128,
    /// Code 39.
    Code39,
    /// Interleaved 2 of 5, as on outer cartons.
    Itf,
    /// Data Matrix.
    DataMatrix,
    /// QR code.
    Qr,
    /// EAN and UPC: retail codes, which are never ours.
    EanUpc,
    /// GS1 DataBar.
    DataBar,
    /// PDF417, as on shipping papers.
    Pdf417,
    /// Anything else.
    Other,
}

impl Symbology {
    /// The name as it is printed in scanners' manuals, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code128 => "Code 128",
            Self::Code39 => "Code 39",
            Self::Itf => "Interleaved 2 of 5",
            Self::DataMatrix => "Data Matrix",
            Self::Qr => "QR",
            Self::EanUpc => "EAN/UPC",
            Self::DataBar => "GS1 DataBar",
            Self::Pdf417 => "PDF417",
            Self::Other => "?",
        }
    }

    /// Whether labels of ours are printed in it.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Code128 | Self::DataMatrix | Self::Qr)
    }
}

impl AimId {
    /// The family of the symbol that was read.
    pub fn symbology(self) -> Symbology {
        match self.code {
            'A' => Symbology::Code39,
            'C' => Symbology::Code128,
            'E' => Symbology::EanUpc,
            'I' => Symbology::Itf,
            'L' => Symbology::Pdf417,
            'd' => Symbology::DataMatrix,
            'e' => Symbology::DataBar,
            'Q' => Symbology::Qr,
            _ => Symbology::Other,
        }
    }

    /// Whether the data follows GS1 syntax (FNC1 in first position).
    pub fn is_gs1(self) -> bool {
        matches!((self.code, self.modifier), ('C', '1') | ('d', '2') | ('Q', '3') | ('e', '0'))
    }

    /// Takes the identifier off the front of `text`, if it has one.
    pub fn split_from(text: &str) -> (Option<Self>, &str) {
        let mut chars = text.chars();
        match (chars.next(), chars.next(), chars.next()) {
            (Some(']'), Some(code), Some(modifier))
                if code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                (Some(Self { code, modifier }), chars.as_str())
            }
            _ => (None, text),
        }
    }
}

impl fmt::Display for AimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "]{}{}", self.code, self.modifier)
    }
}

impl From<AimId> for String {
    fn from(aim: AimId) -> Self {
        aim.to_string()
    }
}
