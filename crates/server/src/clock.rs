//! Where the time and the chance of this crate come from. Everything else asks these two.

use chrono::{DateTime, Utc};
use rand::RngCore;
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, to the millisecond: what is stored is exactly what was used.
    fn now(&self) -> DateTime<Utc>;
}

/// Makes identifiers and secrets.
pub trait IdSource: Send + Sync {
    /// An identifier whose first bits say when it was made; nobody orders by them.
    fn uuid_v7(&self, at: DateTime<Utc>) -> Uuid;
    /// Fills a buffer with secret random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Random bytes of a fixed number.
pub(crate) fn random<const N: usize>(ids: &dyn IdSource) -> [u8; N] {
    let mut bytes = [0; N];
    ids.fill(&mut bytes);
    bytes
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place of this crate that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        from_ms(Utc::now().timestamp_millis())
    }
}

/// The machine's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    fn uuid_v7(&self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random(self)).into_uuid()
    }

    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::OsRng.fill_bytes(bytes);
    }
}

/// The instant of stored milliseconds; those that no calendar holds are the epoch.
pub(crate) fn from_ms(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::UNIX_EPOCH)
}
