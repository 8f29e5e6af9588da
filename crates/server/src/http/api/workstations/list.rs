//! `GET /api/v1/workstations`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::WorkstationLine;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::workstations as use_case;

/// Lists the workstations of the site, retired ones included.
#[utoipa::path(get, path = "/workstations", responses((status = 200, description = "The workstations.")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<WorkstationLine>>, ApiFault> {
    Ok(Json(use_case::list(&app.store, &caller).await?))
}
