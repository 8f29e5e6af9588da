//! `GET /sync/v1/poke`: a stream of events without data that says when to pull.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cordwainer_domain::SiteId;
use futures::stream::{Stream, unfold};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::http::App;
use crate::http::fault::Fault;
use crate::http::signed::{self, Admission, Signed};
use crate::sync::authenticate::Freshness;

/// A sign of life on a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Opens the stream. Whoever misses a poke loses nothing: stations also look every few seconds.
#[utoipa::path(get, path = "/sync/v1/poke", responses(
    (status = 200, description = "Server-sent events named `poke`; what changed is asked for by a pull."),
    (status = 401, description = "Unknown station, or a stale nonce; a fresh one is in the header."),
))]
pub(crate) async fn poke(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let Signed { station, .. } = signed::open(&app, request, Freshness::Nonce, Admission::Station).await?;
    let stream = pokes(app.store.listen(), station.site, app.stopping.clone());
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

fn pokes(
    commits: Receiver<SiteId>,
    site: SiteId,
    stopping: tokio::sync::watch::Receiver<bool>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold((commits, site, stopping), |(mut commits, site, mut stopping)| async move {
        loop {
            let heard = tokio::select! {
                heard = commits.recv() => heard,
                _ = stopping.wait_for(|stopping| *stopping) => return None,
            };
            match heard {
                Ok(moved) if moved == site => {}
                // Too slow to hear each of them: one poke stands for all.
                Err(RecvError::Lagged(_)) => {}
                Ok(_) => continue,
                Err(RecvError::Closed) => return None,
            }
            return Some((Ok(Event::default().event("poke").data("look")), (commits, site, stopping)));
        }
    })
}
