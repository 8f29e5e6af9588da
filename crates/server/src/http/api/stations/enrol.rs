//! `POST /api/v1/stations/enrolments`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::{IssuedEnrolment, NewEnrolment};

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::stations as use_case;

/// Makes a one-time code for a new station.
#[utoipa::path(post, path = "/stations/enrolments", responses(
    (status = 200, description = "The code, once."),
    (status = 409, description = "It contradicts what is there."),
    (status = 422, description = "It cannot be so; `refusal` says why."),
))]
pub(crate) async fn enrol(
    State(app): State<App>,
    caller: Caller,
    Sent(wanted): Sent<NewEnrolment>,
) -> Result<Json<IssuedEnrolment>, ApiFault> {
    Ok(Json(use_case::enrol(&app.store, &caller, &wanted).await?))
}
