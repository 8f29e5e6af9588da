//! `POST /api/v1/stations/{id}/confirmation`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cordwainer_domain::StationId;
use cordwainer_protocol::office::ConfirmStation;

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::stations as use_case;

/// Lets a new station in, once somebody has read the fingerprint off its screen.
#[utoipa::path(post, path = "/stations/{id}/confirmation", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 204, description = "It is let in."),
    (status = 404, description = "There is no such station, or no longer."),
    (status = 409, description = "The server holds another fingerprint; the station goes on waiting."),
))]
pub(crate) async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<StationId>,
    Sent(shown): Sent<ConfirmStation>,
) -> Result<StatusCode, ApiFault> {
    use_case::confirm(&app.store, &caller, id, &shown).await?;
    Ok(StatusCode::NO_CONTENT)
}
