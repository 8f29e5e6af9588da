//! `POST /api/v1/workers`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::{IssuedBadge, NewWorker};

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::workers as use_case;

/// Takes a worker on.
#[utoipa::path(post, path = "/workers", responses(
    (status = 200, description = "The badge, once."),
    (status = 409, description = "It contradicts what is there."),
    (status = 422, description = "It cannot be so; `refusal` says why."),
))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Sent(wanted): Sent<NewWorker>,
) -> Result<Json<IssuedBadge>, ApiFault> {
    Ok(Json(use_case::add(&app.store, &caller, &wanted).await?))
}
