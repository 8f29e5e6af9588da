//! `DELETE /api/v1/stations/{id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cordwainer_domain::StationId;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::stations as use_case;

/// Takes a station's rights away.
#[utoipa::path(delete, path = "/stations/{id}", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 204, description = "Revoked."),
))]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<StationId>,
) -> Result<StatusCode, ApiFault> {
    use_case::revoke(&app.store, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
