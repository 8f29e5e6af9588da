//! Requests of this station: over a channel that only the pinned server can open, signed, fresh by the server's nonce,
//! bounded in time and size. A reply that is not ours, be it a proxy's page or a captive portal's, is a broken line and never
//! an answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cordwainer_channel::{ChannelFault, Identity, Now, Pin, ServerWatch, channel_fault, station_side};
use cordwainer_domain::StationId;
use cordwainer_protocol::Secret;
use cordwainer_protocol::sync::{NONCE_HEADER, Problem, ProblemCode, SIGNATURE_HEADER, STATION_HEADER};
use cordwainer_sync::{Purpose, SigningKey, request_bytes};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::wire::{Dial, Wire, WireFault, WireReply, WireRequest};
use crate::store::Enrolment;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From the first byte of the request to the last of the reply.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Far above any page; beyond it a reply is not ours.
const LONGEST_REPLY_BYTES: usize = 64 * 1024 * 1024;
/// The server may ask for a pause, but not for ever.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CallFault {
    /// No answer of our protocol came.
    #[error("{server} does not answer: {detail}")]
    Unreachable {
        /// Address.
        server: String,
        /// What came instead.
        detail: String,
    },
    /// Something else answers there: its certificate does not lead to the key that this station believes.
    #[error("{server} is not the server that this station belongs to")]
    OtherServer {
        /// Address.
        server: String,
    },
    /// The server says why.
    #[error("the server answers {}: {}", .status.as_u16(), .problem.hint)]
    Refused {
        /// Status.
        status: StatusCode,
        /// What is wrong.
        problem: Box<Problem>,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
}

/// The server as one enrolled station speaks to it.
pub(super) struct Server {
    wire: Box<dyn Wire>,
    address: String,
    station: StationId,
    seed: Secret<[u8; 32]>,
    certificate: Vec<u8>,
    key: SigningKey,
    nonce: Mutex<String>,
}

/// What the channel needs beside keys: what this station has heard of the server's time, and its own clock.
#[derive(Clone)]
pub(super) struct Times {
    pub watch: Arc<ServerWatch>,
    pub now: Now,
}

impl Server {
    /// The server at the other end of a line.
    pub fn over(wire: Box<dyn Wire>, enrolment: &Enrolment) -> Self {
        Self {
            wire,
            address: enrolment.server_url.clone(),
            station: enrolment.station_id,
            seed: enrolment.key_seed.clone(),
            certificate: enrolment.certificate.clone(),
            key: enrolment.signing_key(),
            nonce: Mutex::default(),
        }
    }

    /// Whether this is still the server, the key and the certificate of the enrolment.
    pub fn is_of(&self, enrolment: &Enrolment) -> bool {
        self.address == enrolment.server_url
            && self.station == enrolment.station_id
            && self.seed == enrolment.key_seed
            && self.certificate == enrolment.certificate
    }

    /// Sends a request and reads its answer.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<T, CallFault> {
        let response = self.send(method, path, query, body, Some(REQUEST_TIMEOUT)).await?;
        let status = response.status;
        let bytes = read_bounded(response, &self.address).await?;
        serde_json::from_slice(&bytes).map_err(|fault| not_ours(&self.address, status, &fault.to_string()))
    }

    /// Opens the stream of pokes; the caller bounds how long it waits for each piece.
    pub async fn listen(&self, path: &str) -> Result<WireReply, CallFault> {
        let opening = self.send(Method::GET, path, &[], Vec::new(), None);
        match tokio::time::timeout(REQUEST_TIMEOUT, opening).await {
            Ok(response) => response,
            Err(_) => Err(unreachable(&self.address, "no answer in time")),
        }
    }

    /// Sends until the server accepts the nonce: once more with the one that it has just handed out, no further.
    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Vec<u8>,
        timeout: Option<Duration>,
    ) -> Result<WireReply, CallFault> {
        let nonce = self.nonce.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match self.send_with(&nonce, method.clone(), path, query, body.clone(), timeout).await {
            Err((CallFault::Refused { problem, .. }, Some(fresh))) if problem.code == ProblemCode::StaleNonce => {
                self.send_with(&fresh, method, path, query, body, timeout).await.map_err(|(fault, _)| fault)
            }
            other => other.map_err(|(fault, _)| fault),
        }
    }

    async fn send_with(
        &self,
        nonce: &str,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Vec<u8>,
        timeout: Option<Duration>,
    ) -> Result<WireReply, (CallFault, Option<String>)> {
        let path_and_query = with_query(path, query);
        let sig = self.key.sign(Purpose::Request, &request_bytes(method.as_str(), &path_and_query, nonce, &body));
        let headers = vec![
            (STATION_HEADER, self.station.to_string()),
            (NONCE_HEADER, nonce.to_owned()),
            (SIGNATURE_HEADER, sig.to_string()),
        ];
        let request = WireRequest { method, path_and_query, headers, body, timeout };
        let reply = self.wire.send(request).await.map_err(|fault| (of_wire(&self.address, fault), None))?;
        let fresh = reply.headers.get(NONCE_HEADER).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        if let Some(fresh) = &fresh {
            self.nonce.lock().unwrap_or_else(PoisonError::into_inner).clone_from(fresh);
        }
        if reply.status.is_success() {
            return Ok(reply);
        }
        Err((refusal(reply, &self.address).await, fresh))
    }
}

