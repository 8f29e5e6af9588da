//! Codes of others, and what they are called here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::gs1::{Element, Gs1Data};
use super::{Code, LONGEST_SCAN};

/// A code that somebody else made, written in the one way in which it is compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value", try_from = "Written")]
pub enum ExternalCode {
    /// The text of any symbol, such as a tannery's own label or the EAN of a tin of cement.
    Text(String),
    /// A GS1 key with its qualifiers, as the path of a link: `/01/09506000134352/10/A7`. Element string and link are one.
    Gs1(String),
    /// The number of an RFID tag, EPC or UID: hexadecimal, capital letters, nothing between.
    Tag(String),
}

/// A code as somebody wrote it down: not yet in the one way in which it is compared.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value", deny_unknown_fields)]
enum Written {
    Text(String),
    Gs1(String),
    Tag(String),
}

/// A code that no scan could ever be equal to.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "\"{0}\" is no code that can be scanned; write a text, a GS1 path such as /01/09506000134352, or the number of a tag"
)]
struct Unscannable(String);

impl TryFrom<Written> for ExternalCode {
    type Error = Unscannable;

    fn try_from(written: Written) -> Result<Self, Unscannable> {
        match written {
            Written::Text(text) => Self::of_text(&text).ok_or(Unscannable(text)),
            Written::Gs1(path) => Self::of_path(&path).ok_or(Unscannable(path)),
            Written::Tag(line) => Self::of_tag(&line).ok_or(Unscannable(line)),
        }
    }
}

/// The shortest number of a tag: four bytes, a UID of ISO/IEC 14443.
const SHORTEST_TAG: usize = 8;
/// The longest: an EPC of 496 bits, the most that the length field of a Gen2 tag can say.
const LONGEST_TAG: usize = 124;

impl ExternalCode {
    /// The code of a text as it was scanned; `None` for nothing, or more than any label carries.
    pub fn of_text(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.len() <= LONGEST_SCAN).then(|| Self::Text(text.to_owned()))
    }

    /// The code of a tag from a reader's line: hexadecimal bytes, with or without blanks, colons or hyphens between them.
    /// `None` for a line that is none.
    pub fn of_tag(line: &str) -> Option<Self> {
        let line = line.trim();
        let line = line.strip_prefix("0x").or_else(|| line.strip_prefix("0X")).unwrap_or(line);
        let digits: String = line.chars().filter(|c| !matches!(c, ' ' | ':' | '-')).collect();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && digits.len().is_multiple_of(2)
            && (SHORTEST_TAG..=LONGEST_TAG).contains(&digits.len());
        is_number.then(|| Self::Tag(digits.to_ascii_uppercase()))
    }

    /// The code of a link's path.
    fn of_path(path: &str) -> Option<Self> {
        let data = Gs1Data::parse_digital_link(&format!("https://any{path}")).ok()?;
        let key = data.keys().next()?;
        Some(Self::Gs1(data.path(key)))
    }

    /// What GS1 data names by one of its keys, most exactly first: with all its qualifiers, then the bare key.
    fn of_key(data: &Gs1Data, key: &Element) -> [Self; 2] {
        [Self::Gs1(data.path(key)), Self::Gs1(key.path())]
    }

    /// As a person may read it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Gs1(text) | Self::Tag(text) => text,
        }
    }
}

/// What a code of others is called here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeAlias {
    /// Theirs.
    pub external: ExternalCode,
    /// Ours.
    pub code: Code,
}

/// The aliases of a site. Two people may have given one code two meanings: both are kept, and a scan of it is refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Aliases(BTreeMap<ExternalCode, BTreeSet<Code>>);

impl FromIterator<CodeAlias> for Aliases {
    fn from_iter<I: IntoIterator<Item = CodeAlias>>(aliases: I) -> Self {
        let mut all = Self::default();
        for CodeAlias { external, code } in aliases {
            all.0.entry(external).or_default().insert(code);
        }
        all
    }
}

impl Aliases {
    /// What a code of others is called here.
    pub fn of(&self, external: &ExternalCode) -> impl Iterator<Item = &Code> + use<'_> {
        self.0.get(external).into_iter().flatten()
    }

    /// What GS1 data is called here. For each of its keys the most exact alias counts: a lot of a product, if that lot has a
    /// name here, and else the product.
    pub(super) fn of_gs1(&self, data: &Gs1Data) -> BTreeSet<Code> {
        let named = |key| {
            let mut names = ExternalCode::of_key(data, key).into_iter().map(|external| self.of(&external).cloned());
            names.find_map(|codes| Some(codes.collect::<BTreeSet<_>>()).filter(|codes| !codes.is_empty()))
        };
        data.keys().filter_map(named).flatten().collect()
    }
}
