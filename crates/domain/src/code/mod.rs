//! What may be scanned: nine characters, typed and self-checking.
//!
//! One type letter, seven of Crockford's base 32 (upper case), one check character by ISO/IEC 7064 MOD 37,36 over the eight
//! before it. The fixed length catches a dropped character, the check 35 of 36 others. No retail code begins with a letter.
//! [`read_scan`] says what any scanned text means: a code of ours, GS1 data ([`gs1`]) that carries or names one, or an alias.

mod check;
mod command;
mod external;
pub mod gs1;
mod meaning;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use check::check_character;
pub use command::{Command, command_code};
pub use external::{Aliases, CodeAlias, ExternalCode};
pub use meaning::{NoMeaning, Syntax, read_scan};

/// Crockford's base 32: the digits and the letters without I, L, O and U.
pub const BASE_32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters in a code of ours, type letter and check character included.
pub const CODE_LENGTH: usize = 9;
/// Longer than anything a label of any maker carries; beyond this a scan is refused unread.
pub const LONGEST_SCAN: usize = 512;

/// What a code names, by its first letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CodeType {
    /// `W`: a pair's traveller.
    WorkOrder,
    /// `B`: a worker's badge; a random, revocable token.
    Badge,
    /// `S`: a workstation.
    Workstation,
    /// `M`: a material lot.
    MaterialLot,
    /// `L`: a location.
    Location,
    /// `D`: a kind of defect.
    Defect,
    /// `P`: an operation.
    Operation,
    /// `Q`: a quantity, its seven characters decimal.
    Quantity,
    /// `C`: a command card.
    Command,
    /// `E`: a station enrolment.
    Enrolment,
}

impl CodeType {
    /// Every type, in the order of the documents.
    pub const ALL: [Self; 10] = [
        Self::WorkOrder,
        Self::Badge,
        Self::Workstation,
        Self::MaterialLot,
        Self::Location,
        Self::Defect,
        Self::Operation,
        Self::Quantity,
        Self::Command,
        Self::Enrolment,
    ];

    /// The letter that a code of this type begins with.
    pub const fn letter(self) -> char {
        match self {
            Self::WorkOrder => 'W',
            Self::Badge => 'B',
            Self::Workstation => 'S',
            Self::MaterialLot => 'M',
            Self::Location => 'L',
            Self::Defect => 'D',
            Self::Operation => 'P',
            Self::Quantity => 'Q',
            Self::Command => 'C',
            Self::Enrolment => 'E',
        }
    }

    fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }
}

/// A valid code of ours. Holding one proves that length, alphabet and check character are right.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Code(String);

/// Why a text is no code of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CodeFault {
    /// Nothing was read.
    #[error("the text is empty")]
    Empty,
    /// Longer than [`LONGEST_SCAN`].
    #[error("the text is too long to be a code")]
    Oversize,
    /// Begins like a code of ours but has another length: torn, or read in part.
    #[error("a code of ours has nine characters")]
    WrongLength,
    /// Has the length, but the check character does not fit: misread or mistyped.
    #[error("the check character does not fit")]
    BadCheck,
    /// Some other maker's code.
    #[error("this is not a code of ours")]
    Foreign,
}

impl Code {
    /// Reads a scanned or typed text. Surrounding blanks are dropped; nothing is ever repaired.
    ///
    /// # Errors
    /// [`CodeFault`] says why the text is refused.
    pub fn parse(text: &str) -> Result<Self, CodeFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CodeFault::Empty);
        }
        if text.len() > LONGEST_SCAN {
            return Err(CodeFault::Oversize);
        }
        let mut characters = text.chars();
        let letter = characters.next().ok_or(CodeFault::Empty)?;
        if CodeType::from_letter(letter).is_none()
            || !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        {
            return Err(CodeFault::Foreign);
        }
        if text.len() != CODE_LENGTH {
            return Err(if text.len() < 14 { CodeFault::WrongLength } else { CodeFault::Foreign });
        }
        if !text[1..8].bytes().all(|b| BASE_32.contains(&b)) {
            return Err(CodeFault::BadCheck);
        }
        if check_character(&text[..8]) != text.chars().nth(8) {
            return Err(CodeFault::BadCheck);
        }
        Ok(Self(text.to_owned()))
    }

    /// Makes the code of a type from its seven-character body.
    ///
    /// # Errors
    /// [`CodeFault::WrongLength`] or [`CodeFault::Foreign`] when the body is not seven characters of base 32.
    pub fn from_body(kind: CodeType, body: &str) -> Result<Self, CodeFault> {
        if body.len() != 7 {
            return Err(CodeFault::WrongLength);
        }
        if !body.bytes().all(|b| BASE_32.contains(&b)) {
            return Err(CodeFault::Foreign);
        }
        let stem = format!("{}{body}", kind.letter());
        let check = check_character(&stem).ok_or(CodeFault::Foreign)?;
        Ok(Self(format!("{stem}{check}")))
    }

    /// Makes a code from a number below 32⁷, as the server numbers travellers.
    ///
    /// # Errors
    /// [`CodeFault::WrongLength`] when the number does not fit seven characters.
    pub fn from_number(kind: CodeType, number: u64) -> Result<Self, CodeFault> {
        if number >= 1 << 35 {
            return Err(CodeFault::WrongLength);
        }
        let body: String =
            (0..7).rev().map(|place| char::from(BASE_32[((number >> (5 * place)) & 31) as usize])).collect();
        Self::from_body(kind, &body)
    }

    /// Reads the eight-character stem of a data file (type letter and body) and adds the check character.
    ///
    /// # Errors
    /// [`CodeFault`] as for [`Code::from_body`], or [`CodeFault::Foreign`] for an unknown letter.
    pub fn from_stem(stem: &str) -> Result<Self, CodeFault> {
        let kind = stem.chars().next().and_then(CodeType::from_letter).ok_or(CodeFault::Foreign)?;
        Self::from_body(kind, &stem[1..])
    }

    /// What the code names.
    pub fn kind(&self) -> CodeType {
        // The constructor proved the letter; a work order is the harmless reading of the impossible.
        self.0.chars().next().and_then(CodeType::from_letter).unwrap_or(CodeType::WorkOrder)
    }

    /// The seven characters between letter and check.
    pub fn body(&self) -> &str {
        &self.0[1..8]
    }

    /// The nine characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that a quantity code says, if this is one.
    pub fn quantity(&self) -> Option<u32> {
        (self.kind() == CodeType::Quantity).then(|| self.body().parse().ok()).flatten()
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Code {
    type Err = CodeFault;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
