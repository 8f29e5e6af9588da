//! `POST /api/v1/conflicts/{id}/resolution`.

use axum::Json;
use axum::extract::{Path, State};
use cordwainer_protocol::sync::VerdictRow;
use uuid::Uuid;

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::conflicts::{self as use_case, Decide};

/// Decides about an open item. The decision is a fact: the reply is the verdict on it.
#[utoipa::path(post, path = "/conflicts/{id}/resolution", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 200, description = "Recorded; the verdict on the decision."),
    (status = 400, description = "It answers no such item, or lacks its reason."),
    (status = 404, description = "The item is not open."),
))]
pub(crate) async fn resolve(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Sent(decide): Sent<Decide>,
) -> Result<Json<VerdictRow>, ApiFault> {
    Ok(Json(use_case::resolve(&app.store, &caller, id, decide).await?))
}
