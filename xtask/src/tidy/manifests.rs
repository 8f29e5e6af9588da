//! One dependency table for all crates: each line has its reason and a user, every crate obeys the common lints, and what is
//! for tests only is asked for by tests only.

use super::{Finding, Sources};

const TABLE: &str = "[workspace.dependencies]";
/// The one crate that speaks a C interface: it repeats the lints with `unsafe_code = "deny"`, so that one module may allow it.
const SPEAKS_C: &str = "tests/faults/Cargo.toml";
/// A workspace of its own, built with a sanitizer: it inherits nothing.
const APART: &str = "fuzz/Cargo.toml";
/// Features that no release may carry.
const FOR_TESTS: [&str; 3] = ["controls", "fail-points", "test-support"];

/// Looks at the manifests as text, since reasons are comments.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let manifests = || sources.texts().filter(|(path, _)| path.ends_with("/Cargo.toml") && *path != APART);
    let mut findings: Vec<_> = manifests().filter_map(|(path, text)| deaf_to_lints(path, text)).collect();
    findings.extend(manifests().flat_map(|(path, text)| own_versions(path, text)));
    findings.extend(manifests().flat_map(|(path, text)| test_features(path, text)));
    let used = |name: &str| manifests().any(|(_, text)| asks_for(text, name));
    for line in table_lines(sources.text("Cargo.toml").unwrap_or_default()) {
        let name = line.split([' ', '=']).next().unwrap_or(line);
        if !line.contains("path =") && !line.contains(" # ") {
            findings.push(Finding::new("Cargo.toml", format!("`{name}` has no reason behind it")));
        }
        if !used(name) {
            findings.push(Finding::new("Cargo.toml", format!("`{name}` is used by no crate")));
        }
    }
    findings
}

fn table_lines(manifest: &str) -> impl Iterator<Item = &str> {
    let behind = manifest.lines().skip_while(|line| line.trim() != TABLE).skip(1);
    let table = behind.take_while(|line| !line.starts_with('['));
    table.filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

fn asks_for(manifest: &str, name: &str) -> bool {
    let mut lines = manifest.lines().filter_map(|line| line.strip_prefix(name));
    lines.any(|rest| rest.starts_with([' ', '.', '=']))
}

fn deaf_to_lints(path: &str, text: &str) -> Option<Finding> {
    let obeys = text.contains("[lints]\nworkspace = true")
        || (path == SPEAKS_C && text.contains("[lints.rust]\nunsafe_code = \"deny\""));
    (!obeys).then(|| Finding::new(path, "does not inherit the lints: add `[lints] workspace = true`"))
}

/// Dependencies with a version of their own instead of the table's.
fn own_versions(path: &str, text: &str) -> Vec<Finding> {
    let mut inside = false;
    let mut findings = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.trim_end_matches(']').ends_with("dependencies");
        } else if inside
            && line.contains('=')
            && !line.starts_with('#')
            && !line.replace(' ', "").contains("workspace=true")
        {
            findings.push(Finding::new(path, format!("`{line}` is not from the table in the root Cargo.toml")));
        }
    }
    findings
}

/// A product that asks for a feature of tests, or has one on by default.
fn test_features(path: &str, text: &str) -> Vec<Finding> {
    let mut section = "";
    let mut findings = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        }
        let ships = !path.starts_with("tests/") && ["[dependencies]", "[build-dependencies]"].contains(&section);
        let is_default = section == "[features]" && line.starts_with("default");
        let named = FOR_TESTS.iter().find(|feature| line.contains(&format!("\"{feature}\"")));
        if let Some(feature) = named.filter(|_| ships || is_default) {
            findings.push(Finding::new(path, format!("`{line}` puts `{feature}` into a release; it is for tests")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "[workspace]\n\n[workspace.dependencies]\n# -- data\nserde = \"1\" # wire\nhex = \"0.4\"\nours = { path = \"x\" }\n\n[profile.dev]\n";
    const GOOD: &str = "[lints]\nworkspace = true\n\n[dependencies]\nserde.workspace = true\nhex = { workspace = true, features = [] }\nours.workspace = true\n";

    fn found(root: &str, member: &str) -> Vec<String> {
        let sources = Sources::of(&[("Cargo.toml", root), ("crates/a/Cargo.toml", member)]);
        check(&sources).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn a_line_without_a_reason_is_found() {
        assert_eq!(found(ROOT, GOOD), ["Cargo.toml: `hex` has no reason behind it"], "paths of our own need none");
    }

    #[test]
    fn a_line_that_nobody_uses_is_found() {
        let member = GOOD.replace("serde.workspace", "serde_json.workspace");
        let findings = found(ROOT, &member);
        let hit = findings.iter().any(|line| line.contains("`serde` is used by no crate"));
        assert!(hit, "a name that begins alike is another crate: {findings:?}");
    }

    #[test]
    fn a_crate_that_goes_its_own_way_is_found() {
        let findings = found(
            ROOT,
            &GOOD.replace("[lints]\nworkspace = true", "").replace("serde.workspace = true", "serde = \"1.0\""),
        );
        assert!(findings.iter().any(|line| line.contains("inherit the lints")), "no lints: {findings:?}");
        assert!(findings.iter().any(|line| line.contains("not from the table")), "own version: {findings:?}");
    }

    #[test]
    fn a_release_that_carries_a_feature_of_tests_is_found() {
        let asks = GOOD.replace("features = []", "features = [\"controls\"]");
        assert!(found(ROOT, &asks).iter().any(|line| line.contains("into a release")), "a product asks for it");
        let default = format!("{GOOD}\n[features]\ndefault = [\"fail-points\"]\n");
        assert!(found(ROOT, &default).iter().any(|line| line.contains("into a release")), "on without being asked for");
        let own =
            format!("{GOOD}\n[features]\ncontrols = []\n\n[dev-dependencies]\nx = {{ features = [\"controls\"] }}\n");
        assert!(!found(ROOT, &own).iter().any(|line| line.contains("into a release")), "tests may");
    }
}
