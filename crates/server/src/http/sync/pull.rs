//! `GET /sync/v1/pull?cursor=…&limit=…`.

use axum::extract::{Query, Request, State};
use axum::response::Response;
use serde::Deserialize;

use crate::http::App;
use crate::http::fault::Fault;
use crate::http::signed::{self, Signed, answer};
use crate::sync::authenticate::Freshness;
use crate::sync::fault::Refusal;
use crate::sync::pull as use_case;

#[derive(Deserialize)]
struct Page {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Hands out a page of the feed.
#[utoipa::path(get, path = "/sync/v1/pull",
    params(
        ("cursor" = Option<String>, Query, description = "Where the page begins; without it, a snapshot."),
        ("limit" = Option<u32>, Query, description = "Least entries in the page; its last commit is whole."),
    ),
    responses(
        (status = 200, description = "Rows and verdicts, up to the end of a commit."),
        (status = 401, description = "Unknown station, or a stale nonce; a fresh one is in the header."),
        (status = 409, description = "The cursor is of another life of the database."),
        (status = 410, description = "Begin from nothing."),
    ))]
pub(crate) async fn pull(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let page = Query::<Page>::try_from_uri(request.uri());
    let Signed { station, .. } = signed::open(&app, request, Freshness::Nonce).await?;
    let outcome = match page {
        Ok(Query(page)) => use_case::pull(&app.store, &station, page.cursor.as_deref(), page.limit).await,
        Err(fault) => Err(Refusal::Malformed(fault.to_string())),
    };
    Ok(answer(&app, &station, outcome))
}
