//! `GET /api/v1/workers`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::WorkerLine;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::workers as use_case;

/// Lists the workers of the site.
#[utoipa::path(get, path = "/workers", responses((status = 200, description = "The workers, without their badges.")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<WorkerLine>>, ApiFault> {
    Ok(Json(use_case::list(&app.store, &caller).await?))
}
