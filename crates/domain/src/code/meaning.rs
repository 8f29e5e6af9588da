//! What a scanned text means: one code of ours, or a refusal that says why. Never a choice made in silence.

use std::collections::BTreeSet;

use super::external::{Aliases, ExternalCode};
use super::gs1::{Gs1Data, Gs1Fault};
use super::{Code, CodeFault, LONGEST_SCAN};

/// How a text is to be read. The device says so, not the text: `0109506000134352` may be GS1 data, or somebody's number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Syntax {
    /// A symbol without GS1 data, or one whose scanner does not say.
    #[default]
    Plain,
    /// The symbology identifier said that GS1 data follows (`]C1`, `]d2`, `]Q3`, `]e0`).
    Gs1,
    /// The number of an RFID tag, from a reader.
    Tag,
}

/// Why a text means nothing here.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoMeaning {
    /// No code of ours, and no alias of one.
    #[error(transparent)]
    Fault(#[from] CodeFault),
    /// GS1 data that cannot be read.
    #[error(transparent)]
    Gs1(#[from] Gs1Fault),
    /// GS1 data that was read whole, and is called nothing here.
    #[error("{0} has no name here")]
    Unnamed(Gs1Data),
    /// A tag that is called nothing here.
    #[error("the tag {0} has no name here")]
    UnnamedTag(String),
    /// Not the number of a tag.
    #[error("this is not the number of a tag")]
    NoTag,
    /// The text could be two things.
    #[error("this could be {0} or {1}")]
    TwoThings(Code, Code),
}

/// Reads a scanned text: as a code of ours, as GS1 data that carries or names one, or as an alias.
///
/// # Errors
/// [`NoMeaning`]; two different meanings are refused with both of them.
pub fn read_scan(text: &str, syntax: Syntax, aliases: &Aliases) -> Result<Code, NoMeaning> {
    let text = text.trim();
    if text.len() > LONGEST_SCAN {
        return Err(CodeFault::Oversize.into());
    }
    match syntax {
        Syntax::Plain => read_plain(text, aliases),
        Syntax::Gs1 if is_address(text) => read_gs1(Gs1Data::parse_digital_link(text)?, BTreeSet::new(), aliases),
        Syntax::Gs1 => read_gs1(Gs1Data::parse_element_string(text)?, BTreeSet::new(), aliases),
        Syntax::Tag => {
            let tag = ExternalCode::of_tag(text).ok_or(NoMeaning::NoTag)?;
            only_one(aliases.of(&tag).cloned().collect(), || NoMeaning::UnnamedTag(tag.as_str().to_owned()))
        }
    }
}

fn read_plain(text: &str, aliases: &Aliases) -> Result<Code, NoMeaning> {
    let mut meanings: BTreeSet<Code> =
        ExternalCode::of_text(text).iter().flat_map(|external| aliases.of(external)).cloned().collect();
    let parsed = Code::parse(text);
    meanings.extend(parsed.iter().cloned());
    match Gs1Data::parse_digital_link(text) {
        Ok(data) => read_gs1(data, meanings, aliases),
        Err(Gs1Fault::NoLink) => only_one(meanings, || parsed.err().unwrap_or(CodeFault::Foreign).into()),
        Err(fault) => only_one(meanings, || fault.into()),
    }
}

/// What the data carries of ours in the identifiers that are free for our own use, and what its keys are called here.
fn read_gs1(data: Gs1Data, mut meanings: BTreeSet<Code>, aliases: &Aliases) -> Result<Code, NoMeaning> {
    let internal = data.elements().iter().filter(|element| element.ai.is_internal());
    meanings.extend(internal.filter_map(|element| Code::parse(&element.value).ok()));
    meanings.extend(aliases.of_gs1(&data));
    only_one(meanings, || NoMeaning::Unnamed(data))
}

fn only_one(meanings: BTreeSet<Code>, none: impl FnOnce() -> NoMeaning) -> Result<Code, NoMeaning> {
    let mut meanings = meanings.into_iter();
    match (meanings.next(), meanings.next()) {
        (None, _) => Err(none()),
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => Err(NoMeaning::TwoThings(one, other)),
    }
}

fn is_address(text: &str) -> bool {
    text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("http"))
}
