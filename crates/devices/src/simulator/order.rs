//! What a scanner simulator is told on its standard input, one order a line: plain words or JSON. Pure.

use serde::Deserialize;

use super::typing::Suffix;

/// One order to a simulated scanner. As JSON: `{"scan":"W0000001X"}`, `{"burst":{"count":3,"texts":["A","B"]}}`,
/// `"unplug"`. As words: `scan W0000001X`, `burst 3 A B`, `unplug`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScannerOrder {
    /// Type one code.
    Scan(String),
    /// Type many codes without a pause, going round the texts.
    Burst {
        /// How many.
        count: usize,
        /// Which.
        texts: Vec<String>,
    },
    /// Type a code's beginning and no suffix.
    Partial(String),
    /// Type a code as wrong parity would spoil it.
    Garble(String),
    /// From now on write in random pieces of at most so many bytes; 0 for whole codes.
    Chunks(usize),
    /// From now on end codes so.
    Suffix(Suffix),
    /// From now on begin codes so; no text for nothing.
    Prefix(String),
    /// Pull the cable: the port dies, its path vanishes.
    Unplug,
    /// Put the cable back: a fresh port under the same path.
    Replug,
    /// End.
    Quit,
}

/// Why a line is no order.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// Not valid JSON, or not an order.
    #[error("not an order: {0}")]
    Json(#[from] serde_json::Error),
    /// Words that mean nothing.
    #[error("not an order: {0:?}")]
    Words(String),
}

impl ScannerOrder {
    /// Reads one line.
    pub fn read(line: &str) -> Result<Self, OrderError> {
        let line = line.trim();
        if line.starts_with(['{', '"']) {
            return Ok(serde_json::from_str(line)?);
        }
        let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        Self::from_words(verb, rest.trim()).ok_or_else(|| OrderError::Words(line.to_owned()))
    }

    fn from_words(verb: &str, rest: &str) -> Option<Self> {
        let text = || (!rest.is_empty()).then(|| rest.to_owned());
        match verb {
            "scan" => text().map(Self::Scan),
            "burst" => {
                let (count, texts) = rest.split_once(char::is_whitespace)?;
                let texts: Vec<String> = texts.split_whitespace().map(str::to_owned).collect();
                (!texts.is_empty()).then_some(Self::Burst { count: count.parse().ok()?, texts })
            }
            "partial" => text().map(Self::Partial),
            "garble" => text().map(Self::Garble),
            "chunks" => rest.parse().ok().map(Self::Chunks),
            "suffix" => rest.parse().ok().map(Self::Suffix),
            "prefix" => Some(Self::Prefix(rest.to_owned())),
            "unplug" => Some(Self::Unplug),
            "replug" => Some(Self::Replug),
            "quit" => Some(Self::Quit),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_can_be_given_in_words_or_as_json() {
        let burst = ScannerOrder::Burst { count: 3, texts: vec!["A".to_owned(), "B".to_owned()] };
        for (words, json, order) in [
            ("scan W0000001X", r#"{"scan":"W0000001X"}"#, ScannerOrder::Scan("W0000001X".to_owned())),
            ("burst 3 A  B", r#"{"burst":{"count":3,"texts":["A","B"]}}"#, burst),
            ("partial W00", r#"{"partial":"W00"}"#, ScannerOrder::Partial("W00".to_owned())),
            ("garble W00", r#"{"garble":"W00"}"#, ScannerOrder::Garble("W00".to_owned())),
            ("chunks 4", r#"{"chunks":4}"#, ScannerOrder::Chunks(4)),
            ("suffix stx_etx", r#"{"suffix":"stx_etx"}"#, ScannerOrder::Suffix(Suffix::StxEtx)),
            ("prefix ]C0", r#"{"prefix":"]C0"}"#, ScannerOrder::Prefix("]C0".to_owned())),
            ("prefix", r#"{"prefix":""}"#, ScannerOrder::Prefix(String::new())),
            (" unplug ", r#""unplug""#, ScannerOrder::Unplug),
            ("replug", r#""replug""#, ScannerOrder::Replug),
            ("quit", r#""quit""#, ScannerOrder::Quit),
        ] {
            assert_eq!(ScannerOrder::read(words).expect(words), order, "in words");
            assert_eq!(ScannerOrder::read(json).expect(json), order, "as JSON");
        }
    }

    #[test]
    fn what_is_no_order_is_refused_with_its_own_words() {
        for line in
            ["", "scan", "burst 3", "burst many A", "chunks x", "suffix bell", "jump", "{\"scan\":1}", "\"jump\""]
        {
            let said = ScannerOrder::read(line).expect_err(line).to_string();
            assert!(said.starts_with("not an order"), "{line}: {said}");
        }
    }
}
