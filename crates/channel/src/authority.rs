//! The factory's own certificate authority: made once, kept by the server, vouched for by the server's key.
//!
//! Its key is ECDSA P-256, because browsers take no Ed25519; the server's Ed25519 key, which stations pin, signs a second
//! certificate for it. So one pin covers every certificate there will ever be, and the authority can be replaced without
//! enrolling anybody again.

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_sync::PublicKey;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SerialNumber,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::key::{Subject, pkcs8_of_seed};

/// How long a station's certificate is good for.
pub const STATION_CERTIFICATE_DAYS: i64 = 730;
/// How long a server's is; a server makes itself the next one long before.
pub const SERVER_CERTIFICATE_DAYS: i64 = 90;
/// How long the authority is; longer than any machine in the shop lives.
const AUTHORITY_DAYS: i64 = 365 * 30;
/// Clocks differ; a certificate begins a little before it was made.
const BEGINS_BEFORE: TimeDelta = TimeDelta::hours(1);
/// Bytes of a serial number.
const SERIAL_BYTES: usize = 16;

/// A certificate could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityFault {
    /// The library refuses.
    #[error("a certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A key that TLS cannot use.
    #[error("a key cannot be used: {0}")]
    Key(#[from] rustls::Error),
}

/// The authority as it is kept.
#[derive(Clone)]
pub struct AuthorityRecord {
    /// Its private key, PKCS #8.
    pub key: Zeroizing<Vec<u8>>,
    /// Its certificate, signed by itself: what a browser is told to believe.
    pub certificate: Vec<u8>,
}

impl AuthorityRecord {
    /// The authority as it was read back.
    pub fn kept(key: Vec<u8>, certificate: Vec<u8>) -> Self {
        Self { key: Zeroizing::new(key), certificate }
    }
}

impl std::fmt::Debug for AuthorityRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthorityRecord(…)")
    }
}

/// The authority at work.
pub struct Authority {
    certificate: CertificateDer<'static>,
    vouched: CertificateDer<'static>,
    root: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority(…)")
    }
}

impl Authority {
    /// Makes the authority of a new server.
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn found(server_key: &PublicKey, now: DateTime<Utc>) -> Result<AuthorityRecord, AuthorityFault> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = authority_params(server_key)?;
        params.not_before = instant(now - BEGINS_BEFORE);
        params.not_after = instant(now + TimeDelta::days(AUTHORITY_DAYS));
        let certificate = params.self_signed(&key)?;
        Ok(AuthorityRecord { key: Zeroizing::new(key.serialize_der()), certificate: certificate.der().to_vec() })
    }

    /// Takes up the authority of a server again.
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn load(seed: &[u8; 32], server_key: &PublicKey, record: &AuthorityRecord) -> Result<Self, AuthorityFault> {
        let pkcs8 = PrivatePkcs8KeyDer::from(record.key.as_slice());
        let key = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, &PKCS_ECDSA_P256_SHA256)?;
        let server = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8_of_seed(seed), &PKCS_ED25519)?;
        let root_params = root_params(server_key)?;
        let root = root_params.self_signed(&server)?;
        let own = authority_params(server_key)?;
        let vouched = own.signed_by(&key, &Issuer::new(root_params, server))?;
        Ok(Self {
            certificate: CertificateDer::from(record.certificate.clone()),
            vouched: vouched.der().clone(),
            root: root.der().clone(),
            issuer: Issuer::new(own, key),
        })
    }

    /// The certificate that a browser must be told to believe.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// A certificate for a station's key.
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn for_station(
        &self,
        station: &str,
        key: &PublicKey,
        now: DateTime<Utc>,
        serial: [u8; SERIAL_BYTES],
    ) -> Result<Vec<u8>, AuthorityFault> {
        let mut params = leaf_params(Vec::new(), station, now, STATION_CERTIFICATE_DAYS, serial)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        Ok(params.signed_by(&Subject(*key), &self.issuer)?.der().to_vec())
    }

    /// A key and certificate for a server process. For stations the chain leads to the server's key, for browsers to the
    /// authority alone.
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn for_server(
        &self,
        names: &[String],
        now: DateTime<Utc>,
        serial: [u8; SERIAL_BYTES],
    ) -> Result<(CertifiedKey, CertifiedKey), AuthorityFault> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = leaf_params(names.to_vec(), "Cordwainer server", now, SERVER_CERTIFICATE_DAYS, serial)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = params.signed_by(&key, &self.issuer)?.der().clone();
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let signer = rustls::crypto::ring::sign::any_supported_type(&private)?;
        let for_stations = vec![leaf.clone(), self.vouched.clone(), self.root.clone()];
        let for_browsers = vec![leaf, self.certificate.clone()];
        Ok((CertifiedKey::new(for_stations, signer.clone()), CertifiedKey::new(for_browsers, signer)))
    }
}

/// What the server's key says about itself.
fn root_params(server_key: &PublicKey) -> Result<CertificateParams, rcgen::Error> {
    vouching(&format!("Cordwainer key {}", server_key.fingerprint()), 1)
}

/// What it says about the authority.
fn authority_params(server_key: &PublicKey) -> Result<CertificateParams, rcgen::Error> {
    vouching(&format!("Cordwainer {}", server_key.fingerprint()), 0)
}

/// A certificate for signing certificates, with so many others between it and the last. It holds as long as its key does:
/// whoever believes it believes the key, not the dates.
fn vouching(name: &str, others_between: u8) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(others_between));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.not_before = instant(DateTime::<Utc>::UNIX_EPOCH);
    params.not_after = rcgen::date_time_ymd(4096, 1, 1);
    params.serial_number = Some(SerialNumber::from_slice(&[others_between + 1]));
    Ok(params)
}

fn leaf_params(
    names: Vec<String>,
    subject: &str,
    now: DateTime<Utc>,
    days: i64,
    serial: [u8; SERIAL_BYTES],
) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = named(subject);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.not_before = instant(now - BEGINS_BEFORE);
    params.not_after = instant(now + TimeDelta::days(days));
    params.serial_number = Some(positive(serial));
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// A serial number is a positive integer; a first bit that is set would make it negative.
fn positive(mut serial: [u8; SERIAL_BYTES]) -> SerialNumber {
    serial[0] = (serial[0] & 0x7f) | 0x40;
    SerialNumber::from_slice(&serial)
}

fn instant(at: DateTime<Utc>) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.timestamp()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
