//! `POST /api/v1/session`.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use cordwainer_protocol::office::{OfficeRefusal, SignIn};

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::cookie;
use crate::http::api::fault::ApiFault;
use crate::http::peer::Origin;
use crate::office::OfficeFault;
use crate::office::sign_in::{self as use_case, Begun};

/// Signs in and hands the session's cookie out.
#[utoipa::path(post, path = "/session", responses(
    (status = 200, description = "Signed in; the cookie is set."),
    (status = 401, description = "Refused, or the second factor is due."),
    (status = 403, description = "The wire is open, or the request comes from another page."),
    (status = 429, description = "Too many failures: wait."),
))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    origin: Origin,
    Sent(shown): Sent<SignIn>,
) -> Result<Response, ApiFault> {
    if !origin.is_private() {
        return Err(OfficeRefusal::OpenWire.into());
    }
    let begun = use_case::sign_in(&app.store, &shown, origin.address).await?;
    answer(&app, &begun, origin.tls).await
}

/// The session, with its cookie.
pub(super) async fn answer(app: &App, begun: &Begun, tls: bool) -> Result<Response, ApiFault> {
    let session = begun.caller.session(&app.store).await?;
    let mut response = Json(session).into_response();
    let cookie = cookie::set(&begun.token, tls).map_err(|_| OfficeFault::Died)?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}
