//! `GET /api/v1/conflicts/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use uuid::Uuid;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::conflicts::{self as use_case, OpenItemSheet};

/// Shows one open item.
#[utoipa::path(get, path = "/conflicts/{id}", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 200, description = "The item."),
    (status = 404, description = "It is not open, or was never there."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<OpenItemSheet>, ApiFault> {
    Ok(Json(use_case::show(&app.store, &caller, id).await?))
}
