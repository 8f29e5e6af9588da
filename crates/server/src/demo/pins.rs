//! PINs become verifiers: Argon2id, slow on purpose, so all of them at once on every core.

use std::num::NonZero;
use std::thread;

use argon2::{Algorithm, Argon2, Params, Version};
use cordwainer_domain::people::PIN_COST;
use cordwainer_protocol::sync::PinVerifier;

/// Bytes of a verifier.
const LENGTH: usize = 32;

/// A salt and the PIN that it is for.
pub type Salted<'a> = ([u8; 16], &'a str);

/// The verifiers of some PINs, in their order.
///
/// # Errors
/// What Argon2 refuses; none of the PINs that a checked factory holds.
pub fn verifiers(pins: &[Salted<'_>]) -> Result<Vec<PinVerifier>, argon2::Error> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = pins.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let shares: Vec<_> = pins
            .chunks(share)
            .map(|some| {
                scope.spawn(move || some.iter().map(|(salt, pin)| verifier(salt, pin)).collect::<Result<Vec<_>, _>>())
            })
            .collect();
        let mut all = Vec::with_capacity(pins.len());
        for share in shares {
            match share.join() {
                Ok(some) => all.extend(some?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    })
}

fn verifier(salt: &[u8; 16], pin: &str) -> Result<PinVerifier, argon2::Error> {
    let params = Params::new(PIN_COST.memory_kib, PIN_COST.passes, PIN_COST.lanes, Some(LENGTH))?;
    let mut hash = [0; LENGTH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(pin.as_bytes(), salt, &mut hash)?;
    Ok(PinVerifier { salt: hex::encode(salt), hash: hex::encode(hash) })
}

#[cfg(test)]
mod tests {
    use super::verifiers;

    #[test]
    fn a_verifier_depends_on_salt_and_pin_and_keeps_its_place() {
        let made =
            verifiers(&[([1; 16], "123456"), ([2; 16], "123456"), ([1; 16], "123457"), ([1; 16], "123456")]).unwrap();
        assert_eq!(made[0], made[3], "the same salt and PIN give the same verifier, on any thread");
        assert!(made[0] != made[1] && made[0] != made[2], "another salt or PIN gives another");
        assert_eq!(
            (made[0].salt.as_str(), made[0].hash.len()),
            ("01010101010101010101010101010101", 64),
            "as stations read them"
        );
    }
}
