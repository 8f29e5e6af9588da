//! Who sends a request: the station named in the header, unrevoked by the database's word, whose key fits the signature.

use cordwainer_domain::StationId;
use cordwainer_sync::{Purpose, Signature, request_bytes};

use super::fault::Refusal;
use super::nonce;
use crate::store::{Station, Store};

/// A signed request as it arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) path_and_query: &'a str,
    pub(crate) station: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) body: &'a [u8],
}

/// What makes a request fresh.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Freshness {
    /// The server's nonce.
    Nonce,
    /// The lease inside the body; a station that was away for a week pushes at once.
    Lease,
}

/// The station that sent a request. Revocation is asked of the database every time.
pub(crate) async fn authenticate(store: &Store, request: SignedRequest<'_>) -> Result<Station, Refusal> {
    let id: StationId = request.station.parse().map_err(|_| Refusal::Unauthorised)?;
    let station = store.station(id).await?.ok_or(Refusal::Unauthorised)?;
    if station.revoked_at.is_some() || station.is_server {
        return Err(Refusal::Unauthorised);
    }
    let bytes = request_bytes(request.method, request.path_and_query, request.nonce, request.body);
    let signature: Signature = request.signature.parse().map_err(|_| Refusal::Unauthorised)?;
    station.public_key.verify(Purpose::Request, &bytes, &signature).map_err(|_| Refusal::Unauthorised)?;
    Ok(station)
}

/// Checks a request's freshness by its nonce.
pub(crate) fn check_fresh(store: &Store, station: &Station, shown: &str) -> Result<(), Refusal> {
    let secret = store.identity().nonce_secret();
    if nonce::is_good(secret, station.id, store.clock().now(), shown) { Ok(()) } else { Err(Refusal::StaleNonce) }
}

/// The nonce for a station's next request.
pub(crate) fn next_nonce(store: &Store, station: StationId) -> String {
    nonce::make(store.identity().nonce_secret(), station, store.clock().now())
}
