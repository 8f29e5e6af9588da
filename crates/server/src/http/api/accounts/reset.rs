//! `POST /api/v1/accounts/{id}/reset`.

use axum::Json;
use axum::extract::{Path, State};
use cordwainer_domain::AccountId;
use cordwainer_protocol::office::OneTimePassword;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::accounts as use_case;
use crate::office::caller::Caller;

/// Gives an account a password for one sign-in, and forgets its second factor.
#[utoipa::path(post, path = "/accounts/{id}/reset", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 200, description = "The password, once."),
))]
pub(crate) async fn reset(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<AccountId>,
) -> Result<Json<OneTimePassword>, ApiFault> {
    Ok(Json(use_case::reset(&app.store, &caller, id).await?))
}
