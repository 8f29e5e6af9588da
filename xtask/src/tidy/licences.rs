//! What we ship is Apache-2.0: every library in it must come under a licence that deny.toml allows.

use std::path::Path;

use cargo_metadata::MetadataCommand;

use super::{Finding, Sources};
use crate::Outcome;

const LIST: &str = "deny.toml";

/// A library of somebody else's and what its manifest says of its licence.
pub struct Library {
    name: String,
    licence: Option<String>,
}

/// Every library that cargo resolves for this machine's platform.
pub fn load(root: &Path) -> Outcome<Vec<Library>> {
    let platform = host_platform()?;
    let options = ["--locked".to_owned(), "--filter-platform".to_owned(), platform];
    let metadata = MetadataCommand::new().current_dir(root).other_options(options).exec()?;
    let used = metadata.resolve.as_ref().ok_or("cargo metadata resolved nothing")?.nodes.iter();
    let foreign = used.map(|node| &metadata[&node.id]).filter(|package| package.source.is_some());
    Ok(foreign.map(|package| Library { name: package.name.to_string(), licence: package.license.clone() }).collect())
}

fn host_platform() -> Outcome<String> {
    let shell = xshell::Shell::new()?;
    let version = xshell::cmd!(shell, "rustc -vV").quiet().read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not say its host")?.to_owned())
}

/// Compares each with the list.
pub fn check(sources: &Sources, libraries: &[Library]) -> Vec<Finding> {
    let allowed = allowed(sources.text(LIST).unwrap_or_default());
    if allowed.is_empty() {
        return vec![Finding::new(LIST, "allows no licence at all")];
    }
    let is_allowed = |licence: &str| allowed.iter().any(|known| known == licence);
    let refused =
        libraries.iter().filter(|library| !library.licence.as_deref().is_some_and(|text| holds(text, &is_allowed)));
    let what = |library: &Library| match &library.licence {
        Some(licence) => format!("`{licence}` is not allowed in {LIST}"),
        None => "names no licence".to_owned(),
    };
    refused.map(|library| Finding::new(&library.name, what(library))).collect()
}

/// The quoted words of the list `allow = [ … ]`.
fn allowed(deny: &str) -> Vec<String> {
    let behind = deny.split_once("allow = [").map_or("", |(_, rest)| rest);
    let list = behind.split(']').next().unwrap_or_default();
    let code = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    code.flat_map(|line| line.split('"').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Whether an SPDX expression can be met. `AND` binds tighter than `OR`; `/` is an old spelling of `OR`.
fn holds(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let expression = expression.replace('/', " OR ");
    split_outside_brackets(&expression, " OR ").iter().any(|choice| {
        split_outside_brackets(choice, " AND ").iter().all(|part| {
            let part = part.trim();
            match part.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
                Some(inner) => holds(inner, allowed),
                None => allowed(part),
            }
        })
    })
}

fn split_outside_brackets<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, _) in text.match_indices(separator) {
        let open = text[start..index].matches('(').count();
        if open == text[start..index].matches(')').count() {
            parts.push(&text[start..index]);
            start = index + separator.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str =
        "[licenses]\nallow = [\n  \"MIT\", # \"GPL-3.0\" is not\n  \"Apache-2.0\",\n  \"Unicode-3.0\",\n]\n";

    #[test]
    fn a_licence_that_is_not_on_the_list_is_found() {
        let library =
            |name: &str, licence: Option<&str>| Library { name: name.into(), licence: licence.map(str::to_owned) };
        let libraries = [
            library("either", Some("MIT OR GPL-3.0-only")),
            library("old-spelling", Some("MIT/Apache-2.0")),
            library("both", Some("(MIT OR BSL-1.0) AND Unicode-3.0")),
            library("copyleft", Some("GPL-3.0")),
            library("half", Some("MIT AND GPL-3.0")),
            library("half-in-brackets", Some("(Apache-2.0 OR MIT) AND BSD-3-Clause")),
            library("silent", None),
        ];
        let names: Vec<_> =
            check(&Sources::of(&[(LIST, DENY)]), &libraries).into_iter().map(|finding| finding.place).collect();
        assert_eq!(names, ["copyleft", "half", "half-in-brackets", "silent"], "a comment allows nothing");
    }

    #[test]
    fn a_missing_list_is_no_clean_bill() {
        assert_eq!(check(&Sources::of(&[]), &[]).len(), 1, "nothing was compared");
    }
}
