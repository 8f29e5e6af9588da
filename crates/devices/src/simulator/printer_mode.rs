//! The ways in which a simulated printer behaves.

use std::fmt;
use std::str::FromStr;

use super::language::PrinterCondition;

/// What a stalling printer reads before it stalls.
const STALL_AFTER_BYTES: u64 = 1024;
/// What fits into a printer that does not print.
const BUFFER_BYTES: usize = 256 << 10;

/// How the simulated printer behaves. It may be changed while a connection is open, as when someone puts paper in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterMode {
    /// Reads everything, prints it, and closes after the sender: a healthy printer.
    Read,
    /// Accepts and reads nothing: the sender's system still takes the bytes.
    NoRead,
    /// Resets the connection after so many bytes.
    ResetAfter(u64),
    /// Reads a little and then no more, as a printer out of paper does.
    Stall,
    /// Ends its own side at once and reads nothing. Its end proves nothing.
    Fin,
    /// Out of paper, with a buffer: takes labels as a healthy one does, and prints them when there is paper again.
    MediaOut,
    /// The next label is spoilt in the machine; those behind it wait until the jam is cleared.
    Jam,
    /// No power: nobody can connect, and what was inside is lost.
    PowerLoss,
}

impl PrinterMode {
    const PLAIN: [(&'static str, Self); 7] = [
        ("read", Self::Read),
        ("no-read", Self::NoRead),
        ("stall", Self::Stall),
        ("fin", Self::Fin),
        ("media-out", Self::MediaOut),
        ("jam", Self::Jam),
        ("power-loss", Self::PowerLoss),
    ];

    /// How many bytes it would read next, having taken so many on this connection and holding so many inside.
    pub(super) fn appetite(self, taken: u64, held: usize) -> usize {
        let limit = match self {
            Self::Read => return usize::MAX,
            Self::MediaOut | Self::Jam => return BUFFER_BYTES.saturating_sub(held),
            Self::NoRead | Self::Fin | Self::PowerLoss => 0,
            Self::Stall => STALL_AFTER_BYTES,
            Self::ResetAfter(bytes) => bytes,
        };
        usize::try_from(limit.saturating_sub(taken)).unwrap_or(usize::MAX)
    }

    /// Whether labels stay inside instead of coming out.
    pub(super) fn holds_labels(self) -> bool {
        matches!(self, Self::MediaOut | Self::Jam)
    }

    /// How it would describe itself.
    pub(super) fn condition(self, waiting: usize) -> PrinterCondition {
        match self {
            Self::MediaOut => PrinterCondition::MediaOut(waiting),
            Self::Jam => PrinterCondition::Jammed(waiting),
            _ => PrinterCondition::Ready,
        }
    }
}

impl FromStr for PrinterMode {
    type Err = String;

    fn from_str(words: &str) -> Result<Self, Self::Err> {
        if let Some(("reset-after", count)) = words.split_once([':', ' ']) {
            return count.trim().parse().map(Self::ResetAfter).map_err(|_| format!("{count:?} is no number of bytes"));
        }
        let found = Self::PLAIN.into_iter().find(|(name, _)| *name == words).map(|(_, mode)| mode);
        found.ok_or_else(|| {
            let names = Self::PLAIN.map(|(name, _)| name).join(", ");
            format!("{words:?} is no mode; use {names}, reset-after:BYTES")
        })
    }
}

impl fmt::Display for PrinterMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResetAfter(bytes) => write!(f, "reset-after:{bytes}"),
            plain => {
                let found = Self::PLAIN.into_iter().find(|(_, mode)| mode == plain);
                f.write_str(found.map_or("", |(name, _)| name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_a_word() {
        for (word, mode) in PrinterMode::PLAIN {
            assert_eq!((word.parse(), mode.to_string()), (Ok(mode), word.to_owned()), "{word}");
        }
        let reset = PrinterMode::ResetAfter(2000);
        assert_eq!((reset.to_string().parse(), "reset-after 2000".parse()), (Ok(reset), Ok(reset)), "with a number");
        for word in ["", "burn", "reset-after", "reset-after:many", "read:1"] {
            assert!(word.parse::<PrinterMode>().is_err(), "{word:?} is no mode");
        }
    }
}
