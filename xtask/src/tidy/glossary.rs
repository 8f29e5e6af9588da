//! One word for one thing: what docs/GLOSSARY.md says not to say must not name a type or a function of ours.

use regex::Regex;

use super::{
    Finding, Sources,
    file_names::words,
    sources::{extension, is_generated},
};

const GLOSSARY: &str = "docs/GLOSSARY.md";
const COLUMN: &str = "do not say";
/// Where a banned word is somebody else's good one: (the word, the folders, what it means there).
const MEANS_ELSE: &[(&str, &[&str], &str)] = &[
    (
        "batch",
        &["crates/sync/", "crates/protocol/", "crates/station/", "crates/server/", "tests/"],
        "what one push carries",
    ),
    ("client", &["crates/station/", "crates/server/", "crates/channel/", "tests/"], "the calling side of HTTP and TLS"),
    (
        "task",
        &["crates/station/", "crates/server/", "crates/devices/", "src-tauri/", "tests/"],
        "a task of the async runtime",
    ),
    ("bench", &["tests/"], "the program that measures"),
    ("issue", &["crates/server/", "crates/channel/"], "to give out a grant or a certificate"),
];
/// A function with a longer name is a test whose name is a sentence.
const NAME_WORDS_MAX: usize = 5;

/// Looks at every declaration in Rust and TypeScript.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let Some(glossary) = sources.text(GLOSSARY) else {
        return vec![Finding::new(GLOSSARY, "is missing: without it nothing says which word to use")];
    };
    let banned = banned(glossary);
    if banned.is_empty() {
        return vec![Finding::new(GLOSSARY, format!("has no column `{COLUMN}`"))];
    }
    let Ok(declaration) =
        Regex::new(r"\b(?:struct|enum|trait|type|union|fn|mod|class|interface|function)\s+([A-Za-z_][A-Za-z0-9_]*)")
    else {
        return Vec::new();
    };
    let code = sources.texts().filter(|(path, _)| is_ours(path));
    let named =
        code.flat_map(|(path, text)| declared(&declaration, text).map(move |name| (path, name)).collect::<Vec<_>>());
    named.filter_map(|(path, name)| Some(Finding::new(path, complaint(path, name, &banned)?))).collect()
}

fn is_ours(path: &str) -> bool {
    ["rs", "ts", "svelte"].contains(&extension(path)) && !is_generated(path) && !path.starts_with("xtask/")
}

fn declared<'a>(declaration: &Regex, text: &'a str) -> impl Iterator<Item = &'a str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| declaration.captures_iter(line)).filter_map(|found| Some(found.get(1)?.as_str()))
}

/// The terms of the table's column, each as its words.
fn banned(glossary: &str) -> Vec<Vec<String>> {
    let rows = glossary.lines().filter(|line| line.trim_start().starts_with('|'));
    let mut column = None;
    let mut terms = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.trim().trim_matches('|').split('|').map(str::trim).collect();
        if let Some(index) = cells.iter().position(|cell| cell.eq_ignore_ascii_case(COLUMN)) {
            column = Some(index);
        } else if let Some(cell) = column.and_then(|index| cells.get(index)) {
            terms.extend(cell.split([',', ';']).map(words).filter(|term| !term.is_empty()));
        }
    }
    terms
}

fn complaint(path: &str, name: &str, banned: &[Vec<String>]) -> Option<String> {
    let words = words(name);
    if words.len() > NAME_WORDS_MAX {
        return None;
    }
    let said = |term: &&Vec<String>| words.windows(term.len()).any(|window| window == term.as_slice());
    let term = banned.iter().filter(said).map(|term| term.join(" ")).find(|term| !means_else(path, term))?;
    Some(format!("`{name}` says `{term}`; {GLOSSARY} has the word to use"))
}

fn means_else(path: &str, term: &str) -> bool {
    MEANS_ELSE.iter().any(|(word, folders, _)| *word == term && folders.iter().any(|folder| path.starts_with(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| Say | zh | Do not say |\n|---|---|---|\n| customer order | 客户订单 | sales doc |\n| configuration | 配置 | SKU |\n| station | 工位终端 | client |\n| last | 鞋楦 | |\n";

    fn found(source: &str) -> Vec<String> {
        found_in("crates/domain/src/lib.rs", source)
    }

    fn found_in(path: &str, source: &str) -> Vec<String> {
        let sources = Sources::of(&[(GLOSSARY, TABLE), (path, source)]);
        check(&sources).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_banned_word_in_a_name_is_found() {
        for source in ["struct SalesDocLine;", "pub enum Sku {}", "fn print_sku_label() {}", "pub trait ClientList {}"]
        {
            assert_eq!(found(source).len(), 1, "{source} says a word that the glossary does not");
        }
    }

    #[test]
    fn other_words_comments_and_uses_are_free() {
        for source in [
            "struct SalesDocument;",
            "// struct Sku",
            "fn a_client_in_a_sentence_is_prose() {}",
            "use x::Client;",
            "struct Skull;",
        ] {
            assert!(found(source).is_empty(), "{source} is no name of ours with a banned word: {:?}", found(source));
        }
    }

    #[test]
    fn a_word_may_mean_something_else_at_the_edges() {
        let source = "struct HttpClient;";
        assert!(found_in("crates/station/src/push.rs", source).is_empty(), "the station calls the server over HTTP");
        assert_eq!(found_in("crates/domain/src/people.rs", source).len(), 1, "in the domain there is no HTTP");
    }

    #[test]
    fn a_missing_glossary_or_column_is_no_clean_bill() {
        assert_eq!(check(&Sources::of(&[])).len(), 1, "no glossary");
        assert_eq!(check(&Sources::of(&[(GLOSSARY, "| Say |\n|---|\n| job |\n")])).len(), 1, "no column");
    }
}
