//! A station's certificate: made at enrolment, and made again for whoever holds the station's key, however long ago the last
//! one ended. A PC that was switched off for three years must not be stranded; what counts is its row.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cordwainer_protocol::sync::CertificateReply;

use super::fault::Refusal;
use crate::clock::random;
use crate::store::{Station, Store, StoreFault};

/// A fresh certificate for a station's key, base 64.
pub(crate) fn certificate_for(store: &Store, station: &Station) -> Result<String, Refusal> {
    let authority = store.identity().authority();
    let (now, serial) = (store.clock().now(), random(store.ids()));
    let certificate = authority
        .for_station(&format!("Cordwainer station {}", station.id), &station.public_key, now, serial)
        .map_err(StoreFault::from)?;
    Ok(STANDARD.encode(certificate))
}

/// The answer to a station that asks for its next certificate.
pub(crate) fn renew(store: &Store, station: &Station) -> Result<CertificateReply, Refusal> {
    let certificate = certificate_for(store, station)?;
    tracing::info!(station = %station.id, "a station has fetched a new certificate");
    Ok(CertificateReply { certificate, server_time: store.clock().now() })
}
