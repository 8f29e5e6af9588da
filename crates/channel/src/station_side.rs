//! A station's end: it believes one key, and says who it is with its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use cordwainer_sync::{PublicKey, body_hash};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::key::pkcs8_of_seed;
use crate::{AuthorityFault, ChannelFault, Now, Shown, Standing, provider};

/// What a station knows of its server before it says a word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pin {
    /// The beginning of the hash of its key, hexadecimal, from an enrolment code.
    Hash(String),
    /// Its key.
    Key(PublicKey),
}

impl Pin {
    fn fits(&self, key: &PublicKey) -> bool {
        match self {
            Self::Hash(digits) => {
                !digits.is_empty() && body_hash(key.as_bytes()).to_string().starts_with(digits.as_str())
            }
            Self::Key(pinned) => pinned == key,
        }
    }
}

/// How a station says who it is.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// Secret: the seed of its key.
    pub seed: &'a [u8; 32],
    /// The certificate for that key.
    pub certificate: &'a [u8],
}

/// What the handshakes with one server have shown, and the latest time that the server has told.
#[derive(Debug, Default)]
pub struct ServerWatch {
    heard_s: AtomicI64,
    clock_doubtful: AtomicBool,
}

impl ServerWatch {
    /// The server has told the time.
    pub fn heard(&self, at: DateTime<Utc>) {
        self.heard_s.fetch_max(at.timestamp(), Ordering::Relaxed);
    }

    /// Whether the last certificate was outside its dates by this machine's clock.
    pub fn clock_is_doubtful(&self) -> bool {
        self.clock_doubtful.load(Ordering::Relaxed)
    }

    fn latest(&self) -> Option<DateTime<Utc>> {
        let seconds = self.heard_s.load(Ordering::Relaxed);
        (seconds != 0).then(|| DateTime::from_timestamp(seconds, 0)).flatten()
    }
}

/// The station's end of the channel: TLS 1.3, the pinned key and nothing else.
///
/// # Errors
/// [`AuthorityFault`] when the station's own key cannot be used.
pub fn station_side(
    pin: Pin,
    identity: Option<Identity<'_>>,
    watch: Arc<ServerWatch>,
    now: Now,
) -> Result<ClientConfig, AuthorityFault> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(PinnedServer { pin, algorithms, watch, now }));
    let Some(identity) = identity else { return Ok(builder.with_no_client_auth()) };
    let key = rustls::crypto::ring::sign::any_eddsa_type(&pkcs8_of_seed(identity.seed))?;
    let chain = vec![CertificateDer::from(identity.certificate.to_vec())];
    Ok(builder.with_client_cert_resolver(Arc::new(OneCertificate(Arc::new(CertifiedKey::new(chain, key))))))
}

/// Shows the one certificate whatever is asked for: there is no other.
#[derive(Debug)]
struct OneCertificate(Arc<CertifiedKey>);

impl ResolvesClientCert for OneCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

struct PinnedServer {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
    watch: Arc<ServerWatch>,
    now: Now,
}

impl std::fmt::Debug for PinnedServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PinnedServer").field("pin", &self.pin).finish_non_exhaustive()
    }
}

impl PinnedServer {
    /// The chain's last certificate carries the server's key; it is believed if the pin fits, whatever else it says.
    fn anchor(&self, chain: &[CertificateDer<'_>]) -> Result<RootCertStore, rustls::Error> {
        let root = chain.last().ok_or(ChannelFault::OtherServer)?;
        let key = Shown::of(root)?.key.ok_or(ChannelFault::OtherServer)?;
        if !self.pin.fits(&key) {
            return Err(ChannelFault::OtherServer.into());
        }
        let mut roots = RootCertStore::empty();
        roots.add(root.clone().into_owned()).map_err(|_| ChannelFault::OtherServer)?;
        Ok(roots)
    }
}

impl ServerCertVerifier for PinnedServer {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let roots = self.anchor(chain)?;
        let validity = Shown::of(leaf)?.validity;
        let wall = (self.now)();
        let at = unix_time(validity.nearest(wall));
        let parsed = ParsedCertificate::try_from(leaf)?;
        verify_server_cert_signed_by_trust_anchor(&parsed, &roots, chain, at, self.algorithms.all)
            .map_err(|_| ChannelFault::OtherServer)?;
        let standing = validity.standing(wall, self.watch.latest());
        self.watch.clock_doubtful.store(standing == Standing::ClockDoubtful, Ordering::Relaxed);
        if standing == Standing::Ended {
            return Err(ChannelFault::Ended.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("TLS 1.2 is not spoken here".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The time as rustls counts it; before 1970 is 1970.
pub(crate) fn unix_time(at: DateTime<Utc>) -> UnixTime {
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::try_from(at.timestamp()).unwrap_or_default()))
}
