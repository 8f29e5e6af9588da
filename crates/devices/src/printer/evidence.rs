//! How much is known about a label, from little to certain.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the best proof says, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// It lies in a file or a spooler. No printer has seen it.
    Spooled,
    /// The operating system took every byte. The printer may not have read one of them.
    BytesAccepted,
    /// The printer ended the conversation after us, so it had read everything.
    Consumed,
    /// The printer's own counter went up.
    CountedByPrinter,
    /// The label's code was read by a scanner: it exists.
    ScannedBack,
}

/// A stored word that means nothing here: written by a later version, or damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a {what}")]
pub struct UnknownWord {
    pub(super) word: String,
    pub(super) what: &'static str,
}

impl Evidence {
    const ALL: [Self; 5] =
        [Self::Spooled, Self::BytesAccepted, Self::Consumed, Self::CountedByPrinter, Self::ScannedBack];

    /// The word under which it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spooled => "spooled",
            Self::BytesAccepted => "bytes_accepted",
            Self::Consumed => "consumed",
            Self::CountedByPrinter => "counted_by_printer",
            Self::ScannedBack => "scanned_back",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Evidence {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|evidence| evidence.as_str() == word)
            .ok_or_else(|| UnknownWord { word: word.to_owned(), what: "kind of evidence" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_rises_from_spooled_to_scanned_back() {
        assert!(
            Evidence::ALL.is_sorted_by(|weaker, stronger| weaker < stronger),
            "the order decides what outranks what"
        );
        for evidence in Evidence::ALL {
            assert_eq!(evidence.as_str().parse(), Ok(evidence), "what is stored can be read back");
        }
    }
}
