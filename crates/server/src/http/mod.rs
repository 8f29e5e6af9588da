//! The doors: one verb, one file. A handler unpacks, authorises, calls a use case and maps the answer.

mod api;
mod fault;
mod headers;
mod health;
pub(crate) mod limits;
mod metrics;
mod openapi;
pub(crate) mod peer;
mod signed;
mod sync;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::{ServeDir, ServeFile};

pub(crate) use self::api::OfficeDoor;
use self::fault::Fault;
use self::limits::{Limits, STRANGER};
pub use self::metrics::MetricsDoor;
pub(crate) use self::metrics::router as metrics_router;
use self::peer::Peer;
use crate::metrics::Durations;
use crate::store::Store;
use crate::sync::fault::Refusal;

/// Largest request body.
pub(crate) const BODY_MAX_BYTES: usize = 1024 * 1024;
/// How long a request may take before its sender is told to come again. What it began is finished nevertheless.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Answers that whoever watches over the server wants to hear of: who is not known, may not, or asks too much.
const TURNED_AWAY: [StatusCode; 4] =
    [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::TOO_MANY_REQUESTS];

/// What every handler may ask for.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) store: Store,
    /// How long requests took.
    pub(crate) durations: Arc<Durations>,
    /// Turns true when the server stops; streams end then.
    pub(crate) stopping: watch::Receiver<bool>,
    /// How often an address asked where no certificate is needed.
    pub(crate) strangers: Arc<Limits>,
    /// What the office's door remembers.
    pub(crate) office: OfficeDoor,
}

/// The doors for stations. Two of them open without a certificate, because that is where one is fetched; at all others a
/// stranger is turned away before a byte of the body is read. At those two, an address may not ask too often.
pub(crate) fn stations(app: App) -> Router {
    let known = Router::new()
        .route("/sync/v1/push", post(sync::push::push))
        .route("/sync/v1/pull", get(sync::pull::pull))
        .route("/sync/v1/snapshot", get(sync::snapshot::snapshot))
        .route("/sync/v1/poke", get(sync::poke::poke))
        .layer(middleware::from_fn(certificate_first));
    let open = Router::new()
        .route("/sync/v1/enrol", post(sync::enrol::enrol))
        .route("/sync/v1/certificate", post(sync::certificate::certificate))
        .layer(middleware::from_fn_with_state(app.clone(), in_turn));
    let doors = Router::new().route("/healthz", get(health::health)).merge(open).merge(known).fallback(nothing_here);
    guarded(doors, app)
}

/// The doors for stations where there is no line to open a channel on: a request counts as if its station had shown its own
/// certificate. Its signature is checked as ever.
#[cfg(feature = "test-support")]
pub(crate) fn stations_without_a_line(app: App) -> Router {
    let store = app.store.clone();
    stations(app).layer(middleware::from_fn_with_state(store, as_if_shown))
}

#[cfg(feature = "test-support")]
async fn as_if_shown(State(store): State<Store>, mut request: Request, next: Next) -> Response {
    let named = request.headers().get(cordwainer_protocol::sync::STATION_HEADER);
    let id = named.and_then(|name| name.to_str().ok()).and_then(|name| name.parse().ok());
    if let Some(id) = id
        && let Ok(Some(station)) = store.station(id).await
    {
        let validity = cordwainer_channel::Validity {
            not_before: chrono::DateTime::<chrono::Utc>::MIN_UTC,
            not_after: chrono::DateTime::<chrono::Utc>::MAX_UTC,
        };
        let certificate = Some(cordwainer_channel::Shown { key: Some(station.public_key), validity });
        let address = std::net::Ipv4Addr::LOCALHOST.into();
        request.extensions_mut().insert(ConnectInfo(Peer { address, tls: true, certificate }));
    }
    next.run(request).await
}

/// The doors for the office: screens and what they ask for.
pub(crate) fn office(app: App, ui_dir: Option<&Path>) -> Router {
    let mut doors = Router::new()
        .route("/healthz", get(health::health))
        .route("/openapi.json", get(openapi::openapi))
        .nest("/api/v1", api::routes(&app));
    doors = match ui_dir {
        Some(dir) => doors
            .route("/", get(to_the_office))
            .fallback_service(ServeDir::new(dir).fallback(ServeFile::new(dir.join("index.html")))),
        None => doors.fallback(nothing_here),
    };
    guarded(doors, app)
}

/// What holds at every door: a deadline, and a panic that takes nothing else with it.
fn guarded(doors: Router<App>, app: App) -> Router {
    doors
        .layer(middleware::from_fn(deadline))
        .layer(middleware::from_fn(headers::guard))
        .layer(middleware::from_fn_with_state(app.durations.clone(), measure))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Fault::from(Refusal::Died).into_response()))
        .with_state(app)
}

/// The server has no station of its own; whoever opens it in a browser is of the office.
async fn to_the_office() -> Redirect {
    Redirect::temporary("/office/")
}

async fn nothing_here(State(_): State<App>) -> Fault {
    Fault::from(Refusal::NotFound)
}

async fn measure(State(durations): State<Arc<Durations>>, request: Request, next: Next) -> Response {
    let (path, began) = (request.uri().path().to_owned(), Instant::now());
    let station = signed::station_named(request.headers()).to_owned();
    let response = next.run(request).await;
    if TURNED_AWAY.contains(&response.status()) {
        tracing::warn!(target: "cordwainer_server::security", %path, %station, status = response.status().as_u16(), "turned away");
    }
    durations.count(&path, began.elapsed(), !response.status().is_success());
    response
}

async fn certificate_first(request: Request, next: Next) -> Response {
    match request.extensions().get::<ConnectInfo<Peer>>() {
        Some(ConnectInfo(Peer { certificate: Some(_), .. })) => next.run(request).await,
        _ => Fault::from(Refusal::CertificateDue).into_response(),
    }
}

async fn in_turn(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let address = peer.map_or_else(|| "nowhere".to_owned(), |ConnectInfo(peer)| peer.address.to_string());
    let sender = format!("{} {address}", request.uri().path());
    match app.strangers.take(&sender, STRANGER, app.store.clock().now()) {
        Ok(()) => next.run(request).await,
        Err(seconds) => Fault::from(Refusal::TooOften { seconds }).into_response(),
    }
}

async fn deadline(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Fault::from(Refusal::TimedOut).into_response(),
    }
}
