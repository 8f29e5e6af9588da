//! `POST /api/v1/alarms/{id}/closing`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cordwainer_protocol::office::CloseAlarm;

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::alarms as use_case;
use crate::office::caller::Caller;

/// Closes an alarm with a reason. What is still wrong raises it again.
#[utoipa::path(post, path = "/alarms/{id}/closing", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 204, description = "Closed; who, when and why are on record."),
    (status = 404, description = "No such alarm is open."),
    (status = 413, description = "The note is too long."),
))]
pub(crate) async fn close(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(closing): Sent<CloseAlarm>,
) -> Result<StatusCode, ApiFault> {
    use_case::close(&app.store, &caller, &id, closing).await?;
    Ok(StatusCode::NO_CONTENT)
}
