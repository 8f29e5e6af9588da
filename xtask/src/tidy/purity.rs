//! The pure crates touch no file, thread, network, clock or chance. Cargo cannot say so, because all of that is in `std`.

use regex::Regex;

use super::{Finding, Sources, sources::extension};

const PURE: &[&str] =
    &["crates/domain/src", "crates/planning/src", "crates/sync/src", "crates/labels/src", "crates/protocol/src"];
const FORBIDDEN: &str = r"\bstd::(fs|net|thread|process|env)\b|\b(SystemTime|Instant|Utc|Local)::now\b|\b(println|eprintln|print|eprint)!|\bOsRng\b|\bthread_rng\b";

/// Looks for the doors to the outside in the text of the pure crates.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let Ok(forbidden) = Regex::new(FORBIDDEN) else {
        return vec![Finding::new("xtask", "the pattern for IO is broken")];
    };
    let mut findings = Vec::new();
    for (path, text) in PURE.iter().flat_map(|folder| sources.texts_below(folder)) {
        for (number, line) in code_lines(path, text) {
            if let Some(found) = forbidden.find(line) {
                let what = format!("line {number}: `{}` in a pure crate; let the caller pass it in", found.as_str());
                findings.push(Finding::new(path, what));
            }
        }
    }
    findings
}

/// The lines that are code, without tests (they stand last in a file) and without comments.
fn code_lines<'a>(path: &str, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let is_test = extension(path) != "rs" || path.ends_with("/tests.rs") || path.contains("/tests/");
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let product = numbered.take_while(move |(_, line)| !is_test && line.trim() != "#[cfg(test)]");
    product.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_opened_in_the_domain_is_found() {
        let source =
            "//! Words.\n/// Not std::fs at all.\nuse std::fs::File;\n#[cfg(test)]\nmod tests { use std::env; }\n";
        let findings = check(&Sources::of(&[("crates/domain/src/lib.rs", source)]));
        assert_eq!(findings.len(), 1, "the comment and the tests are free: {findings:?}");
        assert!(findings[0].what.starts_with("line 3: `std::fs`"), "line and name are given: {findings:?}");
    }

    #[test]
    fn a_clock_read_in_the_middle_is_found_and_elsewhere_is_not() {
        let source = "fn now() { Instant::now(); }\n";
        let sources = Sources::of(&[("crates/sync/src/lib.rs", source), ("crates/station/src/lib.rs", source)]);
        let places: Vec<_> = check(&sources).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["crates/sync/src/lib.rs"], "the station is an edge");
    }
}
