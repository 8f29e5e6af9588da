//! What a certificate says, read from its bytes. Whether it may be believed is another question.

use chrono::{DateTime, Utc};
use cordwainer_sync::PublicKey;
use rustls::pki_types::CertificateDer;
use x509_parser::oid_registry::OID_SIG_ED25519;

use crate::Validity;

/// A certificate that cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a certificate cannot be read")]
pub struct ShownFault;

/// A certificate as it was shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The Ed25519 key that it is about; `None` for any other kind of key.
    pub key: Option<PublicKey>,
    /// Its dates.
    pub validity: Validity,
}

impl Shown {
    /// Reads a certificate.
    ///
    /// # Errors
    /// [`ShownFault`].
    pub fn read(certificate: &[u8]) -> Result<Self, ShownFault> {
        let (rest, parsed) = x509_parser::parse_x509_certificate(certificate).map_err(|_| ShownFault)?;
        if !rest.is_empty() {
            return Err(ShownFault);
        }
        let subject = parsed.public_key();
        let is_ed25519 = subject.algorithm.algorithm == OID_SIG_ED25519;
        let key = is_ed25519.then(|| PublicKey::from_slice(&subject.subject_public_key.data)).flatten();
        let instant = |seconds: i64| DateTime::<Utc>::from_timestamp(seconds, 0).ok_or(ShownFault);
        let validity = Validity {
            not_before: instant(parsed.validity().not_before.timestamp())?,
            not_after: instant(parsed.validity().not_after.timestamp())?,
        };
        Ok(Self { key, validity })
    }

    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Result<Self, rustls::Error> {
        Self::read(certificate).map_err(|_| rustls::Error::InvalidCertificate(rustls::CertificateError::BadEncoding))
    }
}
