//! The second factor: time-based one-time passwords (RFC 6238) as every authenticator app makes them, SHA-1, six digits,
//! thirty seconds. Pure.

use cordwainer_protocol::Secret;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Bytes of a secret: as many as SHA-1 gives out.
pub(crate) const SECRET_BYTES: usize = 20;
const STEP_S: i64 = 30;
const DIGITS: u32 = 6;
/// Steps before and after now that count as well, for clocks that differ.
const DRIFT_STEPS: i64 = 1;
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step whose code this is, if it is one of those that count now. Each step is good once: the caller spends it.
pub(crate) fn step_of(secret: &[u8], code: &str, now_ms: i64) -> Option<i64> {
    let now = now_ms.div_euclid(1_000 * STEP_S);
    // All three are worked out, whichever fits: how long it takes tells nothing.
    let fitting: Vec<i64> = (now - DRIFT_STEPS..=now + DRIFT_STEPS)
        .filter(|step| {
            let due = format!("{:06}", code_at(secret, *step, DIGITS));
            due.as_bytes().ct_eq(code.as_bytes()).into()
        })
        .collect();
    fitting.first().copied()
}

/// Whether a text looks like a code of an app; anything else may be a recovery code.
pub(crate) fn is_code(text: &str) -> bool {
    text.len() == DIGITS as usize && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The code of a step.
fn code_at(secret: &[u8], step: i64, digits: u32) -> u32 {
    // An HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return 0 };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 15);
    let part = [hash[offset] & 0x7f, hash[offset + 1], hash[offset + 2], hash[offset + 3]];
    u32::from_be_bytes(part) % 10_u32.pow(digits)
}

/// A secret in the base 32 that apps read (RFC 4648).
pub(crate) fn base_32(secret: &[u8]) -> Secret {
    let mut text = String::with_capacity(secret.len().div_ceil(5) * 8);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in secret {
        bits = (bits << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(BASE_32[((bits >> count) & 31) as usize]));
        }
    }
    if count > 0 {
        text.push(char::from(BASE_32[((bits << (5 - count)) & 31) as usize]));
    }
    Secret::new(text)
}

/// The address that an app reads from a QR code. A login name has no character that would need escaping but `@`.
pub(crate) fn uri(login: &str, secret: &[u8]) -> Secret {
    let (login, secret) = (login.replace('@', "%40"), base_32(secret));
    Secret::new(format!(
        "otpauth://totp/Cordwainer:{login}?secret={}&issuer=Cordwainer&algorithm=SHA1&digits=6&period=30",
        secret.expose()
    ))
}

/// The code that an app would show.
#[cfg(any(test, feature = "test-support"))]
pub(crate) fn shown(secret: &[u8], now_ms: i64) -> String {
    format!("{:06}", code_at(secret, now_ms.div_euclid(1_000 * STEP_S), DIGITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_vectors_of_rfc_6238_come_out() {
        for (at_s, due) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(code_at(SECRET, at_s / STEP_S, 8), due, "at {at_s} s");
        }
    }

    #[test]
    fn the_code_before_and_after_counts_and_no_other() {
        let now_ms = 1_234_567_890_000;
        let now = now_ms / 30_000;
        for drift in -3..=3 {
            let code = format!("{:06}", code_at(SECRET, now + drift, 6));
            let expected = (drift.abs() <= 1).then_some(now + drift);
            assert_eq!(step_of(SECRET, &code, now_ms), expected, "{drift} steps off");
        }
        for rubbish in ["", "00592", "0059240", "005924 ", "００５９２４"] {
            assert_eq!(step_of(SECRET, rubbish, now_ms), None, "{rubbish:?}");
        }
    }

    #[test]
    fn base_32_is_what_apps_read() {
        for (plain, due) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB")]
        {
            assert_eq!(base_32(plain.as_bytes()).expose(), due, "RFC 4648, without padding: {plain:?}");
        }
        let uri = uri("chen@works", SECRET);
        assert!(
            uri.expose().contains("Cordwainer:chen%40works?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"),
            "{}",
            uri.expose()
        );
    }
}
