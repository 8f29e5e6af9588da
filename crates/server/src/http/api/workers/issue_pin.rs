//! `POST /api/v1/workers/{id}/pin`.

use axum::Json;
use axum::extract::{Path, State};
use cordwainer_domain::WorkerId;
use cordwainer_protocol::office::IssuedPin;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::workers as use_case;

/// Gives a worker another PIN.
#[utoipa::path(post, path = "/workers/{id}/pin", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 200, description = "The PIN, once."),
))]
pub(crate) async fn issue_pin(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WorkerId>,
) -> Result<Json<IssuedPin>, ApiFault> {
    Ok(Json(use_case::issue_pin(&app.store, &caller, id).await?))
}
