//! Passwords, tokens and codes: how they are made, and what is kept of them.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use cordwainer_domain::code::{BASE_32, Code, CodeType};
use cordwainer_domain::people::{PIN_COST, check_new_pin};
use cordwainer_protocol::Secret;
use cordwainer_protocol::sync::PinVerifier;
use cordwainer_sync::{Hash, body_hash};
use tokio::sync::Semaphore;
use zeroize::Zeroize;

use super::fault::OfficeFault;
use crate::clock::{IdSource, random};

/// Argon2id over a password: long and not guessed offline, so it costs less than a PIN.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
/// Passwords that are hashed at once. More would only take the memory and the cores away from everybody else.
static HASHING: Semaphore = Semaphore::const_new(2);
/// Somebody's password that nobody has: an unknown login name must take as long as a known one.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// Characters in a group of a code that a person types.
const GROUP: usize = 5;

fn argon2() -> Result<Argon2<'static>, OfficeFault> {
    at_cost(MEMORY_KIB, PASSES, LANES)
}

fn at_cost(memory_kib: u32, passes: u32, lanes: u32) -> Result<Argon2<'static>, OfficeFault> {
    let params = Params::new(memory_kib, passes, lanes, Some(HASH_BYTES)).map_err(|_| OfficeFault::Died)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Does slow work beside the runtime's own threads.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, OfficeFault> {
    let _turn = HASHING.acquire().await.map_err(|_| OfficeFault::Died)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| OfficeFault::Died)
}

/// What is kept of a password.
pub(crate) async fn hash_password(ids: &dyn IdSource, password: &Secret) -> Result<Secret, OfficeFault> {
    let salt = SaltString::encode_b64(&random::<16>(ids)).map_err(|_| OfficeFault::Died)?;
    let (argon2, password) = (argon2()?, password.clone());
    let hash = slowly(move || {
        argon2.hash_password(password.expose().as_bytes(), &salt).map(|hash| Secret::new(hash.to_string()))
    });
    hash.await?.map_err(|_| OfficeFault::Died)
}

/// Whether a password fits what was kept of it. Without one it takes as long and does not fit.
pub(crate) async fn password_fits(kept: Option<&Secret>, password: &Secret) -> Result<bool, OfficeFault> {
    let known = kept.is_some();
    let kept = kept.map_or_else(|| Secret::from(NOBODYS_HASH), Clone::clone);
    let (argon2, password) = (argon2()?, password.clone());
    let fits = slowly(move || {
        PasswordHash::new(kept.expose())
            .is_ok_and(|hash| argon2.verify_password(password.expose().as_bytes(), &hash).is_ok())
    });
    Ok(fits.await? && known)
}

/// A password for one sign-in: four groups of Crockford's base 32, a hundred bits.
pub(crate) fn one_time_password(ids: &dyn IdSource) -> Secret {
    grouped(&characters(ids, 4 * GROUP))
}

/// A recovery code: three groups, seventy-five bits.
pub(crate) fn recovery_code(ids: &dyn IdSource) -> Secret {
    grouped(&characters(ids, 3 * GROUP))
}

/// What is kept of a recovery code. Random enough that a plain hash gives nothing away; typed in any case, with any blanks.
pub(crate) fn recovery_hash(code: &Secret) -> Hash {
    let mut plain: String = code
        .expose()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let hash = body_hash(plain.as_bytes());
    plain.zeroize();
    hash
}

/// A session's token: 256 bits.
pub(crate) fn session_token(ids: &dyn IdSource) -> Secret {
    Secret::new(hex::encode(random::<32>(ids)))
}

/// A badge: a random code, never an employee number.
pub(crate) fn badge(ids: &dyn IdSource) -> Result<Code, OfficeFault> {
    code(ids, CodeType::Badge)
}

/// A random code of a type.
pub(crate) fn code(ids: &dyn IdSource, kind: CodeType) -> Result<Code, OfficeFault> {
    let number = u64::from_be_bytes(random(ids)) >> (64 - 35);
    Code::from_number(kind, number).map_err(|_| OfficeFault::Died)
}

/// A PIN that is none of those that are tried first.
pub(crate) fn pin(ids: &dyn IdSource) -> Secret {
    loop {
        // Of 2³² numbers all but the last 967,296 fall evenly on six digits.
        let number = u32::from_be_bytes(random(ids));
        let pin = Secret::new(format!("{:06}", number % 1_000_000));
        if number < 4_294_000_000 && check_new_pin(pin.expose()).is_ok() {
            return pin;
        }
    }
}

/// What a station may be told of a PIN.
pub(crate) async fn pin_verifier(ids: &dyn IdSource, pin: &Secret) -> Result<PinVerifier, OfficeFault> {
    let argon2 = at_cost(PIN_COST.memory_kib, PIN_COST.passes, PIN_COST.lanes)?;
    let (pin, salt) = (pin.clone(), random::<16>(ids));
    let hash = slowly(move || {
        let mut hash = [0; HASH_BYTES];
        argon2.hash_password_into(pin.expose().as_bytes(), &salt, &mut hash).map(|()| hex::encode(hash))
    });
    let hash = hash.await?.map_err(|_| OfficeFault::Died)?;
    Ok(PinVerifier { salt: hex::encode(salt), hash })
}

fn characters(ids: &dyn IdSource, count: usize) -> String {
    let mut bytes = vec![0; count];
    ids.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(BASE_32[usize::from(byte & 31)])).collect()
}

fn grouped(characters: &str) -> Secret {
    let groups: Vec<&str> = (0..characters.len()).step_by(GROUP).map(|at| &characters[at..at + GROUP]).collect();
    Secret::new(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemIds;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only_and_nobodys_password_fits() {
        let (right, wrong) = (Secret::from("kettle orbit mango"), Secret::from("kettle orbit mangos"));
        let kept = hash_password(&SystemIds, &right).await.unwrap();
        assert!(kept.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "the parameters stand with the hash");
        assert!(password_fits(Some(&kept), &right).await.unwrap(), "the right one");
        assert!(!password_fits(Some(&kept), &wrong).await.unwrap(), "a wrong one");
        assert!(!password_fits(None, &right).await.unwrap(), "nobody's");
        assert!(PasswordHash::new(NOBODYS_HASH).is_ok(), "and it is really worked out, not refused at once");
        let again = hash_password(&SystemIds, &right).await.unwrap();
        assert!(again != kept, "two people with one password cannot be told by their hashes");
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let code = recovery_code(&SystemIds);
        assert_eq!(code.expose().len(), 17, "three groups of five");
        let typed = Secret::new(code.expose().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
        assert_eq!(recovery_hash(&typed), recovery_hash(&code), "with blanks, small, and with letters that look alike");
        assert_ne!(recovery_hash(&recovery_code(&SystemIds)), recovery_hash(&code), "each is another");
    }

    #[test]
    fn made_pins_and_badges_are_good_ones() {
        for _ in 0..500 {
            assert_eq!(check_new_pin(pin(&SystemIds).expose()), Ok(()), "nobody gets a PIN that is tried first");
            assert_eq!(badge(&SystemIds).unwrap().kind(), CodeType::Badge, "a badge is a badge");
        }
    }
}
