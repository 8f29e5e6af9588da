//! Chance from a seed: the same seed, the same numbers, on every machine.

use std::sync::Mutex;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Numbers from a seed (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// An index into a slice of this length, which must not be 0.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// True once in `count` times.
    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// Fills a buffer.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            let number = self.number().to_le_bytes();
            piece.copy_from_slice(&number[..piece.len()]);
        }
    }
}

/// Identifiers and keys from a seed, for a station or a server.
#[derive(Debug)]
pub struct SeededIds(Mutex<Chance>);

impl SeededIds {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Chance::new(seed)))
    }

    fn bytes(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes);
    }

    fn uuid(&self, millis: u64) -> Uuid {
        let mut random = [0; 10];
        self.bytes(&mut random);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

impl cordwainer_station::ids::IdSource for SeededIds {
    fn uuid_v7(&self, wall_ms: i64) -> Uuid {
        self.uuid(u64::try_from(wall_ms).unwrap_or(0))
    }

    fn random_32(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.bytes(&mut bytes);
        bytes
    }

    fn random_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

impl cordwainer_server::clock::IdSource for SeededIds {
    fn uuid_v7(&self, at: DateTime<Utc>) -> Uuid {
        self.uuid(u64::try_from(at.timestamp_millis()).unwrap_or(0))
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.bytes(bytes);
    }
}
