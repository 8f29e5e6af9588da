//! Takes out of a text what must not leave the house: the words of this very factory that it is told of, and whatever looks
//! like a key, a password, or a code.

use std::collections::BTreeSet;

/// What stands in the place of what was taken out.
const GONE: &str = "[redacted]";
/// Texts shorter than this are no names worth hiding, and would tear other words apart.
const SHORTEST: usize = 2;
/// Hexadecimal digits in a row that may be a key, a hash or a lease.
const KEY_DIGITS: usize = 32;

/// What to take out.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    words: BTreeSet<String>,
}

impl Redactor {
    /// Adds a text that must not leave the house: a name, a badge, a customer, a hash.
    pub fn hide(&mut self, text: &str) {
        let text = text.trim();
        if text.chars().count() >= SHORTEST {
            self.words.insert(text.to_owned());
            // A log file holds JSON: what stands there may be written with escapes.
            let escaped = serde_json::Value::from(text).to_string();
            self.words.insert(escaped.trim_matches('"').to_owned());
        }
    }

    /// The text without all that.
    pub fn redacted(&self, text: &str) -> String {
        let mut words: Vec<&String> = self.words.iter().collect();
        // The longest first: a full name goes before the short one inside it.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let hidden = words.into_iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), GONE));
        hidden.lines().map(without_secrets).collect::<Vec<_>>().join("\n")
    }
}

/// A line without passwords in addresses and without long runs of hexadecimal digits. Identifiers with hyphens stay: they are
/// what a person looks things up by.
fn without_secrets(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        out.push_str(if end >= KEY_DIGITS { GONE } else { &rest[..end] });
        rest = &rest[end..];
    }
    out.push_str(rest);
    without_password(&out)
}

/// `scheme://user:password@host` without the password.
fn without_password(line: &str) -> String {
    let Some((before, after)) = line.split_once("://") else { return line.to_owned() };
    let authority = after.find(|c: char| c == '/' || c.is_whitespace() || c == '"').unwrap_or(after.len());
    let (authority, rest) = after.split_at(authority);
    let authority = match authority.rsplit_once('@') {
        Some((who, host)) => match who.split_once(':') {
            Some((user, _)) => format!("{user}:{GONE}@{host}"),
            None => authority.to_owned(),
        },
        None => authority.to_owned(),
    };
    format!("{before}://{authority}{}", without_password(rest))
}

#[cfg(test)]
mod tests {
    use super::Redactor;

    #[test]
    fn names_keys_and_passwords_go_and_identifiers_stay() {
        let mut redactor = Redactor::default();
        for word in ["戴春华", "Dai Chunhua", "Dai", "C08-11\"x"] {
            redactor.hide(word);
        }
        let text = format!(
            "Dai Chunhua (戴春华) C08-11\\\"x key={} at postgres://cordwainer:SECRET@db/x and http://a:b@c/\nstation \
             0190f7a2-1111-7000-8000-000000000001 seq 12",
            "ab".repeat(32)
        );
        assert_eq!(
            redactor.redacted(&text),
            "[redacted] ([redacted]) [redacted] key=[redacted] at postgres://cordwainer:[redacted]@db/x and \
             http://a:[redacted]@c/\nstation 0190f7a2-1111-7000-8000-000000000001 seq 12",
            "what is left says where to look, and nothing of anybody"
        );
    }
}
