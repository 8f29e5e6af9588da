//! Every Rust file begins by saying what lives there; every migration by saying why it exists.

use super::{Finding, Sources, sources::extension};

/// Looks at the first line of each file.
pub fn check(sources: &Sources) -> Vec<Finding> {
    sources.texts().filter_map(|(path, text)| check_file(path, text)).collect()
}

fn check_file(path: &str, text: &str) -> Option<Finding> {
    let (mark, what) = match extension(path) {
        "rs" => ("//! ", "must begin with `//!` and what lives here"),
        "sql" if path.starts_with("migrations/") => ("-- ", "must begin with `--` and why it exists"),
        _ => return None,
    };
    (!text.trim_start().starts_with(mark)).then(|| Finding::new(path, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_begins_with_code_is_found() {
        let sources = Sources::of(&[
            ("crates/a/src/good.rs", "//! Jobs.\nuse a;\n"),
            ("crates/a/src/late.rs", "use a;\n//! Jobs.\n"),
            ("crates/a/src/empty.rs", ""),
            ("migrations/station/0001.sql", "create table a (b int);\n"),
            ("assets/x.sql", "select 1;\n"),
        ]);
        let places: Vec<_> = check(&sources).into_iter().map(|finding| finding.place).collect();
        let expected = ["crates/a/src/empty.rs", "crates/a/src/late.rs", "migrations/station/0001.sql"];
        assert_eq!(places, expected, "only a first line counts");
    }
}
