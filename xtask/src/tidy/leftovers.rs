//! Marks that say "not finished". What is not finished is in the tracker, not in the tree.

use regex::Regex;

use super::{Finding, Sources};

/// Written apart, so that this file does not find itself.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const DEBUG_MACRO: &str = concat!("db", "g!(");

/// Looks through every text but lock files, whose hashes spell anything.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let Ok(marks) = Regex::new(&format!(r"\b({})\b", MARKS.join("|"))) else { return Vec::new() };
    let mut findings = Vec::new();
    for (path, text) in sources.texts().filter(|(path, _)| !is_lock(path)) {
        for (index, line) in text.lines().enumerate() {
            if marks.is_match(line) || line.contains(DEBUG_MACRO) {
                findings.push(Finding::new(path, format!("line {}: left over: {}", index + 1, line.trim())));
            }
        }
    }
    findings
}

fn is_lock(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("package-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_as_a_word_only() {
        let mark = MARKS[0];
        let (bad, free) = (format!("a\n// {mark}: later\n"), format!("let {mark}S = 1;"));
        let sources = Sources::of(&[("a.rs", &bad), ("b.rs", &free), ("Cargo.lock", &bad)]);
        let findings = check(&sources);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0], Finding::new("a.rs", format!("line 2: left over: // {mark}: later")), "line and text");
    }

    #[test]
    fn a_debug_macro_is_found() {
        let source = format!("{DEBUG_MACRO}job);");
        assert_eq!(check(&Sources::of(&[("a.rs", &source)])).len(), 1, "it prints on a worker's screen");
    }
}
