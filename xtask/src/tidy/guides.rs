//! The user guide: told in each language of the screens, in the same order, with the same pictures; and what it says the
//! screen says, the screen does say.
//!
//! Words of the screen stand in 「」 in Chinese and in “” in English, and in nothing else; `…` in them stands for a value.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::{Finding, Sources};
use crate::pictures::{FOLDER, KEPT, LANGUAGES, file_name};

/// What stands in the place of a value, in a quotation and in a message that is compared with it.
const VALUE: &str = "…";

/// A guide, and the language of its reader.
struct Guide<'a> {
    path: String,
    language: &'static str,
    text: &'a str,
}

/// Compares the guides with each other, with the messages, and with the pictures that are kept.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut guides = Vec::new();
    for language in LANGUAGES {
        let path = format!("docs/user-guide/{language}.md");
        match sources.text(&path) {
            Some(text) => guides.push(Guide { path, language, text }),
            None => findings.push(Finding::new(path, "is missing: the guide is told in every language of the screens")),
        }
    }
    for guide in &guides {
        findings.extend(foreign_pictures(guide));
        findings.extend(misquoted(guide, sources));
    }
    if let [first, second] = guides.as_slice() {
        findings.extend(differences(first, second));
    }
    findings.extend(useless_pictures(sources));
    findings
}

/// Headings and pictures, in order: where the two part for the first time.
fn differences(first: &Guide<'_>, second: &Guide<'_>) -> Vec<Finding> {
    let outlines = [outline(first.text), outline(second.text)];
    let counts = outlines.each_ref().map(|outline| outline.iter().filter(|part| part.starts_with('#')).count());
    if counts[0] != counts[1] {
        let what = format!("has {} headings, and {} has {}", counts[1], first.path, counts[0]);
        return vec![Finding::new(&second.path, what)];
    }
    let longest = outlines[0].len().max(outlines[1].len());
    let part_of = |outline: &[String], at: usize| outline.get(at).cloned().unwrap_or_else(|| "nothing more".to_owned());
    let parted = (0..longest).map(|at| (part_of(&outlines[0], at), part_of(&outlines[1], at)));
    let first_parted = parted.into_iter().find(|(one, other)| one != other);
    first_parted
        .map(|(one, other)| Finding::new(&second.path, format!("has {other} where {} has {one}", first.path)))
        .into_iter()
        .collect()
}

/// The rank of each heading, and each picture without its language.
fn outline(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for line in text.lines() {
        if let Some((rank, _)) = line.split_once(' ').filter(|(rank, _)| is_rank(rank)) {
            parts.push(rank.to_owned());
        }
        let pictures = pictures(line).into_iter();
        parts.extend(pictures.map(|picture| {
            let language = LANGUAGES.iter().find(|language| picture.contains(&format!("-{language}-")));
            language.map_or_else(|| picture.clone(), |language| picture.replace(&format!("-{language}-"), "-"))
        }));
    }
    parts
}

fn is_rank(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|letter| letter == '#')
}

