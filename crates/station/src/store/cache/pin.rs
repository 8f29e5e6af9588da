//! PIN verifiers. A six-digit PIN can be guessed from its Argon2 hash whatever the cost, so the hash is bound to a key that
//! is not in the database before it is stored.

use argon2::{Algorithm, Argon2, Params, Version};
use cordwainer_domain::people::PIN_COST;
use cordwainer_protocol::sync::PinVerifier;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

const HASH_BYTES: usize = 32;

/// The verifier as it is stored: bound to the device key. `None` when it is not one.
pub(super) fn bind(device_key: &[u8; 32], verifier: &PinVerifier) -> Option<PinVerifier> {
    let hash = hex::decode(&verifier.hash).ok()?;
    Some(PinVerifier { salt: verifier.salt.clone(), hash: hex::encode(keyed(device_key, b"pin", &hash)) })
}

/// Whether a PIN fits a stored verifier, compared in constant time.
pub(super) fn fits(device_key: &[u8; 32], stored: &PinVerifier, pin: &str) -> bool {
    let (Ok(salt), Ok(expected)) = (hex::decode(&stored.salt), hex::decode(&stored.hash)) else { return false };
    let Ok(params) = Params::new(PIN_COST.memory_kib, PIN_COST.passes, PIN_COST.lanes, Some(HASH_BYTES)) else {
        return false;
    };
    let mut hash = [0; HASH_BYTES];
    let hashed =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(pin.as_bytes(), &salt, &mut hash);
    hashed.is_ok() && bool::from(keyed(device_key, b"pin", &hash).ct_eq(&expected))
}

/// Proves which device key the stored verifiers are bound to, without telling it.
pub(super) fn key_proof(device_key: &[u8; 32]) -> [u8; 32] {
    keyed(device_key, b"proof", &[])
}

fn keyed(device_key: &[u8; 32], purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
    // An HMAC takes a key of any length; a fixed one cannot be refused.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(device_key) else { return [0; 32] };
    mac.update(purpose);
    mac.update(b"\n");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}
