//! The one place where a refusal becomes a status and a [`Problem`].

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use cordwainer_protocol::sync::{NONCE_HEADER, Problem, ProblemCode};

use crate::store::StoreFault;
use crate::sync::fault::Refusal;

/// Seconds after which a busy server may be asked again.
const RETRY_AFTER_S: u64 = 2;

/// Seconds after which a station that a person must help may ask again.
const RETRY_LATER_S: u64 = 60;

/// A refusal on its way out, with a nonce for the next request if its sender is known.
#[derive(Debug)]
pub(crate) struct Fault {
    refusal: Refusal,
    nonce: Option<String>,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, nonce: None }
    }
}

impl Fault {
    /// A refusal of a request whose sender is known.
    pub(crate) const fn with_nonce(refusal: Refusal, nonce: String) -> Self {
        Self { refusal, nonce: Some(nonce) }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, code) = status_of(&self.refusal);
        if status.is_server_error() {
            tracing::error!(refusal = ?self.refusal, "a request failed");
        }
        let mut problem = Problem::new(code, hint_of(&self.refusal));
        match &self.refusal {
            Refusal::Gap { expected } => problem.expected_seq = Some(*expected),
            Refusal::Fork { last_seq, chain_hash } => {
                problem.last_seq = Some(*last_seq);
                problem.chain_hash = Some(chain_hash.to_string());
            }
            Refusal::Epoch { epoch } => problem.epoch = Some(epoch.clone()),
            _ => {}
        }
        let mut response = (status, Json(problem)).into_response();
        if code == ProblemCode::Busy {
            let seconds = match self.refusal {
                Refusal::TooOften { seconds } => seconds,
                Refusal::TooMuchParked => RETRY_LATER_S,
                _ => RETRY_AFTER_S,
            };
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(nonce) = self.nonce.and_then(|nonce| HeaderValue::from_str(&nonce).ok()) {
            response.headers_mut().insert(NONCE_HEADER, nonce);
        }
        response
    }
}

const fn status_of(refusal: &Refusal) -> (StatusCode, ProblemCode) {
    match refusal {
        Refusal::Unauthorised | Refusal::CodeRefused => (StatusCode::UNAUTHORIZED, ProblemCode::Unauthorised),
        Refusal::CertificateDue => (StatusCode::UNAUTHORIZED, ProblemCode::CertificateDue),
        Refusal::Unconfirmed => (StatusCode::FORBIDDEN, ProblemCode::Unconfirmed),
        Refusal::StaleNonce => (StatusCode::UNAUTHORIZED, ProblemCode::StaleNonce),
        Refusal::Malformed(_) | Refusal::Broken(_) => (StatusCode::BAD_REQUEST, ProblemCode::Malformed),
        Refusal::Version => (StatusCode::UPGRADE_REQUIRED, ProblemCode::Version),
        Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::TooLarge),
        Refusal::Gap { .. } => (StatusCode::CONFLICT, ProblemCode::Gap),
        Refusal::Fork { .. } => (StatusCode::CONFLICT, ProblemCode::Fork),
        Refusal::Epoch { .. } | Refusal::ServerForgot { .. } => (StatusCode::CONFLICT, ProblemCode::Epoch),
        Refusal::CursorGone => (StatusCode::GONE, ProblemCode::CursorGone),
        Refusal::NotFound => (StatusCode::NOT_FOUND, ProblemCode::NotFound),
        Refusal::TooMuchParked | Refusal::TooOften { .. } => (StatusCode::TOO_MANY_REQUESTS, ProblemCode::Busy),
        Refusal::TimedOut | Refusal::Store(StoreFault::Busy) => (StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Busy),
        Refusal::Store(StoreFault::DiskFull) => (StatusCode::INSUFFICIENT_STORAGE, ProblemCode::DiskFull),
        Refusal::Died | Refusal::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal),
    }
}

/// What the sender is told; what the database said stays in the server's log.
fn hint_of(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Store(StoreFault::Busy | StoreFault::DiskFull) => refusal.to_string(),
        Refusal::Store(_) => "the server failed; its log says why".to_owned(),
        other => other.to_string(),
    }
}