/// Path and query as they are signed and sent.
fn with_query(path: &str, query: &[(&str, &str)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    // Only a whole address can be given a query that is escaped as it must be; what stands before the path is dropped again.
    let Ok(mut url) = Url::parse("http://server/") else { return path.to_owned() };
    url.set_path(path);
    url.query_pairs_mut().extend_pairs(query);
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

/// The line that HTTP is.
struct HttpWire {
    http: reqwest::Client,
    base: Url,
}

/// Makes lines to the server of an enrolment, by HTTP.
pub(super) fn dialling(times: Times) -> Dial {
    Box::new(move |enrolment| {
        let identity = (!enrolment.certificate.is_empty())
            .then(|| Identity { seed: enrolment.key_seed.expose(), certificate: &enrolment.certificate });
        let http = client(&enrolment.server_url, Pin::Key(enrolment.server_key), identity, times.clone())?;
        Ok(Box::new(HttpWire { http, base: base_url(&enrolment.server_url)? }))
    })
}

impl Wire for HttpWire {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireReply, WireFault>> {
        async move {
            let url = self.base.join(&request.path_and_query).map_err(|fault| WireFault::Broken(fault.to_string()))?;
            let mut sent = self
                .http
                .request(request.method, url)
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(request.body);
            for (name, value) in request.headers {
                sent = sent.header(name, value);
            }
            if let Some(timeout) = request.timeout {
                sent = sent.timeout(timeout);
            }
            Ok(as_reply(sent.send().await.map_err(|fault| not_sent(&fault))?))
        }
        .boxed()
    }
}

fn as_reply(response: Response) -> WireReply {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes_stream().map(|piece| piece.map(|bytes| bytes.to_vec()).map_err(|fault| reason(&fault)));
    WireReply { status, headers, body: body.boxed() }
}

/// A request of somebody who is no station yet, to the one server that the pin fits.
pub(super) async fn post_unsigned<T: DeserializeOwned>(
    server_url: &str,
    path: &str,
    body: Vec<u8>,
    pin: Pin,
    times: Times,
) -> Result<T, CallFault> {
    let mut url = base_url(server_url)?;
    url.set_path(path);
    let response = client(server_url, pin, None, times)?
        .post(url)
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .timeout(REQUEST_TIMEOUT)
        .body(body)
        .send()
        .await
        .map_err(|fault| of_wire(server_url, not_sent(&fault)))?;
    let response = as_reply(response);
    let status = response.status;
    if !status.is_success() {
        return Err(refusal(response, server_url).await);
    }
    let bytes = read_bounded(response, server_url).await?;
    serde_json::from_slice(&bytes).map_err(|fault| not_ours(server_url, status, &fault.to_string()))
}

fn client(address: &str, pin: Pin, identity: Option<Identity<'_>>, times: Times) -> Result<reqwest::Client, CallFault> {
    let channel = station_side(pin, identity, times.watch, times.now)
        .map_err(|fault| unreachable(address, &fault.to_string()))?;
    reqwest::Client::builder()
        .use_preconfigured_tls(channel)
        .https_only(true)
        .connect_timeout(CONNECT_TIMEOUT)
        // A redirect is a captive portal's, never ours.
        .redirect(reqwest::redirect::Policy::none())
        // The server stands in the same building; a proxy of the office would only be in the way.
        .no_proxy()
        .build()
        .map_err(|fault| unreachable(address, &reason(&fault)))
}

/// The address of a server as people write it: with `https://`, with `http://` out of habit, or with neither.
pub fn server_address(written: &str) -> String {
    let written = written.trim().trim_end_matches('/');
    let host = written.strip_prefix("https://").or_else(|| written.strip_prefix("http://")).unwrap_or(written);
    format!("https://{host}")
}

fn base_url(address: &str) -> Result<Url, CallFault> {
    let url = Url::parse(&server_address(address)).map_err(|fault| unreachable(address, &fault.to_string()))?;
    if url.has_host() {
        return Ok(url);
    }
    Err(unreachable(address, "the address must be https://host:port"))
}

async fn refusal(response: WireReply, address: &str) -> CallFault {
    let status = response.status;
    let retry_after = response
        .headers
        .get(reqwest::header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok())
        .map(|seconds| Duration::from_secs(seconds).min(LONGEST_PAUSE));
    let bytes = match read_bounded(response, address).await {
        Ok(bytes) => bytes,
        Err(fault) => return fault,
    };
    match serde_json::from_slice::<Problem>(&bytes) {
        Ok(problem) => CallFault::Refused { status, problem: Box::new(problem), retry_after },
        Err(fault) => not_ours(address, status, &fault.to_string()),
    }
}

async fn read_bounded(mut response: WireReply, address: &str) -> Result<Vec<u8>, CallFault> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|detail| unreachable(address, &detail))? {
        if bytes.len() + piece.len() > LONGEST_REPLY_BYTES {
            return Err(unreachable(address, "the reply does not end"));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Why a request did not get its answer: who is at the other end comes before everything else.
fn not_sent(fault: &reqwest::Error) -> WireFault {
    match channel_fault(fault) {
        Some(ChannelFault::OtherServer) => WireFault::OtherServer,
        Some(channel) => WireFault::Broken(channel.to_string()),
        None => WireFault::Broken(reason(fault)),
    }
}

fn of_wire(address: &str, fault: WireFault) -> CallFault {
    match fault {
        WireFault::OtherServer => CallFault::OtherServer { server: address.to_owned() },
        WireFault::Broken(detail) => unreachable(address, &detail),
    }
}

fn not_ours(address: &str, status: StatusCode, detail: &str) -> CallFault {
    unreachable(address, &format!("status {} with a body that is not ours: {detail}", status.as_u16()))
}

fn unreachable(address: &str, detail: &str) -> CallFault {
    CallFault::Unreachable { server: address.to_owned(), detail: detail.to_owned() }
}

/// The innermost cause: "connection refused" rather than "error sending request".
fn reason(fault: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = fault;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
