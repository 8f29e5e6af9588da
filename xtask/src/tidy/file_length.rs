//! A file over 400 lines is split by concept, or says on top why it is long.

use super::{
    Finding, Sources,
    sources::{extension, is_generated},
};

const LINES_MAX: usize = 400;
/// How far down the reason may stand: within the first comment.
const REASON_WITHIN_LINES: usize = 15;

/// Counts the lines of every file that people read as code.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let code =
        sources.texts().filter(|(path, _)| ["rs", "ts", "svelte"].contains(&extension(path)) && !is_generated(path));
    code.filter_map(|(path, text)| complaint(path, text)).collect()
}

fn complaint(path: &str, text: &str) -> Option<Finding> {
    let lines = text.lines().count();
    let reasoned =
        text.lines().take(REASON_WITHIN_LINES).any(|line| is_comment(line) && line.contains("Long because "));
    let what = format!("{lines} lines; split it by concept, or say on top `Long because …`");
    (lines > LINES_MAX && !reasoned).then(|| Finding::new(path, what))
}

fn is_comment(line: &str) -> bool {
    ["//", "<!--", "*", "/*"].iter().any(|mark| line.trim_start().starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_needs_a_reason() {
        let body = "line\n".repeat(LINES_MAX);
        let long = format!("//! Jobs.\n{body}");
        let reasoned = format!("//! Jobs.\n//! Long because the states belong together.\n{body}");
        let late = format!("//! Jobs.\n{body}//! Long because it grew.\n");
        let sources = Sources::of(&[
            ("crates/a/src/a_short.rs", &body),
            ("crates/a/src/b_long.rs", &long),
            ("crates/a/src/c_reasoned.rs", &reasoned),
            ("crates/a/src/d_late.rs", &late),
            ("ui/src/lib/protocol/all.ts", &long),
        ]);
        let places: Vec<_> = check(&sources).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["crates/a/src/b_long.rs", "crates/a/src/d_late.rs"], "the reason must stand on top");
    }
}
