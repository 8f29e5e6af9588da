//! `GET /api/v1/labels`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::LabelLine;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::labels as use_case;

/// Lists the kinds of labels, each with the template that stations print with.
#[utoipa::path(get, path = "/labels", responses((status = 200, description = "The kinds.")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<LabelLine>>, ApiFault> {
    Ok(Json(use_case::list(&app.store, &caller).await?))
}
