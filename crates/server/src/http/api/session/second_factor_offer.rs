//! `POST /api/v1/session/second-factor`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::SecondFactorOffer;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::own;

/// Shows a second factor, once; it counts when a code of it was proven.
#[utoipa::path(post, path = "/session/second-factor", responses(
    (status = 200, description = "A secret for an authenticator app."),
))]
pub(crate) async fn offer(State(app): State<App>, caller: Caller) -> Result<Json<SecondFactorOffer>, ApiFault> {
    Ok(Json(own::offer_second_factor(&app.store, &caller).await?))
}
