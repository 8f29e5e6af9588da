//! A person of the office who holds an authenticator app.

use chrono::{DateTime, Utc};

use crate::office::totp;

const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The code that an app shows for a secret in base 32.
///
/// # Panics
/// When the secret is no base 32.
pub fn code_shown(secret: &str, at: DateTime<Utc>) -> String {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in secret.bytes() {
        let value = BASE_32.iter().position(|known| *known == letter).unwrap();
        bits = (bits << 5) | u32::try_from(value).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 255).unwrap());
        }
    }
    totp::shown(&bytes, at.timestamp_millis())
}
