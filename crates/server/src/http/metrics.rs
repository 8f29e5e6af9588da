//! `GET /metrics`, on a door of its own: figures are for the people who run the server, not for the shop floor's network.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use subtle::ConstantTimeEq;

use crate::metrics::{Durations, figures};
use crate::store::Store;

/// Version of the text that Prometheus reads.
const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Where figures are told, and to whom.
#[derive(Clone)]
pub struct MetricsDoor {
    /// `host:port`.
    pub listen: String,
    /// The bearer token that a scraper shows. Without one, only this machine is answered.
    pub token: Option<String>,
}

impl std::fmt::Debug for MetricsDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricsDoor").field("listen", &self.listen).field("token", &self.token.is_some()).finish()
    }
}

impl MetricsDoor {
    /// Whether this door may be opened at an address: to other machines only with a token.
    pub(crate) fn may_open(&self, address: SocketAddr) -> bool {
        address.ip().is_loopback() || self.token.as_ref().is_some_and(|token| !token.is_empty())
    }
}

#[derive(Clone)]
struct Told {
    store: Store,
    durations: Arc<Durations>,
    token: Option<String>,
}

/// The door.
pub(crate) fn router(store: Store, durations: Arc<Durations>, token: Option<String>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(Told { store, durations, token })
}

async fn metrics(State(told): State<Told>, request: Request) -> Response {
    if !may_ask(told.token.as_deref(), &request) {
        tracing::warn!("somebody asked for the figures without the token");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match figures(&told.store, &told.durations).await {
        Ok(text) => ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "the figures could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn may_ask(token: Option<&str>, request: &Request) -> bool {
    let Some(token) = token else { return true };
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    shown.and_then(|shown| shown.strip_prefix("Bearer ")).is_some_and(|shown| {
        let same: bool = shown.as_bytes().ct_eq(token.as_bytes()).into();
        same
    })
}
