//! Names under which anything could live, or that tell a file's age instead of its content.

use super::{
    Finding, Sources,
    sources::{extension, file_name},
};

const CODE: &[&str] = &["rs", "ts", "js", "mjs", "svelte", "css", "sql", "sh"];
const DRAWERS: &[&str] =
    &["util", "utils", "helper", "helpers", "misc", "common", "manager", "managers", "service", "services"];
const AGES: &[&str] = &["new", "old"];

/// Looks at the name of every file with code in it, and at the folders above.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let code = sources.paths().filter(|path| CODE.contains(&extension(path)));
    code.filter_map(|path| Some(Finding::new(path, complaint(path)?))).collect()
}

fn complaint(path: &str) -> Option<String> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(folder) = folders.split('/').find(|folder| DRAWERS.contains(folder)) {
        return Some(format!("a folder `{folder}` is a drawer for anything; name the concept"));
    }
    let stem = file_name(name).split('.').next().unwrap_or(name);
    let words = words(stem);
    let (first, last) = (words.first()?.as_str(), words.last()?.as_str());
    if DRAWERS.contains(&last) {
        Some(format!("`{last}` is a drawer for anything; name the concept"))
    } else if AGES.contains(&first) && stem.starts_with(&format!("{first}_")) {
        Some(format!("`{first}_` tells its age; when something replaces something, the old one leaves"))
    } else if words.len() > 1 && is_version(last) {
        Some(format!("`{last}` tells its age; when something replaces something, the old one leaves"))
    } else {
        None
    }
}

/// The words of an identifier in any of the usual spellings, in lower case.
pub fn words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous_lower = false;
    for letter in identifier.chars() {
        let begins = letter.is_uppercase() && previous_lower;
        if begins || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.extend(letter.to_lowercase()));
        }
        previous_lower = letter.is_lowercase() || letter.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.chars().all(|digit| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawers_and_ages_are_found() {
        for path in [
            "crates/a/src/util.rs",
            "crates/a/src/scan_helpers.rs",
            "crates/a/src/common/mod.rs",
            "ui/src/lib/dateUtils.ts",
            "ui/src/office/OrderManager.svelte",
            "crates/a/src/new_queue.rs",
            "crates/a/src/old_queue.rs",
            "crates/a/src/push_v2.rs",
        ] {
            assert!(complaint(path).is_some(), "{path} must be refused");
        }
    }

    #[test]
    fn honest_names_are_free() {
        for path in [
            "crates/a/src/utilisation.rs",
            "crates/server/src/http/api/v1/push.rs",
            "ui/src/office/NewOrder.svelte",
            "crates/a/src/service_life.rs",
        ] {
            assert_eq!(complaint(path), None, "{path} says what it is");
        }
    }

    #[test]
    fn an_identifier_falls_into_its_words() {
        assert_eq!(words("SalesDocLine"), ["sales", "doc", "line"], "camel case");
        assert_eq!(words("SKU_code-2"), ["sku", "code", "2"], "capitals, underscores, dashes");
    }
}
