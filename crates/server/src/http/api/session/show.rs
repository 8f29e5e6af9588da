//! `GET /api/v1/session`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::OfficeSession;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;

/// Says who is signed in, and what is open to them.
#[utoipa::path(get, path = "/session", responses(
    (status = 200, description = "The session."),
    (status = 401, description = "Nobody is signed in."),
))]
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<OfficeSession>, ApiFault> {
    Ok(Json(caller.session(&app.store).await?))
}
