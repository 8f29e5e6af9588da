//! `GET /api/v1/labels/{kind}`.

use axum::Json;
use axum::extract::{Path, State};
use cordwainer_protocol::office::LabelDesign;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::labels as use_case;

/// Shows a kind with its template, the fields that it may bind, and every released version.
#[utoipa::path(get, path = "/labels/{kind}", params(("kind" = String, Path, description = "Kind of label.")), responses(
    (status = 200, description = "The kind."),
    (status = 404, description = "There is no such kind."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
) -> Result<Json<LabelDesign>, ApiFault> {
    Ok(Json(use_case::show(&app.store, &caller, &kind).await?))
}
