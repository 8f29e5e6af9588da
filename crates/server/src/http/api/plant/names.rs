//! `GET /api/v1/plant`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::Plant;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::plant as use_case;

/// Names the work centres and qualifications to choose from.
#[utoipa::path(get, path = "/plant", responses((status = 200, description = "The names.")))]
pub(crate) async fn names(State(app): State<App>, caller: Caller) -> Result<Json<Plant>, ApiFault> {
    Ok(Json(use_case::names(&app.store, &caller).await?))
}
