//! How a simulated scanner types: prefix, suffix, and into which pieces a code falls. Pure.

use std::str::FromStr;

use serde::Deserialize;

/// What comes after a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suffix {
    /// Carriage return, as most scanners send from the factory.
    Cr,
    /// Line feed.
    Lf,
    /// Both.
    Crlf,
    /// Tabulator.
    Tab,
    /// STX before and ETX after.
    StxEtx,
    /// Nothing: the reader must wait for silence.
    None,
}

impl Suffix {
    const ALL: [(&'static str, Self); 6] = [
        ("cr", Self::Cr),
        ("lf", Self::Lf),
        ("crlf", Self::Crlf),
        ("tab", Self::Tab),
        ("stx_etx", Self::StxEtx),
        ("none", Self::None),
    ];

    fn around(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::Cr => (b"", b"\r"),
            Self::Lf => (b"", b"\n"),
            Self::Crlf => (b"", b"\r\n"),
            Self::Tab => (b"", b"\t"),
            Self::StxEtx => (b"\x02", b"\x03"),
            Self::None => (b"", b""),
        }
    }
}

impl FromStr for Suffix {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|(name, _)| *name == word);
        found
            .map(|(_, suffix)| suffix)
            .ok_or_else(|| format!("{word:?} is no suffix; use cr, lf, crlf, tab, stx_etx, none"))
    }
}

/// The settings a scanner gets from its configuration sheet, and the size of its USB packets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    /// Sent before every code, such as an AIM identifier.
    pub prefix: String,
    /// Sent after every code.
    pub suffix: Suffix,
    /// The longest piece in bytes that is written at once; 0 writes a code in one piece. Pieces are of random length.
    pub longest_piece: usize,
    /// The state of the dice. The same seed gives the same pieces.
    pub seed: u64,
}

impl Default for Typing {
    fn default() -> Self {
        Self { prefix: String::new(), suffix: Suffix::Cr, longest_piece: 0, seed: 1 }
    }
}

impl Typing {
    /// A code as it goes over the wire.
    pub fn whole(&self, text: &str) -> Vec<u8> {
        let (before, after) = self.suffix.around();
        [before, self.prefix.as_bytes(), text.as_bytes(), after].concat()
    }

    /// The code as a scanner with wrong parity sends it: every third byte with its high bit set, which is never UTF-8.
    pub fn garbled(&self, text: &str) -> Vec<u8> {
        let (before, after) = self.suffix.around();
        let spoilt = text.bytes().enumerate().map(|(i, byte)| if i % 3 == 0 { byte | 0x80 } else { byte });
        [before, &spoilt.collect::<Vec<u8>>(), after].concat()
    }

    /// Cuts bytes into the pieces in which they are written.
    pub fn pieces(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut rest = bytes;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let length = self.piece_length(rest.len());
            let (piece, left) = rest.split_at(length);
            pieces.push(piece.to_vec());
            rest = left;
        }
        pieces
    }

    fn piece_length(&mut self, available: usize) -> usize {
        if self.longest_piece == 0 {
            return available;
        }
        // xorshift64: plain, seeded, and good enough to cut text at odd places.
        self.seed = self.seed.max(1);
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        let dice = usize::try_from(self.seed % self.longest_piece as u64).unwrap_or(0);
        (1 + dice).min(available)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_between_its_prefix_and_suffix() {
        for (name, suffix) in Suffix::ALL {
            let typing = Typing { prefix: "]C0".to_owned(), suffix, ..Typing::default() };
            let expected: &[u8] = match suffix {
                Suffix::Cr => b"]C0W1\r",
                Suffix::Lf => b"]C0W1\n",
                Suffix::Crlf => b"]C0W1\r\n",
                Suffix::Tab => b"]C0W1\t",
                Suffix::StxEtx => b"\x02]C0W1\x03",
                Suffix::None => b"]C0W1",
            };
            assert_eq!(typing.whole("W1"), expected, "as a scanner set to {name} sends it");
            assert_eq!(name.parse(), Ok(suffix), "the name can be typed as a command");
        }
    }

    #[test]
    fn pieces_are_short_and_lose_nothing() {
        let text: Vec<u8> = (0..=255).collect();
        let mut typing = Typing { longest_piece: 7, ..Typing::default() };
        let pieces = typing.pieces(&text);
        assert_eq!(pieces.concat(), text, "cutting must not change the bytes");
        assert!(pieces.iter().all(|piece| (1..=7).contains(&piece.len())), "no piece is empty or longer than asked");
        assert!(pieces.iter().any(|piece| piece.len() != pieces[0].len()), "lengths vary, or odd cuts are never tried");
    }

    #[test]
    fn a_garbled_code_is_not_text() {
        assert!(
            std::str::from_utf8(&Typing::default().garbled("W0000001X")).is_err(),
            "it must be refused by a reader"
        );
    }
}
