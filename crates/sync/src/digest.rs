//! Whether two sides hold the same rows, without sending them: a sum of hashes that does not ask for an order.

use sha2::{Digest, Sha256};

use crate::chain::Hash;

/// The hash of one row as the feed carries it, its text as it was sent.
pub fn row_hash(table: &str, pk: &str, row_version: u64, row: &str) -> Hash {
    let mut hasher = Sha256::new();
    // A NUL is in neither of the two texts, so that no two rows begin alike.
    hasher.update(format!("{table}\0{pk}\0{row_version}\0"));
    hasher.update(row);
    Hash(hasher.finalize().into())
}

/// A sum of row hashes, modulo 2^256: rows may be added and taken away in any order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RowSum {
    sum: [u64; 4],
    rows: u64,
}

impl RowSum {
    /// Adds a row.
    pub fn add(&mut self, row: Hash) {
        let mut carry = false;
        for (place, bytes) in self.sum.iter_mut().zip(row.0.chunks_exact(8)) {
            let word = bytes.iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
            let (partial, over) = place.overflowing_add(word);
            let (whole, again) = partial.overflowing_add(u64::from(carry));
            *place = whole;
            carry = over || again;
        }
        self.rows += 1;
    }

    /// How many rows were added.
    pub const fn rows(&self) -> u64 {
        self.rows
    }
}

impl std::fmt::Display for RowSum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:", self.rows)?;
        self.sum.iter().try_for_each(|word| write!(f, "{word:016x}"))
    }
}

impl Extend<Hash> for RowSum {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, rows: T) {
        rows.into_iter().for_each(|row| self.add(row));
    }
}

impl FromIterator<Hash> for RowSum {
    fn from_iter<T: IntoIterator<Item = Hash>>(rows: T) -> Self {
        let mut sum = Self::default();
        sum.extend(rows);
        sum
    }
}

/// The hash of a snapshot's chunk: of its rows' hashes, in their order.
pub fn chunk_hash(rows: impl IntoIterator<Item = Hash>) -> Hash {
    let mut hasher = Sha256::new();
    rows.into_iter().for_each(|row| hasher.update(row.0));
    Hash(hasher.finalize().into())
}
