//! `POST /sync/v1/enrol`.

use axum::Json;
use axum::extract::{Request, State};
use cordwainer_protocol::sync::{EnrolReply, EnrolRequest};

use crate::http::App;
use crate::http::fault::Fault;
use crate::http::signed::read_body;
use crate::sync::enrol as use_case;
use crate::sync::fault::Refusal;

/// Makes an installation of the app a station.
#[utoipa::path(post, path = "/sync/v1/enrol", responses(
    (status = 200, description = "The station's place, signed by the server."),
    (status = 401, description = "The code is not valid, whatever the cause."),
))]
pub(crate) async fn enrol(State(app): State<App>, request: Request) -> Result<Json<EnrolReply>, Fault> {
    let body = read_body(request).await?;
    let request: EnrolRequest = serde_json::from_slice(&body).map_err(|fault| Refusal::Malformed(fault.to_string()))?;
    Ok(Json(use_case::enrol(&app.store, &request).await?))
}
