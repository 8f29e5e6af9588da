//! Rust files that no crate compiles, and story files that no story plays: they look like tests and never run.

use std::collections::BTreeSet;

use regex::Regex;

use super::{
    Finding, Sources,
    members::Member,
    sources::{extension, file_name},
};

const STORIES: &str = "tests/stories";
/// Programs of a workspace of their own; its manifest names each of them.
const FUZZ_TARGETS: &str = "fuzz/fuzz_targets/";

/// Looks for the `mod` line of every file, and for the name of every story's data.
pub fn check(sources: &Sources, members: &[Member]) -> Vec<Finding> {
    let roots: BTreeSet<&str> = members.iter().flat_map(|member| &member.roots).map(String::as_str).collect();
    let is_ours = |path: &str| extension(path) == "rs" && !path.starts_with(FUZZ_TARGETS);
    let rust = sources.texts().filter(|(path, _)| is_ours(path) && !roots.contains(path));
    let lost = rust.filter(|(path, _)| !is_declared(path, sources, &roots));
    let mut findings: Vec<_> =
        lost.map(|(path, _)| Finding::new(path, "no `mod` line names it: it is never compiled")).collect();
    let data = sources.paths().filter(|path| path.starts_with(&format!("{STORIES}/")) && extension(path) != "rs");
    let unplayed = data.filter(|path| !sources.texts_below("tests").any(|(_, text)| text.contains(file_name(path))));
    findings.extend(unplayed.map(|path| Finding::new(path, "no story names it: it is never played")));
    findings
}

fn is_declared(path: &str, sources: &Sources, roots: &BTreeSet<&str>) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.trim_end_matches(".rs");
    // `job/mod.rs` is declared where `job.rs` would be.
    let (folder, stem) = if stem == "mod" { folder.rsplit_once('/').unwrap_or(("", folder)) } else { (folder, stem) };
    let Ok(declaration) = Regex::new(&format!(r"(?m)^\s*(pub(\([^)]*\))?\s+)?mod\s+(r#)?{}\s*;", regex::escape(stem)))
    else {
        return false;
    };
    let by_path = format!("{stem}.rs\"]");
    let above = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
    let beside =
        roots.iter().copied().filter(|root| root.rsplit_once('/').is_some_and(|(where_to, _)| where_to == folder));
    let mut parents = above.iter().map(String::as_str).chain(beside);
    parents.any(|parent| sources.text(parent).is_some_and(|text| declaration.is_match(text)))
        || sources
            .texts()
            .any(|(other, text)| extension(other) == "rs" && text.contains("#[path = ") && text.contains(&by_path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(files: &[(&str, &str)], roots: &[&str]) -> Vec<String> {
        let roots = roots.iter().map(|root| (*root).to_owned()).collect();
        let member = Member { roots, ..Member::default() };
        check(&Sources::of(files), &[member]).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_file_without_a_mod_line_is_found() {
        let files = [
            ("crates/a/src/lib.rs", "//! A.\npub mod job;\nmod shift;\n"),
            ("crates/a/src/job.rs", "//! Job.\npub(crate) mod life;\n"),
            ("crates/a/src/job/life.rs", "//! Life."),
            ("crates/a/src/job/death.rs", "//! Death."),
            ("crates/a/src/shift/mod.rs", "//! Shift."),
            ("crates/a/src/lost.rs", "//! Lost."),
        ];
        let expected = ["crates/a/src/job/death.rs", "crates/a/src/lost.rs"];
        assert_eq!(lost(&files, &["crates/a/src/lib.rs"]), expected, "both spellings of a module are known");
    }

    #[test]
    fn a_story_that_is_never_played_is_found() {
        let files = [
            ("tests/stories/main.rs", "//! Stories.\nmod rework;\n"),
            ("tests/stories/rework.rs", "//! play(\"rework.toml\")"),
            ("tests/stories/rework.toml", ""),
            ("tests/stories/night.toml", ""),
        ];
        assert_eq!(lost(&files, &["tests/stories/main.rs"]), ["tests/stories/night.toml"], "its name stands nowhere");
    }
}
