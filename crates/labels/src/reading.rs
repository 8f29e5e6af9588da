//! What every strict reader of a printer language shares: a place in the bytes, and refusals that say where and why.
//!
//! The readers are written from the makers' manuals and share no code with the encoders, so that a shared mistake is
//! unlikely. They refuse everything they do not know: a lenient reader would hide what a real printer garbles.

use std::ops::RangeInclusive;

use thiserror::Error;

use crate::Raster;

/// Dots along one side that a label may have: a metre at 300 dpi. More is rubbish, and would ask for much memory.
pub(crate) const LARGEST_SIDE_DOTS: u32 = 12_000;

/// One label as a printer would see it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenLabel {
    /// The picture. ESC/POS knows whole bytes only, so there it is up to 7 white dots wider than what was encoded.
    pub raster: Raster,
    /// How many of it were asked for.
    pub copies: u32,
    /// Gap between two labels; `None` where the language does not say it.
    pub gap_mm: Option<f64>,
    /// Darkness in the language's own steps, if it was set.
    pub darkness: Option<u8>,
    /// Speed in the language's own steps, if it was set.
    pub speed: Option<u8>,
}

impl SeenLabel {
    /// A label of which nothing is known but its picture.
    pub(crate) fn plain(raster: Raster) -> Self {
        Self { raster, copies: 1, gap_mm: None, darkness: None, speed: None }
    }
}

/// Why bytes are not labels of ours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The bytes end inside a label: more may come, or the link broke.
    #[error("ends inside a label, at byte {offset}")]
    Unfinished {
        /// Where the bytes end.
        offset: usize,
    },
    /// The bytes are wrong.
    #[error("byte {offset}: {reason}")]
    Refused {
        /// Where.
        offset: usize,
        /// What is wrong.
        reason: String,
    },
}

/// A place in the bytes.
pub(crate) struct Cursor<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(crate) fn unfinished<T>(&self) -> Result<T, ReadError> {
        Err(ReadError::Unfinished { offset: self.bytes.len() })
    }

    /// Refuses at the next byte.
    pub(crate) fn refuse<T>(&self, reason: String) -> Result<T, ReadError> {
        self.refuse_at(self.at, reason)
    }

    pub(crate) fn refuse_at<T>(&self, offset: usize, reason: String) -> Result<T, ReadError> {
        Err(ReadError::Refused { offset, reason })
    }

    pub(crate) fn take(&mut self) -> Result<u8, ReadError> {
        match self.bytes.get(self.at) {
            Some(&byte) => {
                self.at += 1;
                Ok(byte)
            }
            None => self.unfinished(),
        }
    }

    /// The next `count` bytes, whatever they are.
    pub(crate) fn take_many(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        match self.bytes.get(self.at..self.at.saturating_add(count)) {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => self.unfinished(),
        }
    }

    /// These very bytes.
    pub(crate) fn exactly(&mut self, expected: &[u8]) -> Result<(), ReadError> {
        let rest = self.rest();
        if rest.starts_with(expected) {
            self.at += expected.len();
            return Ok(());
        }
        if expected.starts_with(rest) {
            return self.unfinished();
        }
        let found = &rest[..rest.len().min(expected.len())];
        self.refuse(format!(
            "expected {:?}, found {:?}",
            String::from_utf8_lossy(expected),
            String::from_utf8_lossy(found)
        ))
    }

    /// A decimal number of digits only.
    pub(crate) fn number(&mut self, allowed: RangeInclusive<u32>) -> Result<u32, ReadError> {
        let rest = self.rest();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..digits]).ok().and_then(|text| text.parse().ok());
        match number.filter(|number| allowed.contains(number)) {
            Some(number) => {
                self.at += digits;
                Ok(number)
            }
            None if rest.is_empty() => self.unfinished(),
            None => self.refuse(format!("expected a number from {} to {}", allowed.start(), allowed.end())),
        }
    }

    pub(crate) fn skip_line_ends(&mut self) {
        while self.bytes.get(self.at).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            self.at += 1;
        }
    }
}

/// Lays rows of one bit a dot (1 is black) onto a label, whose left edge is theirs. The bits behind the right edge must
/// be white: a printer either prints them on the backing or shifts everything by them.
pub(crate) fn lay(raster: &mut Raster, top: u32, row_bytes: usize, rows: &[u8]) -> Result<(), String> {
    for (y, row) in (top..).zip(rows.chunks(row_bytes.max(1))) {
        for x in (0..).zip(row.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0))) {
            match x {
                (_, false) => {}
                (x, true) if x < raster.width_dots() && y < raster.height_dots() => raster.set_black(x, y),
                (x, true) => return Err(format!("black dot {x}, {y} lies outside the label")),
            }
        }
    }
    Ok(())
}
