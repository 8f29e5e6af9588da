//! `PUT /api/v1/session/password`.

use axum::extract::State;
use axum::response::Response;
use cordwainer_protocol::office::NewPassword;

use super::sign_in::answer;
use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::http::peer::Origin;
use crate::office::caller::Caller;
use crate::office::own;

/// Chooses a password; every other session of the account ends.
#[utoipa::path(put, path = "/session/password", responses(
    (status = 200, description = "Chosen; a fresh cookie is set."),
    (status = 422, description = "The current password is wrong, or the new one is none."),
))]
pub(crate) async fn choose(
    State(app): State<App>,
    caller: Caller,
    origin: Origin,
    Sent(wanted): Sent<NewPassword>,
) -> Result<Response, ApiFault> {
    let begun = own::change_password(&app.store, &caller, &wanted).await?;
    answer(&app, &begun, origin.tls).await
}
