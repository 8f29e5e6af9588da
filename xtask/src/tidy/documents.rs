//! What the documents name must exist: paths, links, crates, programs. And every crate must be named.

use regex::Regex;

use super::{
    Finding, Sources,
    members::Member,
    sources::{extension, file_name},
};

const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";
/// Decisions tell what was true on their day; they are not rewritten when a file moves.
const HISTORY: &str = "docs/decisions/";
const OURS: &str = r"\bcordwainer-[a-z][a-z-]*[a-z]\b";

/// Looks at every document but the decisions.
pub fn check(sources: &Sources, members: &[Member]) -> Vec<Finding> {
    let documents = || sources.texts().filter(|(path, _)| is_document(path));
    let mut findings: Vec<_> = documents().flat_map(|(path, text)| dead_paths(path, text, sources)).collect();
    findings.extend(documents().flat_map(|(path, text)| dead_links(path, text, sources)));
    findings.extend(documents().flat_map(|(path, text)| unknown_names(path, text, members)));
    match sources.text(ARCHITECTURE) {
        Some(text) => findings.extend(unnamed_crates(text, members)),
        None => findings.push(Finding::new(ARCHITECTURE, "is missing: it names the crates and tells the walkthroughs")),
    }
    findings
}

fn is_document(path: &str) -> bool {
    let in_docs = path.starts_with("docs/") && !path.starts_with(HISTORY);
    extension(path) == "md" && (in_docs || file_name(path) == "README.md")
}

/// Words in backticks that begin with a folder of ours and go on with a slash.
fn dead_paths(document: &str, text: &str, sources: &Sources) -> Vec<Finding> {
    let quoted = prose(text).flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    let paths = quoted.filter(|word| looks_like_path(word, sources)).flat_map(|word| alternatives(&word));
    let dead = paths.filter(|path| !sources.has(wildcard_stem(path)));
    dead.map(|path| Finding::new(document, format!("names `{path}`, which does not exist"))).collect()
}

/// The lines outside fenced blocks: inside them a backtick quotes nothing.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    })
}

fn looks_like_path(word: &str, sources: &Sources) -> bool {
    let Some((top, _)) = word.split_once('/') else { return false };
    let plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-*{},".contains(letter));
    plain && !top.is_empty() && sources.has(&format!("{top}/")) && !sources.text(top).is_some_and(|_| true)
}

/// `a/{b,c}/d` is two paths.
fn alternatives(word: &str) -> Vec<String> {
    let Some((before, rest)) = word.split_once('{') else { return vec![word.to_owned()] };
    let Some((inside, after)) = rest.split_once('}') else { return vec![word.to_owned()] };
    inside.split(',').flat_map(|choice| alternatives(&format!("{before}{}{after}", choice.trim()))).collect()
}

/// The folder above the first `*`.
fn wildcard_stem(path: &str) -> &str {
    let Some((before, _)) = path.split_once('*') else { return path };
    before.rsplit_once('/').map_or(before, |(folder, _)| folder)
}

fn dead_links(document: &str, text: &str, sources: &Sources) -> Vec<Finding> {
    let Ok(link) = Regex::new(r"\]\(([^)#\s]+)[^)]*\)") else { return Vec::new() };
    let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    let body: Vec<_> = prose(text).collect();
    let targets = body.iter().flat_map(|line| link.captures_iter(line)).filter_map(|found| found.get(1));
    let local =
        targets.map(|target| target.as_str()).filter(|target| !target.contains(':') && !target.starts_with('/'));
    let dead = local.filter(|target| !sources.has(&joined(folder, target)));
    dead.map(|target| Finding::new(document, format!("links to {target}, which does not exist"))).collect()
}

fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// `cordwainer-…` words that are neither a crate nor a program.
fn unknown_names(document: &str, text: &str, members: &[Member]) -> Vec<Finding> {
    let Ok(ours) = Regex::new(OURS) else { return Vec::new() };
    let known = |name: &str| members.iter().any(|member| member.name == name || member.programs.contains(name));
    let mut unknown: Vec<_> = ours.find_iter(text).map(|found| found.as_str()).filter(|name| !known(name)).collect();
    unknown.sort_unstable();
    unknown.dedup();
    unknown
        .into_iter()
        .map(|name| Finding::new(document, format!("names {name}, no crate or program of ours")))
        .collect()
}

