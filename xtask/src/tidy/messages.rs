//! The words on the screens: every language has the same keys with the same places for values, and each key is said.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::Value;

use super::{Finding, Sources, sources::extension};

const FOLDER: &str = "ui/messages";
/// The catalogue's own bookkeeping.
const SCHEMA: &str = "$schema";

/// One language: key → the names of the values that its message holds.
type Catalogue = BTreeMap<String, BTreeSet<String>>;

/// Compares the catalogues with each other and with the code that speaks.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut catalogues = BTreeMap::new();
    for (path, text) in sources.texts_below(FOLDER).filter(|(path, _)| extension(path) == "json") {
        match read(text) {
            Ok(catalogue) => drop(catalogues.insert(path, catalogue)),
            Err(problem) => findings.push(Finding::new(path, problem)),
        }
    }
    if catalogues.len() < 2 {
        findings.push(Finding::new(FOLDER, "holds fewer than two languages that can be read"));
    }
    findings.extend(differences(&catalogues));
    if let Some((path, catalogue)) = catalogues.iter().next() {
        let spoken = Spoken::in_sources(sources);
        let silent = catalogue.keys().filter(|key| !spoken.has(key));
        findings.extend(silent.map(|key| Finding::new(*path, format!("`{key}` is said nowhere"))));
    }
    findings
}

fn read(text: &str) -> Result<Catalogue, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
    let object = value.as_object().ok_or("is no JSON object")?;
    let messages = object.iter().filter(|(key, _)| *key != SCHEMA);
    messages.map(|(key, message)| Ok((key.clone(), places(key, message)?))).collect()
}

/// The `{name}` places of a message. One with variants is a structure; its inputs are compared as text the same way.
fn places(key: &str, message: &Value) -> Result<BTreeSet<String>, String> {
    if message.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Err(format!("`{key}` is empty"));
    }
    let Ok(place) = Regex::new(r"\{([A-Za-z_][A-Za-z0-9_]*)\}") else { return Ok(BTreeSet::new()) };
    Ok(place.captures_iter(&message.to_string()).map(|found| found[1].to_owned()).collect())
}

/// What each language lacks or says otherwise than the union of all.
fn differences(catalogues: &BTreeMap<&str, Catalogue>) -> Vec<Finding> {
    let keys: BTreeSet<&String> = catalogues.values().flat_map(BTreeMap::keys).collect();
    let mut findings = Vec::new();
    for key in keys {
        let lacking = catalogues.iter().filter(|(_, catalogue)| !catalogue.contains_key(key));
        findings.extend(lacking.map(|(path, _)| Finding::new(*path, format!("lacks `{key}`"))));
        let places: BTreeSet<_> = catalogues.values().filter_map(|catalogue| catalogue.get(key)).collect();
        if places.len() > 1 {
            findings.push(Finding::new(FOLDER, format!("`{key}` holds other values in one language than in another")));
        }
    }
    findings
}

/// Keys as the code says them: `m.key`, a quoted `"key"`, or the beginning of one put together in a template.
struct Spoken {
    whole: BTreeSet<String>,
    beginnings: BTreeSet<String>,
}

impl Spoken {
    fn in_sources(sources: &Sources) -> Self {
        let mut spoken = Self { whole: BTreeSet::new(), beginnings: BTreeSet::new() };
        let ui = sources.texts_below("ui/src").filter(|(path, _)| ["ts", "svelte"].contains(&extension(path)));
        let rust = sources.texts().filter(|(path, _)| extension(path) == "rs");
        let (Ok(whole), Ok(beginning)) = (
            Regex::new(r#"\bm\.([A-Za-z0-9_]+)|["']([A-Za-z0-9_.]+)["']"#),
            Regex::new(r#"[`"]([A-Za-z0-9_.]{3,})(?:\$?\{)"#),
        ) else {
            return spoken;
        };
        for (_, text) in ui.chain(rust) {
            let keys = whole.captures_iter(text).filter_map(|found| found.get(1).or(found.get(2)));
            spoken.whole.extend(keys.map(|key| key.as_str().to_owned()));
            spoken.beginnings.extend(beginning.captures_iter(text).map(|found| found[1].to_owned()));
        }
        spoken
    }

    fn has(&self, key: &str) -> bool {
        self.whole.contains(key) || self.beginnings.iter().any(|beginning| key.starts_with(beginning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: &str = "{m.queue_title()} {m['late']({ n })} {say(`refusal_${code}`)}";
    const ZH: &str = r#"{"$schema": "x", "queue_title": "队列", "late": "迟 {n}", "refusal_skill": "缺技能"}"#;

    fn found(zh: &str, en: &str) -> Vec<String> {
        let files =
            [("ui/messages/zh-CN.json", zh), ("ui/messages/en.json", en), ("ui/src/station/Queue.svelte", SCREEN)];
        check(&Sources::of(&files)).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn catalogues_that_agree_and_are_said_pass() {
        let en = r#"{"queue_title": "Queue", "late": "{n} late", "refusal_skill": "Skill missing"}"#;
        assert!(
            found(ZH, en).is_empty(),
            "by name, by quotes, and by the beginning of a template: {:?}",
            found(ZH, en)
        );
    }

    #[test]
    fn an_untranslated_key_is_found() {
        let findings = found(ZH, r#"{"queue_title": "Queue", "late": "{n} late"}"#);
        assert_eq!(findings, ["ui/messages/en.json: lacks `refusal_skill`"], "the file that lacks it is named");
    }

    #[test]
    fn a_value_lost_in_translation_is_found() {
        let findings = found(ZH, r#"{"queue_title": "Queue", "late": "late", "refusal_skill": "Skill"}"#);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].contains("`late` holds other values"), "the key is named: {findings:?}");
    }

    #[test]
    fn a_key_that_nobody_says_is_found() {
        let zh = ZH.replace("late", "early");
        let en = r#"{"queue_title": "Queue", "early": "{n} early", "refusal_skill": "Skill"}"#;
        assert_eq!(found(&zh, en), ["ui/messages/en.json: `early` is said nowhere"], "once is enough to tell");
    }

    #[test]
    fn an_empty_message_and_a_missing_language_are_found() {
        let findings = found(ZH, r#"{"queue_title": " "}"#);
        assert!(findings.iter().any(|line| line.contains("`queue_title` is empty")), "{findings:?}");
        assert!(findings.iter().any(|line| line.contains("fewer than two languages")), "{findings:?}");
    }
}
