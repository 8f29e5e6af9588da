//! Opens signed requests, and hands the next nonce out with every reply to a known station.

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use cordwainer_protocol::sync::{NONCE_HEADER, SIGNATURE_HEADER, STATION_HEADER};
use serde::Serialize;

use super::fault::Fault;
use super::peer::Peer;
use super::{App, BODY_MAX_BYTES};
use crate::store::Station;
use crate::sync::authenticate::{Freshness, SignedRequest, authenticate, check_fresh, next_nonce};
use crate::sync::fault::Refusal;

/// What the sender of a request must show beside its signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Admission {
    /// Nothing more: it comes for its certificate.
    Key,
    /// A connection opened with the station's own certificate, in force, and a fingerprint that a person has compared.
    Station,
}

/// A request whose sender is known.
pub(crate) struct Signed {
    pub(crate) station: Station,
    pub(crate) body: Bytes,
}

/// Reads a body within the limit.
pub(crate) async fn read_body(request: Request) -> Result<Bytes, Fault> {
    to_bytes(request.into_body(), BODY_MAX_BYTES).await.map_err(|_| Fault::from(Refusal::TooLarge))
}

/// Finds out who sent a request, and whether it is fresh.
pub(crate) async fn open(
    app: &App,
    request: Request,
    freshness: Freshness,
    admission: Admission,
) -> Result<Signed, Fault> {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| *peer);
    let method = request.method().to_string();
    let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let headers = request.headers().clone();
    let nonce = text(&headers, NONCE_HEADER);
    let body = read_body(request).await?;
    let signed = SignedRequest {
        method: &method,
        path_and_query: &path,
        station: text(&headers, STATION_HEADER),
        nonce,
        signature: text(&headers, SIGNATURE_HEADER),
        body: &body,
    };
    let station = authenticate(&app.store, signed).await?;
    if admission == Admission::Station {
        admit(app, peer.as_ref(), &station)?;
    }
    if freshness == Freshness::Nonce {
        check_fresh(&app.store, &station, nonce)
            .map_err(|refusal| Fault::with_nonce(refusal, next_nonce(&app.store, station.id)))?;
    }
    Ok(Signed { station, body })
}

/// Holds the connection's certificate against the station that signed: a certificate of one opens nothing for another.
fn admit(app: &App, peer: Option<&Peer>, station: &Station) -> Result<(), Refusal> {
    let certificate = peer.and_then(|peer| peer.certificate).ok_or(Refusal::CertificateDue)?;
    if certificate.key != Some(station.public_key) {
        return Err(Refusal::Unauthorised);
    }
    if app.store.clock().now() > certificate.validity.not_after {
        return Err(Refusal::CertificateDue);
    }
    if station.confirmed_at.is_none() {
        return Err(Refusal::Unconfirmed);
    }
    Ok(())
}

/// Answers a known station, with its next nonce.
pub(crate) fn answer<T: Serialize>(app: &App, station: &Station, outcome: Result<T, Refusal>) -> Response {
    let nonce = next_nonce(&app.store, station.id);
    match outcome {
        Ok(reply) => {
            let mut response = Json(reply).into_response();
            if let Ok(nonce) = HeaderValue::from_str(&nonce) {
                response.headers_mut().insert(NONCE_HEADER, nonce);
            }
            response
        }
        Err(refusal) => Fault::with_nonce(refusal, nonce).into_response(),
    }
}

/// The station that a request says it comes from; nothing is proven yet, so only an identifier is believed.
pub(crate) fn station_named(headers: &HeaderMap) -> &str {
    let named = text(headers, STATION_HEADER);
    if named.parse::<cordwainer_domain::StationId>().is_ok() { named } else { "" }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
