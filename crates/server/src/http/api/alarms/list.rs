//! `GET /api/v1/alarms`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::AlarmLine;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::alarms as use_case;
use crate::office::caller::Caller;

/// Lists alarms, open ones first; a closed one with who closed it, when and why.
#[utoipa::path(get, path = "/alarms", responses((status = 200, description = "The alarms.")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<AlarmLine>>, ApiFault> {
    Ok(Json(use_case::list(&app.store, &caller).await?))
}
