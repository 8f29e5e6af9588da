//! The fault matrix: every row is there, and every test that it names exists. A row that no test shows says why.

use std::collections::BTreeSet;

use regex::Regex;

use super::{Finding, Sources, sources::extension};

const MATRIX: &str = "docs/FAULTS.md";
/// The faults by number, and the threats.
const FAULTS: u32 = 77;
const THREATS: u32 = 28;
/// How a row begins its last cell when no test can show it.
const WHY_NOT: &str = "No test:";

/// Compares the matrix with the tests.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let Some(text) = sources.text(MATRIX) else {
        return vec![Finding::new(MATRIX, "is missing: it says which test shows that which fault is survived")];
    };
    let tests = tests(sources);
    let rows: Vec<(&str, &str)> = text.lines().filter_map(row).collect();
    let mut findings: Vec<_> = rows.iter().flat_map(|(number, shown)| unproven(number, shown, &tests)).collect();
    let due = (1..=FAULTS).map(|number| number.to_string()).chain((1..=THREATS).map(|number| format!("T{number}")));
    findings.extend(due.filter_map(|number| {
        let times = rows.iter().filter(|(found, _)| *found == number).count();
        (times != 1).then(|| Finding::new(MATRIX, format!("has row {number} {times} times")))
    }));
    findings
}

/// Number and last cell of a row of either table.
fn row(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let number = *cells.first()?;
    let digits = number.strip_prefix('T').unwrap_or(number);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((number, *cells.last()?))
}

fn unproven(number: &str, shown: &str, tests: &BTreeSet<String>) -> Vec<Finding> {
    let named: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
    if named.is_empty() && !shown.starts_with(WHY_NOT) {
        let what = format!("row {number} names no test and does not say why (`{WHY_NOT}`)");
        return vec![Finding::new(MATRIX, what)];
    }
    let unknown = named.into_iter().filter(|name| !tests.contains(*name));
    unknown.map(|name| Finding::new(MATRIX, format!("row {number} names `{name}`, which is no test"))).collect()
}

/// Every function that is a test, and every story that a macro turns into two.
fn tests(sources: &Sources) -> BTreeSet<String> {
    let function = Regex::new(r"#\[(?:tokio::)?test[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:async )?fn (\w+)");
    let story = Regex::new(r"\w+_engines!\(\s*(\w+)");
    let patterns: Vec<Regex> = [function, story].into_iter().flatten().collect();
    let rust = || sources.texts().filter(|(path, _)| extension(path) == "rs");
    let found = rust().flat_map(|(_, text)| patterns.iter().flat_map(move |pattern| pattern.captures_iter(text)));
    found.filter_map(|found| found.get(1).map(|name| name.as_str().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: &str = "#[test]\nfn it_is_kept() {}\n#[tokio::test(start_paused = true)]\n#[ignore]\nasync fn it_waits() {}\n\
                         both_engines!(it_is_there_once, world => {});\n";

    fn whole_matrix(change: impl Fn(&str) -> String) -> Vec<String> {
        let numbers = (1..=FAULTS).map(|number| number.to_string());
        let rows = numbers.chain((1..=THREATS).map(|number| format!("T{number}")));
        let text: String =
            rows.map(|number| change(&format!("| {number} | a fault | a rule | `it_is_kept` |\n"))).collect();
        let sources = Sources::of(&[(MATRIX, &text), ("crates/a/tests/a.rs", TESTS)]);
        check(&sources).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_whole_matrix_whose_tests_exist_is_free() {
        assert_eq!(whole_matrix(str::to_owned), [""; 0], "every kind of test is known");
        let others = |row: &str| row.replace("`it_is_kept`", "`it_waits`, `it_is_there_once`");
        assert_eq!(whole_matrix(others), [""; 0], "tests of tasks and of both engines too");
    }

    #[test]
    fn a_row_that_is_missing_or_names_nothing_is_found() {
        let gone = whole_matrix(|row| if row.starts_with("| 31 ") { String::new() } else { row.to_owned() });
        assert_eq!(gone, ["has row 31 0 times"], "the number that is missing is named");
        let empty = whole_matrix(|row| if row.starts_with("| T5 ") { row.replace('`', "") } else { row.to_owned() });
        assert!(empty[0].contains("row T5 names no test"), "{empty:?}");
        let excused = whole_matrix(|row| row.replace("| `it_is_kept` |", "| No test: there is no such device |"));
        assert_eq!(excused, [""; 0], "a reason will do");
    }

    #[test]
    fn a_test_that_does_not_exist_is_found() {
        let wrong =
            whole_matrix(|row| if row.starts_with("| 7 ") { row.replace("kept", "lost") } else { row.to_owned() });
        assert_eq!(wrong, ["row 7 names `it_is_lost`, which is no test"], "renamed or deleted");
    }
}
