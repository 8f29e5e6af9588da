//! Where a refusal of the office becomes a status and a [`Problem`].

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use cordwainer_protocol::office::OfficeRefusal;
use cordwainer_protocol::sync::{Problem, ProblemCode};

use crate::office::OfficeFault;
use crate::store::StoreFault;

/// A refusal on its way out.
#[derive(Debug)]
pub(crate) struct ApiFault(OfficeFault);

impl<F: Into<OfficeFault>> From<F> for ApiFault {
    fn from(fault: F) -> Self {
        Self(fault.into())
    }
}

impl IntoResponse for ApiFault {
    fn into_response(self) -> Response {
        let (status, code) = status_of(&self.0);
        if status.is_server_error() {
            tracing::error!(fault = ?self.0, "a request of the office failed");
        }
        let mut problem = Problem::new(code, hint_of(&self.0));
        match self.0 {
            OfficeFault::Refused(refusal) => problem.refusal = Some(refusal),
            OfficeFault::Wait { seconds } => {
                problem.refusal = Some(OfficeRefusal::Wait);
                problem.retry_after_s = Some(seconds);
            }
            _ => {}
        }
        let wait = problem.retry_after_s;
        let mut response = (status, Json(problem)).into_response();
        if let Some(wait) = wait.and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok()) {
            response.headers_mut().insert(RETRY_AFTER, wait);
        }
        response
    }
}

const fn status_of(fault: &OfficeFault) -> (StatusCode, ProblemCode) {
    match fault {
        OfficeFault::Refused(refusal) => status_of_refusal(*refusal),
        OfficeFault::Wait { .. } => (StatusCode::TOO_MANY_REQUESTS, ProblemCode::Busy),
        OfficeFault::NotFound => (StatusCode::NOT_FOUND, ProblemCode::NotFound),
        OfficeFault::NoSuchVerb => (StatusCode::METHOD_NOT_ALLOWED, ProblemCode::NotFound),
        OfficeFault::Malformed(_) => (StatusCode::BAD_REQUEST, ProblemCode::Malformed),
        OfficeFault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge),
        OfficeFault::Store(StoreFault::Busy) => (StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Busy),
        OfficeFault::Store(StoreFault::DiskFull) => (StatusCode::INSUFFICIENT_STORAGE, ProblemCode::DiskFull),
        OfficeFault::Died | OfficeFault::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal),
    }
}

const fn status_of_refusal(refusal: OfficeRefusal) -> (StatusCode, ProblemCode) {
    use OfficeRefusal as R;
    match refusal {
        R::SignInFailed | R::CodeNeeded | R::SessionOver => (StatusCode::UNAUTHORIZED, ProblemCode::Unauthorised),
        R::Wait => (StatusCode::TOO_MANY_REQUESTS, ProblemCode::Busy),
        R::SetUpDue | R::NoRight | R::ForeignOrigin | R::OpenWire => (StatusCode::FORBIDDEN, ProblemCode::Forbidden),
        R::LoginTaken
        | R::LastAdministrator
        | R::OwnAccount
        | R::KeyTaken
        | R::InUse
        | R::ChangedMeanwhile
        | R::FingerprintDiffers
        | R::LabelFaulty => (StatusCode::CONFLICT, ProblemCode::Conflict),
        R::PasswordShort
        | R::PasswordLong
        | R::PasswordCommon
        | R::PasswordSame
        | R::PasswordWrong
        | R::CodeWrong
        | R::LoginName
        | R::Name
        | R::NoRole
        | R::Key
        | R::Unknown
        | R::LabelUnreadable
        | R::Reason => (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::Malformed),
    }
}

/// What the sender is told; what the database said stays in the server's log.
fn hint_of(fault: &OfficeFault) -> String {
    match fault {
        OfficeFault::Store(StoreFault::Busy | StoreFault::DiskFull) => fault.to_string(),
        OfficeFault::Store(_) => "the server failed; its log says why".to_owned(),
        other => other.to_string(),
    }
}
