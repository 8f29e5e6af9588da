//! Paths that exist on one machine only: the folder in which the checkout lies, and the home of who wrote the line.

use std::{env, path::Path};

use super::{Finding, Sources};

/// Folders that every machine has, and that a text may well name.
const EVERYWHERE: &[&str] = &["/", "/tmp", "/var/tmp", "/home", "/opt", "/usr", "/usr/src", "/srv", "/mnt"];

/// The folders of this machine that no file may name.
pub fn forbidden(root: &Path) -> Vec<String> {
    let home = env::var_os("HOME").map(Into::into);
    let folders = root.parent().map(Path::to_path_buf).into_iter().chain(home);
    let named = folders.map(|folder| folder.to_string_lossy().trim_end_matches('/').to_owned());
    named.filter(|folder| !folder.is_empty() && !EVERYWHERE.contains(&folder.as_str())).collect()
}

/// Looks for each of them as the beginning of a path.
pub fn check(sources: &Sources, forbidden: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in sources.texts() {
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = forbidden.iter().find(|folder| names(line, folder)) {
                findings.push(Finding::new(path, format!("line {}: names {folder}/ of this machine", index + 1)));
            }
        }
    }
    findings
}

/// Whether the line has a path that begins there, and not only one in which the same names stand in the middle.
fn names(line: &str, folder: &str) -> bool {
    let prefix = format!("{folder}/");
    line.match_indices(&prefix).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "_.-/}".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_machine_is_found() {
        let folder = "/somewhere/special".to_owned();
        let (bad, free) = (format!("cd {folder}/main"), format!("crates{folder}/main and {folder}-more/x"));
        let sources = Sources::of(&[("docs/a.md", &bad), ("docs/b.md", &free)]);
        let findings = check(&sources, &[folder]);
        assert_eq!(findings.len(), 1, "only where a path begins: {findings:?}");
        assert_eq!(findings[0].place, "docs/a.md", "the file is named");
    }

    #[test]
    fn folders_that_every_machine_has_may_be_named() {
        let list = forbidden(Path::new("/tmp/checkout"));
        assert!(!list.contains(&"/tmp".to_owned()), "a clone in a common place forbids nothing: {list:?}");
        let list = forbidden(Path::new("/builds/one/checkout"));
        assert!(list.contains(&"/builds/one".to_owned()), "one in a special place does: {list:?}");
    }
}