/// The files that a text shows, without their folders.
fn pictures(text: &str) -> Vec<String> {
    let Ok(picture) = Regex::new(r"!\[[^\]]*\]\((?:[^)]*/)?([^)/]+)\)") else { return Vec::new() };
    picture.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

fn foreign_pictures(guide: &Guide<'_>) -> Vec<Finding> {
    let kept: BTreeSet<String> = KEPT.iter().map(|kept| file_name(kept.name, guide.language)).collect();
    let foreign = pictures(guide.text).into_iter().filter(|picture| !kept.contains(picture));
    foreign
        .map(|picture| {
            let what = format!("shows {picture}, which `cargo xtask pictures` does not take in {}", guide.language);
            Finding::new(&guide.path, what)
        })
        .collect()
}

/// Pictures that no document shows any more, and files that no command takes.
fn useless_pictures(sources: &Sources) -> Vec<Finding> {
    let documents = sources.texts().filter(|(path, _)| path.ends_with(".md"));
    let shown: BTreeSet<String> = documents.flat_map(|(_, text)| pictures(text)).collect();
    let below = format!("{FOLDER}/");
    let lying = sources.paths().filter_map(|path| path.strip_prefix(&below));
    lying
        .filter(|picture| !shown.contains(*picture))
        .map(|picture| Finding::new(format!("{FOLDER}/{picture}"), "is shown by no document"))
        .collect()
}

/// Every quotation that is not the screen's word.
fn misquoted(guide: &Guide<'_>, sources: &Sources) -> Vec<Finding> {
    let catalogue = format!("ui/messages/{}.json", guide.language);
    let said = match sources.text(&catalogue).map(messages) {
        Some(Some(said)) => said,
        _ => return vec![Finding::new(catalogue, "cannot be read: the guide quotes it")],
    };
    let mut findings = Vec::new();
    for (index, line) in guide.text.lines().enumerate() {
        let place = |what: String| Finding::new(&guide.path, format!("line {}: {what}", index + 1));
        match quotations(line, guide.language) {
            Ok(quoted) => {
                let wrong = quoted.into_iter().filter(|words| !words_of_the_screen(words, &said));
                findings.extend(wrong.map(|words| place(format!("the screen does not say {words:?}"))));
            }
            Err(words) => findings.push(place(format!("a quotation does not end or begin: {words:?}"))),
        }
    }
    findings
}

/// What the catalogue says, a value in it as [`VALUE`].
fn messages(catalogue: &str) -> Option<Vec<String>> {
    let place = Regex::new(r"\{[A-Za-z_][A-Za-z0-9_]*\}").ok()?;
    let value: Value = serde_json::from_str(catalogue).ok()?;
    let texts = value.as_object()?.values().filter_map(Value::as_str);
    Some(texts.map(|text| place.replace_all(text, VALUE).into_owned()).collect())
}

/// The outermost quotations of a line: a message may quote another.
fn quotations(line: &str, language: &str) -> Result<Vec<String>, String> {
    let (open, close) = if language == "en" { ('“', '”') } else { ('「', '」') };
    // The guide explains its own marks by an empty pair.
    let line = line.replace(&format!("{open}{close}"), "");
    let mut quoted = Vec::new();
    let mut depth = 0_usize;
    let mut words = String::new();
    for letter in line.chars() {
        if letter == close {
            depth = depth.checked_sub(1).ok_or_else(|| line.clone())?;
            if depth == 0 {
                quoted.push(std::mem::take(&mut words));
            }
        }
        if depth > 0 {
            words.push(letter);
        }
        if letter == open {
            depth += 1;
        }
    }
    if depth == 0 { Ok(quoted) } else { Err(words) }
}

/// Whether a message is, or holds between its own pauses, what was quoted.
fn words_of_the_screen(words: &str, said: &[String]) -> bool {
    words == VALUE || said.iter().any(|message| holds_whole(message, words))
}

/// Whether the words stand in the message with no letter or digit against either end: no half of a word is a quotation.
fn holds_whole(message: &str, words: &str) -> bool {
    if words.trim().is_empty() {
        return false;
    }
    message.match_indices(words).any(|(start, found)| {
        let before = message[..start].chars().next_back();
        let after = message[start + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: &str =
        r#"{"queue": "待检", "unsent": "未上传 {count}", "place": "这双现在该去「{work_centre}」，请送过去"}"#;
    const EN: &str = r#"{"queue": "To inspect", "unsent": "Unsent {count}", "place": "This belongs at {work_centre}. Take it there"}"#;

    fn found(zh: &str, en: &str) -> Vec<String> {
        let files = [
            ("docs/user-guide/zh-CN.md", zh),
            ("docs/user-guide/en.md", en),
            ("ui/messages/zh-CN.json", ZH),
            ("ui/messages/en.json", EN),
        ];
        check(&Sources::of(&files)).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn guides_that_say_the_same_with_the_screens_own_words_pass() {
        let zh = "# 手册\n「」里是屏幕上的字。「待检」，「未上传 …」，「这双现在该去「…」」\n![检验](../pictures/job-zh-CN-1280x800.png)\n";
        let en = "# Guide\nIn “” stands: “To inspect”, “Unsent …”, “Take it there”.\n![A job](../pictures/job-en-1280x800.png)\n";
        assert_eq!(found(zh, en), [""; 0], "a whole message, one with a value, and a whole sentence of one");
    }

    #[test]
    fn words_that_the_screen_does_not_say_are_found_with_their_line() {
        for (en, why) in [
            ("# Guide\n“Inspect queue”\n", "an invented word"),
            ("# Guide\n“Take it the”\n", "half of a word"),
            ("# Guide\n“Unsent 3”\n", "a value that the message does not have"),
            ("# Guide\n“ ”\n", "nothing"),
        ] {
            let findings = found("# 手册\n", en);
            assert_eq!(findings.len(), 1, "{why}: {findings:?}");
            assert!(findings.iter().all(|line| line.starts_with("docs/user-guide/en.md: line 2:")), "{findings:?}");
        }
    }

    #[test]
    fn a_quotation_is_looked_for_in_the_messages_of_its_own_language() {
        let findings = found("# 手册\n「To inspect」\n", "# Guide\n“待检”\n");
        assert_eq!(findings.len(), 2, "{findings:?}");
    }

    #[test]
    fn a_quotation_that_does_not_end_is_found() {
        for zh in ["# 手册\n「待检\n", "# 手册\n待检」\n"] {
            let findings = found(zh, "# Guide\n");
            assert!(findings.len() == 1 && findings[0].contains("does not end or begin"), "{zh}: {findings:?}");
        }
    }

    #[test]
    fn a_heading_or_a_picture_that_one_guide_lacks_is_found() {
        let findings = found("# 手册\n## 工人\n", "# Guide\n");
        assert_eq!(findings, ["docs/user-guide/en.md: has 1 headings, and docs/user-guide/zh-CN.md has 2"]);
        let findings = found("# 手册\n![图](../pictures/job-zh-CN-1280x800.png)\n", "# Guide\n");
        let expected = "docs/user-guide/en.md: has nothing more where docs/user-guide/zh-CN.md has job-1280x800.png";
        assert_eq!(findings, [expected], "the picture is named without its language");
        let findings = found("# 手册\n## 甲\n### 乙\n", "# Guide\n### B\n## A\n");
        assert_eq!(findings, ["docs/user-guide/en.md: has ### where docs/user-guide/zh-CN.md has ##"], "and the order");
    }

    #[test]
    fn a_picture_of_the_other_language_or_of_nobody_is_found() {
        for picture in ["job-zh-CN-1280x800.png", "dream-en-1280x800.png"] {
            let en = format!("# Guide\n![A job](../pictures/{picture})\n");
            let findings = found("# 手册\n![图](../pictures/job-zh-CN-1280x800.png)\n", &en);
            assert!(findings.iter().any(|line| line.contains(&format!("shows {picture}"))), "{findings:?}");
        }
    }

    #[test]
    fn a_picture_that_no_document_shows_is_found() {
        let files = [
            ("README.md", "![A job](docs/pictures/job-en-1280x800.png)"),
            ("docs/pictures/job-en-1280x800.png", ""),
            ("docs/pictures/old-en-1280x800.png", ""),
        ];
        let findings = useless_pictures(&Sources::of(&files));
        assert_eq!(findings, [Finding::new("docs/pictures/old-en-1280x800.png", "is shown by no document")]);
    }

    #[test]
    fn a_missing_guide_or_catalogue_is_no_clean_bill() {
        let findings = check(&Sources::of(&[("docs/user-guide/en.md", "# Guide\n")]));
        let places: Vec<_> = findings.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["docs/user-guide/zh-CN.md", "ui/messages/en.json"], "each is named: {findings:?}");
    }
}
