//! How a signed request gets to the server, and its answer back. [`super::http`] carries both by HTTP; the fault tests bring a
//! network that loses, doubles and delays them.

use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};

use super::http::CallFault;
use crate::store::Enrolment;

/// A signed request.
#[derive(Clone, Debug)]
pub struct WireRequest {
    /// Verb.
    pub method: Method,
    /// Path, and the query behind it: what was signed.
    pub path_and_query: String,
    /// Who asks, how fresh it is, and the signature.
    pub headers: Vec<(&'static str, String)>,
    /// Body; JSON.
    pub body: Vec<u8>,
    /// From the first byte of the request to the last of the reply; none for a stream.
    pub timeout: Option<Duration>,
}

/// What came back.
pub struct WireReply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, piece by piece; a fault is told in words.
    pub body: BoxStream<'static, Result<Vec<u8>, String>>,
}

impl WireReply {
    /// A reply whose body is here already.
    pub fn whole(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body: futures::stream::iter([Ok(body)]).boxed() }
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// What broke the line.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.body.try_next().await
    }
}

/// Why no answer came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WireFault {
    /// The line is down; in words.
    Broken(String),
    /// Something else than the pinned server is at its other end.
    OtherServer,
}

impl From<String> for WireFault {
    fn from(words: String) -> Self {
        Self::Broken(words)
    }
}

/// The line to one server.
pub trait Wire: Send + Sync {
    /// Carries a request there and its answer back, or says in words why none came.
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireReply, WireFault>>;
}

/// Makes the line to the server of an enrolment.
pub type Dial = Box<dyn Fn(&Enrolment) -> Result<Box<dyn Wire>, CallFault> + Send + Sync>;
