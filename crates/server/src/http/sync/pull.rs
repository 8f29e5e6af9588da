//! `GET /sync/v1/pull?cursor=…&limit=…`.

use axum::extract::{Query, Request, State};
use axum::response::Response;
use serde::Deserialize;

use crate::http::App;
use crate::http::fault::Fault;
use crate::http::signed::{self, Admission, Signed, answer};
use crate::store::station::Waits;
use crate::sync::authenticate::Freshness;
use crate::sync::fault::Refusal;
use crate::sync::pull as use_case;

#[derive(Deserialize)]
struct Page {
    protocol: Option<u32>,
    cursor: Option<String>,
    limit: Option<u32>,
    #[serde(default)]
    digest: bool,
    pending: Option<u64>,
    oldest_ms: Option<u64>,
}

impl From<Page> for use_case::Ask {
    fn from(page: Page) -> Self {
        let waits = page.pending.map(|count| Waits { count, oldest_age_ms: page.oldest_ms.unwrap_or_default() });
        // The first version did not say which it was.
        let protocol = page.protocol.unwrap_or(1);
        Self { protocol, cursor: page.cursor, limit: page.limit, digest: page.digest, waits }
    }
}

/// Hands out a page of the feed.
#[utoipa::path(get, path = "/sync/v1/pull",
    params(
        ("protocol" = Option<u32>, Query, description = "Version that the station speaks; 1 if it does not say."),
        ("cursor" = Option<String>, Query, description = "Where the page begins; without it, at nothing."),
        ("limit" = Option<u32>, Query, description = "Least entries in the page; its last commit is whole."),
        ("digest" = Option<bool>, Query, description = "Whether to add the sums of the rows in scope."),
        ("pending" = Option<u64>, Query, description = "Actions that wait at the station."),
        ("oldest_ms" = Option<u64>, Query, description = "Age of the oldest of them."),
    ),
    responses(
        (status = 200, description = "Rows and verdicts, up to the end of a commit."),
        (status = 401, description = "Unknown station, or a stale nonce; a fresh one is in the header."),
        (status = 409, description = "The cursor is of another life of the database."),
        (status = 410, description = "Begin from nothing."),
        (status = 426, description = "The station's program is too old or too new; pushes are still taken."),
    ))]
pub(crate) async fn pull(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let page = Query::<Page>::try_from_uri(request.uri());
    let Signed { station, .. } = signed::open(&app, request, Freshness::Nonce, Admission::Station).await?;
    let outcome = match page {
        Ok(Query(page)) => use_case::pull(&app.store, &station, &page.into()).await,
        Err(fault) => Err(Refusal::Malformed(fault.to_string())),
    };
    Ok(answer(&app, &station, outcome))
}
