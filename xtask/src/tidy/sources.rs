//! The files of the project, read once: those that git tracks or would track.

use std::{collections::BTreeMap, fs};

use xshell::cmd;

use crate::{Outcome, checkout::Checkout};

/// Path below the top → text; `None` for what is not text.
pub struct Sources {
    files: BTreeMap<String, Option<String>>,
}

impl Sources {
    /// Reads the checkout. A file that git lists but that is deleted on disk is left out.
    pub fn of_checkout(checkout: &Checkout) -> Outcome<Self> {
        let list = cmd!(checkout.shell, "git ls-files -z --cached --others --exclude-standard").quiet().read()?;
        let paths = list.split('\0').filter(|path| !path.is_empty());
        let present = paths.map(|path| (path, checkout.root.join(path))).filter(|(_, file)| file.is_file());
        let read = present.map(|(path, file)| Ok((path.to_owned(), String::from_utf8(fs::read(file)?).ok())));
        Ok(Self { files: read.collect::<Result<_, std::io::Error>>()? })
    }

    /// Sources made up by a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned()))).collect() }
    }

    /// Every path, text or not.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every text file with its path.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Every text file below a folder (given without a slash at its end), with its path.
    pub fn texts_below(&self, folder: &str) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(move |(path, _)| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether there is such a file, or a folder with a file in it.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let below = format!("{path}/");
        let first_below = self.files.range(below.clone()..).next();
        self.files.contains_key(path) || first_below.is_some_and(|(found, _)| found.starts_with(&below))
    }
}

/// The file's name without folders.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What stands behind the last dot of the file's name.
pub fn extension(path: &str) -> &str {
    file_name(path).rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Written by a tool and never by hand.
pub fn is_generated(path: &str) -> bool {
    path.starts_with(&format!("{}/", crate::codegen::GENERATED)) || path.starts_with("src-tauri/gen/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_when_a_file_is_in_it() {
        let sources = Sources::of(&[("crates/domain/src/lib.rs", ""), ("crates/domain-words.txt", "")]);
        for (path, expected) in
            [("crates/domain", true), ("crates/domain/", true), ("crates/dom", false), ("ui", false)]
        {
            assert_eq!(sources.has(path), expected, "{path}");
        }
        let below: Vec<_> = sources.texts_below("crates/domain").map(|(path, _)| path).collect();
        assert_eq!(below, ["crates/domain/src/lib.rs"], "a name that begins alike is not below");
    }

    #[test]
    fn the_ending_is_that_of_the_file_and_not_of_its_folder() {
        assert_eq!(extension("a.b/c"), "", "a dot in a folder is none of the file's");
        assert_eq!(extension("a/b.test.ts"), "ts", "the last one counts");
    }
}
