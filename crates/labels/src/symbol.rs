//! Payload to modules: Code 128, Data Matrix and QR as plain grids, with the quiet zone that each needs.

use barcoders::sym::code128::Code128;
use datamatrix::{DataMatrix, SymbolList};
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};

/// The symbologies in use. Scanners are set to read no other, because every further one is a chance to misread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Linear; read by the cheapest laser scanner.
    Code128,
    /// Square 2D, the smallest.
    Datamatrix,
    /// Square 2D, read by every telephone.
    Qr,
}

impl Symbology {
    /// Blank modules that each side needs (for Code 128 its two ends).
    pub fn quiet_zone_modules(self) -> u32 {
        match self {
            Self::Code128 => 10,
            Self::Datamatrix => 1,
            Self::Qr => 4,
        }
    }

    /// Whether the symbol has a length only.
    pub fn is_linear(self) -> bool {
        self == Self::Code128
    }
}

/// Dark and light modules, row by row; a linear symbol has one row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) columns: u32,
    pub(crate) dark: Vec<bool>,
}

impl Grid {
    fn new(dark: Vec<bool>, columns: usize) -> Self {
        Self { columns: columns as u32, dark }
    }

    /// Dark runs as (column, row, length): one rectangle each instead of one a module.
    pub(crate) fn runs(&self) -> Vec<(u32, u32, u32)> {
        let mut runs = Vec::new();
        for (row, modules) in self.dark.chunks(self.columns as usize).enumerate() {
            let mut column = 0;
            for stretch in modules.chunk_by(|a, b| a == b) {
                let length = stretch.len() as u32;
                if stretch[0] {
                    runs.push((column, row as u32, length));
                }
                column += length;
            }
        }
        runs
    }
}

/// Encodes a payload; the error says why the symbology cannot carry it.
pub(crate) fn encode(symbology: Symbology, payload: &str) -> Result<Grid, String> {
    if payload.is_empty() {
        return Err("there is nothing to encode".into());
    }
    match symbology {
        Symbology::Code128 => code128(payload),
        Symbology::Datamatrix => {
            let symbol = DataMatrix::encode_str(payload, SymbolList::default().enforce_square())
                .map_err(|error| format!("Data Matrix: {error:?}"))?;
            let bitmap = symbol.bitmap();
            Ok(Grid::new(bitmap.bits().to_vec(), bitmap.width()))
        }
        Symbology::Qr => qr(payload),
    }
}

fn code128(payload: &str) -> Result<Grid, String> {
    if let Some(ch) = payload.chars().find(|ch| !(' '..='~').contains(ch)) {
        return Err(format!("Code 128 here carries printable ASCII only, not {ch:?}"));
    }
    let symbol = Code128::new(shortest_sets(payload.as_bytes())).map_err(|error| format!("Code 128: {error}"))?;
    let dark: Vec<bool> = symbol.encode().into_iter().map(|module| module == 1).collect();
    let columns = dark.len();
    Ok(Grid::new(dark, columns))
}

/// Writes the payload with the marks that switch between set B (one character a symbol) and set C (two digits a
/// symbol), so that the symbol is as short as it can be.
fn shortest_sets(payload: &[u8]) -> String {
    const SET_B: char = '\u{0181}';
    const SET_C: char = '\u{0106}';
    let pair = |at: usize| payload.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_digit));
    // Symbols still needed from each position, if the set in force there is B or C.
    let n = payload.len();
    let (mut in_b, mut in_c) = (vec![0_usize; n + 1], vec![0_usize; n + 1]);
    for at in (0..n).rev() {
        let stay_b = 1 + in_b[at + 1];
        let stay_c = if pair(at) { 1 + in_c[at + 2] } else { usize::MAX / 2 };
        in_b[at] = stay_b.min(1 + stay_c);
        in_c[at] = stay_c.min(1 + stay_b);
    }
    let mut marked = String::new();
    let mut set = if in_c[0] < in_b[0] { SET_C } else { SET_B };
    marked.push(set);
    let mut at = 0;
    while at < n {
        let stay = if set == SET_C { pair(at) && in_c[at] == 1 + in_c[at + 2] } else { in_b[at] == 1 + in_b[at + 1] };
        if !stay {
            set = if set == SET_C { SET_B } else { SET_C };
            marked.push(set);
        }
        let taken = if set == SET_C { 2 } else { 1 };
        marked.extend(payload[at..at + taken].iter().map(|&byte| char::from(byte)));
        at += taken;
    }
    marked
}

/// The smallest version at medium correction, then as much correction as that size has room for.
fn qr(payload: &str) -> Result<Grid, String> {
    let refused = |error| format!("QR: {error}");
    let smallest = QrCode::with_error_correction_level(payload, EcLevel::M).map_err(refused)?;
    let version = smallest.version();
    let symbol = [EcLevel::H, EcLevel::Q]
        .into_iter()
        .find_map(|level| QrCode::with_version(payload, version, level).ok())
        .unwrap_or(smallest);
    let columns = symbol.width();
    Ok(Grid::new(symbol.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect(), columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_sets_are_chosen_for_the_shortest_symbol() {
        // Start, symbols, check and stop: 11 modules each, the stop 13.
        let cases = [
            ("W7K3M9QXC", 134),
            ("240000010030", 101),
            ("WO24000001-30", 156),
            ("W12345678", 101),
            ("A12", 68),
            ("1", 46),
        ];
        for (payload, modules) in cases {
            assert_eq!(code128(payload).unwrap().columns, modules, "{payload}");
        }
    }

    #[test]
    fn our_codes_fit_the_smallest_qr_at_the_highest_correction() {
        let grid = encode(Symbology::Qr, "W7K3M9QXC").unwrap();
        assert_eq!(grid.columns, 21, "version 1");
        let highest = QrCode::with_version("W7K3M9QXC", qrcode::Version::Normal(1), EcLevel::H).unwrap();
        let expected: Vec<bool> = highest.to_colors().into_iter().map(|c| c == qrcode::Color::Dark).collect();
        assert_eq!(grid.dark, expected, "30 % of the symbol may be lost");
    }

    #[test]
    fn runs_cover_exactly_the_dark_modules() {
        let grid = encode(Symbology::Datamatrix, "W7K3M9QXC").unwrap();
        let mut covered = vec![false; grid.dark.len()];
        for (column, row, length) in grid.runs() {
            let start = (row * grid.columns + column) as usize;
            covered[start..start + length as usize].fill(true);
        }
        assert_eq!(covered, grid.dark);
    }

    #[test]
    fn what_a_symbology_cannot_carry_is_refused() {
        for payload in ["", "鞋", "a\tb"] {
            assert!(encode(Symbology::Code128, payload).is_err(), "{payload:?} as Code 128");
        }
        assert!(encode(Symbology::Qr, &"X".repeat(5000)).is_err(), "longer than the largest QR");
        assert!(encode(Symbology::Datamatrix, &"X".repeat(5000)).is_err(), "longer than the largest Data Matrix");
    }
}
