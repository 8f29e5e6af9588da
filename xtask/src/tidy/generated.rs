//! The committed TypeScript must be what the wire types give today.

use std::collections::BTreeMap;

use super::{Finding, Sources};
use crate::{Outcome, codegen::GENERATED};

const REMEDY: &str = "run `cargo xtask codegen`";

/// Compares the generated folder with a fresh export.
pub fn check(sources: &Sources, fresh: Outcome<BTreeMap<String, String>>) -> Vec<Finding> {
    let fresh = match fresh {
        Ok(fresh) => fresh,
        Err(error) => return vec![Finding::new(GENERATED, format!("cannot be compared: {error}"))],
    };
    let below = format!("{GENERATED}/");
    let committed: BTreeMap<&str, &str> =
        sources.texts_below(GENERATED).map(|(path, text)| (path.trim_start_matches(&below), text)).collect();
    let mut findings = Vec::new();
    for (name, text) in &fresh {
        match committed.get(name.as_str()) {
            None => findings.push(Finding::new(format!("{below}{name}"), format!("is missing; {REMEDY}"))),
            Some(old) if old != text => {
                findings.push(Finding::new(format!("{below}{name}"), format!("is stale; {REMEDY}")))
            }
            Some(_) => {}
        }
    }
    let left = committed.keys().filter(|name| !fresh.contains_key(**name));
    findings.extend(
        left.map(|name| Finding::new(format!("{below}{name}"), format!("comes from no type any more; {REMEDY}"))),
    );
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_missing_and_forgotten_files_are_found() {
        let sources = Sources::of(&[
            ("ui/src/lib/protocol/Job.ts", "old"),
            ("ui/src/lib/protocol/Gone.ts", "x"),
            ("ui/src/lib/protocol/Same.ts", "same"),
        ]);
        let fresh = [("Job.ts", "new"), ("Fresh.ts", "y"), ("Same.ts", "same")];
        let fresh = fresh.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let whats: Vec<_> = check(&sources, Ok(fresh)).into_iter().map(|finding| finding.what).collect();
        let whats: Vec<_> = whats.iter().filter_map(|what| what.split(';').next()).collect();
        assert_eq!(whats, ["is missing", "is stale", "comes from no type any more"], "each is told apart");
    }

    #[test]
    fn an_export_that_fails_is_no_clean_bill() {
        let findings = check(&Sources::of(&[]), Err("no example".into()));
        assert_eq!(findings.len(), 1, "what was not compared is not fresh");
    }
}
