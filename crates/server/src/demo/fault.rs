//! What is wrong with a factory's data files, in words for the person who wrote them.

use std::fmt;

/// One thing that does not fit: the file, the entry, the reason, in one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactoryFault {
    /// `operations.toml`.
    pub file: String,
    /// `closing.stitch`; empty if the whole file is meant.
    pub entry: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl fmt::Display for FactoryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, entry, reason } = self;
        if entry.is_empty() { write!(f, "{file}: {reason}") } else { write!(f, "{file}: {entry}: {reason}") }
    }
}

/// Everything that was found wrong, a line each.
#[derive(Clone, PartialEq, Eq, Debug, Default, thiserror::Error)]
pub struct FactoryFaults(pub Vec<FactoryFault>);

impl fmt::Display for FactoryFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl FactoryFaults {
    /// Notes one more.
    pub fn push(&mut self, file: &str, entry: &str, reason: impl Into<String>) {
        // A reason may quote a parser that speaks in several lines; a fault is one.
        let reason = reason.into().split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.push(FactoryFault { file: file.to_owned(), entry: entry.to_owned(), reason });
    }

    /// The value, if nothing was found wrong.
    ///
    /// # Errors
    /// The faults, if there are any.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}
