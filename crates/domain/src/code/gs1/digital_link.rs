//! GS1 Digital Link: the same data as an address of the web, such as `https://example.com/01/09506000134352/21/A7?17=271231`.
//!
//! The path holds a key and its qualifiers in their order; everything else stands in the query. The domain may be anybody's.

use super::{ApplicationIdentifier, Element, Gs1Data, Gs1Fault};

impl Gs1Data {
    /// Reads a link.
    ///
    /// # Errors
    /// [`Gs1Fault::NoLink`] for a text that is no such link; any other says what is wrong in a link that is one.
    pub fn parse_digital_link(text: &str) -> Result<Self, Gs1Fault> {
        let is_address = ["https://", "http://", "HTTPS://", "HTTP://"].iter().find_map(|head| text.strip_prefix(head));
        let address = is_address.ok_or(Gs1Fault::NoLink)?;
        let address = address.split('#').next().unwrap_or_default();
        let (place, query) = address.split_once('?').unwrap_or((address, ""));
        let steps: Vec<&str> = place.trim_end_matches('/').split('/').skip(1).collect();
        let path = key_place(&steps).map(|place| &steps[place..]).ok_or(Gs1Fault::NoLink)?;
        let mut data = Self { elements: Vec::new() };
        for pair in path.chunks_exact(2) {
            data.add_encoded(pair[0], pair[1])?;
        }
        for part in query.split(['&', ';']) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            // A name that is no number is the resolver's business, not ours.
            if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
                data.add_encoded(name, value)?;
            }
        }
        data.whole()
    }

    /// The link at a domain, such as `https://example.com`; `None` for data without a key, which no link can name.
    pub fn to_digital_link(&self, domain: &str) -> Option<String> {
        let key = self.keys().next()?;
        let path = self.path(key);
        let in_path = |element: &&Element| {
            element.ai != key.ai && key.ai.qualifiers.is_none_or(|inside| !inside.contains(&element.ai.digits))
        };
        let query: Vec<String> = self
            .elements
            .iter()
            .filter(in_path)
            .map(|element| format!("{}={}", element.ai.digits, encoded(&element.value)))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        Some(format!("{}{path}{mark}{}", domain.trim_end_matches('/'), query.join("&")))
    }

    /// Elements that name a thing by themselves.
    pub(in crate::code) fn keys(&self) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(|element| element.ai.qualifiers.is_some())
    }

    /// A key with the qualifiers that are there, in the path's order: the same for the same thing however it was written.
    pub(in crate::code) fn path(&self, key: &Element) -> String {
        let inside = key.ai.qualifiers.unwrap_or_default();
        let qualifiers = inside.iter().filter_map(|digits| self.elements.iter().find(|one| one.ai.digits == *digits));
        std::iter::once(key).chain(qualifiers).map(Element::path).collect()
    }

    fn add_encoded(&mut self, digits: &str, value: &str) -> Result<(), Gs1Fault> {
        let ai = ApplicationIdentifier::find(digits)
            .ok_or_else(|| Gs1Fault::UnknownIdentifier { found: digits.chars().take(4).collect() })?;
        let value = decoded(value).ok_or(Gs1Fault::BadCharacter { ai: ai.digits })?;
        self.add(ai, &value)
    }
}

impl Element {
    /// The two steps of a path that say this element.
    pub(in crate::code) fn path(&self) -> String {
        format!("/{}/{}", self.ai.digits, encoded(&self.value))
    }
}

/// Where in a path a key stands with nothing behind it but its qualifiers in their order. No qualifier is a key, so there is
/// one such place at most.
fn key_place(steps: &[&str]) -> Option<usize> {
    (0..steps.len()).find(|place| {
        let pairs = &steps[*place..];
        let Some(inside) = ApplicationIdentifier::find(pairs[0]).and_then(|ai| ai.qualifiers) else { return false };
        let mut allowed = inside.iter();
        pairs.len().is_multiple_of(2)
            && pairs.chunks_exact(2).skip(1).all(|pair| allowed.any(|digits| *digits == pair[0]))
    })
}

/// Letters, digits and `-_.` as they are, the rest as `%2F`.
fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

/// `None` where a per cent sign is not followed by two hexadecimal digits, or where the bytes are no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        if byte == b'%' {
            let pair = behind.get(..2).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit))?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
            rest = &behind[2..];
        } else {
            bytes.push(byte);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok()
}
