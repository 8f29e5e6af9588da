//! Ed25519 keys in the form in which TLS libraries take them.

use cordwainer_sync::PublicKey;
use rcgen::{PKCS_ED25519, PublicKeyData, SignatureAlgorithm};
use rustls::pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

/// PKCS #8 of an Ed25519 key is this and its 32 bytes (RFC 8410).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The private key made from a seed.
pub(crate) fn pkcs8_of_seed(seed: &[u8; 32]) -> PrivatePkcs8KeyDer<'static> {
    let mut bytes = Zeroizing::new([0; 48]);
    bytes[..16].copy_from_slice(&PKCS8_PREFIX);
    bytes[16..].copy_from_slice(seed);
    bytes.to_vec().into()
}

/// A station's public key, as the subject of a certificate.
pub(crate) struct Subject(pub(crate) PublicKey);

impl PublicKeyData for Subject {
    fn der_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}
