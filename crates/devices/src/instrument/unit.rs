//! The units that instruments at a shoemaker's bench send.

use serde::Serialize;

/// A unit as an instrument names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// Millimetre.
    #[serde(rename = "mm")]
    Millimetre,
    /// Centimetre.
    #[serde(rename = "cm")]
    Centimetre,
    /// Micrometre.
    #[serde(rename = "µm")]
    Micrometre,
    /// Inch.
    #[serde(rename = "in")]
    Inch,
    /// Milligram.
    #[serde(rename = "mg")]
    Milligram,
    /// Gram.
    #[serde(rename = "g")]
    Gram,
    /// Kilogram.
    #[serde(rename = "kg")]
    Kilogram,
    /// Pound.
    #[serde(rename = "lb")]
    Pound,
    /// Ounce, avoirdupois.
    #[serde(rename = "oz")]
    Ounce,
    /// Pieces, of a counting balance.
    #[serde(rename = "pcs")]
    Piece,
    /// Per cent.
    #[serde(rename = "%")]
    Percent,
}

impl Unit {
    /// What is sent, and what it means. Letters count: `Mm` and `G` are none of these.
    const SENT: [(&'static str, Self); 17] = [
        ("mm", Self::Millimetre),
        ("cm", Self::Centimetre),
        ("µm", Self::Micrometre),
        ("um", Self::Micrometre),
        ("in", Self::Inch),
        ("inch", Self::Inch),
        ("\"", Self::Inch),
        ("mg", Self::Milligram),
        ("g", Self::Gram),
        ("kg", Self::Kilogram),
        ("lb", Self::Pound),
        ("lbs", Self::Pound),
        ("oz", Self::Ounce),
        ("PC", Self::Piece),
        ("PCS", Self::Piece),
        ("pcs", Self::Piece),
        ("%", Self::Percent),
    ];

    /// The word by which characteristics and parameters name it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Millimetre => "mm",
            Self::Centimetre => "cm",
            Self::Micrometre => "µm",
            Self::Inch => "in",
            Self::Milligram => "mg",
            Self::Gram => "g",
            Self::Kilogram => "kg",
            Self::Pound => "lb",
            Self::Ounce => "oz",
            Self::Piece => "pcs",
            Self::Percent => "%",
        }
    }

    /// The unit that an instrument calls `word`.
    pub fn sent_as(word: &str) -> Option<Self> {
        Self::SENT.into_iter().find(|(sent, _)| *sent == word).map(|(_, unit)| unit)
    }
}
