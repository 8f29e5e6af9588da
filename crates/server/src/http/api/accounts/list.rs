//! `GET /api/v1/accounts`.

use axum::Json;
use axum::extract::State;
use cordwainer_protocol::office::AccountLine;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::accounts as use_case;
use crate::office::caller::Caller;

/// Lists the accounts of the site.
#[utoipa::path(get, path = "/accounts", responses((status = 200, description = "The accounts.")))]
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<AccountLine>>, ApiFault> {
    Ok(Json(use_case::list(&app.store, &caller).await?))
}
