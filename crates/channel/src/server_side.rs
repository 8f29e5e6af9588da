//! The server's ends: one for stations, one for browsers.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ResolvesServerCert, WebPkiClientVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme};

use crate::station_side::unix_time;
use crate::{Authority, AuthorityFault, Now, Shown, provider};

/// The end for stations: TLS 1.3, a certificate of the authority or none at all. Which door asks for one is the router's
/// affair, and so is one that has ended: its holder may come and fetch the next.
///
/// # Errors
/// [`AuthorityFault`] when the authority's certificate cannot be used.
pub fn stations_side(
    authority: &Authority,
    certificate: Arc<dyn ResolvesServerCert>,
    now: Now,
) -> Result<ServerConfig, AuthorityFault> {
    let provider = provider();
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate().clone())?;
    let strict = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .allow_unauthenticated()
        .build()
        .map_err(|fault| rustls::Error::General(fault.to_string()))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(Stations { strict, now }))
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The end for browsers: ordinary TLS.
///
/// # Errors
/// [`AuthorityFault`] when this build speaks neither version.
pub fn browsers_side(certificate: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, AuthorityFault> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Everything but the dates, which are judged where the station is known.
struct Stations {
    strict: Arc<dyn ClientCertVerifier>,
    now: Now,
}

impl std::fmt::Debug for Stations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stations")
    }
}

impl ClientCertVerifier for Stations {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.strict.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let at = Shown::of(leaf)?.validity.nearest((self.now)());
        self.strict.verify_client_cert(leaf, chain, unix_time(at))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.strict.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.strict.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.strict.supported_verify_schemes()
    }
}
