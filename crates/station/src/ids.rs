//! Identifiers and randomness: the one place where a station draws them.

use rand::RngCore;
use uuid::Uuid;

/// Where a station takes identifiers, keys and jitter from; tests bring their own.
pub trait IdSource: Send + Sync {
    /// A fresh identifier whose time bits say when; they are never used for order.
    fn uuid_v7(&self, wall_ms: i64) -> Uuid;
    /// 32 bytes fit for a secret key.
    fn random_32(&self) -> [u8; 32];
    /// A number for jitter.
    fn random_u64(&self) -> u64;
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    fn uuid_v7(&self, wall_ms: i64) -> Uuid {
        let mut random = [0; 10];
        rand::rngs::OsRng.fill_bytes(&mut random);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(wall_ms).unwrap_or(0), &random).into_uuid()
    }

    fn random_32(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        rand::rngs::OsRng.fill_bytes(&mut bytes);
        bytes
    }

    fn random_u64(&self) -> u64 {
        rand::rngs::OsRng.next_u64()
    }
}
