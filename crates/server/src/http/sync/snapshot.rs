//! `GET /sync/v1/snapshot?at=…&after=…`.

use axum::extract::{Query, Request, State};
use axum::response::Response;
use serde::Deserialize;

use crate::http::App;
use crate::http::fault::Fault;
use crate::http::signed::{self, Admission, Signed, answer};
use crate::sync::authenticate::Freshness;
use crate::sync::fault::Refusal;
use crate::sync::snapshot as use_case;

#[derive(Deserialize)]
struct Part {
    protocol: u32,
    at: Option<String>,
    after: Option<String>,
    #[serde(default)]
    known: u64,
    limit: Option<u32>,
}

impl From<Part> for use_case::Ask {
    fn from(part: Part) -> Self {
        Self { protocol: part.protocol, at: part.at, after: part.after, known: part.known, limit: part.limit }
    }
}

/// Hands out a chunk of a snapshot.
#[utoipa::path(get, path = "/sync/v1/snapshot",
    params(
        ("protocol" = u32, Query, description = "Version that the station speaks."),
        ("at" = Option<String>, Query, description = "The moment, as the first chunk told it."),
        ("after" = Option<String>, Query, description = "Where the chunk before ended."),
        ("known" = Option<u64>, Query, description = "Verdicts up to this commit are known at the station."),
        ("limit" = Option<u32>, Query, description = "Most rows in the chunk."),
    ),
    responses(
        (status = 200, description = "Rows as they were at the moment, with a hash."),
        (status = 401, description = "Unknown station, or a stale nonce; a fresh one is in the header."),
        (status = 409, description = "The moment is of another life of the database."),
        (status = 410, description = "The moment is too long ago; begin again."),
        (status = 426, description = "The station's program is too old or too new."),
    ))]
pub(crate) async fn snapshot(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let part = Query::<Part>::try_from_uri(request.uri());
    let Signed { station, .. } = signed::open(&app, request, Freshness::Nonce, Admission::Station).await?;
    let outcome = match part {
        Ok(Query(part)) => use_case::chunk(&app.store, &station, &part.into()).await,
        Err(fault) => Err(Refusal::Malformed(fault.to_string())),
    };
    Ok(answer(&app, &station, outcome))
}
