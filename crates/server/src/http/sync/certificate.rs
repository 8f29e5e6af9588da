//! `POST /sync/v1/certificate`.

use axum::extract::{Request, State};
use axum::response::Response;

use crate::http::App;
use crate::http::fault::Fault;
use crate::http::signed::{self, Admission, Signed, answer};
use crate::sync::authenticate::Freshness;
use crate::sync::certificate as use_case;

/// Hands a known station its next certificate, also when the last one has ended or was lost.
#[utoipa::path(post, path = "/sync/v1/certificate", responses(
    (status = 200, description = "The certificate to show from now on."),
    (status = 401, description = "Unknown or revoked station, or a stale nonce; a fresh one is in the header."),
))]
pub(crate) async fn certificate(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let Signed { station, .. } = signed::open(&app, request, Freshness::Nonce, Admission::Key).await?;
    let outcome = use_case::renew(&app.store, &station);
    Ok(answer(&app, &station, outcome))
}
