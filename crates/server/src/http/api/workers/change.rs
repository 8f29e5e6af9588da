//! `PUT /api/v1/workers/{id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cordwainer_domain::WorkerId;
use cordwainer_protocol::office::WorkerChange;

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::workers as use_case;

/// Changes a worker, or takes their rights away.
#[utoipa::path(put, path = "/workers/{id}", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 204, description = "Changed."),
    (status = 409, description = "Somebody changed it meanwhile, or it contradicts what is there."),
    (status = 422, description = "It cannot be so; `refusal` says why."),
))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WorkerId>,
    Sent(wanted): Sent<WorkerChange>,
) -> Result<StatusCode, ApiFault> {
    use_case::change(&app.store, &caller, id, &wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
