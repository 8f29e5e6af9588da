//! `cargo xtask tidy`: the rules of the house that no compiler checks. Each is a file below, takes the sources as text
//! and returns what it found, so that its tests can show it failing on a line or two.
//!
//! To add a rule: one file, one line in `RULES`, and a test in which it finds something.

mod dependencies;
mod documents;
mod faults;
mod file_length;
mod file_names;
mod generated;
mod glossary;
mod guides;
mod leftovers;
mod licences;
mod machine_paths;
mod manifests;
mod members;
mod messages;
mod migrations;
mod module_docs;
mod orphans;
mod purity;
mod schema;
mod sources;
mod ui_doors;
mod window_rights;

use std::fmt;

use crate::{Outcome, checkout::Checkout};
pub use sources::Sources;

/// One thing that is not as the rules want it.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, or the crate.
    pub place: String,
    /// What is wrong, and what to do about it.
    pub what: String,
}

impl Finding {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.what)
    }
}

/// What the rules look at.
struct House {
    sources: Sources,
    members: Vec<members::Member>,
}

type Rule = fn(&House) -> Vec<Finding>;

/// The rules that need nothing but the text of the house.
const RULES: &[(&str, Rule)] = &[
    ("who may know whom", |house| dependencies::check(&house.members)),
    ("no IO in the middle", |house| purity::check(&house.sources)),
    ("the UI's one door to the host", |house| ui_doors::check(&house.sources)),
    ("what the window may do", |house| window_rights::check(&house.sources)),
    ("manifests", |house| manifests::check(&house.sources)),
    ("every module says what lives there", |house| module_docs::check(&house.sources)),
    ("file names", |house| file_names::check(&house.sources)),
    ("file length", |house| file_length::check(&house.sources)),
    ("no forgotten file", |house| orphans::check(&house.sources, &house.members)),
    ("leftovers", |house| leftovers::check(&house.sources)),
    ("words of the glossary", |house| glossary::check(&house.sources)),
    ("messages", |house| messages::check(&house.sources)),
    ("migrations", |house| migrations::check(&house.sources)),
    ("documents", |house| documents::check(&house.sources, &house.members)),
    ("the user guide", |house| guides::check(&house.sources)),
    ("the fault matrix", |house| faults::check(&house.sources)),
];

/// Prints every finding; an error if there is one.
pub fn perform(checkout: &Checkout) -> Outcome {
    let findings = findings(checkout)?;
    for (rule, finding) in &findings {
        println!("[{rule}] {finding}");
    }
    match findings.len() {
        0 => {
            println!("The house is tidy.");
            Ok(())
        }
        count => Err(format!("{count} findings").into()),
    }
}

fn findings(checkout: &Checkout) -> Outcome<Vec<(&'static str, Finding)>> {
    let house = House { sources: Sources::of_checkout(checkout)?, members: members::load(&checkout.root)? };
    let mut all = Vec::new();
    for (name, rule) in RULES {
        all.extend(rule(&house).into_iter().map(|finding| (*name, finding)));
    }
    let paths = machine_paths::check(&house.sources, &machine_paths::forbidden(&checkout.root));
    all.extend(paths.into_iter().map(|finding| ("paths of this machine", finding)));
    let licences = licences::check(&house.sources, &licences::load(&checkout.root)?);
    all.extend(licences.into_iter().map(|finding| ("licences", finding)));
    let generated = generated::check(&house.sources, crate::codegen::generate(checkout));
    all.extend(generated.into_iter().map(|finding| ("generated TypeScript", finding)));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let checkout = Checkout::here().expect("the tests run inside a checkout");
        let findings = findings(&checkout).expect("every rule can be asked");
        let lines: Vec<String> = findings.iter().map(|(rule, finding)| format!("[{rule}] {finding}")).collect();
        assert!(lines.is_empty(), "`cargo xtask tidy` has findings:\n{}", lines.join("\n"));
    }
}