/// A crate is named by its name, its folder, or its line in the tree under `crates/`.
fn unnamed_crates(text: &str, members: &[Member]) -> Vec<Finding> {
    let tree: Vec<&str> = crates_in_tree(text).collect();
    let named = |member: &Member| {
        let short = file_name(&member.folder);
        let top = !member.folder.contains('/') && text.contains(&format!("{short}/"));
        text.contains(&member.name)
            || text.contains(&member.folder) && member.folder.contains('/')
            || top
            || tree.contains(&short)
    };
    let unnamed = members.iter().filter(|member| !named(member));
    let mut findings: Vec<_> =
        unnamed.map(|member| Finding::new(ARCHITECTURE, format!("does not name the crate {}", member.name))).collect();
    let lives = |name: &str| members.iter().any(|member| member.folder == format!("crates/{name}"));
    let dead = tree.iter().filter(|name| !lives(name));
    findings.extend(dead.map(|name| Finding::new(ARCHITECTURE, format!("draws crates/{name}, which does not exist"))));
    findings
}

/// The folders that a fenced tree shows, indented, below its line `crates/`.
fn crates_in_tree(text: &str) -> impl Iterator<Item = &str> {
    let behind = text.lines().skip_while(|line| line.trim_end() != "crates/").skip(1);
    let lines = behind.take_while(|line| line.starts_with(' '));
    lines.filter_map(|line| line.trim_start().split_once('/')).map(|(name, _)| name).filter(|name| !name.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> Vec<Member> {
        let one = |name: &str, folder: &str| Member { name: name.into(), folder: folder.into(), ..Member::default() };
        vec![one("cordwainer-domain", "crates/domain"), one("cordwainer-tests", "tests")]
    }

    fn found(document: &str, text: &str) -> Vec<String> {
        let tree = "```\ncrates/\n  domain/   what is true\ntests/  member\n```\n";
        let architecture = if document == ARCHITECTURE { text } else { tree };
        let files = [
            (document, text),
            (ARCHITECTURE, architecture),
            ("crates/domain/src/lib.rs", ""),
            ("tests/src/lib.rs", ""),
            ("docs/STYLE.md", ""),
        ];
        check(&Sources::of(&files), &house()).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_path_that_moved_is_found() {
        let text = "See `crates/domain/src/lib.rs`, `crates/{domain,gone}/`, `application/json`, `crates/*/src`.";
        assert_eq!(
            found("README.md", text),
            ["names `crates/gone/`, which does not exist"],
            "media types are no paths"
        );
        assert!(found("docs/decisions/1.md", "`crates/gone/`").is_empty(), "history stays as it was");
    }

    #[test]
    fn a_dead_link_is_found_from_where_the_document_lies() {
        let text = "[style](STYLE.md#names) [up](../README.md) [web](https://example.org) [gone](GONE.md)";
        let findings = found("docs/GUIDE.md", text);
        assert_eq!(findings.len(), 2, "README.md is missing here too: {findings:?}");
        assert!(findings.contains(&"links to GONE.md, which does not exist".to_owned()), "{findings:?}");
    }

    #[test]
    fn a_crate_that_the_architecture_forgets_is_found() {
        let findings = found(ARCHITECTURE, "```\ncrates/\n  protocol/  wire\ntests/  member\n```\n");
        let expected = ["does not name the crate cordwainer-domain", "draws crates/protocol, which does not exist"];
        assert_eq!(findings, expected, "both directions are checked");
    }

    #[test]
    fn a_program_that_does_not_exist_is_found() {
        let findings = found("README.md", "Start `cordwainer-gateway` with cordwainer-domain.");
        assert_eq!(findings, ["names cordwainer-gateway, no crate or program of ours"], "the crate itself is known");
    }

    #[test]
    fn a_missing_architecture_is_found() {
        let findings = check(&Sources::of(&[("README.md", "")]), &house());
        assert!(findings.iter().any(|finding| finding.place == ARCHITECTURE), "{findings:?}");
    }
}
