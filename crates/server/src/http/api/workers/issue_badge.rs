//! `POST /api/v1/workers/{id}/badge`.

use axum::Json;
use axum::extract::{Path, State};
use cordwainer_domain::WorkerId;
use cordwainer_protocol::office::IssuedBadge;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::workers as use_case;

/// Gives a worker another badge.
#[utoipa::path(post, path = "/workers/{id}/badge", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 200, description = "The badge, once."),
))]
pub(crate) async fn issue_badge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WorkerId>,
) -> Result<Json<IssuedBadge>, ApiFault> {
    Ok(Json(use_case::issue_badge(&app.store, &caller, id).await?))
}
