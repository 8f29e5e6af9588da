//! `PUT /api/v1/session/second-factor`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::{RecoveryCodes, SecondFactorProof};

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::own;

/// Takes the shown second factor into use. Answers with recovery codes, once.
#[utoipa::path(put, path = "/session/second-factor", responses(
    (status = 200, description = "It counts from now on."),
    (status = 422, description = "The code is wrong."),
))]
pub(crate) async fn prove(
    State(app): State<App>,
    caller: Caller,
    Sent(proof): Sent<SecondFactorProof>,
) -> Result<Json<RecoveryCodes>, ApiFault> {
    Ok(Json(own::prove_second_factor(&app.store, &caller, &proof).await?))
}
