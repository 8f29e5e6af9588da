//! Ed25519 signatures. Every signature names its purpose, so that one made for a request can never pass for an action.

use ed25519_dalek::Signer;
use serde::{Deserialize, Serialize};

/// What a signature is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// An action's canonical bytes, by a station.
    Action,
    /// A request's envelope, by a station.
    Request,
    /// A grant, by the server.
    Grant,
    /// A checkpoint of the audit chain, by the server.
    Checkpoint,
    /// A reply to an enrolment, by the server.
    Enrolment,
}

impl Purpose {
    const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Action => b"cordwainer/action/1\n",
            Self::Request => b"cordwainer/request/1\n",
            Self::Grant => b"cordwainer/grant/1\n",
            Self::Checkpoint => b"cordwainer/checkpoint/1\n",
            Self::Enrolment => b"cordwainer/enrolment/1\n",
        }
    }
}

/// Why a key or signature is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureFault {
    /// Not the right number of bytes, or no point of the curve.
    #[error("malformed key or signature")]
    Malformed,
    /// The signature does not fit.
    #[error("the signature does not fit the bytes")]
    Mismatch,
}

/// A private key. Never leaves the machine that made it; prints nothing of itself.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    /// The key made from 32 secret random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The key that others verify with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes for one purpose.
    pub fn sign(&self, purpose: Purpose, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(&[purpose.prefix(), bytes].concat()).to_bytes())
    }
}

macro_rules! hex_bytes {
    ($name:ident, $length:literal) => {
        impl $name {
            /// Reads the bytes as stored; `None` if their number is wrong.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The bytes as stored.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = SignatureFault;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; $length];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| SignatureFault::Malformed)?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A public key; hexadecimal on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct PublicKey(pub [u8; 32]);
hex_bytes!(PublicKey, 32);

/// A signature; hexadecimal on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature(pub [u8; 64]);
hex_bytes!(Signature, 64);

impl PublicKey {
    /// Checks a signature made for one purpose.
    ///
    /// # Errors
    /// [`SignatureFault`] when the key is no key or the signature does not fit.
    pub fn verify(&self, purpose: Purpose, bytes: &[u8], signature: &Signature) -> Result<(), SignatureFault> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureFault::Malformed)?;
        // Strict: a signature is evidence, and a weak key would fit more than one text.
        key.verify_strict(&[purpose.prefix(), bytes].concat(), &ed25519_dalek::Signature::from_bytes(&signature.0))
            .map_err(|_| SignatureFault::Mismatch)
    }

    /// Eight groups of characters that two people can compare aloud.
    pub fn fingerprint(&self) -> String {
        let hash = crate::body_hash(&self.0).to_string();
        hash.as_bytes()[..16]
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group).to_uppercase())
            .collect::<Vec<_>>()
            .join("-")
    }
}

/// Whether every one of many signatures fits, found out in one go: several times faster than one after the other, but it
/// does not say which one fails.
pub fn all_signed<B: AsRef<[u8]>>(purpose: Purpose, signed: &[(PublicKey, B, Signature)]) -> bool {
    let mut keys = Vec::with_capacity(signed.len());
    for (key, _, _) in signed {
        // Strict as in a single check: a weak key would fit more than one text.
        match ed25519_dalek::VerifyingKey::from_bytes(&key.0) {
            Ok(key) if !key.is_weak() => keys.push(key),
            _ => return false,
        }
    }
    let texts: Vec<Vec<u8>> = signed.iter().map(|(_, bytes, _)| [purpose.prefix(), bytes.as_ref()].concat()).collect();
    let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let signatures: Vec<ed25519_dalek::Signature> =
        signed.iter().map(|(_, _, signature)| ed25519_dalek::Signature::from_bytes(&signature.0)).collect();
    ed25519_dalek::verify_batch(&texts, &signatures, &keys).is_ok()
}

/// The bytes that the server signs for a checkpoint of the audit chain: its newest entry, the hash there, and the life of the
/// database.
pub fn checkpoint_bytes(audit_seq: u64, audit_head: &str, server_epoch: &str) -> Vec<u8> {
    format!("{audit_seq}\n{audit_head}\n{server_epoch}").into_bytes()
}

/// The bytes that a station signs for a request: method, path with query, the server's nonce, and the body's hash.
///
/// Freshness comes from the nonce (or, for a push, from the lease inside the body), never from the station's clock.
pub fn request_bytes(method: &str, path_and_query: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    format!("{method}\n{path_and_query}\n{nonce}\n{}", crate::body_hash(body)).into_bytes()
}
