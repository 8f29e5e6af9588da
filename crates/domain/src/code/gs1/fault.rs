//! Why a text is no GS1 data.

/// Why a text is no GS1 data; the identifier that is wrong is named.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Gs1Fault {
    /// Nothing was read.
    #[error("there is no element")]
    Empty,
    /// What stands where an identifier should be is none of the table.
    #[error("({found}) is not a known application identifier")]
    UnknownIdentifier {
        /// What stands there, four characters at most.
        found: String,
    },
    /// Too short or too long; often the separator behind the value before is missing.
    #[error("the value of ({ai}) has a wrong length")]
    WrongLength {
        /// Whose value.
        ai: &'static str,
    },
    /// A character that the value may not hold.
    #[error("the value of ({ai}) has a wrong character")]
    BadCharacter {
        /// Whose value.
        ai: &'static str,
    },
    /// The check digit does not fit: misread or mistyped.
    #[error("the check digit of ({ai}) does not fit")]
    BadCheckDigit {
        /// Whose value.
        ai: &'static str,
    },
    /// No date of the calendar.
    #[error("({ai}) is no date")]
    BadDate {
        /// Whose value.
        ai: &'static str,
    },
    /// A piece number beyond the total, or none.
    #[error("({ai}) is no piece of a total")]
    BadPiece {
        /// Whose value.
        ai: &'static str,
    },
    /// One identifier with two values.
    #[error("({ai}) is said twice: {first} and {second}")]
    Contradiction {
        /// Which.
        ai: &'static str,
        /// The value that was said first.
        first: String,
        /// The other one.
        second: String,
    },
    /// An identifier that means something only beside another one.
    #[error("({ai}) means nothing without ({needs})")]
    Orphan {
        /// Which.
        ai: &'static str,
        /// What it needs.
        needs: &'static str,
    },
    /// No address of the web with a GS1 key in its path.
    #[error("this is no GS1 Digital Link")]
    NoLink,
}

impl Gs1Fault {
    /// The identifier that is wrong, where it is one.
    pub const fn ai(&self) -> Option<&'static str> {
        match self {
            Self::WrongLength { ai }
            | Self::BadCharacter { ai }
            | Self::BadCheckDigit { ai }
            | Self::BadDate { ai }
            | Self::BadPiece { ai }
            | Self::Contradiction { ai, .. }
            | Self::Orphan { ai, .. } => Some(ai),
            Self::Empty | Self::UnknownIdentifier { .. } | Self::NoLink => None,
        }
    }
}
