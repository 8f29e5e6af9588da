//! One entry of a data file as a value of the domain: codes get their check character, both languages must be there, and
//! a misspelt key is reported rather than ignored.

use cordwainer_domain::code::{Code, CodeType};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// Reads an entry. `known` are keys that the data may hold although the program does not use them.
///
/// # Errors
/// What is wrong with it.
pub fn read_entry<T: DeserializeOwned>(table: Table, known: &[&str]) -> Result<T, String> {
    let value = Value::Table(table);
    check_languages("", &value)?;
    let mut unknown = Vec::new();
    let read =
        serde_ignored::deserialize(value, |path| unknown.push(path.to_string())).map_err(|fault| fault.to_string())?;
    match unknown.iter().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("`{key}` is no key of this file; is it misspelt?")),
        None => Ok(read),
    }
}

/// Replaces the stem under a key by the whole code.
///
/// # Errors
/// Why the stem is no code of this type.
pub fn complete_code(table: &mut Table, key: &str, kind: CodeType) -> Result<(), String> {
    let stem = match table.get(key) {
        Some(Value::String(stem)) => stem.clone(),
        Some(_) => return Err(format!("`{key}` must be text")),
        None => return Err(format!("`{key}` is missing")),
    };
    let letter = kind.letter();
    let code = Code::from_stem(&stem).map_err(|_| {
        format!("`{key}` is \"{stem}\"; write {letter} and seven of 0-9 A-Z without I, L, O, U (the check character is computed)")
    })?;
    if code.kind() != kind {
        return Err(format!("`{key}` is \"{stem}\", which does not begin with {letter}"));
    }
    table.insert(key.to_owned(), Value::String(code.to_string()));
    Ok(())
}

/// Text in one language has the other, too; the screens would show a hole.
fn check_languages(path: &str, value: &Value) -> Result<(), String> {
    match value {
        Value::Table(table) => {
            if table.contains_key("zh") || table.contains_key("en") {
                return check_text(path, table);
            }
            let at = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            table.iter().try_for_each(|(key, inner)| check_languages(&at(key), inner))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, inner)| check_languages(&format!("{path} {}", index + 1), inner)),
        _ => Ok(()),
    }
}

fn check_text(path: &str, table: &Table) -> Result<(), String> {
    for (key, language) in [("zh", "Chinese"), ("en", "English")] {
        let text = table.get(key).and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() {
            return Err(format!("`{path}` has no {language} text (`{key}`)"));
        }
    }
    Ok(())
}
