//! `DELETE /api/v1/session`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};

use crate::http::App;
use crate::http::api::cookie;
use crate::http::api::fault::ApiFault;
use crate::http::peer::Origin;
use crate::office::OfficeFault;
use crate::office::caller::Caller;
use crate::office::sign_in as use_case;

/// Signs out.
#[utoipa::path(delete, path = "/session", responses((status = 204, description = "The session is over.")))]
pub(crate) async fn sign_out(State(app): State<App>, caller: Caller, origin: Origin) -> Result<Response, ApiFault> {
    use_case::sign_out(&app.store, &caller).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = cookie::clear(origin.tls).map_err(|_| OfficeFault::Died)?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}
