//! `POST /api/v1/accounts`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::{NewAccount, OneTimePassword};

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::accounts as use_case;
use crate::office::caller::Caller;

/// Makes an account with a password for one sign-in.
#[utoipa::path(post, path = "/accounts", responses(
    (status = 200, description = "The password, once."),
    (status = 409, description = "It contradicts what is there."),
    (status = 422, description = "It cannot be so; `refusal` says why."),
))]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Sent(wanted): Sent<NewAccount>,
) -> Result<Json<OneTimePassword>, ApiFault> {
    Ok(Json(use_case::add(&app.store, &caller, &wanted).await?))
}
