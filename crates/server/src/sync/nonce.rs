//! Nonces: what makes a signed request fresh. The server keeps none of them; it knows its own by their seal.

use chrono::{DateTime, Utc};
use cordwainer_domain::StationId;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How long a nonce is good for, by the server's clock, milliseconds.
const GOOD_FOR_MS: i64 = 5 * 60 * 1_000;

/// A nonce for one station.
pub(crate) fn make(secret: &[u8; 32], station: StationId, now: DateTime<Utc>) -> String {
    let expires_ms = now.timestamp_millis() + GOOD_FOR_MS;
    format!("{expires_ms:x}.{}", hex::encode(seal(secret, station, expires_ms)))
}

/// Whether a nonce is ours, this station's, and still good.
pub(crate) fn is_good(secret: &[u8; 32], station: StationId, now: DateTime<Utc>, nonce: &str) -> bool {
    let Some((expires, shown)) = nonce.split_once('.') else { return false };
    let Ok(expires_ms) = i64::from_str_radix(expires, 16) else { return false };
    let Ok(shown) = hex::decode(shown) else { return false };
    let ours: bool = seal(secret, station, expires_ms).ct_eq(&shown).into();
    ours && now.timestamp_millis() <= expires_ms
}

fn seal(secret: &[u8; 32], station: StationId, expires_ms: i64) -> Vec<u8> {
    // An HMAC takes keys of any length; this one has 32 bytes.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return Vec::new() };
    mac.update(station.0.as_bytes());
    mac.update(&expires_ms.to_be_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{GOOD_FOR_MS, is_good, make};
    use chrono::{DateTime, TimeDelta};
    use cordwainer_domain::StationId;
    use uuid::Uuid;

    #[test]
    fn a_nonce_is_good_for_one_station_and_five_minutes() {
        let (secret, station) = ([7; 32], StationId(Uuid::from_u128(1)));
        let now = DateTime::from_timestamp_millis(1_790_000_000_000).unwrap();
        let nonce = make(&secret, station, now);
        assert!(is_good(&secret, station, now + TimeDelta::milliseconds(GOOD_FOR_MS), &nonce), "to the last moment");
        assert!(!is_good(&secret, station, now + TimeDelta::milliseconds(GOOD_FOR_MS + 1), &nonce), "not after it");
        assert!(!is_good(&secret, StationId(Uuid::from_u128(2)), now, &nonce), "not for another station");
        assert!(!is_good(&[8; 32], station, now, &nonce), "not from another server");
        for rubbish in ["", ".", "ff.", "zz.00", "7fffffffffffffff.00"] {
            assert!(!is_good(&secret, station, now, rubbish), "{rubbish:?} is no nonce");
        }
    }
}
