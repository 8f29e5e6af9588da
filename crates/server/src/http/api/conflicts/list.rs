//! `GET /api/v1/conflicts`.

use axum::Json;
use axum::extract::State;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::conflicts::{self as use_case, OpenItemSheet};

/// Lists open conflicts and the facts that wait for a person, with both sides of each.
#[utoipa::path(get, path = "/conflicts", responses((status = 200, description = "The open items.")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<OpenItemSheet>>, ApiFault> {
    Ok(Json(use_case::list(&app.store, &caller).await?))
}
