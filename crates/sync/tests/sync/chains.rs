//! Hashes, chains and signatures.

use cordwainer_sync::{
    Hash, PublicKey, Purpose, Signature, SignatureFault, SigningKey, body_hash, link, request_bytes,
};
use proptest::prelude::*;

const PURPOSES: [Purpose; 5] =
    [Purpose::Action, Purpose::Request, Purpose::Grant, Purpose::Checkpoint, Purpose::Enrolment];

fn chain(bodies: &[Vec<u8>]) -> Hash {
    bodies.iter().fold(Hash::START, |previous, body| link(previous, body))
}

#[test]
fn the_hash_is_sha_256() {
    let published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(body_hash(b"abc").to_string(), published, "the example of FIPS 180-4");
    assert_eq!(
        link(Hash::START, b"abc"),
        body_hash(&[&[0; 32][..], b"abc"].concat()),
        "a link covers what came before"
    );
}

proptest! {
    #![proptest_config(crate::trials(100))]

    #[test]
    fn a_chain_tells_any_change_of_content_or_order(bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 2..12), at in any::<prop::sample::Index>()) {
        let at = at.index(bodies.len());
        let whole = chain(&bodies);
        let mut changed = bodies.clone();
        changed[at].push(0);
        prop_assert_ne!(chain(&changed), whole, "a change");
        let mut cut = bodies.clone();
        cut.remove(at);
        prop_assert_ne!(chain(&cut), whole, "a removal");
        let mut swapped = bodies.clone();
        swapped.swap(at, (at + 1) % bodies.len());
        prop_assert_eq!(chain(&swapped) == whole, swapped == bodies, "a swap");
    }

    #[test]
    fn a_hash_reads_back(bytes in any::<[u8; 32]>()) {
        let hash = Hash(bytes);
        prop_assert_eq!(serde_json::from_value::<Hash>(serde_json::to_value(hash).unwrap()).unwrap(), hash, "on the wire");
        prop_assert_eq!(Hash::from_slice(hash.as_bytes()), Some(hash), "in the store");
    }
}

#[test]
fn what_is_no_hash_is_refused() {
    for junk in ["", "00", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64)] {
        assert!(serde_json::from_value::<Hash>(junk.into()).is_err(), "{junk:?}");
    }
    assert_eq!(Hash::from_slice(&[0; 31]), None, "a short column");
}

#[test]
fn a_signature_fits_one_purpose_one_key_and_one_text() {
    let (key, other) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
    for made_for in PURPOSES {
        let signature = key.sign(made_for, b"bytes");
        for asked_for in PURPOSES {
            let expected = if made_for == asked_for { Ok(()) } else { Err(SignatureFault::Mismatch) };
            let verified = key.public().verify(asked_for, b"bytes", &signature);
            assert_eq!(verified, expected, "{made_for:?} shown as {asked_for:?}");
        }
        assert!(other.public().verify(made_for, b"bytes", &signature).is_err(), "another station's key");
        assert!(key.public().verify(made_for, b"bytes ", &signature).is_err(), "another text");
    }
}

#[test]
fn a_weak_key_signs_nothing() {
    // The neutral element of the curve: with it, one signature would fit every text.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    let (weak, fits_all) = (PublicKey(neutral), Signature(signature));
    assert!(weak.verify(Purpose::Action, b"anything", &fits_all).is_err(), "evidence must not be transferable");
}

#[test]
fn keys_and_signatures_read_back_and_junk_does_not() {
    let key = SigningKey::from_seed(&[3; 32]);
    let (public, signature) = (key.public(), key.sign(Purpose::Grant, b"x"));
    assert_eq!(public.to_string().parse::<PublicKey>(), Ok(public), "a key as text");
    assert_eq!(signature.to_string().parse::<Signature>(), Ok(signature), "a signature as text");
    assert_eq!(PublicKey::from_slice(public.as_bytes()), Some(public), "a key as stored");
    assert_eq!("zz".parse::<PublicKey>(), Err(SignatureFault::Malformed), "junk");
    assert_eq!(Signature::from_slice(&[0; 63]), None, "a short one");
    assert_eq!(format!("{key:?}"), "SigningKey(…)", "a private key is never printed");
    assert_eq!(public.fingerprint().len(), 19, "four groups of four that two people can compare aloud");
}

#[test]
fn a_request_is_bound_to_all_of_its_parts() {
    let base = request_bytes("POST", "/sync/v1/push?x=1", "nonce", b"body");
    for other in [
        request_bytes("GET", "/sync/v1/push?x=1", "nonce", b"body"),
        request_bytes("POST", "/sync/v1/push?x=2", "nonce", b"body"),
        request_bytes("POST", "/sync/v1/push?x=1", "nonce2", b"body"),
        request_bytes("POST", "/sync/v1/push?x=1", "nonce", b"body2"),
    ] {
        assert_ne!(base, other, "a captured signature must not serve another request");
    }
}
