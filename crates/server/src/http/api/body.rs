//! The body of a request. A fault says where it is, never what stands there: it may be a password.

use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::fault::ApiFault;
use crate::http::{App, BODY_MAX_BYTES};
use crate::office::OfficeFault;

/// A JSON body.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = ApiFault;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiFault> {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json"));
        if !is_json {
            return Err(OfficeFault::Malformed("send application/json".to_owned()).into());
        }
        let bytes = axum::body::to_bytes(request.into_body(), BODY_MAX_BYTES).await;
        let bytes = bytes.map_err(|_| OfficeFault::TooLarge)?;
        let read = serde_json::from_slice(&bytes).map_err(|fault| {
            let place = format!("line {}, column {}", fault.line(), fault.column());
            OfficeFault::Malformed(format!("the body is not what this verb takes ({place})"))
        });
        Ok(Self(read?))
    }
}
