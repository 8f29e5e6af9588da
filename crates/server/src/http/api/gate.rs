//! The gate before every verb of the office: where the request comes from, who asks, and whether they may.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use cordwainer_protocol::office::{OFFICE_HEADER, OfficeRefusal};

use super::cookie;
use super::fault::ApiFault;
use crate::http::App;
use crate::http::limits::{ACCOUNT, Limits, Rate, STRANGER};
use crate::http::peer::{Origin, Peer};
use crate::office::OfficeFault;
use crate::office::caller::{Caller, Needs};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the office's door remembers between requests.
#[derive(Clone, Debug)]
pub(crate) struct OfficeDoor {
    pub(crate) limits: Arc<Limits>,
    /// Proxies whose word on who asks is believed.
    pub(crate) trusted_proxies: Arc<[IpAddr]>,
}

impl OfficeDoor {
    pub(crate) fn new(trusted_proxies: &[IpAddr]) -> Self {
        Self { limits: Arc::default(), trusted_proxies: trusted_proxies.into() }
    }
}

/// The gate of one verb.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) app: App,
    pub(super) needs: Needs,
}

/// Lets a request through to its verb, or says why not.
pub(super) async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Result<Response, ApiFault> {
    let Gate { app, needs } = &gate;
    // A listener that does not say who is at the other end is a fault of ours: nobody passes.
    let peer = request.extensions().get::<ConnectInfo<Peer>>().ok_or(OfficeFault::Died)?.0;
    let origin = Origin::of(peer, request.headers(), &app.office.trusted_proxies);
    check_own_page(request.method(), request.headers(), &origin)?;
    if *needs == Needs::Nobody {
        in_turn(app, &origin.address, STRANGER)?;
    } else {
        let caller = caller_of(app, request.headers(), &origin).await?;
        in_turn(app, &caller.account.id, ACCOUNT)?;
        needs.check(&caller).inspect_err(|refusal| {
            let (method, path) = (request.method(), request.uri().path());
            tracing::warn!(account = %caller.account.id, address = %origin.address, %method, path, ?refusal, "denied");
        })?;
        request.extensions_mut().insert(caller);
    }
    request.extensions_mut().insert(origin);
    Ok(next.run(request).await)
}

async fn caller_of(app: &App, headers: &HeaderMap, origin: &Origin) -> Result<Caller, ApiFault> {
    let Some(token) = cookie::token(headers, origin.tls) else { return Err(OfficeRefusal::SessionOver.into()) };
    let caller = Caller::of_token(&app.store, token.expose(), origin.address).await?;
    if caller.is_none() {
        // Whoever tries tokens is as much a stranger as whoever tries passwords.
        in_turn(app, &origin.address, STRANGER)?;
    }
    Ok(caller.ok_or(OfficeRefusal::SessionOver)?)
}

fn in_turn(app: &App, sender: &impl ToString, rate: Rate) -> Result<(), OfficeFault> {
    let taken = app.office.limits.take(&sender.to_string(), rate, app.store.clock().now());
    taken.map_err(|seconds| OfficeFault::Wait { seconds })
}

/// What changes something comes from our own page: it carries our header, which a page of another origin cannot send
/// unasked, and the browser does not say that it comes from elsewhere.
fn check_own_page(method: &Method, headers: &HeaderMap, origin: &Origin) -> Result<(), ApiFault> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let marked = headers.contains_key(OFFICE_HEADER);
    let from_us = text(&ORIGIN).is_none_or(|shown| shown == origin.own());
    let same_site = text(&FETCH_SITE).is_none_or(|site| site == "same-origin");
    if marked && from_us && same_site {
        return Ok(());
    }
    tracing::warn!(address = %origin.address, %method, marked, from_us, same_site, "a request from elsewhere was refused");
    Err(OfficeRefusal::ForeignOrigin.into())
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiFault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiFault> {
        Ok(parts.extensions.get::<Self>().cloned().ok_or(OfficeRefusal::SessionOver)?)
    }
}

impl FromRequestParts<App> for Origin {
    type Rejection = ApiFault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiFault> {
        Ok(parts.extensions.get::<Self>().cloned().ok_or(OfficeFault::Died)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap =
            pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect();
        let origin = Origin { address: IpAddr::from([192, 0, 2, 7]), tls: true, host: "office.works".to_owned() };
        check_own_page(method, &headers, &origin).is_ok()
    }

    #[test]
    fn only_our_own_page_changes_anything() {
        const OURS: (&str, &str) = (OFFICE_HEADER, "1");
        let good = [OURS, ("origin", "https://office.works"), ("sec-fetch-site", "same-origin")];
        assert!(passes(&Method::POST, &good), "our page");
        assert!(passes(&Method::DELETE, &[OURS]), "a program, which has no browser's cookies to lose");
        assert!(passes(&Method::GET, &[("origin", "https://evil.example")]), "looking changes nothing");
        for (why, bad) in [
            ("a form of another page cannot set our header", vec![("origin", "https://office.works")]),
            ("another origin", vec![OURS, ("origin", "https://evil.example")]),
            ("the same name without TLS", vec![OURS, ("origin", "http://office.works")]),
            ("a sandboxed frame", vec![OURS, ("origin", "null")]),
            ("a neighbour of the domain", vec![OURS, ("sec-fetch-site", "same-site")]),
            ("another site", vec![OURS, ("sec-fetch-site", "cross-site")]),
        ] {
            assert!(!passes(&Method::POST, &bad), "{why}");
        }
    }
}
