//! `GET /api/v1/stations`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::StationLine;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::stations as use_case;

/// Lists the stations of the site, revoked ones included.
#[utoipa::path(get, path = "/stations", responses((status = 200, description = "The stations.")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<StationLine>>, ApiFault> {
    Ok(Json(use_case::list(&app.store, &caller).await?))
}
