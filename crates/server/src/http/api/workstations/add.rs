//! `POST /api/v1/workstations`.

use axum::extract::State;
use axum::http::StatusCode;
use cordwainer_protocol::office::NewWorkstation;

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::workstations as use_case;

/// Adds a workstation.
#[utoipa::path(post, path = "/workstations", responses(
    (status = 204, description = "Added."),
    (status = 409, description = "It contradicts what is there."),
    (status = 422, description = "It cannot be so; `refusal` says why."),
))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Sent(wanted): Sent<NewWorkstation>,
) -> Result<StatusCode, ApiFault> {
    use_case::add(&app.store, &caller, &wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
