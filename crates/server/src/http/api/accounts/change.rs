//! `PUT /api/v1/accounts/{id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cordwainer_domain::AccountId;
use cordwainer_protocol::office::AccountChange;

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::accounts as use_case;
use crate::office::caller::Caller;

/// Changes an account, or disables it.
#[utoipa::path(put, path = "/accounts/{id}", params(("id" = String, Path, description = "Identifier.")), responses(
    (status = 204, description = "Changed."),
    (status = 409, description = "Somebody changed it meanwhile, or it contradicts what is there."),
    (status = 422, description = "It cannot be so; `refusal` says why."),
))]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<AccountId>,
    Sent(wanted): Sent<AccountChange>,
) -> Result<StatusCode, ApiFault> {
    use_case::change(&app.store, &caller, id, &wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
